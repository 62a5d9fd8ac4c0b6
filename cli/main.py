"""The command `servegauge`: its subcommands, and the exit code of each error."""

from __future__ import annotations

import os
import signal
import sys
from importlib.metadata import version
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from cli.baseline import baseline
from cli.bench import bench
from cli.blocks import blocks
from cli.compact import compact
from cli.compare import compare
from cli.dashboard import dashboard
from cli.deploy import deploy
from cli.doctor.command import doctor
from cli.env import env
from cli.export import export
from cli.import_results import import_results
from cli.init import init
from cli.merge import merge
from cli.prefect_server import prefect_server
from cli.prune import prune
from cli.report import report
from cli.rerun import rerun
from cli.results import results
from cli.run import run
from cli.schema import schema
from cli.serve import serve
from cli.specs import specs
from cli.stub import stub
from cli.track import track
from cli.trend import trend
from cli.up import up
from cli.validate import validate
from cli.worker import worker
from tasks.errors import InputError, ServegaugeError
from tasks.text import printable

COMMANDS = (
    run,
    bench,
    rerun,
    specs,
    init,
    validate,
    schema,
    results,
    report,
    compare,
    trend,
    dashboard,
    track,
    merge,
    prune,
    compact,
    serve,
    doctor,
    up,
    deploy,
    worker,
    blocks,
    prefect_server,
    stub,
)
"""The commands in the order of `servegauge --help`."""


class Terminated(BaseException):
    """The command received SIGTERM. A BaseException, so that `except Exception` does not catch it."""


class CommandGroup(TyperGroup):
    """Prints an error's detail and message without a traceback, and exits with the error's code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Typer itself reports wrong arguments."""
        try:
            return super().invoke(ctx)
        except ServegaugeError as error:
            kind = "wrong input" if isinstance(error, InputError) else "error"
            _exit_with_message(error.exit_code, *filter(None, (error.detail.rstrip(), f"{kind}: {error}")))
        except KeyboardInterrupt:
            _exit_with_message(130, "stopped; what was measured is recorded; the next run goes on from there")
        except Terminated:
            _exit_with_message(143, "terminated; what was measured is recorded")


app = typer.Typer(
    name="servegauge",
    cls=CommandGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"servegauge {version('servegauge')}")
        raise typer.Exit


@app.callback()
def servegauge(
    show_version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Benchmark an LLM server: its speed, its accuracy, and whether the figures can be trusted.

    Exit codes: 0 done. 1 a step failed: a measurement, the server or the gate. 2 wrong input. 130 or 143
    stopped; what was measured by then is recorded.
    """


for command in COMMANDS:
    app.command()(command)
app.command("import")(import_results)
app.add_typer(baseline, name="baseline")
app.add_typer(export, name="export")
app.add_typer(env, name="env")


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("DO_NOT_TRACK", "1")
    unset_empty_variables()
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup sets it to be ignored
        signal.signal(signal.SIGHUP, _hang_up)
    app()


def unset_empty_variables() -> None:
    """Unset an empty PREFECT_API_URL, as a CI or Compose file leaves it: it names no server."""
    if os.environ.get("PREFECT_API_URL") == "":
        del os.environ["PREFECT_API_URL"]


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:
    raise Terminated


def _hang_up(signum: int, frame: FrameType | None) -> None:
    """Handle SIGHUP as SIGTERM, with the handler that is installed then: a Prefect flow sets its own."""
    os.kill(os.getpid(), signal.SIGTERM)


def _exit_with_message(code: int, *lines: str) -> NoReturn:
    # A second Ctrl-C must not interrupt the message: the command has already cleaned up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in lines:
        typer.echo(printable(line), err=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
