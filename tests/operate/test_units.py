"""What an operator copies: units, container files, automations, checked as far as can be without running."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from prefect.server.events.schemas.automations import EventTrigger
from prefect.server.events.schemas.events import RelatedResource, Resource

from operate.work_pool import TAG
from tests.operate.upper import ROOT

UNITS = sorted((ROOT / "deployments" / "systemd").glob("*.service"))


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_accepts_the_unit(unit: Path, tmp_path: Path) -> None:
    # The commands are looked for where they are installed, which is not here.
    copies = [tmp_path / other.name for other in UNITS]
    for other, copy in zip(UNITS, copies, strict=True):
        text = other.read_text().replace("/opt/servegauge/.venv/bin", str(Path(sys.executable).parent))
        copy.write_text(text.replace("User=servegauge\n", ""))
    argv = ("systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name))
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
    assert unit.name not in done.stderr, done.stderr


def test_the_compose_file_has_every_part_and_no_secret() -> None:
    folder = ROOT / "deployments" / "containers"
    compose = yaml.safe_load((folder / "compose.yaml").read_text())
    assert set(compose["services"]) == {"database", "server", "control", "worker"}
    for service in compose["services"].values():
        for name, value in service["environment"].items():
            assert "PASSWORD" not in name or "${PASSWORD" in value
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert (folder / "Containerfile").read_text().count("FROM ") == 1


def test_the_password_and_what_this_machine_made_stay_out_of_image_and_repository() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {"**/.env", ".venv", ".git", "results"} <= set(ignored)
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def tool(name: str) -> str:
    """A tool of the environment that runs the tests; elsewhere than on Linux x86-64 it is not there."""
    path = Path(sys.executable).with_name(name)
    if not path.exists():
        pytest.skip(f"no {name} here")
    return str(path)


def test_docker_compose_accepts_the_file_and_asks_for_the_password() -> None:
    file = ROOT / "deployments" / "containers" / "compose.yaml"
    argv = (tool("docker-compose"), "-f", str(file), "config", "--quiet")
    kept = {name: value for name, value in os.environ.items() if name != "PASSWORD"}

    def check(env: dict[str, str]) -> tuple[int, str]:
        done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=60, check=False)
        return done.returncode, done.stderr

    assert check({**kept, "PASSWORD": "of a test"}) == (0, "")
    code, complaint = check(kept)
    assert code != 0
    assert "set PASSWORD in .env" in complaint


def test_hadolint_has_nothing_to_say_about_the_container_file() -> None:
    file = ROOT / "deployments" / "containers" / "Containerfile"
    done = subprocess.run(
        (tool("hadolint"), str(file)), capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_automations_are_about_our_runs_alone_and_a_heartbeat_may_be_late() -> None:
    automations = yaml.safe_load((ROOT / "deployments" / "automations.yaml").read_text())
    triggers = [EventTrigger.model_validate(automation["trigger"]) for automation in automations]
    beats, begin, limit, _ = triggers
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
    for deployment in deployments:
        for trigger in (beats, begin, limit):
            assert covers(trigger, deployment["tags"])
        every_s = int(deployment["job_variables"]["env"]["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"])
        assert beats.within.total_seconds() >= 4 * every_s
    assert covers(limit, [TAG])
    assert not any(covers(trigger, tags) for trigger in (beats, begin, limit) for tags in ([], ["another"]))


def covers(trigger: EventTrigger, tags: list[str]) -> bool:
    """Whether it looks at a flow run with these tags."""
    run = Resource({"prefect.resource.id": "prefect.flow-run.of-a-test"})
    related = [{"prefect.resource.id": f"prefect.tag.{tag}", "prefect.resource.role": "tag"} for tag in tags]
    return trigger.covers_resources(run, [RelatedResource(resource) for resource in related])
