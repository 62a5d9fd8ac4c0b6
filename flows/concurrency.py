"""The concurrency test: one level of chat requests, for a question about one load."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from flows import parameters
from flows.benchmark import measure
from flows.run.report_failure import report_failure
from flows.ui.run_name import run_name
from tasks.config.spec import Spec
from tasks.errors import InputError


def _flow_run_name() -> str:
    chosen = flow_run.parameters
    changes = parameters.SpecChanges(model=chosen["model"])
    model, spec = parameters.names_of(chosen["spec"], changes, chosen["overrides"])
    return run_name(*model, f"{spec} c{chosen['concurrency']}")


@flow(name="concurrency-test", flow_run_name=_flow_run_name, log_prints=False)
def concurrency_test(
    spec: parameters.SpecChoice = "smoke",
    concurrency: parameters.Level = 20,
    requests: parameters.Requests = 100,
    model: parameters.ModelChoice = "",
    overrides: parameters.Overrides = (),
    results: parameters.Results = parameters.RESULTS,
    refresh: bool = False,
) -> str:
    """Send open questions at one concurrency to the server of a spec and return the run's id.

    Args:
        spec: Whose server is measured: a bundled spec, or the path of a YAML file.
        concurrency: Requests in flight at the same time.
        requests: Requests in all. 0: five waves.
        model: Model instead of the spec's: a hub id, a folder, or synthetic:gpt-oss. Empty: as in the spec.
        overrides: Any other field of the spec, as path.to.field=value; applied last.
        results: The folder or s3:// address that holds the tables.
        refresh: Measure again what is recorded already.

    Raises:
        InputError: the spec has no sweep of open questions.
    """
    changes = parameters.SpecChanges(only="speed", model=model, concurrency=(concurrency,), requests=requests)
    with report_failure() as failure:
        chat_spec = _only_chat(parameters.load_changed_spec(spec, changes, overrides))
        return measure(chat_spec, parameters.chosen_results(results), refresh, failure)


def _only_chat(spec: Spec) -> Spec:
    chats = tuple(sweep for sweep in spec.sweeps if sweep.endpoint == "chat")
    if not chats:
        raise InputError(f"spec {spec.name} has no chat sweep", "use the deployment `sweep`, or another spec")
    return spec.model_copy(update={"sweeps": chats})
