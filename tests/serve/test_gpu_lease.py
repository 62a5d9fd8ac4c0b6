"""GPUs for one server: which, whether free, nobody else's meanwhile, free again afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tasks.config.home import checkout
from tasks.config.server import ArgValue
from tasks.errors import InputError, ServerStartError
from tasks.serve.gpu_choice import gpu_variables
from tasks.serve.gpu_lease import Lease, leased, lock_folder
from tasks.serve.process import serving
from tests.serve.fake import a_server, an_order, install, until

GIGA = 10**9


class Nvml:
    """GPUs of 80 GB; `used` gigabytes by number, `pids` on each."""

    class NVMLError(Exception):
        """The library's own error."""

    def __init__(self, *used: float, pids: tuple[int, ...] = ()) -> None:
        self.used, self.pids = list(used), pids

    def __getattr__(self, name: str) -> Any:
        answers: dict[str, Any] = {
            "nvmlInit": lambda: None,
            "nvmlShutdown": lambda: None,
            "nvmlSystemGetDriverVersion": lambda: "580.65",
            "nvmlDeviceGetCount": lambda: len(self.used),
            "nvmlDeviceGetHandleByIndex": lambda index: index,
            "nvmlDeviceGetUUID": lambda index: f"GPU-{index}abc-def",
            "nvmlDeviceGetName": lambda index: "H100",
            "nvmlDeviceGetMemoryInfo": lambda index: SimpleNamespace(
                total=80 * GIGA, used=int(self.used[index] * GIGA)
            ),
            "nvmlDeviceGetComputeRunningProcesses": lambda index: [
                SimpleNamespace(pid=pid) for pid in self.pids
            ],
        }
        return answers[name]


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@contextmanager
def taken(
    tmp_path: Path, nvml: Nvml, args: dict[str, ArgValue] | None = None, **fields: Any
) -> Iterator[tuple[Lease, list[str]]]:
    said: list[str] = []
    server = a_server(args=args, **fields)
    with leased(server, said.append, nvml=nvml, folder=tmp_path, sleep=lambda _: None) as lease:
        yield lease, said


def ids(lease: Lease) -> list[int]:
    return [card.index for card in lease.cards]


@pytest.mark.parametrize(
    ("args", "gpus", "expected"),
    [
        ({}, None, [0]),
        ({"tensor_parallel_size": 2}, None, [0, 1]),
        ({"tensor-parallel-size": 2}, [2, 0], [2, 0]),
    ],
)
def test_which(
    tmp_path: Path, args: dict[str, ArgValue], gpus: list[int] | None, expected: list[int]
) -> None:
    with taken(tmp_path, Nvml(0, 0, 0), args, gpus=gpus) as (lease, _):
        assert ids(lease) == expected
        assert gpu_variables(lease.cards)["CUDA_VISIBLE_DEVICES"] == ",".join(map(str, expected))


@pytest.mark.parametrize(
    ("args", "gpus", "match"),
    [
        ({"tensor-parallel-size": 2}, [0], "needs 2 GPUs, server.gpus names 1"),
        ({"tensor-parallel-size": 4}, None, "needs 4 GPUs, this machine has 3"),
        ({}, [7], "there is no GPU 7"),
        ({}, [0, 1], "needs 1 GPUs, server.gpus names 2"),
    ],
)
def test_what_does_not_fit(
    tmp_path: Path, args: dict[str, ArgValue], gpus: list[int] | None, match: str
) -> None:
    with pytest.raises(InputError, match=match), taken(tmp_path, Nvml(0, 0, 0), args, gpus=gpus):
        pytest.fail("it was taken")


def test_no_gpu_no_lease(tmp_path: Path) -> None:
    with taken(tmp_path, Nvml()) as (lease, _):
        assert lease == Lease()


@pytest.mark.parametrize("given", ["2", " 2,0", "GPU-2abc", "GPU-2abc-def,-1,0"])
def test_a_schedulers_choice_is_kept_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    with taken(tmp_path, Nvml(0, 0, 0)) as (lease, _):
        assert ids(lease) == [2]


@pytest.mark.parametrize("given", ["", "-1"])
def test_a_scheduler_that_gives_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    with taken(tmp_path, Nvml(0, 0, 0)) as (lease, _):
        assert lease == Lease()


@pytest.mark.parametrize("given", ["MIG-1", "GPU-9", "7", "all"])
def test_a_choice_that_is_no_whole_gpu_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", given)
    with pytest.raises(InputError, match=f"names '{given}', which is no whole GPU"):
        with taken(tmp_path, Nvml(0, 0, 0)):
            pytest.fail("it was taken")


def test_another_users_lock_is_taken_without_writing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "servegauge-GPU-0abc-def.lock").write_text("pid 1\n")
    opened = os.open

    def as_another_user(path: Any, flags: int, *mode: int) -> int:
        if str(path).endswith(".lock") and flags & (os.O_RDWR | os.O_CREAT) and not flags & os.O_EXCL:
            raise PermissionError(13, "Permission denied", path)
        return opened(path, flags, *mode)

    monkeypatch.setattr(os, "open", as_another_user)
    with taken(tmp_path, Nvml(0)) as (lease, _):
        assert ids(lease) == [0]
        with pytest.raises(ServerStartError, match="taken by another run"), taken(tmp_path, Nvml(0)):
            pytest.fail("it was taken twice")
    assert (tmp_path / "servegauge-GPU-0abc-def.lock").read_text() == "pid 1\n"


def test_too_little_memory_is_said_with_its_user(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match=rf"70\.0 of 80\.0 GB free, 72\.0 .*pid {os.getpid()}"):
        with taken(tmp_path, Nvml(10, pids=(os.getpid(),))):
            pytest.fail("it was taken")
    with taken(tmp_path, Nvml(10), {"gpu_memory_utilization": 0.8}) as (lease, _):
        assert ids(lease) == [0]


def test_one_run_at_a_time_on_a_gpu(tmp_path: Path) -> None:
    with taken(tmp_path, Nvml(0, 0)):
        with pytest.raises(ServerStartError, match=rf"GPU 0 .*another run \(pid {os.getpid()}\)"):
            with taken(tmp_path, Nvml(0, 0)):
                pytest.fail("it was taken twice")
        with taken(tmp_path, Nvml(0, 0), gpus=[1]):
            pass
    with taken(tmp_path, Nvml(0, 0)):
        pass


HOLDER = """
import sys, time
from pathlib import Path
from tasks.serve.gpu_lease import leased
from tests.serve.fake import a_server
from tests.serve.test_gpu_lease import Nvml
with leased(a_server(), print, nvml=Nvml(0), folder=Path(sys.argv[1])):
    print("taken", flush=True)
    time.sleep(600)
"""


def test_the_lock_dies_with_its_holder(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", HOLDER, str(tmp_path))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=checkout()) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"taken\n"
        with pytest.raises(ServerStartError, match=f"pid {holder.pid}"), taken(tmp_path, Nvml(0)):
            pytest.fail("it was taken twice")
        holder.kill()
    with taken(tmp_path, Nvml(0)):
        pass


def test_the_guardian_keeps_the_lock_until_the_server_is_gone(tmp_path: Path) -> None:
    engine = install(tmp_path)
    with taken(tmp_path, Nvml(0)) as (lease, _):
        with serving(an_order(a_server(engine), engine / "log", grace_s=0.5, lease=lease)) as server:
            for lock in lease.locks:
                os.dup2(os.open(os.devnull, os.O_RDONLY), lock)  # as if we were killed: ours is closed
            environ = Path(f"/proc/{server.pid}/environ")
            assert until(lambda: b"CUDA_VISIBLE_DEVICES=0" in environ.read_bytes().split(b"\0"))
            with pytest.raises(ServerStartError, match="another run"), taken(tmp_path, Nvml(0)):
                pytest.fail("it was taken twice")
        with taken(tmp_path, Nvml(0)):
            pass


def test_memory_that_stays_taken_is_said(tmp_path: Path) -> None:
    nvml = Nvml(1, pids=(os.getpid(),))
    with taken(tmp_path, nvml) as (_, said):
        nvml.used[0] = 31
    assert len(said) == 1
    assert said[0].startswith("GPU 0: 30.0 GB are not free again")
    assert f"(pid {os.getpid()})" in said[0]
    with taken(tmp_path, Nvml(1)) as (_, quiet):
        pass
    assert quiet == []


@pytest.mark.parametrize(("end", "looks"), [(RuntimeError("a second death"), 20), (KeyboardInterrupt(), 1)])
def test_it_is_said_however_the_run_ends(tmp_path: Path, end: BaseException, looks: int) -> None:
    """Where somebody waits for the end, after one look."""
    nvml, said, slept = Nvml(1), list[str](), list[float]()

    def run() -> None:
        with leased(a_server(), said.append, nvml=nvml, folder=tmp_path, sleep=slept.append):
            nvml.used[0] = 31
            raise end

    with pytest.raises(type(end)):
        run()
    assert len(slept) == looks - 1
    assert said == ["GPU 0: 30.0 GB are not free again after the server's end"]


def test_a_driver_that_no_longer_answers_is_not_taken_for_free_memory(tmp_path: Path) -> None:
    nvml = Nvml(1)
    with taken(tmp_path, nvml) as (_, said):
        nvml.used.clear()
    assert said == ["the driver no longer tells of 1 GPUs whether they are free again"]


def test_the_locks_lie_where_no_variable_of_a_user_moves_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = lock_folder()
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert lock_folder() == before == Path("/tmp")
    monkeypatch.setenv("SERVEGAUGE_LOCKS", str(tmp_path))  # for containers, which share one
    assert lock_folder() == tmp_path


@pytest.mark.parametrize(("given", "expected"), [("1", [1]), ("GPU-2abc-def", [2]), ("MIG-1234", [])])
def test_what_a_spec_sets_by_hand_is_locked_too_where_it_is_a_whole_gpu(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: str, expected: list[int]
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0")
    with taken(tmp_path, Nvml(0, 0, 0), env={"CUDA_VISIBLE_DEVICES": given}) as (lease, _):
        assert ids(lease) == expected
