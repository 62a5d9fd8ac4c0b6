"""The server does not start: the error names reason and remedy, and no process goes on."""

from __future__ import annotations

import socket
import time

import pytest

from flows.run.preflight import preflight
from flows.run.run_server import open_server
from tasks.config.results_location import results_location
from tasks.config.spec_file import load_spec
from tasks.errors import InputError, ServegaugeError, ServerStartError
from tests.faults.case import Case
from tests.faults.inject import prepare_run

pytestmark = pytest.mark.usefixtures("api")


def start_error(case: Case) -> ServegaugeError:
    """Start the case's server, which must fail. Returns the error."""
    with pytest.raises(ServegaugeError) as error, open_server(prepare_run(case)):
        pytest.fail("it started")
    return error.value


def test_out_of_memory(case: Case) -> None:
    case.env = {"FAKE_BEHAVIOUR": "oom"}
    error = start_error(case)
    assert isinstance(error, ServerStartError)
    assert "exit code 1: the device has too little free memory" in error.what
    assert "gpu-memory-utilization" in error.remedy
    assert "CUDA out of memory" in error.detail
    assert case.pids()


def test_a_start_that_hangs_ends_at_its_limit(case: Case) -> None:
    case.env = {"FAKE_BEHAVIOUR": "hang"}
    case.server = {"startup_timeout_s": 1.5}
    started = time.monotonic()
    error = start_error(case)
    assert isinstance(error, ServerStartError)
    assert "was not ready after" in error.what
    assert "raise server.startup_timeout_s" in error.remedy
    assert time.monotonic() - started < 60


def test_a_port_in_use_is_found_before_anything_starts(case: Case) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        case.server = {"port": listener.getsockname()[1]}
        with pytest.raises(ServerStartError, match="listens on it"):
            preflight(load_spec(case.spec()), results_location(case.results))
    assert not case.pids()


def test_a_port_that_comes_into_use_at_the_last_moment(case: Case) -> None:
    case.env = {"FAKE_BEHAVIOUR": "port-taken"}
    error = start_error(case)
    assert isinstance(error, ServerStartError)
    assert "the server's port is in use" in error.what


def test_a_server_with_another_model(case: Case) -> None:
    case.env = {"FAKE_NAME": "another"}
    error = start_error(case)
    assert isinstance(error, ServerStartError)
    assert "does not serve 'tiny'; it serves 'another'" in error.what


def test_a_server_that_dies_at_its_first_request(case: Case) -> None:
    case.env = {"FAKE_FAULTS": '[{"kind": "die"}]'}
    error = start_error(case)
    assert isinstance(error, ServerStartError)
    assert "ended with exit code 1" in error.what
    assert "(at its first request)" in error.what


def test_an_interpreter_without_the_engine(case: Case) -> None:
    case.python = case.folder / "no-python"
    error = start_error(case)
    assert isinstance(error, InputError)
    assert "is no Python interpreter" in error.what


def test_a_flag_that_the_engine_does_not_know(case: Case) -> None:
    """The engine's own parser is asked once, before any start. The next run fails before it provisions."""
    case.args = {"max_modle_len": 4096}
    error = start_error(case)
    assert isinstance(error, InputError)
    assert error.what == "server.args.max_modle_len: vllm 0.0.1 has no such flag"
    assert error.remedy == "did you mean max-model-len?"
    assert not case.pids()
    with pytest.raises(InputError, match="max_modle_len"):
        preflight(load_spec(case.spec()), results_location(case.results))
