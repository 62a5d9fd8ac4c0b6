"""Provisioning goes wrong: a killed or doubled build, a full disk, an index that nobody answers for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.errors import ProvisionError
from tasks.provision.environment import BuildTools, build_environment
from tasks.provision.pip_settings import UvSettings
from tests.faults.engine import ROOT, until
from tests.faults.test_disk import small_disk
from tests.provision.wheel import WHEEL_REQUIREMENTS, make_wheel

BUILD = """
import os, sys, time
from pathlib import Path
from tasks.errors import ServegaugeError
from tasks.provision.environment import BuildTools, build_environment
from tasks.provision.pip_settings import UvSettings
from tasks.provision.requirements import Requirements
from tasks.provision.uv_command import run_uv

def uv(arguments, env, log):
    code = run_uv(arguments, env, log)
    if arguments[0] == "venv":
        with open(os.environ["BUILDS"], "a") as file:
            file.write(f"{os.getpid()}\\n")
        time.sleep(float(os.environ.get("PAUSE", "0")))
    return code

wanted = Requirements.model_validate_json(os.environ["WANTED"])
settings = UvSettings({"UV_FIND_LINKS": os.environ["WHEELS"], "UV_NO_INDEX": "1", "UV_OFFLINE": "1"})
try:
    print(build_environment(wanted, BuildTools(run_uv=uv, uv_settings=lambda: settings)).python)
except ServegaugeError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def build(folder: Path, *prefix: str, size: int = 1000, **more: str) -> subprocess.Popen[str]:
    """A process that builds the small environment under `folder`/home."""
    env = {
        **os.environ,
        "SERVEGAUGE_HOME": str(folder / "home"),
        "UV_CACHE_DIR": str(folder / "home" / "cache"),
        "UV_LINK_MODE": "copy",
        "PYTHONPATH": str(ROOT),
        "WHEELS": str(make_wheel(folder / "wheels", size)),
        "WANTED": WHEEL_REQUIREMENTS.model_dump_json(),
        "BUILDS": str(folder / "builds"),
        **more,
    }
    argv = (*prefix, sys.executable, "-c", BUILD)
    return subprocess.Popen(argv, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def environments(folder: Path) -> list[str]:
    """What lies where environments lie, without locks and logs."""
    found = (folder / "home" / "environments").iterdir()
    return sorted(path.name for path in found if path.is_dir())


def begun(folder: Path, builds: int) -> bool:
    """Whether so many builds have made their first half."""
    file = folder / "builds"
    return until(lambda: file.is_file() and len(file.read_text().splitlines()) >= builds)


NAME = f"small-{WHEEL_REQUIREMENTS.build.digest[:12]}"


def test_a_build_that_was_killed_is_begun_anew(tmp_path: Path) -> None:
    with build(tmp_path, PAUSE="600") as killed:
        assert begun(tmp_path, 1)
        assert len(environments(tmp_path)) == 1  # half of one, under a hidden name
        os.kill(killed.pid, signal.SIGKILL)
    assert environments(tmp_path) != [NAME]
    with build(tmp_path) as again:
        out, err = again.communicate(timeout=60)
    assert again.returncode == 0, err
    assert environments(tmp_path) == [NAME]
    assert Path(out.strip()).is_file()


def test_two_runs_build_it_once(tmp_path: Path) -> None:
    with build(tmp_path, PAUSE="1") as one:
        assert begun(tmp_path, 1)
        with build(tmp_path, PAUSE="1") as other:
            outputs = [process.communicate(timeout=60) for process in (one, other)]
    assert [process.returncode for process in (one, other)] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0]
    assert len((tmp_path / "builds").read_text().splitlines()) == 1


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    keep = f"{tmp_path}/seen"
    script = f'"$@"; code=$?; ls -A {tmp_path}/home/environments > {keep}; exit $code'
    prefix = small_disk(tmp_path / "home", "6m")
    with build(tmp_path, *prefix, "/bin/sh", "-c", script, "sh", size=8_000_000) as full:
        out, err = full.communicate(timeout=60)
    assert full.returncode == 1, out
    assert "NoSpace: environment small: the disk is full" in err
    assert "Traceback" not in err
    assert sorted(Path(keep).read_text().split()) == [f".{NAME}.lock", f"{NAME}.log"]


def test_a_disk_with_too_little_room_is_refused_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    wanted = WHEEL_REQUIREMENTS.model_copy(update={"disk_gb": 10**6})
    with pytest.raises(ProvisionError, match=r"GB free, 1e\+06 GB are needed"):
        build_environment(wanted)


def test_an_index_out_of_reach_is_named_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    settings = UvSettings({"UV_DEFAULT_INDEX": "http://127.0.0.1:9/simple"})
    with pytest.raises(ProvisionError) as error:
        build_environment(WHEEL_REQUIREMENTS, BuildTools(uv_settings=lambda: settings))
    assert "http://127.0.0.1:9/simple" in error.value.what
    assert "cannot be reached" in error.value.what
    assert "pip config set global.index-url" in error.value.remedy
    assert not [path for path in (tmp_path / "environments").iterdir() if path.is_dir()]
