"""The chart of the scores."""

from __future__ import annotations

from xml.etree import ElementTree

from tasks.report.charts.score_chart import score_chart
from tests.report.made_up import report


def test_every_score_has_its_row() -> None:
    chart = score_chart(report()) or ""
    ElementTree.fromstring(chart)
    for subset in ("AIME2025-I", "AIME2025-II", "OVERALL"):
        assert f">aime25 {subset}<" in chart


def test_without_scores_there_is_no_chart() -> None:
    assert score_chart(report(accuracy=())) is None


def test_the_axis_says_what_it_is() -> None:
    assert ">score, with its 95 % interval<" in (score_chart(report()) or "")
