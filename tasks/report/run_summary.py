"""The headline, the reuse note and the manifest of a run, as texts for the report."""

from __future__ import annotations

import json

from tasks.exchange.definitions import tool_name
from tasks.record.results import Manifest
from tasks.report import formats
from tasks.report.report_input import ReportInput


def headline(report: ReportInput) -> tuple[tuple[str, str], ...]:
    """Return the name-value pairs at the top of a report."""
    run, manifest = report.run, report.run.manifest
    hardware = ", ".join(manifest.gpu_names) or _cpu(manifest)
    return (
        ("Run", run.run_id),
        ("Spec", run.spec),
        ("Model", manifest.model),
        ("Engine", _engine(manifest) or "not known"),
        ("Hardware", hardware or "not known"),
        ("Started", f"{run.started_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Took", formats.run_duration(run)),
        ("Outcome", run.outcome),
    )


def reuse_note(report: ReportInput) -> str | None:
    """Return a text with the number of measurements reused from earlier runs; None if there are none."""
    run_id = report.run.run_id
    reused_points = [point.run_id for point in report.points if point.run_id != run_id]
    reused_sets = [accuracy.run_id for accuracy in report.accuracy if accuracy.run_id != run_id]
    counts = []
    if reused_points:
        counts.append(f"{len(reused_points)} of {len(report.points)} load points")
    if reused_sets:
        counts.append(f"{len(reused_sets)} of {len(report.accuracy)} question sets")
    if not counts:
        return None
    measured_by = ", ".join(sorted({*reused_points, *reused_sets}))
    return f"reused: {' and '.join(counts)}, measured by {measured_by}"


def manifest_pairs(report: ReportInput) -> tuple[tuple[str, str], ...]:
    """Return name-value pairs of the software and hardware of the run, without empty values."""
    run, manifest = report.run, report.run.manifest
    memory = f"{manifest.memory_bytes / 2**30:.1f} GiB" if manifest.memory_bytes else None
    pairs = (
        ("Imported from", manifest.source and f"{tool_name(manifest.source)} ({manifest.source})"),
        ("Spec", f"{run.spec} (digest {run.spec_digest})"),
        ("Engine", _engine(manifest)),
        ("Environment digest", manifest.environment_digest),
        ("Model", manifest.model),
        ("Model revision", manifest.model_revision),
        ("Model licence", manifest.model_license),
        ("Server arguments", _json_as_text(manifest.server_args)),
        ("GPUs", ", ".join(manifest.gpu_names)),
        ("Driver", manifest.driver),
        ("CPU", _cpu(manifest)),
        ("Memory", memory),
        ("Client", _json_as_text(manifest.client_versions)),
        ("Git commit", manifest.git_commit),
    )
    return tuple((name, value) for name, value in pairs if value)


def _engine(manifest: Manifest) -> str:
    return _join(manifest.engine, manifest.engine_version)


def _cpu(manifest: Manifest) -> str:
    return _join(manifest.cpu, f"({manifest.cpu_count} CPUs)" if manifest.cpu_count else None)


def _join(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _json_as_text(content: str) -> str:
    """Return a JSON object as `name value · name value`, and any other text unchanged."""
    try:
        settings = json.loads(content)
    except ValueError:
        return content
    if not isinstance(settings, dict):
        return content
    pairs = []
    for name, value in settings.items():
        pairs.append(f"{name} {value if isinstance(value, str) else json.dumps(value)}")
    return " · ".join(pairs)
