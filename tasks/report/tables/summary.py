"""What a report says in a few words: the run, what was reused, the manifest. Pure."""

from __future__ import annotations

import json
from typing import NamedTuple

from tasks.config.load import LOAD_KINDS
from tasks.measure.speed.figures import BY_NAME
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import Manifest
from tasks.report import formats
from tasks.report.report_input import ReportInput
from tasks.report.tables.best import best
from tasks.report.tables.repeats import sound_by_load

TILES = {
    "Highest output": BY_NAME["output_token_throughput"],
    "Lowest mean TTFT": BY_NAME["ttft_mean_s"],
    "Lowest mean TPOT": BY_NAME["tpot_mean_s"],
}


class Tile(NamedTuple):
    """One figure large, and where it was met small."""

    name: str
    figure: str
    unit: str
    where: str


def headline(report: ReportInput) -> tuple[tuple[str, str], ...]:
    """The run in a handful of pairs."""
    run, manifest = report.run, report.run.manifest
    engine = " ".join(part for part in (manifest.engine, manifest.engine_version) if part) or "not known"
    hardware = ", ".join(manifest.gpu_names) or " ".join(
        part for part in (manifest.cpu, _cpus(manifest)) if part
    )
    return (
        ("Run", run.run_id),
        ("Spec", run.spec),
        ("Model", manifest.model),
        ("Engine", engine),
        ("Hardware", hardware or "not known"),
        ("Started", f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Took", formats.took(run)),
        ("Outcome", run.outcome),
    )


def tiles(report: ReportInput) -> tuple[Tile, ...]:
    """The figures a reader looks for first; not those of invalid points; repeats count as one."""
    loads, shown = sound_by_load(report.points), list[Tile]()
    for title, figure in TILES.items():
        if found := best(loads, figure):
            value, point = found
            shown.append(Tile(title, figure.notation.text(value), figure.notation.unit, _at(point)))
    for knee in report.knees:
        level = formats.NONE if knee.knee is None else f"{knee.knee:.4g}"
        shown.append(
            Tile(f"Knee of {knee.sweep}", level, LOAD_KINDS[knee.load].unit, f"limited by {knee.reason}")
        )
    for recorded in report.accuracy:
        for score in recorded.scores[-1:]:
            interval = f"95 % CI {formats.score(score.ci_low)} – {formats.score(score.ci_high)}"
            shown.append(Tile(f"{score.dataset} {score.subset}", formats.score(score.value), "", interval))
    return tuple(shown)


def _at(point: PointResult) -> str:
    return f"{point.sweep}, {formats.load_kind([point])} {formats.load(point, False)}"


def reuse(report: ReportInput) -> str | None:
    """How much of the report an earlier run has measured; None where nothing."""
    run_id = report.run.run_id
    points = [point.run_id for point in report.points if point.run_id != run_id]
    sets = [accuracy.run_id for accuracy in report.accuracy if accuracy.run_id != run_id]
    if not (points or sets):
        return None
    parts = []
    if points:
        parts.append(f"{len(points)} of {len(report.points)} load points")
    if sets:
        parts.append(f"{len(sets)} of {len(report.accuracy)} question sets")
    return f"reused: {' and '.join(parts)}, measured by {', '.join(sorted({*points, *sets}))}"


def manifest_pairs(report: ReportInput) -> tuple[tuple[str, str], ...]:
    """Everything the run was measured with, in pairs; what is not known is left out."""
    run, manifest = report.run, report.run.manifest
    memory = f"{manifest.memory_bytes / 2**30:.1f} GiB" if manifest.memory_bytes else None
    pairs = (
        ("Spec", f"{run.spec} (digest {run.spec_digest})"),
        ("Engine", " ".join(part for part in (manifest.engine, manifest.engine_version) if part)),
        ("Environment digest", manifest.environment_digest),
        ("Model", manifest.model),
        ("Model revision", manifest.model_revision),
        ("Model licence", manifest.model_license),
        ("Server arguments", _unfolded(manifest.server_args)),
        ("GPUs", ", ".join(manifest.gpu_names)),
        ("Driver", manifest.driver),
        ("CPU", " ".join(part for part in (manifest.cpu, _cpus(manifest)) if part)),
        ("Memory", memory),
        ("Client", _unfolded(manifest.client_versions)),
        ("Git commit", manifest.git_commit),
    )
    return tuple((name, value) for name, value in pairs if value)


def _cpus(manifest: Manifest) -> str:
    return f"({manifest.cpu_count} CPUs)" if manifest.cpu_count else ""


def _unfolded(content: str) -> str:
    """A JSON object as `name value`, one after the other; anything else as it is."""
    try:
        found = json.loads(content)
    except ValueError:
        return content
    if not isinstance(found, dict):
        return content
    return " · ".join(
        f"{name} {value if isinstance(value, str) else json.dumps(value)}" for name, value in found.items()
    )
