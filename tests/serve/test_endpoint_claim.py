"""One run of a machine claims an endpoint at a time, whatever happens to the run that holds it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks.config.home import checkout
from tasks.serve.endpoint_claim import claim_endpoint, claimed_address

URL = "http://127.0.0.1:8000/v1"
HERE = f"(pid {os.getpid()})"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://127.0.0.1:8000/v1", "http://localhost of here:8000/v1"),
        ("http://localhost:8000/v1/", "http://localhost of here:8000/v1"),
        ("http://[::1]:8000/v1", "http://localhost of here:8000/v1"),
        ("http://0.0.0.0:8000/v1", "http://localhost of here:8000/v1"),
        ("http://LocalHost/v1", "http://localhost of here:80/v1"),
        ("https://GPU-Box.example./llm/v1", "https://gpu-box.example:443/llm/v1"),
        ("https://gpu-box.example:443/llm/v1", "https://gpu-box.example:443/llm/v1"),
        ("http://gpu-box.example", "http://gpu-box.example:80"),
    ],
)
def test_an_address_has_one_spelling(url: str, address: str) -> None:
    assert claimed_address(url, "here") == address


def claimed_beside(folder: Path, other_url: str) -> list[str]:
    """Claim URL for the run `one`, then another address for the run `two`; return whom `two` waited for.

    The claim of `one` ends in the first pause of `two`.
    """
    waited_for = list[str]()
    with ExitStack() as one, ExitStack() as two:
        assert not one.enter_context(claim_endpoint(URL, "one", waited_for.append, folder=folder))
        claim = claim_endpoint(
            other_url, "two", waited_for.append, folder=folder, sleep=lambda seconds: one.close()
        )
        assert two.enter_context(claim) == bool(waited_for)
    return waited_for


@pytest.mark.parametrize("url", [URL, "http://localhost:8000/v1", "http://[::1]:8000/v1/"])
def test_a_second_run_waits_for_the_first(tmp_path: Path, url: str) -> None:
    assert claimed_beside(tmp_path, url) == [f"run one {HERE}"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8001/v1", "http://127.0.0.1:8000/other/v1"])
def test_another_endpoint_is_free(tmp_path: Path, url: str) -> None:
    assert claimed_beside(tmp_path, url) == []


def test_the_holder_is_named_once_however_long_the_wait_is(tmp_path: Path) -> None:
    said, pauses = list[str](), list[float]()
    with ExitStack() as one:
        one.enter_context(claim_endpoint(URL, "one", said.append, folder=tmp_path))

        def pause(seconds: float) -> None:
            pauses.append(seconds)
            if len(pauses) == 3:
                one.close()

        with claim_endpoint(URL, "two", said.append, folder=tmp_path, sleep=pause):
            assert said == [f"run one {HERE}"]
            assert len(pauses) == 3


def test_a_run_that_stops_waiting_leaves_the_claim_as_it_is(tmp_path: Path) -> None:
    def cancel(seconds: float) -> None:
        raise KeyboardInterrupt

    with claim_endpoint(URL, "one", pytest.fail, folder=tmp_path):
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                with claim_endpoint(URL, "two", lambda holder: None, folder=tmp_path, sleep=cancel):
                    pytest.fail("it was claimed twice")


@pytest.mark.parametrize("end", [None, RuntimeError("a failed run"), KeyboardInterrupt()])
def test_no_file_is_left(tmp_path: Path, end: BaseException | None) -> None:
    def run() -> None:
        with claim_endpoint(URL, "one", pytest.fail, folder=tmp_path):
            assert len(list(tmp_path.iterdir())) == 1
            if end:
                raise end

    if end:
        with pytest.raises(type(end)):
            run()
    else:
        run()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_removed_while_it_was_opened_is_no_claim(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run has opened the file, then its holder removes it, and a third run claims the endpoint anew."""
    real_open, said = os.open, list[str]()
    with ExitStack() as first, ExitStack() as third:
        first.enter_context(claim_endpoint(URL, "first", pytest.fail, folder=tmp_path))

        def slow_open(path: str, flags: int, *mode: int) -> int:
            file = real_open(path, flags, *mode)
            monkeypatch.undo()
            first.close()
            third.enter_context(claim_endpoint(URL, "third", pytest.fail, folder=tmp_path))
            return file

        monkeypatch.setattr(os, "open", slow_open)
        with claim_endpoint(URL, "second", said.append, folder=tmp_path, sleep=lambda s: third.close()):
            assert said == [f"run third {HERE}"]


def test_a_file_that_is_removed_before_it_is_opened_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open
    with ExitStack() as first:
        first.enter_context(claim_endpoint(URL, "first", pytest.fail, folder=tmp_path))

        def late_open(path: str, flags: int, *mode: int) -> int:
            if not flags & os.O_EXCL:
                monkeypatch.undo()
                first.close()
            return real_open(path, flags, *mode)

        monkeypatch.setattr(os, "open", late_open)
        with claim_endpoint(URL, "second", pytest.fail, folder=tmp_path) as waited:
            assert not waited


def test_without_a_folder_nothing_is_claimed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        with claim_endpoint(URL, "one", pytest.fail, folder=tmp_path / "none"):
            pytest.fail("it was claimed")


HOLDER = """
import sys, time
from pathlib import Path
from tasks.serve.endpoint_claim import claim_endpoint
with claim_endpoint(sys.argv[1], "killed", print, folder=Path(sys.argv[2])):
    print("claimed", flush=True)
    time.sleep(600)
"""


def test_the_claim_of_a_killed_run_is_free(tmp_path: Path) -> None:
    said, argv = list[str](), (sys.executable, "-c", HOLDER, URL, str(tmp_path))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=checkout()) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"claimed\n"

        def kill(seconds: float) -> None:
            holder.kill()
            holder.wait()

        with claim_endpoint(URL, "next", said.append, folder=tmp_path, sleep=kill):
            assert said == [f"run killed (pid {holder.pid})"]
    assert list(tmp_path.iterdir()) == []
