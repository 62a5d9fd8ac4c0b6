"""Checks of a spec that need no running server; they run before anything is started."""

from __future__ import annotations

from pathlib import Path

from tasks.config.gate import PREVIOUS
from tasks.config.load_kinds.trace import Trace
from tasks.config.results_location import ResultsLocation
from tasks.config.server import EndpointServer, ManagedServer
from tasks.config.spec import Spec
from tasks.measure.chat_template import check_chat_template
from tasks.measure.find_tokenizer import check_tokenizer, check_tokenizer_folder
from tasks.measure.question_files import check_question_set, check_questions
from tasks.plan.conversation_file import read_conversations
from tasks.plan.trace_rows import read_trace
from tasks.plan.traffic_file import read_lengths
from tasks.probe.identity import server_identity
from tasks.provision.engine_build import engine_build
from tasks.provision.image import container_program, is_image
from tasks.record.named_run import gate_baseline
from tasks.record.store import Store
from tasks.serve.argv import check_owned
from tasks.serve.find_endpoint import endpoint_of, judge_endpoint
from tasks.serve.flags import check_flags, known_flags
from tasks.serve.port import choose_port


def preflight(spec: Spec, results: ResultsLocation | None) -> None:
    """Check question files, environment, flags, port, results location and the gate's baseline.

    Sends no request to an endpoint: the run does that when it identifies the model.

    Args:
        spec: what to measure.
        results: the results location; None if it comes from a block, which only the flow can load.

    Raises:
        InputError: a value in the spec or the command line is wrong.
        ExecutionError: the server's port is in use.
    """
    if results is not None:
        _check_results(spec, Store(results))
    for sweep in spec.sweeps:
        if sweep.dataset.endswith(".jsonl"):
            check_questions(Path(sweep.dataset))
        if sweep.conversation and sweep.conversation.file:
            read_conversations(Path(sweep.conversation.file))
        if sweep.lengths:
            read_lengths(Path(sweep.lengths))
        for load in sweep.loads:
            if isinstance(load, Trace):
                read_trace(load)
    server = spec.server
    check_tokenizer_folder(server.tokenizer)
    check_chat_template(server.tokenizer or server.model, (*spec.sweeps, *spec.loads_of_accuracy))
    for question_set in spec.accuracy:
        check_question_set(question_set)
        judge_endpoint(question_set.judge)
    if isinstance(spec.server, EndpointServer):
        endpoint_of(spec.server)
    else:
        _check_server(spec.server, spec.environment)


def preflight_command(spec: Spec, results: ResultsLocation) -> None:
    """Run `preflight`, and check that an endpoint serves the model and has a tokenizer.

    The command calls this before it starts Prefect, so that the user sees an error seconds earlier.

    Raises:
        InputError: as `preflight`, or the endpoint serves another model, or random prompts lack a tokenizer.
        ExecutionError: as `preflight`, or the endpoint does not answer.
    """
    preflight(spec, None if spec.blocks.results else results)
    if isinstance(spec.server, EndpointServer):
        endpoint = endpoint_of(spec.server)
        server_identity(endpoint)
        check_tokenizer(endpoint.tokenizer, (*spec.sweeps, *spec.loads_of_accuracy))


def _check_results(spec: Spec, store: Store) -> None:
    store.check_writable()
    if spec.gate.worse_than is not None and spec.gate.baseline != PREVIOUS:
        gate_baseline(store, spec.gate.baseline)


def _check_server(server: ManagedServer, environment: str | None) -> None:
    check_owned(server)
    build = engine_build(server, environment)
    if is_image(environment):
        container_program()
    check_flags(server, build, known_flags(build))
    choose_port(server.port)
