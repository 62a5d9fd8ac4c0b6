"""The password of Prefect's server: when one is made, where it is kept, and when it is printed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from operate.server_password import FILE, ServerPassword, print_password, server_password
from tasks.errors import InputError


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_on_loopback_none_is_made(host: str, tmp_path: Path) -> None:
    assert server_password(host, None, False, tmp_path) == ServerPassword()
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "gauge.example"])
def test_elsewhere_one_is_made_once_and_only_its_user_reads_it(host: str, tmp_path: Path) -> None:
    folder = tmp_path / "prefect"
    first = server_password(host, None, False, folder)
    assert first.auth is not None
    user, _, password = first.auth.partition(":")
    assert user == "gauge"
    assert len(password) >= 30
    assert (folder / FILE).stat().st_mode & 0o777 == 0o600
    again = server_password(host, None, False, folder)
    assert (first.is_new, again.is_new, again.auth) == (True, False, first.auth)


def test_no_auth_has_to_be_written(tmp_path: Path) -> None:
    assert server_password("0.0.0.0", None, True, tmp_path).auth is None


def test_a_given_one_is_kept_nowhere(tmp_path: Path) -> None:
    assert server_password("0.0.0.0", "me:mine", False, tmp_path) == ServerPassword(auth="me:mine")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("auth", "no_auth"), [("word", False), (":x", False), ("x:", False), ("a:b", True)])
def test_wrong_options_are_named(auth: str, no_auth: bool, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="auth"):
        server_password("0.0.0.0", auth, no_auth, tmp_path)


def test_a_spoilt_file_is_named(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("no colon")
    with pytest.raises(InputError, match="does not hold user:password"):
        server_password("0.0.0.0", None, False, tmp_path)


@pytest.mark.parametrize("terminal", [True, False])
def test_it_is_printed_once_and_in_no_log(terminal: bool, tmp_path: Path) -> None:
    def printed() -> str:
        console = Console(file=io.StringIO(), force_terminal=terminal, width=200)
        print_password(server_password("0.0.0.0", None, False, tmp_path), console)
        assert isinstance(console.file, io.StringIO)
        return console.file.getvalue()

    first, second = printed(), printed()
    password = (tmp_path / FILE).read_text().strip()
    assert (password in first) == terminal
    assert password not in second
    assert str(tmp_path / FILE) in first
    assert str(tmp_path / FILE) in second
