"""What a new release changed: its run compared with the last good one, posted to a webhook."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

import httpx

from flows.ui import console
from tasks.config.base import Frozen
from tasks.config.server import EndpointServer
from tasks.config.spec import Spec
from tasks.config.started_server import Device
from tasks.plan.subject import server_hardware
from tasks.provision.model import model_name
from tasks.record.baseline import completed_runs, previous_run
from tasks.record.named_baselines import baselines
from tasks.record.results import RunRecord
from tasks.record.store import Store
from tasks.report.comparison.change_text import percent_text, points_text
from tasks.report.comparison.compare_scores import compare_scores
from tasks.report.comparison.compare_speed import compare_speed
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.knee_lines import knee_lines

WEBHOOK = "SERVEGAUGE_RELEASE_WEBHOOK"
"""Environment variable of the worker: the address that the report of a release is sent to."""
WEBHOOK_TIMEOUT_S = 10.0


class ReleaseReport(Frozen):
    """One release.

    `baseline`: the last good run, None for the first one. `worse`: a line for each regression. `open`:
    figures that noise leaves open. `changes`: every figure with its change and interval. `page`: the path or
    address of the comparison's page.
    """

    spec: str
    engine: str
    version: str
    run: str
    baseline: str | None
    worse: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    page: str | None = None

    @property
    def text(self) -> str:
        """The report in one sentence."""
        what = f"{self.engine} {self.version} on {self.spec}"
        if self.baseline is None:
            return f"{what}: the first run on this hardware, {self.run}"
        if not self.worse:
            return f"{what}: not worse than {self.baseline}"
        return f"{what}: worse than {self.baseline}: {'; '.join(self.worse)}"


def good_name(run: RunRecord) -> str:
    """Return the name of the baseline that is the last good run of a run's spec, model and hardware."""
    manifest = run.manifest
    on_cpus = () if manifest.gpu_names else (manifest.cpu_count,)
    subject = repr((manifest.model, manifest.cpu, manifest.gpu_names, *on_cpus))
    return f"last-good-{run.spec}-{hashlib.sha256(subject.encode()).hexdigest()[:6]}"


def is_measured(store: Store, spec: Spec, device: Device, version: str) -> bool:
    """Return whether a run with this version of the spec's engine, its model and this hardware has completed.

    Args:
        store: the results.
        spec: what is measured.
        device: what its environment computes on; the spec's own device counts first.
        version: the engine's version.

    Raises:
        InputError: the server's model or a GPU of it does not exist.
        RecordError: the table of runs cannot be read.
    """
    if isinstance(spec.server, EndpointServer):
        return False
    hardware = server_hardware(spec.server, spec.server.device or device)
    runs = completed_runs(store, spec.name, model_name(spec.server.model), hardware)
    return version in runs["engine_version"].to_list()


def last_good_run(store: Store, run: RunRecord) -> str | None:
    """Return the last run that was not worse, or else the newest completed one before; None if there is none.

    Raises:
        RecordError: a table cannot be read.
    """
    named = baselines(store).get(good_name(run))
    return named if named in store.run_ids() else previous_run(store, run)


def change_lines(base: ComparedRun, new: ComparedRun) -> tuple[str, ...]:
    """Return a line for each knee, figure and score that both runs have, with its change and the interval."""
    lines = list(knee_lines(base, new))
    for speed in compare_speed((base, new)):
        if speed.changes[1] is not None:
            change = percent_text(speed.changes[1])
            lines.append(f"{speed.key.sweep} {speed.key.load}: {speed.figure.title}: {change}")
    scores = [(score.key.text, score.changes[1]) for score in compare_scores((base, new))]
    lines += [f"{name}: {points_text(change)}" for name, change in scores if change is not None]
    return tuple(lines)


def send(report: ReleaseReport, environ: Mapping[str, str] = os.environ) -> None:
    """Post a report as JSON to the webhook, if the worker has one. A failure is a warning, never more."""
    url = environ.get(WEBHOOK)
    if not url:
        return
    try:
        body = {"text": report.text, **report.model_dump()}
        httpx.post(url, json=body, timeout=WEBHOOK_TIMEOUT_S).raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        console.stage("release", f"the webhook of {WEBHOOK} failed: {type(error).__name__}", "yellow")


def as_markdown(report: ReleaseReport) -> str:
    """Return the report for an artifact."""
    lines = [f"**{report.text}**", "", f"Run `{report.run}`, compared with `{report.baseline}`.", ""]
    if report.page:
        lines += [f"Page of the comparison: `{report.page}`", ""]
    for title, entries in (("Worse", report.worse), ("Open", report.open), ("All changes", report.changes)):
        if entries:
            lines += [f"### {title}", "", *(f"- {entry}" for entry in entries), ""]
    return "\n".join(lines)
