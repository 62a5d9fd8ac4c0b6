"""The command `servegauge`: a thin layer of words over the flows and the tables."""

from __future__ import annotations

import os
import signal
import sys
from enum import StrEnum
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from flows.environments import env
from tasks.config.load import load_spec
from tasks.config.place import place_of
from tasks.errors import InputError, ServegaugeError


class Terminated(BaseException):
    """SIGTERM reached the command; a BaseException, so that nothing takes it for a failure and goes on."""


class Guarded(TyperGroup):
    """Turns every end of a command into one or two lines and an exit code, never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; the wrong use of it is typer's own affair."""
        try:
            return super().invoke(ctx)
        except ServegaugeError as error:
            kind = "wrong input" if isinstance(error, InputError) else "error"
            _end(error.exit_code, *filter(None, (error.detail.rstrip(), f"{kind}: {error}")))
        except KeyboardInterrupt:
            _end(130, "stopped; what was measured is recorded")
        except Terminated:
            _end(143, "terminated; what was measured is recorded")


app = typer.Typer(
    name="servegauge",
    cls=Guarded,
    help="Gauge an LLM server: how fast, how right, and can the numbers be believed.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SpecArg = Annotated[str, typer.Argument(help="A bundled spec's name or a YAML file.", metavar="SPEC")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="path.to.field=value, as sweeps.0.repeats=3; repeatable.")
]
ResultsOption = Annotated[str, typer.Option("--results", help="Folder or s3:// address of the tables.")]
RESULTS = os.environ.get("SERVEGAUGE_RESULTS", "results")


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    json = "json"
    csv = "csv"


@app.command()
def run(
    spec: SpecArg,
    overrides: SetOption = None,
    results: ResultsOption = RESULTS,
    refresh: Annotated[bool, typer.Option("--refresh", help="Measure again what is recorded.")] = False,
) -> None:
    """Measure what SPEC says; what the results hold already is reused."""
    from flows.preflight import early

    early(load_spec(spec, overrides or ()), place_of(results))
    from flows.local import run_here

    run_here(spec, overrides or [], results, refresh)


@app.command()
def validate(spec: SpecArg, overrides: SetOption = None) -> None:
    """Check SPEC and print it whole, with every default."""
    import yaml

    checked = load_spec(spec, overrides or ())
    typer.echo(yaml.safe_dump(checked.model_dump(mode="json"), sort_keys=False, allow_unicode=True), nl=False)


@app.command()
def results(
    table: Annotated[
        str, typer.Argument(help="runs, points, knees, checks, requests, scores, samples or telemetry.")
    ],
    results: ResultsOption = RESULTS,
    form: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.table,
) -> None:
    """Print one of the tables."""
    from tasks.record.alive import end_killed
    from tasks.record.export import export_table
    from tasks.record.store import Store

    place = place_of(results)
    end_killed(Store(place), place.folder / "files")
    typer.echo(export_table(Store(place), table, form.value), nl=form is not Format.csv)


@app.command()
def report(
    run_id: Annotated[str, typer.Argument(help="A run's id, or `last`.", metavar="RUN")] = "last",
    results: ResultsOption = RESULTS,
) -> None:
    """Print the report of a recorded run and write its page again."""
    from rich.console import Console

    from tasks.record.alive import end_killed
    from tasks.record.mirror import keep
    from tasks.record.store import Store
    from tasks.report.load import report_input
    from tasks.report.page import write_page
    from tasks.report.terminal import print_report

    place = place_of(results)
    store = Store(place)
    end_killed(store, place.folder / "files")
    ids = store.run_ids()
    made = report_input(store, ids[0] if run_id == "last" and ids else run_id)
    page = place.folder / "files" / made.run.run_id / "report.html"
    write_page(made, page)
    keep(place, f"files/{made.run.run_id}")
    print_report(made, Console(), str(page))


@app.command()
def up(
    host: Annotated[
        str, typer.Option(help="Where the server listens; others than loopback are reachable.")
    ] = ("127.0.0.1"),
    port: Annotated[int, typer.Option(min=1, max=65535)] = 4200,
    auth: Annotated[
        str | None,
        typer.Option(
            envvar=["SERVEGAUGE_AUTH", "PREFECT_SERVER_API_AUTH_STRING"],
            help="user:password for server, workers and UI.",
        ),
    ] = None,
    results: ResultsOption = RESULTS,
) -> None:
    """Start the Prefect server, the deployments and a worker on this machine; Ctrl-C stops all of it."""
    from flows.up import Up, run_up

    run_up(Up(host=host, port=port, auth=auth, results=place_of(results)))


@app.command()
def deploy() -> None:
    """Make the work pool, the deployments and the automations on the server of PREFECT_API_URL."""
    from flows.deploy import deploy_all

    for line in deploy_all():
        typer.echo(line)


@app.command()
def worker(
    control: Annotated[bool, typer.Option("--control", help="For flows that take no GPU.")] = False,
) -> None:
    """Run this machine's worker against the server of PREFECT_API_URL: one run at a time."""
    from flows.worker import run_worker

    run_worker(control)


@app.command()
def blocks() -> None:
    """Make the block types (credentials, hub, results, host) known to the server of PREFECT_API_URL."""
    from flows.credentials import register_blocks

    for name in register_blocks():
        typer.echo(name)


@app.command()
def compare(
    runs: Annotated[list[str], typer.Argument(help="Ids of recorded runs; the first is the base.")],
    results: ResultsOption = RESULTS,
    worse_than: Annotated[
        float | None,
        typer.Option(
            "--worse-than", min=0, max=100, help="Exit with 1 where a figure is so many % worse, noise apart."
        ),
    ] = None,
) -> None:
    """Print recorded runs side by side, with the change against the first."""
    from rich.console import Console

    from flows.compare import compared, fallen, regression
    from tasks.report.compare import comparison
    from tasks.report.terminal import print_tables

    if not 1 < len(runs) < 27:
        raise InputError(f"{len(runs)} given, and a comparison takes 2 to 26 runs", "give their ids")
    found = compared(runs, place_of(results))
    print_tables(comparison(found), Console())
    if worse_than is not None and (lines := fallen(found, worse_than)):
        raise regression(lines, worse_than)


@app.command()
def serve(spec: SpecArg, overrides: SetOption = None) -> None:
    """Start the server of SPEC alone and stop it on Ctrl-C."""
    from flows.serve_alone import serve_alone

    serve_alone(load_spec(spec, overrides or ()), lambda text: typer.echo(text, err=True))


@app.command()
def doctor() -> None:
    """Say what this machine can run, with a remedy for what it cannot."""
    from flows.doctor import findings, lines

    found = findings()
    typer.echo("\n".join(lines(found)))
    if any(finding.grade == "broken" for finding in found):
        raise typer.Exit(1)


app.add_typer(env, name="env")


def main() -> None:
    """The entry point."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    signal.signal(signal.SIGTERM, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # as nohup sets it
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    app()


def _stop(signum: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def _end(code: int, *lines: str) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a second Ctrl-C finds everything ended already
    for line in lines:
        typer.echo(line, err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
