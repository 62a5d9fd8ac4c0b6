"""The flow `benchmark`: the pipeline of `flows/run/pipeline.py` with the parameters of the run form."""

from __future__ import annotations

from prefect import flow
from prefect.runtime import flow_run

from flows import parameters
from flows.run.begun_run import begun_run
from flows.run.block_settings import with_blocks
from flows.run.gpu_slot import gpu_slot
from flows.run.pipeline import run_pipeline
from flows.run.report_failure import FailureReport, report_failure
from flows.run.run_identity import new_run
from flows.run.worker_watch import end_with_worker
from flows.ui.run_log import without_finished_tasks
from flows.ui.run_name import run_name
from tasks.config.results_location import ResultsLocation
from tasks.config.spec import Spec


def _flow_run_name() -> str:
    chosen = flow_run.parameters
    half = "" if chosen["only"] == "everything" else f" {chosen['only']}"
    changes = parameters.SpecChanges(only=chosen["only"], model=chosen["model"])
    model, spec = parameters.names_of(chosen["spec"], changes, chosen["overrides"])
    return run_name(*model, f"{spec}{half}")


@flow(name="benchmark", flow_run_name=_flow_run_name, log_prints=False)
def benchmark(
    spec: parameters.SpecChoice = "smoke",
    only: parameters.Only = "everything",
    model: parameters.ModelChoice = "",
    concurrency: parameters.Concurrency = (),
    requests: parameters.Requests = 0,
    reasoning_effort: parameters.Effort = parameters.AS_IN_SPEC,
    repeats: parameters.Repeats = 0,
    overrides: parameters.Overrides = (),
    results: parameters.Results = parameters.RESULTS,
    refresh: bool = False,
    resume: parameters.Resume = "",
) -> str:
    """Measure what a spec describes and return the run's id.

    Args:
        spec: What to measure: a bundled spec, or the path of a YAML file.
        only: Leave out the other half of the spec.
        model: Model instead of the spec's: a hub id, a folder, or synthetic:gpt-oss. Empty: as in the spec.
        concurrency: Concurrency levels instead of the spec's, in every sweep. No items: as in the spec.
        requests: Requests at each level. 0: as in the spec, or five waves where concurrency levels are given.
        reasoning_effort: Of the accuracy questions.
        repeats: How often every point and question set is measured. 0: as in the spec.
        overrides: Any other field of the spec, as path.to.field=value; applied last.
        results: The folder or s3:// address that holds the tables.
        refresh: Measure again what is recorded already.
        resume: Run to go on with, or last: the endpoint is still the same server. Empty: none.
    """
    changes = parameters.SpecChanges(
        only=only,
        model=model,
        concurrency=concurrency,
        requests=requests,
        reasoning_effort=reasoning_effort,
        repeats=repeats,
    )
    with report_failure() as failure:
        changed_spec = parameters.load_changed_spec(spec, changes, overrides)
        return measure(changed_spec, parameters.chosen_results(results), refresh, failure, resume)


def measure(
    spec: Spec, results: ResultsLocation, refresh: bool, failure: FailureReport, resume: str = ""
) -> str:
    """Run the pipeline inside any flow and return the run's id."""
    with (
        without_finished_tasks(),
        end_with_worker(),
        gpu_slot(),
        with_blocks(spec, results) as (spec, results),
    ):
        begun = begun_run()
        run = begun.run if begun else new_run(spec, results, resume)
        failure.set_run(run)
        return run_pipeline(run, refresh, begun.plan if begun else None)
