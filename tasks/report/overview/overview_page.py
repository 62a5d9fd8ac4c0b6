"""The overview as one self-contained HTML page: a table of runs that can be sorted and filtered."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Collection, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import MISSING
from tasks.report.best_load import UNMET
from tasks.report.formats import score_text
from tasks.report.overview.run_lines import LoadLine, RunLine
from tasks.text import printable

_HERE = Path(__file__).parent


def render_overview(
    lines: Sequence[RunLine], location: str, *, live: bool, trends: Collection[str] | None = None
) -> str:
    """Return the page as HTML. Texts of the runs are in it as JSON, and `overview.js` escapes them.

    Args:
        lines: the runs, in the order of the table.
        location: the results location, for the page's heading.
        live: a server renders comparisons, so that runs can be marked and compared.
        trends: the specs that have a page of their figures from run to run; None: all that may have one.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, trim_blocks=True, undefined=StrictUndefined
    )
    library = files("itables") / "html"
    script = b64encode((library / "dt_bundle.js").read_bytes()).decode()
    return environment.get_template("overview.html.j2").render(
        count=len(lines),
        lines_json=_json_for_script([_row(line, trends) for line in lines]),
        location=printable(location),
        live=live,
        library_css=(library / "dt_bundle.css").read_text(encoding="utf-8"),
        library_js=f"data:text/javascript;base64,{script}",
        script=(_HERE / "overview.js").read_text(encoding="utf-8"),
    )


def report_address(run_id: str) -> str:
    """Return the address of a run's report, relative to the overview."""
    return f"runs/{quote(run_id, safe='')}/report.html"


def trend_address(spec: str) -> str:
    """Return the address of the page that shows a spec's figures from run to run."""
    return f"trends/{quote(spec, safe='')}.html"


def _row(line: RunLine, trends: Collection[str] | None) -> dict[str, Any]:
    """Return what the table shows of a run. A figure is a pair of its value and its text."""
    fastest = line.fastest
    has_trend = bool(line.loads) if trends is None else line.spec in trends
    return {
        "run_id": printable(line.run_id),
        "report": report_address(line.run_id),
        "started": line.started_at.isoformat(timespec="minutes")[:16],
        "spec": printable(line.spec),
        "trend": trend_address(line.spec) if has_trend else "",
        "model": printable(line.model),
        "source": printable(line.source),
        "engine": printable(f"{line.engine} {line.engine_version}".strip()),
        "hardware": printable(line.hardware),
        "outcome": line.outcome,
        "verdict": line.verdict,
        "suspect": fastest is not None and fastest.suspect,
        "unmet": UNMET if fastest is not None and fastest.unmet else "",
        "load": f"{fastest.sweep} {fastest.load}" if fastest else "",
        "output": _figure(fastest, "output_token_throughput"),
        "ttft": _figure(fastest, "ttft_mean_s"),
        "scores": [f"{printable(score.name)} {score_text(score.value)}" for score in line.scores],
    }


def _figure(load: LoadLine | None, name: str) -> tuple[float | None, str]:
    value = load.figures[name] if load else None
    return value, MISSING if value is None else BY_NAME[name].notation.write(value)


def _json_for_script(value: object) -> str:
    """Return JSON that cannot end the script element that it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
