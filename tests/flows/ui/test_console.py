"""What a run shows while it goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from flows.ui import console


def test_a_warning_is_shown_as_it_is_and_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(console, "_quiet", False)
    kept: list[str] = ["before"]
    console.warning("serve", "GPU 0: 3.1 GB [of 80] are not free again", kept)
    assert kept == ["before", "GPU 0: 3.1 GB [of 80] are not free again"]
    assert "GPU 0: 3.1 GB [of 80] are not free again" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["HTTP 400 [/INST] is no role", "[type=missing, input=1]", "[red]not red[/]"]
)
def test_text_that_looks_like_markup_is_shown_as_it_is(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = io.StringIO()
    monkeypatch.setattr(console, "console", Console(file=out, width=200))
    monkeypatch.setattr(console, "_quiet", False)
    console.stage("sweep", text, "red")
    assert out.getvalue() == f"sweep      {text}\n"
