"""The server does not start: the reason is said with a remedy, and nothing of it stays."""

from __future__ import annotations

import socket
import time

import pytest

from flows.run.preflight import preflight
from flows.run.server import open_server
from tasks.config.results_location import results_location
from tasks.config.spec_file import load_spec
from tasks.errors import InputError, ServegaugeError, ServerStartError
from tests.faults.driver import run_of
from tests.faults.engine import Case

pytestmark = pytest.mark.usefixtures("api")


def refused(case: Case) -> ServegaugeError:
    """What the start says."""
    with pytest.raises(ServegaugeError) as error, open_server(run_of(case)):
        pytest.fail("it started")
    return error.value


def test_out_of_memory(case: Case) -> None:
    case.env = {"FAKE_MANNERS": "oom"}
    error = refused(case)
    assert isinstance(error, ServerStartError)
    assert "exit code 1: the device has too little free memory" in error.what
    assert "gpu-memory-utilization" in error.remedy
    assert "CUDA out of memory" in error.detail
    assert case.pids()


def test_a_start_that_hangs_ends_at_its_limit(case: Case) -> None:
    case.env = {"FAKE_MANNERS": "hang"}
    case.server = {"startup_timeout_s": 1.5}
    began = time.monotonic()
    error = refused(case)
    assert isinstance(error, ServerStartError)
    assert "was not ready after" in error.what
    assert "raise server.startup_timeout_s" in error.remedy
    assert time.monotonic() - began < 30


def test_a_port_that_is_taken_is_known_before_anything_starts(case: Case) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        case.server = {"port": taken.getsockname()[1]}
        with pytest.raises(ServerStartError, match="listens on it"):
            preflight(load_spec(case.spec()), results_location(case.results))
    assert not case.pids()


def test_a_port_that_is_taken_at_the_last_moment(case: Case) -> None:
    case.env = {"FAKE_MANNERS": "port-taken"}
    error = refused(case)
    assert isinstance(error, ServerStartError)
    assert "the server's port is in use" in error.what


def test_a_server_that_gives_another_models_name(case: Case) -> None:
    case.env = {"FAKE_NAME": "another"}
    error = refused(case)
    assert isinstance(error, ServerStartError)
    assert "does not serve 'tiny'; it serves 'another'" in error.what


def test_a_server_that_dies_at_its_first_question(case: Case) -> None:
    case.env = {"FAKE_FAULTS": '[{"kind": "die"}]'}
    error = refused(case)
    assert isinstance(error, ServerStartError)
    assert "ended with exit code 1" in error.what
    assert "(at its first request)" in error.what


def test_an_interpreter_without_the_engine(case: Case) -> None:
    case.python = case.folder / "no-python"
    error = refused(case)
    assert isinstance(error, InputError)
    assert "is no Python interpreter" in error.what


def test_a_flag_that_the_engine_does_not_know(case: Case) -> None:
    """Its own parser is asked once, and nothing is started; the next run knows before it provisions."""
    case.args = {"max_modle_len": 4096}
    error = refused(case)
    assert isinstance(error, InputError)
    assert error.what == "server.args.max_modle_len: vllm 0.0.1 has no such flag"
    assert error.remedy == "did you mean max-model-len?"
    assert not case.pids()
    with pytest.raises(InputError, match="max_modle_len"):
        preflight(load_spec(case.spec()), results_location(case.results))
