"""The tiles of the page."""

from __future__ import annotations

from tasks.report.page.tiles import tiles
from tests.record import made_up
from tests.report.made_up import all_suspect, points, report


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
    assert highest.caption == "one-load, concurrency 20; better loads are suspect"
    assert highest.verdict == "valid"


def test_without_a_valid_load_the_tile_is_suspect() -> None:
    assert {tile.name: tile.verdict for tile in tiles(all_suspect())} == {
        "Highest output": "suspect",
        "Lowest mean TTFT": "suspect",
        "Lowest mean TPOT": "suspect",
        "Knee of throughput": "suspect",
        "aime25 OVERALL": "valid",
    }
