"""One SwanLab experiment: logged in a burst, closed, and read back from its file."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

import swanlab
from matplotlib.figure import Figure
from swanlab.proto.swanlab.record.v1.record_pb2 import Record
from swanlab.sdk.internal.core_python.store import DataStoreReader

from tasks.errors import TrackError
from tasks.track.bundle import TrackedRun, TrackJob, TrackOutcome
from tasks.track.tracked_figures import Steps, experiment_id, steps, sweep_table


def log_experiment(job: TrackJob) -> TrackOutcome:
    """Log the run and compare what the tracker's file holds with what was given. One call a process.

    Raises:
        TrackError: the dashboard that mode local is for is not installed.
        Exception: whatever the tracker raises.
    """
    if job.track.mode == "local" and importlib.util.find_spec("swanboard") is None:
        raise TrackError("mode local needs SwanLab's dashboard", "pip install 'swanlab[dashboard]'")
    given = steps(job.bundle)
    run = _init(job)
    folder = Path(run.dir)
    _log(run, job.bundle, given)
    run.finish()
    found = read_back(next(folder.glob("run-*.swanlab")))
    expected = {(key, step): value for step, figures in given.items() for key, value in figures.items()}
    kept = len(expected.items() & found.items())
    lost = f"{len(expected) - kept} of {len(expected)} figures are not in {folder}"
    return TrackOutcome(
        ok=kept == len(expected),
        warning=None if kept == len(expected) else lost,
        expected=len(expected),
        found=kept,
        folder=folder,
        experiment_id=run.id,
        url=(getattr(run, "url", None) or None) if job.track.mode == "online" else None,
    )


def read_back(path: Path) -> dict[tuple[str, int], float]:
    """The figures a `.swanlab` file holds, by key and step. The reader is SwanLab's own, and private."""
    found: dict[tuple[str, int], float] = {}
    reader = DataStoreReader()
    reader.open(path)
    for content in reader:
        record = Record()
        record.ParseFromString(content)
        if record.WhichOneof("record_type") == "scalar":
            found[record.scalar.key, record.scalar.step] = record.scalar.value.number
    reader.close()
    return found


def _init(job: TrackJob) -> Any:
    bundle, track = job.bundle, job.track
    return swanlab.init(
        mode=track.mode,
        project=track.project,
        workspace=track.workspace,
        name=bundle.name[:512],
        description=bundle.description[:1024] or None,
        id=experiment_id(bundle.run_id),
        resume="allow",
        log_dir=str(job.folder),
        config={key.replace(".", "_"): value for key, value in bundle.config},
        settings=swanlab.Settings(
            api_key=os.environ.get("SWANLAB_API_KEY"),
            api_host=track.host,
            web_host=track.host,
            interactive=False,
            terminal=swanlab.Settings.Terminal(proxy_type="none"),
            # the manifest has what matters; the probes would add the command line and the git remote
            probe=swanlab.Settings.Probe(
                hardware=False,
                runtime=False,
                requirements=False,
                conda=False,
                git=False,
                swanlab=False,
                monitor=False,
            ),
        ),
    )


def _log(run: Any, bundle: TrackedRun, given: Steps) -> None:
    if bundle.points:
        header, rows = sweep_table(bundle.points)
        table = swanlab.echarts.Table()
        table.add(list(header), [list(row) for row in rows])
        run.log(
            {"tables/points": table, "tables/points_image": swanlab.Image(_picture(header, rows))}, step=0
        )
    for step, figures in given.items():
        run.log(figures, step=step)


def _picture(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Figure:
    # SwanLab's own dashboard shows no tables, only pictures of them
    figure = Figure(figsize=(13.5, 0.8 + 0.35 * len(rows)), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.axis("off")
    table = axes.table(cellText=rows, colLabels=header, loc="center", cellLoc="right", edges="horizontal")
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    table.auto_set_column_width(list(range(len(header))))
    table.scale(1, 1.4)
    return figure
