"""The name of a run's experiment, made from a template."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RecordedPoint, RunRecord

ONE_LOAD = "{model}-number{requests}-parallel{concurrency}"
"""The default for a run of one load: the name that EvalScope users give an experiment."""
SEVERAL_LOADS = "{model}-{spec}"
SEVERAL = "several"
"""Stands where a template asks for the load and the run has several."""


def experiment_name(template: str | None, run: RunRecord, points: Sequence[RecordedPoint]) -> str:
    """Return the name of a run's experiment.

    Args:
        template: with the fields of `NAME_FIELDS` in braces; None takes the default.
        run: the run.
        points: its load points, of which all repeats of a load count as one.
    """
    loads = {(point.result.sweep, point.result.load.label): point.result for point in points}
    only = next(iter(loads.values())) if len(loads) == 1 else None
    chosen = template or (ONE_LOAD if only else SEVERAL_LOADS)
    return chosen.format(
        model=run.manifest.model.rstrip("/").rpartition("/")[2],
        spec=run.spec,
        run_id=run.run_id,
        **_fields_of_load(only),
    )


def _fields_of_load(only: PointResult | None) -> dict[str, str]:
    if only is None:
        return dict.fromkeys(("sweep", "load", "concurrency", "requests"), SEVERAL)
    load = only.load
    return {
        "sweep": only.sweep,
        "load": load.label,
        "concurrency": str(load.slots or load.label),
        "requests": str(only.requests),
    }
