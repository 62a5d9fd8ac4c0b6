"""One SwanLab experiment: log a run's figures, close it, and read them back from SwanLab's file."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import swanlab
from swanlab.proto.swanlab.record.v1.record_pb2 import Record
from swanlab.sdk.internal.core_python.store import DataStoreReader

from tasks.config.trackers import SwanLab
from tasks.errors import TrackError
from tasks.track.swanlab_job import SwanLabJob
from tasks.track.swanlab_process import KEY_VARIABLE
from tasks.track.tracked_figures import charted_sweeps, figures_by_step, point_table
from tasks.track.tracked_run import TrackedRun, TrackOutcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FigureKey = tuple[str, int]
"""A figure's name and its step."""


def log_experiment(job: SwanLabJob) -> TrackOutcome:
    """Log a run and check that SwanLab's file holds every figure. Call it only once in a process.

    `swanlab sync FOLDER --id ID` uploads the outcome's `folder` and `experiment_id` later.

    Raises:
        TrackError: mode local without SwanLab's dashboard.
        Exception: whatever SwanLab raises.
    """
    _require_dashboard(job.config)
    experiment = _start_experiment(job)
    _log_table(experiment, job)
    logged = _log_figures(experiment, job.run)
    experiment.finish()
    folder = Path(experiment.dir)
    kept = len(logged.items() & read_figures(folder).items())
    lost = len(logged) - kept
    return TrackOutcome(
        warning=f"{lost} of {len(logged)} figures are not in {folder}" if lost else None,
        logged=len(logged),
        kept=kept,
        folder=folder,
        experiment_id=experiment.id,
        url=(getattr(experiment, "url", None) or None) if job.config.mode == "online" else None,
    )


def read_figures(folder: Path) -> dict[FigureKey, float]:
    """Return the figures in an experiment's `.swanlab` file. Uses a private reader of SwanLab."""
    figures: dict[FigureKey, float] = {}
    for path in folder.glob("run-*.swanlab"):
        reader = DataStoreReader()
        reader.open(path)
        for content in reader:
            record = Record()
            record.ParseFromString(content)
            if record.WhichOneof("record_type") == "scalar":
                figures[record.scalar.key, record.scalar.step] = record.scalar.value.number
        reader.close()
    return figures


def _require_dashboard(config: SwanLab) -> None:
    if config.mode == "local" and importlib.util.find_spec("swanboard") is None:
        raise TrackError("mode local needs SwanLab's dashboard", "pip install 'swanlab[dashboard]'")


def _start_experiment(job: SwanLabJob) -> Any:
    run, config = job.run, job.config
    return swanlab.init(
        mode=config.mode,
        project=config.project,
        workspace=config.workspace,
        name=run.name[:512],
        description=run.description[:1024] or None,
        id=job.experiment_id,
        resume="allow",
        log_dir=str(job.folder),
        config={name.replace(".", "_"): value for name, value in run.config},
        settings=_settings(config),
    )


def _settings(config: SwanLab) -> Any:
    # the manifest records the machine; SwanLab's probes would add the command line and the git remote
    no_probes = swanlab.Settings.Probe(
        hardware=False,
        runtime=False,
        requirements=False,
        conda=False,
        git=False,
        swanlab=False,
        monitor=False,
    )
    return swanlab.Settings(
        api_key=os.environ.get(KEY_VARIABLE),
        api_host=config.host,
        web_host=config.host,
        interactive=False,
        terminal=swanlab.Settings.Terminal(proxy_type="none"),
        probe=no_probes,
    )


def _log_figures(experiment: Any, run: TrackedRun) -> dict[FigureKey, float]:
    logged: dict[FigureKey, float] = {}
    for sweep, x_axis in charted_sweeps(run).items():
        experiment.define_metric(f"{sweep}/*", x_axis=x_axis, section_name=sweep)
    for step, figures in figures_by_step(run).items():
        experiment.log(figures, step=step)
        for name, value in figures.items():
            logged[name, step] = value
    return logged


def _log_table(experiment: Any, job: SwanLabJob) -> None:
    if not job.run.points:
        return
    header, rows = point_table(job.run.points)
    table = swanlab.echarts.Table()
    table.add(list(header), [list(row) for row in rows])
    experiment.log({"tables/points": table}, step=0)
    if job.config.mode == "local":  # SwanLab's local dashboard shows images, but no tables
        experiment.log({"tables/points_image": swanlab.Image(_table_image(header, rows))}, step=0)


def _table_image(header: tuple[str, ...], rows: list[tuple[str, ...]]) -> Figure:
    from matplotlib.figure import Figure  # half a second that the other modes save

    figure = Figure(figsize=(13.5, 0.8 + 0.35 * len(rows)), dpi=110, layout="constrained")
    axes = figure.subplots()
    axes.axis("off")
    table = axes.table(cellText=rows, colLabels=header, loc="center", cellLoc="right", edges="horizontal")
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    table.auto_set_column_width(list(range(len(header))))
    table.scale(1, 1.4)
    return figure
