"""Provisioning goes wrong: a killed build, two builds at once, a full disk, an index that does not answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.config.home import checkout
from tasks.errors import ProvisionError
from tasks.provision.environment import BuildTools, build_environment
from tasks.provision.pip_settings import UvSettings
from tests.faults.small_disk import small_disk
from tests.helpers.wait import until
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

requirements = Requirements.model_validate_json(os.environ["REQUIREMENTS"])
settings = UvSettings({"UV_FIND_LINKS": os.environ["WHEELS"], "UV_NO_INDEX": "1", "UV_OFFLINE": "1"})
try:
    print(build_environment(requirements, BuildTools(run_uv=uv, uv_settings=lambda: settings)).python)
except ServegaugeError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""


def build(folder: Path, *prefix: str, size: int = 1000, **more: str) -> subprocess.Popen[str]:
    """Start a process that builds the small environment under `folder`/home."""
    env = {
        **os.environ,
        "SERVEGAUGE_HOME": str(folder / "home"),
        "UV_CACHE_DIR": str(folder / "home" / "cache"),
        "UV_LINK_MODE": "copy",
        "PYTHONPATH": str(checkout()),
        "WHEELS": str(make_wheel(folder / "wheels", size)),
        "REQUIREMENTS": WHEEL_REQUIREMENTS.model_dump_json(),
        "BUILDS": str(folder / "builds"),
        **more,
    }
    argv = (*prefix, sys.executable, "-c", BUILD)
    return subprocess.Popen(argv, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def environments(folder: Path) -> list[str]:
    """The folders of environments, half-built ones included."""
    paths = (folder / "home" / "environments").iterdir()
    return sorted(path.name for path in paths if path.is_dir())


def have_begun(folder: Path, builds: int) -> bool:
    """Wait until this many builds have made the empty environment. Returns whether they have."""
    file = folder / "builds"
    return until(lambda: file.is_file() and len(file.read_text().splitlines()) >= builds)


NAME = f"small-{WHEEL_REQUIREMENTS.build.digest[:12]}"


def test_a_build_that_was_killed_is_repeated(tmp_path: Path) -> None:
    with build(tmp_path, PAUSE="600") as killed:
        assert have_begun(tmp_path, 1)
        assert len(environments(tmp_path)) == 1  # half-built, under a hidden name
        os.kill(killed.pid, signal.SIGKILL)
    assert environments(tmp_path) != [NAME]
    with build(tmp_path) as again:
        out, err = again.communicate(timeout=120)
    assert again.returncode == 0, err
    assert environments(tmp_path) == [NAME]
    assert Path(out.strip()).is_file()


def test_two_runs_build_it_once(tmp_path: Path) -> None:
    with build(tmp_path, PAUSE="1") as one:
        assert have_begun(tmp_path, 1)
        with build(tmp_path, PAUSE="1") as other:
            outputs = [process.communicate(timeout=120) for process in (one, other)]
    assert [process.returncode for process in (one, other)] == [0, 0], outputs
    assert outputs[0][0] == outputs[1][0]
    assert len((tmp_path / "builds").read_text().splitlines()) == 1


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    listing = tmp_path / "listing"
    script = f'"$@"; code=$?; ls -A {tmp_path}/home/environments > {listing}; exit $code'
    prefix = small_disk(tmp_path / "home", "6m")
    with build(tmp_path, *prefix, "/bin/sh", "-c", script, "sh", size=8_000_000) as full:
        out, err = full.communicate(timeout=120)
    assert full.returncode == 1, out
    assert "NoSpace: environment small: the disk is full" in err
    assert "Traceback" not in err
    assert sorted(listing.read_text().split()) == [f".{NAME}.lock", f"{NAME}.log"]


def test_a_disk_with_too_little_space_is_refused_before_the_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    requirements = WHEEL_REQUIREMENTS.model_copy(update={"disk_gb": 10**6})
    with pytest.raises(ProvisionError, match=r"GB free, 1e\+06 GB are needed"):
        build_environment(requirements)


def test_an_index_that_cannot_be_reached_is_named_with_a_remedy(
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
