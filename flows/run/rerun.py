"""Measures a recorded run again, and says in what this machine differs from what it was measured with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tasks.config.spec import Spec
from tasks.plan.subject import subject_of
from tasks.record.manifest import manifest_of
from tasks.record.recorded_spec import SpecAgain, spec_again
from tasks.record.results import RunRecord
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.difference_table import difference_table
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, text_columns

OF_THE_SPEC = "spec digest"
"""The row that says nothing here: the model's revision is pinned, and variables may be missing."""


def again(run: RunRecord, environ: Mapping[str, str]) -> tuple[SpecAgain, Table]:
    """Return the spec of a recorded run, and a table of what is not equal now.

    Nothing is started. An environment that is no longer there, or a model, ends it.

    Raises:
        InputError: the run cannot be measured again, or its environment, folder, model or GPU is not there.
        EndpointError: its server does not answer.
    """
    spec = spec_again(run, environ)
    return spec, unequal_table(run, _as_run_now(run, spec.spec))


def unequal_table(then: RunRecord, now: RunRecord) -> Table:
    """Return a row for each setting of a comparison that differs."""
    compared = [ComparedRun(report=ReportInput(run=run, results_path="")) for run in (then, now)]
    table = difference_table(compared)
    return table.model_copy(
        update={
            "title": "What could not be made equal",
            "columns": text_columns("", "then", "now"),
            "rows": tuple(row for row in table.rows if row[0] != OF_THE_SPEC),
            "footnotes": (),
        }
    )


def measure_again(spec: Spec, results: str) -> None:
    """Measure a spec in this terminal; nothing is reused. Raises as `servegauge run`."""
    from flows.run.run_from_terminal import run_from_terminal

    with TemporaryDirectory(prefix="servegauge-rerun-") as folder:
        file = Path(folder) / f"{spec.name}.yaml"
        file.write_text(spec.model_dump_json(), encoding="utf-8")  # JSON is YAML
        file.chmod(0o600)  # it may hold a secret value of a variable
        run_from_terminal(str(file), [], results, refresh=True)


def _as_run_now(run: RunRecord, spec: Spec) -> RunRecord:
    return RunRecord(
        run_id="now",
        spec=spec.name,
        spec_digest=hashlib.sha256(spec.model_dump_json().encode()).hexdigest()[:16],
        started_at=datetime.now(UTC),
        manifest=manifest_of(subject_of(spec, run.run_id)),
    )
