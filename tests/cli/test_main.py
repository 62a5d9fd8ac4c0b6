"""The command itself: version, suggestions, completion, and the help of every subcommand."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from cli import main
from tasks.config.home import checkout
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.cli.answer import Call
from tests.helpers.command_line import SERVEGAUGE, environment
from tests.record import made_up

COMMANDS = [command.__name__.replace("_", "-") for command in main.COMMANDS]


def completed(folder: Path, line: str) -> list[str]:
    """What bash offers for the last word of a line."""
    words = line.split(" ")
    env = environment(folder, _SERVEGAUGE_COMPLETE="complete_bash", COMP_WORDS=line)
    env["COMP_CWORD"] = str(len(words) - 1)
    done = subprocess.run([SERVEGAUGE], env=env, cwd=folder, text=True, capture_output=True, check=True)
    return done.stdout.split()


def test_the_version_is_that_of_the_project(call: Call) -> None:
    project = tomllib.loads((checkout() / "pyproject.toml").read_text())["project"]
    assert call("--version").stdout == f"servegauge {project['version']}\n"


@pytest.mark.parametrize(
    ("words", "nearest"),
    [(["reslts"], "'results'"), (["env", "lst"], "'list'"), (["run", "--refrsh"], "--refresh")],
)
def test_an_unknown_command_or_option_suggests_the_nearest(
    call: Call, words: list[str], nearest: str
) -> None:
    done = call(*words)
    assert done.returncode == 2
    assert nearest in done.stderr.splitlines()[-1]


def test_commands_specs_runs_and_tables_are_completed(tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for run_id in ("20010203-a", "20010204-b"):
        record_run(store, made_up.run(run_id))
    assert completed(tmp_path, "servegauge res") == ["results"]
    assert completed(tmp_path, "servegauge run gpt") == ["gpt-oss-20b", "gpt-oss-20b-seed"]
    assert completed(tmp_path, "servegauge report ") == ["last", "previous", "20010204-b", "20010203-a"]
    assert completed(tmp_path, "servegauge compare last 20010203") == ["20010203-a"]
    assert completed(tmp_path, "servegauge results po") == ["points"]
    assert completed(tmp_path, "servegauge results points --run l") == ["last"]
    assert completed(tmp_path, "servegauge report --results nowhere 2") == []


def test_a_completion_script_is_printed_for_the_shell_that_runs_the_command(tmp_path: Path) -> None:
    # A second command keeps bash as the parent: with one alone, bash would replace itself by it.
    line = f"{SERVEGAUGE} --show-completion && true"
    done = subprocess.run(
        ["bash", "-c", line],
        env=environment(tmp_path),
        cwd=tmp_path,
        text=True,
        capture_output=True,
        check=True,
    )
    assert "complete -o default -F" in done.stdout


def test_the_list_of_commands_shows_whole_sentences(call: Call) -> None:
    listed = call("--help").stdout.partition("Commands:")[2]
    assert "..." not in listed
    for command in COMMANDS:
        assert f"  {command} " in listed


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_a_command_fits_a_terminal(call: Call, command: str) -> None:
    text = call(command, "--help").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "<list[" not in text.partition("Options:")[2]
