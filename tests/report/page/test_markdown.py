"""The report as Markdown."""

from __future__ import annotations

from tasks.report.page.markdown import markdown
from tasks.text import CONTROL
from tests.record import made_up
from tests.report.made_up import report


def test_markdown_has_a_line_for_every_row_note_and_warning() -> None:
    text = markdown(report())
    assert "| Conc. | Output (tok/s) | TTFT mean (ms) | TPOT mean (ms) | Verdict |" in text
    assert "| 100 | 573.1 | 550.0 | 110.0 | suspect | 8.95 | 11.000 | 22.000 |" in text
    assert "- **Warning:** not tracked, made up" in text
    assert "- 100: suspect: two waves, made up" in text


def test_text_from_a_server_cannot_break_the_markdown() -> None:
    manifest = made_up.run().manifest.model_copy(update={"model": "a|b\n<script>*x*"})
    text = markdown(report(run=made_up.run().model_copy(update={"manifest": manifest})))
    assert "a\\|b \\<script\\>\\*x\\*" in text
    assert "<script>" not in text


def test_images_links_and_control_characters_of_a_server_stay_text() -> None:
    manifest = made_up.run().manifest.model_copy(update={"model": "![x](http://x)\x1b[2J\u202e$y$"})
    text = markdown(report(run=made_up.run().model_copy(update={"manifest": manifest})))
    assert r"\!\[x\](http://x)\\x1b\[2J\\u202e\$y\$" in text
    assert not CONTROL.search(text)
