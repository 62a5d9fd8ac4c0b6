"""What trackers get of a run, and what they return."""

from __future__ import annotations

import pytest

from tasks.audit.verdict import Verdict
from tasks.config.spec_file import load_spec
from tasks.errors import TrackError
from tasks.track.tracked_run import TrackOutcome, tracked_run
from tests.record import made_up


def test_the_config_holds_spec_manifest_and_loads_without_nesting() -> None:
    loads = '[{"concurrency": 4, "requests": 20}, {"rate": 2.5, "requests": 30}]'
    spec = load_spec("smoke", [f"sweeps.0.load={loads}"])
    config = dict(tracked_run(spec, made_up.run(), (), (), ()).config)
    assert config["spec"] == "made-up"
    assert config["engine_version"] == "0.0.0-made-up"
    assert config["cpu_count"] == 2
    assert config["gpu_names"] == '["Made-up GPU 1", "Made-up GPU 2"]'
    assert config[f"{spec.sweeps[0].name}_load"] == "4x20 rate2.5x30"


def test_a_search_is_in_the_config_as_text() -> None:
    search = "{until: saturated, concurrency: 1, max: 4}"
    spec = load_spec("smoke", [f"sweeps.0.load={search}"])
    config = dict(tracked_run(spec, made_up.run(), (), (), ()).config)
    assert config[f"{spec.sweeps[0].name}_load"] == str(spec.sweeps[0].search)


def test_all_scores_and_knees_are_part_of_the_run() -> None:
    accuracy, knee = made_up.accuracy(), made_up.knee()
    tracked = tracked_run(load_spec("smoke", []), made_up.run(), (), (knee,), (accuracy, accuracy))
    assert tracked.knees == (knee,)
    assert tracked.scores == accuracy.scores * 2


@pytest.mark.parametrize(
    ("error", "warning"),
    [
        (TrackError("no dashboard", "install it"), "no dashboard: install it"),
        (ValueError("first line\nsecond line"), "ValueError: first line"),
        (StopIteration(), "StopIteration: no message"),
    ],
)
def test_an_error_becomes_a_warning_of_one_line(error: Exception, warning: str) -> None:
    assert TrackOutcome.from_error(error) == TrackOutcome(warning=warning)


def test_the_description_says_the_run_and_how_many_points_are_doubtful() -> None:
    spec, run = load_spec("smoke", []), made_up.run()
    suspect = made_up.recorded(made_up.point(), verdict=Verdict(verdict="suspect"))
    described = tracked_run(spec, run, (suspect, made_up.recorded(made_up.point())), (), ()).description
    run_id, doubt, description = described.splitlines()
    assert run_id == "run run-1"
    assert doubt == "1 of 2 load points is suspect: its figures are doubtful."
    assert description == spec.description
    assert tracked_run(spec, run, (), (), ()).description == f"run run-1\n{spec.description}"
