"""Records a run that another load generator measured, apart from our own runs."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from tasks.audit.verdict import Verdict
from tasks.exchange.foreign_run import ForeignPoint, ForeignRun
from tasks.exchange.readers.reader_registry import read_foreign_run
from tasks.exchange.tools import TOOLS
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.read_run import recorded_run
from tasks.record.results import Manifest, RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_point, record_run

ID_DIGITS, DIGEST_DIGITS = 4, 16
"""Of the digest of a file's figures: in the run's id, and in `runs.spec_digest`."""


def import_file(path: Path, sweep: str, store: Store) -> RunRecord:
    """Record the run in a results file of another tool, its load points or its scores.

    The id is made from the file's figures, so that the same file twice is the same run.

    Raises:
        InputError: the file is not a results file of a known tool.
        RecordError: a table could not be written.
    """
    foreign = read_foreign_run(path)
    run = _with_own_id(run_record(foreign, sweep, path), store)
    record_run(store, run)
    for point in recorded_points(foreign, sweep, run.run_id):
        record_point(store, run.run_id, point)
    for each in foreign.accuracy:
        scores = RecordedAccuracy(scores=each.scores, run_id=run.run_id)
        record_accuracy(store, run.run_id, scores, each.samples)
    return run


def run_record(foreign: ForeignRun, sweep: str, path: Path) -> RunRecord:
    """Return the row of `runs`. Its spec is named after the tool, so no gate takes it as a baseline."""
    digest = hashlib.sha256(f"{sweep}\n{foreign.model_dump_json()}".encode()).hexdigest()
    measured_at = foreign.measured_at or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return RunRecord(
        run_id=f"{measured_at:%Y%m%d-%H%M%S}-{foreign.tool}-{digest[:ID_DIGITS]}",
        spec=foreign.tool,
        spec_digest=digest[:DIGEST_DIGITS],
        sweeps=(sweep,) if foreign.points else (),
        started_at=measured_at,
        finished_at=measured_at,
        outcome="completed",
        warnings=foreign.notes if foreign.accuracy else (),
        manifest=Manifest(model=foreign.model, source=source_of(foreign)),
    )


def _with_own_id(run: RunRecord, store: Store) -> RunRecord:
    """Return the run with a longer id if another one has its id: files of an archive have the same time."""
    if run.run_id not in store.run_ids() or recorded_run(store, run.run_id).spec_digest == run.spec_digest:
        return run
    return run.model_copy(update={"run_id": f"{run.run_id}{run.spec_digest[ID_DIGITS:]}"})


def source_of(foreign: ForeignRun) -> str:
    """Return the text of `runs.source`: the tool's key, then its version if the file names one."""
    return f"{foreign.tool} {foreign.version}" if foreign.version else foreign.tool


def recorded_points(foreign: ForeignRun, sweep: str, run_id: str) -> list[RecordedPoint]:
    """Return the points with the verdict `suspect`: nothing of ours confirms their figures."""
    name = TOOLS[foreign.tool].name
    reason = f"measured by {name} and imported: no check of servegauge confirms the figures"
    repeats = Counter[str]()
    points = []
    for point in foreign.points:
        repeats[point.load.label] += 1
        result = _result(point, sweep, repeats[point.load.label], name)
        reasons = (reason, *_failures(point), *foreign.notes)
        verdict = Verdict(verdict="suspect", reasons=reasons)
        points.append(RecordedPoint(result=result, verdict=verdict, run_id=run_id))
    return points


def _failures(point: ForeignPoint) -> tuple[str, ...]:
    """Return a reason to doubt a point that lacks the requests that failed."""
    sent = point.succeeded + point.failed
    return (f"{point.failed:,} of {sent:,} requests failed",) if point.failed else ()


def _result(point: ForeignPoint, sweep: str, repeat: int, tool: str) -> PointResult:
    return PointResult(
        sweep=sweep,
        run_name=f"{tool} {point.load.label}",
        load=point.load,
        requests=point.succeeded + point.failed,
        repeat=repeat,
        attempt=1,
        succeeded=point.succeeded,
        failed=point.failed,
        figures=point.figures,
    )
