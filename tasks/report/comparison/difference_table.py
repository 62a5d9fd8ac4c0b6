"""The table `Differences`: the settings in which the compared runs differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import chain
from typing import Any

from tasks.measure.speed.figures.notation import MISSING
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.spec_settings import spec_settings
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, text_columns

TITLE = "Differences"
_JSON_FIELDS = ("server_args", "server_env", "client_versions")
"""Manifest fields that hold a JSON object. Each key of the object is compared separately."""


def difference_table(runs: Sequence[ComparedRun]) -> Table:
    """Return a row for each setting that is not equal in all runs. A footnote names each run."""
    of_specs = spec_settings([run.report.run for run in runs])
    settings_of_runs = [
        _settings(run.report) | {name: _value_text(value) for name, value in of_spec.items()}
        for run, of_spec in zip(runs, of_specs, strict=True)
    ]
    has_spec, of_a_spec = [run.report.run.spec_json is not None for run in runs], set(chain(*of_specs))
    rows = []
    for name in dict.fromkeys(chain.from_iterable(settings_of_runs)):
        values = [settings.get(name, MISSING) for settings in settings_of_runs]
        # A run whose spec is not recorded may have had any value.
        known = [value for value, has in zip(values, has_spec, strict=True) if has or name not in of_a_spec]
        if len(set(known)) > 1:
            rows.append((name, *values))
    return Table(
        title=TITLE,
        columns=text_columns("", *LETTERS[: len(runs)]),
        rows=tuple(rows),
        footnotes=tuple(f"{letter}: {_name(run)}" for letter, run in zip(LETTERS, runs, strict=False)),
    )


def _name(run: ComparedRun) -> str:
    run_id = run.report.run.run_id
    return f"{run.variant}, {run_id}" if run.variant else run_id


def _settings(report: ReportInput) -> dict[str, str]:
    """Return every setting that may differ between two runs, by its name in the table."""
    settings = {"spec": report.run.spec, "spec digest": report.run.spec_digest}
    for field, value in report.run.manifest.model_dump().items():
        name = field.replace("_", " ")
        if field in _JSON_FIELDS:
            for key, setting in json.loads(value or "{}").items():
                settings[f"{name}: {key}"] = _value_text(setting)
        else:
            settings[name] = _value_text(value)
    return settings


def _value_text(value: Any) -> str:
    if value is None or value == "":
        return MISSING
    if isinstance(value, list | tuple):
        return ", ".join(map(_value_text, value))
    if isinstance(value, dict):  # as a spec writes it
        return f"{{{', '.join(f'{name}: {_value_text(of)}' for name, of in value.items())}}}"
    return str(value)
