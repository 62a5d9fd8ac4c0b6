"""What can be known to be wrong before anything starts."""

from __future__ import annotations

from pathlib import Path

from tasks.config.server import EndpointServer, VllmServer
from tasks.config.spec import Spec
from tasks.measure.questions import check_accuracy_folder, check_questions
from tasks.probe.identity import server_identity
from tasks.provision.requirements import environment_build
from tasks.record.store import Store
from tasks.serve.endpoint import endpoint_of
from tasks.serve.flags import check_flags, known_flags
from tasks.serve.port import choose_port


def preflight(spec: Spec, results: Path) -> None:
    """Check question files, environment name, port, endpoint and results folder.

    Raises:
        InputError: something in the spec or the command line is wrong.
        WorldError: a port is taken, or an endpoint does not answer.
    """
    for sweep in spec.sweeps:
        if sweep.dataset.endswith(".jsonl"):
            check_questions(Path(sweep.dataset))
    for accuracy in spec.accuracy:
        if accuracy.path is not None:
            check_accuracy_folder(Path(accuracy.path))
    Store(results).check_writable()
    _check_server(spec)


def _check_server(spec: Spec) -> None:
    match spec.server:
        case VllmServer(port=port):
            build = environment_build(spec.environment or "current")
            check_flags(spec.server, build, known_flags(build))
            choose_port(port)
        case EndpointServer():
            server_identity(endpoint_of(spec.server))
