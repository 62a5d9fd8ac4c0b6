"""Which figures of a run a tracker shows, under which names and at which step. Pure."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator

from tasks.measure.results import Distribution, PointResult, Score
from tasks.plan.search import Knee
from tasks.record.results import RecordedPoint
from tasks.track.bundle import TrackedRun

Steps = dict[int, dict[str, float]]

_DISTRIBUTIONS = ("ttft", "tpot", "itl", "latency")
_THROUGHPUTS = ("request", "input_token", "output_token", "total_token")
_EXPENSES = (
    "energy_j", "energy_per_output_token_j", "energy_per_request_j",
    "cost_per_million_output_tokens", "cost_per_million_tokens",
)  # fmt: skip
_HEADER = (
    "Sweep", "Run name", "Load", "Requests", "Success %", "req/s", "Goodput req/s",
    "Output tok/s", "Latency mean s", "TTFT mean ms", "TPOT mean ms", "Verdict",
)  # fmt: skip


def experiment_id(run_id: str) -> str:
    """An id that the tracker accepts and that is always the same for the same run."""
    if re.fullmatch(r"[0-9A-Za-z_-]{1,64}", run_id):
        return run_id
    return hashlib.sha256(run_id.encode()).hexdigest()[:32]


def steps(bundle: TrackedRun) -> Steps:
    """Every figure by step and key, steps ascending. The step of a load point is its concurrency.

    Scores and knees stand at step 0. A second point at the same step (a repeat) has keys of its own, as the
    tracker drops a step that a key has had already.
    """
    found: Steps = {}
    seen: Counter[tuple[str, int]] = Counter()
    for score in bundle.scores:
        found.setdefault(0, {}).update(_score(score))
    for knee in bundle.knees:
        found.setdefault(0, {}).update(_knee(knee))
    for point in sorted((point.result for point in bundle.points), key=lambda p: (_step(p), p.repeat)):
        place = (point.sweep, _step(point))
        seen[place] += 1
        suffix = f"_{seen[place]}" if seen[place] > 1 else ""
        figures = {f"{point.sweep}/{name}{suffix}": value for name, value in _figures(point)}
        found.setdefault(_step(point), {}).update(figures)
    return dict(sorted(found.items()))


def sweep_table(points: tuple[RecordedPoint, ...]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """The points as a header and rows of texts."""
    return _HEADER, [_row(point) for point in points]


def _step(point: PointResult) -> int:
    return point.concurrency if point.concurrency is not None else round(point.rate or 0)


def _figures(point: PointResult) -> Iterator[tuple[str, float]]:
    yield "success_rate", point.succeeded / (point.succeeded + point.failed or 1)
    for name in _THROUGHPUTS:
        yield f"{name}_throughput", getattr(point, f"{name}_throughput")
    if point.goodput is not None:
        yield "goodput", point.goodput
    for name in _EXPENSES:
        if (value := getattr(point, name)) is not None:
            yield name, value
    if point.objectives_met is not None:
        yield "objectives_met", float(point.objectives_met)
    for name in _DISTRIBUTIONS:
        distribution: Distribution = getattr(point, name)
        for statistic, value in distribution:
            if value is not None:
                yield f"{name}_{statistic}_s", value


def _score(score: Score) -> dict[str, float]:
    key = f"accuracy/{score.dataset}_{score.subset}_{score.metric}".replace(".", "_")
    return {key: score.value, f"{key}_ci_low": score.ci_low, f"{key}_ci_high": score.ci_high}


def _knee(knee: Knee) -> dict[str, float]:
    values = {"": knee.knee, "_low": knee.low, "_high": knee.high}
    key = f"{knee.sweep}/knee_{knee.load}"
    return {f"{key}{name}": value for name, value in values.items() if value is not None}


def _row(point: RecordedPoint) -> tuple[str, ...]:
    result = point.result
    load = result.concurrency if result.concurrency is not None else f"{result.rate:g}/s"
    return (
        result.sweep,
        result.run_name,
        str(load),
        str(result.requests),
        f"{100 * result.succeeded / (result.succeeded + result.failed or 1):.1f}",
        f"{result.request_throughput:.2f}",
        _text(result.goodput, 1, 2),
        f"{result.output_token_throughput:.1f}",
        _text(result.latency.mean, 1, 3),
        _text(result.ttft.mean, 1000, 1),
        _text(result.tpot.mean, 1000, 2),
        point.verdict.verdict,
    )


def _text(value: float | None, factor: int, digits: int) -> str:
    return "–" if value is None else f"{value * factor:.{digits}f}"
