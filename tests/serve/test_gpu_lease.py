"""GPUs are locked for one server, and memory that is not free after its end is reported."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tasks.config.home import checkout
from tasks.config.server import ArgValue
from tasks.errors import InputError, ServerStartError
from tasks.serve.gpu_lease import Lease, lease_for, lock_gpus
from tasks.serve.process import serving
from tests.helpers.nvml import Nvml
from tests.helpers.wait import until
from tests.serve.fake import a_server, a_setup, an_environment, install


@pytest.fixture(autouse=True)
def no_cuda_visible_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)


@contextmanager
def locked(
    tmp_path: Path, nvml: Nvml, args: dict[str, ArgValue] | None = None, **fields: Any
) -> Iterator[tuple[Lease, list[str]]]:
    """Lock the GPUs of a server; give the lease and the list of warnings."""
    warnings: list[str] = []
    server = a_server(args=args, **fields)
    with lock_gpus(server, warnings.append, nvml=nvml, folder=tmp_path, sleep=lambda _: None) as lease:
        yield lease, warnings


def indices(lease: Lease) -> list[int]:
    return [gpu.index for gpu in lease.gpus]


def test_without_a_gpu_the_lease_is_empty(tmp_path: Path) -> None:
    with locked(tmp_path, Nvml()) as (lease, _):
        assert lease == Lease()


def test_a_lock_file_of_another_user_is_locked_without_writing_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "servegauge-GPU-0abc-def.lock").write_text("pid 1\n")
    real_open = os.open

    def as_another_user(path: Any, flags: int, *mode: int) -> int:
        if str(path).endswith(".lock") and flags & (os.O_RDWR | os.O_CREAT) and not flags & os.O_EXCL:
            raise PermissionError(13, "Permission denied", path)
        return real_open(path, flags, *mode)

    monkeypatch.setattr(os, "open", as_another_user)
    with locked(tmp_path, Nvml(0)) as (lease, _):
        assert indices(lease) == [0]
        with pytest.raises(ServerStartError, match="locked by another run"), locked(tmp_path, Nvml(0)):
            pytest.fail("it was locked twice")
    assert (tmp_path / "servegauge-GPU-0abc-def.lock").read_text() == "pid 1\n"


def test_a_gpu_is_locked_for_one_run_at_a_time(tmp_path: Path) -> None:
    with locked(tmp_path, Nvml(0, 0)):
        with pytest.raises(ServerStartError, match=rf"GPU 0 .*another run \(pid {os.getpid()}\)"):
            with locked(tmp_path, Nvml(0, 0)):
                pytest.fail("it was locked twice")
        with locked(tmp_path, Nvml(0, 0), gpus=[1]):
            pass
    with locked(tmp_path, Nvml(0, 0)):
        pass


HOLDER = """
import sys, time
from pathlib import Path
from tasks.serve.gpu_lease import lock_gpus
from tests.serve.fake import a_server
from tests.helpers.nvml import Nvml
with lock_gpus(a_server(), print, nvml=Nvml(0), folder=Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(600)
"""


def test_a_killed_holder_releases_the_lock(tmp_path: Path) -> None:
    argv = (sys.executable, "-c", HOLDER, str(tmp_path))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=checkout()) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"locked\n"
        with pytest.raises(ServerStartError, match=f"pid {holder.pid}"), locked(tmp_path, Nvml(0)):
            pytest.fail("it was locked twice")
        holder.kill()
    with locked(tmp_path, Nvml(0)):
        pass


def test_the_guardian_keeps_the_lock_until_the_server_has_ended(tmp_path: Path) -> None:
    engine = install(tmp_path)
    with locked(tmp_path, Nvml(0)) as (lease, _):
        with serving(a_setup(a_server(engine), engine / "log", grace_s=0.5, lease=lease)) as server:
            for lock in lease.locks:
                os.dup2(
                    os.open(os.devnull, os.O_RDONLY), lock
                )  # as when this process is killed: its own copy is closed
            environ = Path(f"/proc/{server.pid}/environ")
            assert until(lambda: b"CUDA_VISIBLE_DEVICES=0" in environ.read_bytes().split(b"\0"))
            with pytest.raises(ServerStartError, match="another run"), locked(tmp_path, Nvml(0)):
                pytest.fail("it was locked twice")
        with locked(tmp_path, Nvml(0)):
            pass


def test_memory_that_is_not_freed_is_reported(tmp_path: Path) -> None:
    nvml = Nvml(1, pids=(os.getpid(),))
    with locked(tmp_path, nvml) as (_, warnings):
        nvml.used_gb[0] = 31
    assert len(warnings) == 1
    assert warnings[0].startswith("GPU 0: 30.0 GB are not free again")
    assert f"(pid {os.getpid()})" in warnings[0]
    with locked(tmp_path, Nvml(1)) as (_, no_warnings):
        pass
    assert no_warnings == []


@pytest.mark.parametrize(("end", "checks"), [(RuntimeError("a second death"), 20), (KeyboardInterrupt(), 1)])
def test_memory_is_checked_after_an_error_and_once_after_an_interrupt(
    tmp_path: Path, end: BaseException, checks: int
) -> None:
    nvml, warnings, sleeps = Nvml(1), list[str](), list[float]()

    def run() -> None:
        with lock_gpus(a_server(), warnings.append, nvml=nvml, folder=tmp_path, sleep=sleeps.append):
            nvml.used_gb[0] = 31
            raise end

    with pytest.raises(type(end)):
        run()
    assert len(sleeps) == checks - 1
    assert warnings == ["GPU 0: 30.0 GB are not free again after the server's end"]


def test_a_driver_that_no_longer_answers_is_reported(tmp_path: Path) -> None:
    nvml = Nvml(1)
    with locked(tmp_path, nvml) as (_, warnings):
        nvml.used_gb.clear()
    assert warnings == ["the driver no longer reports whether the memory of 1 GPUs is free again"]


@pytest.mark.parametrize(("device", "expected"), [("1", [1]), ("MIG-1234", [])])
def test_the_lease_has_the_chosen_gpus(tmp_path: Path, device: str, expected: list[int]) -> None:
    with locked(tmp_path, Nvml(0, 0, 0), env={"CUDA_VISIBLE_DEVICES": device}) as (lease, _):
        assert indices(lease) == expected
        assert len(lease.locks) == len(expected)


@pytest.mark.parametrize(("args", "gpus"), [({"tensor-parallel-size": 4}, None), ({}, [7])])
def test_gpus_that_do_not_exist_are_not_locked(
    tmp_path: Path, args: dict[str, ArgValue], gpus: list[int] | None
) -> None:
    with pytest.raises(InputError), locked(tmp_path, Nvml(0, 0, 0), args, gpus=gpus):
        pytest.fail("it was locked")
    assert list(tmp_path.iterdir()) == []


def test_a_gpu_with_too_little_free_memory_is_unlocked_again(tmp_path: Path) -> None:
    with pytest.raises(ServerStartError, match="GB free"), locked(tmp_path, Nvml(10)):
        pytest.fail("the server was started")
    with locked(tmp_path, Nvml(10), {"gpu_memory_utilization": 0.8}) as (lease, _):
        assert indices(lease) == [0]


def test_a_gpu_that_cannot_be_locked_is_named_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "servegauge-GPU-0abc-def.lock"
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ServerStartError) as error, locked(tmp_path, Nvml(0)):
        pytest.fail("it was locked")
    assert "cannot be locked" in error.value.what
    assert error.value.remedy == f"remove {path}"


def test_an_engine_for_cpus_gets_an_empty_lease() -> None:
    environment = an_environment()
    build = environment.build.model_copy(update={"device": "cpu"})
    on_cpu = environment.model_copy(update={"build": build})
    with lease_for(a_server(), on_cpu, pytest.fail) as lease:
        assert lease == Lease()
