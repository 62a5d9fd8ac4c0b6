"""What an operator copies: systemd units and the compose file, checked as far as can be without running."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

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
