"""A made-up report that has every case in it once."""

from __future__ import annotations

from tasks.audit.verdict import Verdict
from tasks.report.report_input import ReportInput
from tests.record import made_up


def report(**given: object) -> ReportInput:
    """Five sweeps: several loads, one load, repeats, a reused point, a point that failed altogether."""
    checks = (made_up.check(), made_up.check("valid"), made_up.check("unchecked"))
    suspect = Verdict(verdict="suspect", reasons=("two waves, made up",), checks=checks)
    invalid = Verdict(verdict="invalid", reasons=("no request succeeded",))
    points = (
        made_up.recorded(made_up.point(concurrency=100, requests=200, failed=3), verdict=suspect),
        made_up.recorded(made_up.point(concurrency=1, requests=5)),
        made_up.recorded(made_up.point(concurrency=10, requests=50)),
        made_up.recorded(made_up.expensive(made_up.bounded(made_up.point("one-load", 20, 100), 4.0))),
        *(made_up.recorded(made_up.point("twice", n, 40, repeat=r)) for n in (4, 8) for r in (1, 2)),
        made_up.recorded(made_up.point("again", 20, 100), "run-0"),
        made_up.recorded(made_up.point("broken", 20, 100, failed=100), verdict=invalid),
    )
    filled = {
        "run": made_up.run().model_copy(
            update={"sweeps": tuple(dict.fromkeys(p.result.sweep for p in points))}
        ),
        "points": points,
        "knees": (made_up.knee(), made_up.knee("one-load").model_copy(update={"knee": None, "low": None})),
        "accuracy": (made_up.accuracy(),),
        "results_path": "results",
    }
    if "warnings" in given:
        filled["run"] = made_up.run().model_copy(update={"warnings": given.pop("warnings")})
    return ReportInput.model_validate(filled | given)
