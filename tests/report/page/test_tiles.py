"""The tiles of the page."""

from __future__ import annotations

import re

import pytest

from tasks.report.page.chinese import in_chinese
from tasks.report.page.tiles import tiles
from tests.record import made_up
from tests.report.made_up import SUSPECT, all_suspect, points, report


def test_the_tiles_leave_out_what_is_invalid() -> None:
    assert {tile.name: tile.figure for tile in tiles(report())} == {
        "Highest output": "426.7",
        "Lowest mean TTFT": "55.0",
        "Lowest mean TPOT": "11.0",
        "Knee of throughput": "19",
        "Knee of one-load": "–",
        "aime25 OVERALL": "0.500",
    }
    assert tiles(report(points=points()[-1:], knees=(), accuracy=())) == ()


def test_a_tile_shows_the_mean_over_repeats_and_its_load() -> None:
    repeats = []
    for load, number, rate in ((4, 1, 9.0), (4, 2, 1.0), (8, 1, 6.0), (8, 2, 6.0)):
        point = made_up.point("s", load, repeat=number).with_figures({"output_token_throughput": rate})
        repeats.append(made_up.recorded(point))
    assert tiles(report(points=repeats))[0][1:] == ("6.0", "tok/s", "s, concurrency 8", "valid")


def test_a_rate_is_called_by_its_rate() -> None:
    point = made_up.recorded(made_up.open_point(made_up.point("open"), 5.0))
    assert tiles(report(points=(point,)))[0].caption == "open, rate 5/s"


def test_a_tile_says_that_better_loads_are_suspect() -> None:
    highest, *_ = tiles(report())
    assert highest.caption == "again, concurrency 20; better loads are suspect"
    assert highest.verdict == "valid"


@pytest.mark.parametrize(
    ("bounds", "suspect", "remark"),
    [
        ((100, 100, 100), False, "20"),
        ((100, 0.1, 100), False, "20"),
        ((100, 100, 0.1), False, "10; better loads are not shown to meet the objectives"),
        ((100, 0.1, 0.1), True, "1; better loads are suspect or not shown to meet the objectives"),
        ((0.1, 0.1, 0.1), False, "20; not shown to meet the objectives"),
        ((0.1, 0.1, 0.1), True, "10; not shown to meet the objectives; better loads are suspect"),
    ],
)
def test_a_tile_says_whether_loads_meet_their_objectives(
    bounds: tuple[float, float, float], suspect: bool, remark: str
) -> None:
    loads = zip((1, 10, 20), bounds, strict=True)
    results = [made_up.bounded(made_up.point("s", load), bound) for load, bound in loads]
    measured = [made_up.recorded(result) for result in results]
    if suspect:
        measured[-1] = made_up.recorded(results[-1], verdict=SUSPECT)
    caption = tiles(report(points=measured))[0].caption
    assert caption == f"s, concurrency {remark}"
    chinese = [in_chinese(text) for text in (caption, caption.replace("concurrency", "rate"))]
    assert not any(re.search("[a-z]{3}", str(text)) for text in chinese)


def test_without_a_valid_load_the_tile_is_suspect() -> None:
    assert {tile.name: tile.verdict for tile in tiles(all_suspect())} == {
        "Highest output": "suspect",
        "Lowest mean TTFT": "suspect",
        "Lowest mean TPOT": "suspect",
        "Knee of throughput": "suspect",
        "aime25 OVERALL": "valid",
    }
