"""The values of a figure over the load."""

from __future__ import annotations

from tasks.report.charts.samples import means_of, samples_of
from tasks.report.load_repeats import usable_repeats
from tests.record import made_up
from tests.report.made_up import SUSPECT


def test_a_mean_over_repeats_is_suspect_if_one_of_them_is() -> None:
    points = [
        made_up.recorded(made_up.point(concurrency=1, repeat=1).with_figures({"goodput": 2.0})),
        made_up.recorded(made_up.point(concurrency=8, repeat=1).with_figures({"goodput": 1.0})),
        made_up.recorded(
            made_up.point(concurrency=8, repeat=2).with_figures({"goodput": 3.0}), verdict=SUSPECT
        ),
        made_up.recorded(made_up.point(concurrency=9)),
    ]
    samples = samples_of(usable_repeats(points), "goodput", 10)
    assert samples == [(1, 20, False), (8, 10, False), (8, 30, True)]
    assert means_of(samples) == [(1, 20, False), (8, 20, True)]
