"""The password of Prefect's server: the given one, or a generated one if other machines can reach it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from rich.console import Console

from tasks.config.base import Frozen
from tasks.errors import ExecutionError, InputError
from tasks.serve.loopback import is_loopback

USER = "gauge"
FILE = "password"
"""The password file's name in Prefect's folder. The file holds user:password; only the user can read it."""


class ServerPassword(Frozen):
    """What clients have to send: `auth` is user:password, or None if the server requires none.

    `file`: the file of a generated password. `is_new`: whether the password was generated just now.
    """

    auth: str | None = None
    file: Path | None = None
    is_new: bool = False


def server_password(host: str, auth: str | None, no_auth: bool, folder: Path) -> ServerPassword:
    """Return the password of a server that listens on `host`.

    Args:
        host: the address to listen on.
        auth: user:password, or None if none was given.
        no_auth: whether the server requires no password even if other machines can reach it.
        folder: the folder for the file of a generated password.

    Raises:
        InputError: `auth` is not user:password, or is given together with `no_auth`.
        ExecutionError: the file of the password cannot be read or written.
    """
    if auth is not None:
        if no_auth:
            raise InputError("--no-auth and a password are both given", "leave one of them out")
        if not all(auth.partition(":")):
            raise InputError("--auth is not user:password", "write both, with a colon between them")
        return ServerPassword(auth=auth)
    if no_auth or is_loopback(host):
        return ServerPassword()
    return _kept_password(folder / FILE)


def _kept_password(file: Path) -> ServerPassword:
    """Return the password in a file. The first call generates the password."""
    made = f"{USER}:{secrets.token_urlsafe(24)}"
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            kept = file.read_text(encoding="utf-8").strip()
            file.chmod(0o600)
        else:
            with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
                opened.write(made + "\n")
            return ServerPassword(auth=made, file=file, is_new=True)
    except (OSError, ValueError) as error:
        raise ExecutionError(
            f"the password file {file} cannot be used: {error}", "delete it, or give --auth user:password"
        ) from None
    if not all(kept.partition(":")):
        raise InputError(f"{file} does not hold user:password", "delete it, and another one is made")
    return ServerPassword(auth=kept, file=file)


def print_password(password: ServerPassword, console: Console | None = None) -> None:
    """Say where a password that was made here is, and the password itself once: a log must not hold it."""
    if password.file is None:
        return
    console = console or Console(stderr=True)
    lines = [f"the user and password of Prefect's server: {password.file}"]
    if password.is_new and console.is_terminal:
        lines.append(f"  made just now: {password.auth}")
    console.print("\n".join(lines), soft_wrap=True, markup=False, highlight=False)
