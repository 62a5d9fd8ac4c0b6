"""uv's failures, by the words of its log."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.errors import NoSpace, ProvisionError
from tasks.provision.uv_command import explain_failure

NO_VERSION = "  cause: Because there is no version of torch==2.13.0+cpu and you require it"
SILENT_INDEX = "https://joe:pw@wheels.example/cpu"


def write_log(folder: Path, text: str) -> Path:
    log = folder / "small.log"
    log.write_text(text, encoding="utf-8")
    return log


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("error: No interpreter found for Python 3.11 in search path", "its Python version is not on this"),
        (
            "error: Failed to fetch: https://a.example/x/\n  cause: dns error",
            "https://a.example/x/ cannot be reached",
        ),
        ("Because there is no version of torch==2.13.0+cpu and", "no index has torch==2.13.0+cpu for this"),
        ("Because torch was not found in the package registry", "no index has torch for this machine"),
        ("something else", "uv failed"),
    ],
)
def test_a_failure_is_explained(tmp_path: Path, output: str, expected: str) -> None:
    error = explain_failure("small", write_log(tmp_path, output), ())
    assert type(error) is ProvisionError
    assert error.what.startswith(f"environment small: {expected}")
    assert output.splitlines()[-1] in error.detail


def test_a_full_disk_is_not_retried(tmp_path: Path) -> None:
    log = write_log(tmp_path, "error: write failed\n  cause: No space left on device (os error 28)")
    error = explain_failure("small", log, ())
    assert isinstance(error, NoSpace)
    assert error.remedy == f"free space under {tmp_path}"


def test_a_missing_wheel_names_the_silent_index_without_its_credentials(tmp_path: Path) -> None:
    error = explain_failure("small", write_log(tmp_path, NO_VERSION), (SILENT_INDEX,))
    assert "https://***@wheels.example/cpu cannot be reached" in error.what
    assert "torch==2.13.0+cpu is found nowhere else" in error.what
    assert "SERVEGAUGE_EXTRA_INDEX" in error.remedy
    assert "joe" not in f"{error}{error.detail}"


def test_credentials_in_the_log_are_hidden(tmp_path: Path) -> None:
    error = explain_failure("small", write_log(tmp_path, f"tried {SILENT_INDEX}"), ())
    assert error.detail == "tried https://***@wheels.example/cpu"


def test_a_missing_log_is_a_failure_of_uv(tmp_path: Path) -> None:
    assert explain_failure("small", tmp_path / "none.log", ()).what == "environment small: uv failed"
