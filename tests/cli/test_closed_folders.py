"""Folders that this user may not read or write: one line that says what, where and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tests.cli.answer import Call, refused
from tests.helpers.command_line import AS_LIMITED_USER, environment, run
from tests.record import made_up


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run `servegauge …` as a user whose rights count."""
    return lambda *arguments: run(list(arguments), environment(tmp_path), tmp_path, AS_LIMITED_USER)


@pytest.fixture
def results(tmp_path: Path) -> Iterator[Path]:
    """Two recorded runs with files of their own; every folder can be removed again afterwards."""
    folder = tmp_path / "results"
    for day, run_id in ((1, "run-1"), (2, "run-2")):
        record_run(Store(folder), made_up.run(run_id, made_up.START.replace(day=day)))
        record_point(Store(folder), run_id, made_up.recorded(made_up.point(), run_id), [made_up.request()])
        (folder / "files" / run_id).mkdir(parents=True)
    (folder / "cache").mkdir()
    (folder / "cache" / "key").write_text('{"result": "{\\"data\\": {\\"run_id\\": \\"run-1\\"}}"}')
    yield folder
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        path.chmod(0o755)


@pytest.mark.parametrize(
    "command",
    [
        ("results",),
        ("report",),
        ("compare", "previous", "last"),
        ("trend",),
        ("baseline", "list"),
        ("dashboard",),
        ("prune", "--keep", "1", "--yes"),
        ("merge", "results", "--results", "other"),
    ],
)
def test_a_results_folder_that_cannot_be_read(call: Call, results: Path, command: tuple[str, ...]) -> None:
    results.chmod(0)
    expected = f"folder {results} cannot be read: Permission denied", "make it readable for this user"
    refused(call(*command), 2, *expected)


def test_a_folder_above_the_results_that_cannot_be_entered(call: Call, results: Path) -> None:
    results.chmod(0)
    refused(
        call("results", "--results", "results/inner"), 2, "results/inner cannot be read: Permission denied"
    )


@pytest.mark.parametrize("command", [("results",), ("baseline", "list"), ("dashboard",), ("compact",)])
def test_a_table_of_runs_that_cannot_be_read(call: Call, results: Path, command: tuple[str, ...]) -> None:
    (results / "runs").chmod(0)
    refused(call(*command), 1, "results/runs cannot be read: Permission denied\n", "readable for this user")


def test_a_table_or_file_that_cannot_be_read_has_no_free_space(call: Call, results: Path) -> None:
    (file,) = (results / "points").glob("run-2*")
    file.chmod(0)
    what = f"results/points/{file.name} cannot be read: Permission denied\n"
    refused(call("results", "points"), 1, what, "make it readable for this user")
    (results / "points").chmod(0)
    refused(call("results", "points"), 1, "results/points cannot be read: Permission denied\n", "readable")


@pytest.mark.parametrize("closed", [".", "cache", "files", "files/run-1", "points"])
def test_nothing_is_said_to_be_removed_where_it_cannot(call: Call, results: Path, closed: str) -> None:
    (results / closed).chmod(0o555)
    done = call("prune", "--keep", "1", "--yes")
    refused(done, 2, f"{Path('results') / closed} is not writable for this user", "nothing was removed")
    assert done.stdout == ""
    assert Store(results).run_ids() == ("run-2", "run-1")
    assert (results / "cache" / "key").exists()


def test_runs_that_all_stay_need_no_right_to_write(call: Call, results: Path) -> None:
    results.chmod(0o555)
    assert call("prune", "--keep", "2").stdout == "0 runs to remove, 2 to keep\n"


def test_a_name_in_a_folder_that_cannot_be_written(call: Call, results: Path) -> None:
    results.chmod(0o555)
    what = "error: results cannot be changed: Permission denied\n"
    refused(call("baseline", "set", "release", "last"), 1, what, "let this user read and write it")


def test_a_new_file_in_a_folder_that_cannot_be_written(call: Call, results: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o555)
    expected = "cannot be written: Permission denied", "its folder is not writable for this user"
    refused(call("init", "closed/x.yaml"), 2, *expected)
    refused(call("compare", "previous", "last", "--page", "closed/x.html"), 2, *expected)


def test_a_run_is_refused_before_it_measures_what_cannot_be_recorded(call: Call, results: Path) -> None:
    (results / "points").chmod(0o555)
    done = call("bench", "--url", "http://127.0.0.1:9/v1", "--model", "m")
    what = "the results folder results cannot be written (results/points): Permission denied"
    refused(done, 2, what, "choose a writable folder with --results")


def test_a_closed_folder_offers_no_run_to_the_shell(results: Path, tmp_path: Path) -> None:
    line = {"_SERVEGAUGE_COMPLETE": "complete_bash", "COMP_WORDS": "servegauge report ", "COMP_CWORD": "2"}
    variables = environment(tmp_path, **line)
    assert "run-1" in run([], variables, tmp_path, AS_LIMITED_USER).stdout
    results.chmod(0)
    done = run([], variables, tmp_path, AS_LIMITED_USER)
    assert (done.stdout.split(), done.stderr) == (["last", "previous"], "")


def test_exports_into_a_folder_that_cannot_be_written(call: Call, results: Path, tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(0o555)
    refused(call("export", "site", "closed"), 1, "cannot write into closed: Permission denied", "is writable")
    refused(call("export", "run", "--to", "closed/x"), 2, "closed/x cannot be written: Permission denied\n")
    closed.chmod(0)
    refused(call("export", "run", "--to", "closed/x"), 2, "closed/x cannot be written: Permission denied\n")


def test_a_page_in_a_folder_that_does_not_exist(call: Call, results: Path, tmp_path: Path) -> None:
    done = call("compare", "previous", "last", "--page", "nowhere/x.html")
    refused(done, 2, "nowhere/x.html cannot be written: No such file", "give a file in a folder that exists")
    assert done.stdout == ""
    assert not (tmp_path / "nowhere").exists()
