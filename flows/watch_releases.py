"""The flow `watch-releases`: measures each new release of an engine, compared with the last good one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from prefect import flow
from prefect.artifacts import create_markdown_artifact
from prefect.runtime import flow_run
from pydantic import Field

from flows import parameters
from flows.benchmark import measure
from flows.run.block_settings import with_results
from flows.run.comparison_file import write_comparison_page
from flows.run.release_report import (
    ReleaseReport,
    as_markdown,
    change_lines,
    good_name,
    is_measured,
    last_good_run,
    send,
)
from flows.run.report_failure import FailureReport, report_failure
from flows.ui import console
from flows.ui.events import emit_regression
from flows.ui.run_name import run_name
from tasks.config.gate import Gate
from tasks.config.results_location import ResultsLocation
from tasks.config.spec import Spec
from tasks.errors import RegressionError
from tasks.provision.releases import build_release, newest_release, release_requirements
from tasks.record.named_baselines import set_baseline
from tasks.record.read_run import recorded_run
from tasks.record.store import Store
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.judged_runs import load_runs, with_variants
from tasks.report.comparison.regressions import lost_figures, missing_figures, regressions
from tasks.report.comparison.undecided import undecided
from tasks.report.comparison.undecided_scores import undecided_scores

WorseThan = Annotated[float, Field(ge=0, le=100)]


def _flow_run_name() -> str:
    return run_name(f"releases for {Path(flow_run.parameters['spec']).stem}")


@flow(name="watch-releases", flow_run_name=_flow_run_name, log_prints=False)
def watch_releases(
    spec: parameters.SpecChoice = "smoke",
    overrides: parameters.Overrides = (),
    results: parameters.Results = parameters.RESULTS,
    worse_than: WorseThan = 5.0,
) -> str:
    """Measure the newest release of a spec's engine if it was not measured; return the run's id, or "".

    Args:
        spec: What to measure; its environment is a bundled one, whose engine's releases are watched.
        overrides: Any other field of the spec, as path.to.field=value.
        results: The folder or s3:// address that holds the tables.
        worse_than: Per cent (of scores: points) by which a figure may be worse than in the last good run.

    Raises:
        InputError: the spec's environment is not a bundled one.
        RegressionError: the release is worse; the run is recorded, and the last good one stays.
    """
    with report_failure() as failure:
        checked = parameters.load_changed_spec(spec, parameters.SpecChanges(), overrides)
        requirements = release_requirements(checked.environment)
        version = newest_release(requirements)
        with with_results(checked.blocks, parameters.chosen_results(results)) as location:
            if is_measured(Store(location), checked, requirements.device, version):
                console.stage("release", f"{requirements.engine} {version} is measured already")
                return ""
            console.stage("release", f"{requirements.engine} {version} is new")
            python = build_release(requirements, version).python
            fixed = checked.model_copy(update={"environment": str(python), "gate": Gate()})
            return _measured_and_judged(fixed, location, worse_than, failure)


def _measured_and_judged(
    spec: Spec, location: ResultsLocation, worse_than: float, failure: FailureReport
) -> str:
    """Measure, tell what changed, and name the run as the last good one unless it is worse."""
    run_id = measure(spec, location, True, failure)
    store = Store(location)
    run = recorded_run(store, run_id)
    report = _judged(location, run_id, last_good_run(store, run), worse_than)
    console.stage("release", report.text)
    create_markdown_artifact(key="release", markdown=as_markdown(report), description=report.text)
    send(report)
    if report.worse:
        emit_regression(run_id, spec.name, report.worse)
        remedy = "read the artifact `release`, or compare the two runs"
        raise RegressionError(report.text, remedy, "\n".join(report.worse))
    set_baseline(store, good_name(run), run_id)
    return run_id


def _judged(location: ResultsLocation, run_id: str, baseline: str | None, worse_than: float) -> ReleaseReport:
    run = recorded_run(Store(location), run_id)
    engine, version = run.manifest.engine or "", run.manifest.engine_version or ""
    report = ReleaseReport(spec=run.spec, engine=engine, version=version, run=run_id, baseline=baseline)
    if baseline is None:
        return report
    base, new = load_runs([baseline, run_id], location)
    pair = (base, new)
    still_open = [figure.text(worse_than) for figure in undecided(base, new, worse_than)]
    still_open += [score.text(worse_than) for score in undecided_scores(base, new, worse_than)]
    lines = (*regressions(pair, worse_than), *missing_figures(pair), *lost_figures(pair))
    return report.model_copy(
        update={
            "worse": tuple(line.removeprefix("B: ") for line in lines),
            "open": tuple(still_open),
            "changes": change_lines(base, new),
            "page": write_comparison_page(with_variants(pair, _versions(pair)), location),
        }
    )


def _versions(pair: Sequence[ComparedRun]) -> tuple[str, ...]:
    """Return what each run is called on the page: its engine and version."""
    manifests = [compared.report.run.manifest for compared in pair]
    return tuple(f"{manifest.engine} {manifest.engine_version}" for manifest in manifests)
