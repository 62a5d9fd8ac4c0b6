"""A fake docker: a client on the PATH, and a daemon that runs the containers.

The client only sends commands: when it is killed, the container goes on, as with the real one. A container is
a session of processes with a mark in their environment, and has only the variables that the command names.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.helpers.processes import with_variable

MARK = "FAKE_CONTAINER"
CLIENT = """
import json, os, signal, socket, sys

def send(words):
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(os.environ["FAKE_DOCKER"])
    connection.sendall(json.dumps({"words": words, "env": dict(os.environ)}).encode() + b"\\n")
    for line in connection.makefile():
        message = json.loads(line)
        if "code" in message:
            return message["code"]
        print(message["out"], end="", flush=True, file=sys.stderr if message.get("error") else sys.stdout)
    return 125

def stop_container(number, frame):
    if "--name" in sys.argv:
        send(["kill", sys.argv[sys.argv.index("--name") + 1]])

signal.signal(signal.SIGTERM, stop_container)
sys.exit(send(sys.argv[1:]))
"""
Reply = Callable[..., None]
"""Sends one message to the client: `out` is text to print, `error` prints it on stderr, `code` ends it."""


@dataclass
class Daemon:
    """The engine: its images, its containers, and every command that it received."""

    python: Path
    """The interpreter that each container runs."""
    folder: Path
    images: set[str] = field(default_factory=set)
    pull_fails: str = ""
    """The message of every `pull`, if each is to fail."""
    calls: list[list[str]] = field(default_factory=list)
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def execute(self, words: list[str], env: dict[str, str], reply: Reply) -> int:
        """Execute one command. Returns its exit code."""
        self.calls.append(words)
        match words:
            case ["image", "inspect", name]:
                return int(name not in self.images)
            case ["pull", *_, name]:
                return self._pull(name, reply)
            case ["run", *options]:
                return self._run(options, env, reply)
            case ["kill", name]:
                return self._signal(name, signal.SIGTERM)
            case ["stop", "-t", seconds, name]:
                return self._stop(name, float(seconds))
            case ["inspect", "--format", "{{.State.Pid}}", name] if name in self.running:
                reply(out=f"{self.running[name].pid}\n")
                return 0
            case ["rm", "--force", name]:
                return self.remove(name)
        reply(out=f"unknown command {words}", error=True)
        return 125

    def inside(self, name: str = "") -> list[psutil.Process]:
        """The processes of a container, or of all containers of this daemon for an empty name."""
        return with_variable(MARK, f"{self.folder}/{name}")

    def runs(self) -> list[list[str]]:
        """The words of every `run`."""
        return [words for words in self.calls if words[0] == "run"]

    def remove(self, name: str) -> int:
        """Kill every process of a container. Returns 1 if there is no such container."""
        container = self.running.pop(name, None)
        for process in self.inside(name):
            with suppress(psutil.Error):
                process.kill()
        if container:
            container.wait()
        return int(container is None)

    def _pull(self, name: str, reply: Reply) -> int:
        if self.pull_fails:
            reply(out=self.pull_fails, error=True)
            return 1
        self.images.add(name)
        return 0

    def _run(self, words: list[str], env: dict[str, str], reply: Reply) -> int:
        options = _parse_run(words)
        if options.image not in self.images:
            reply(out=f"Unable to find image '{options.image}' locally\n", error=True)
            return 125
        variables = {name: env[name] for name in options.env}
        variables |= {MARK: f"{self.folder}/{options.name}", "PATH": os.defpath}
        process = subprocess.Popen(
            (self.python, *options.words),
            env=variables,
            text=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.running[options.name] = process
        _forward_output(process, reply)
        code = process.wait()
        self.remove(options.name)
        return 128 - code if code < 0 else code

    def _signal(self, name: str, number: int) -> int:
        process = self.running.get(name)
        if not process:
            return 1
        process.send_signal(number)
        return 0

    def _stop(self, name: str, grace_s: float) -> int:
        code = self._signal(name, signal.SIGTERM)
        process = self.running.get(name)
        if process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace_s)
            self.remove(name)
        return code


@contextmanager
def fake_docker(folder: Path, python: Path, name: str = "docker") -> Iterator[Daemon]:
    """Run a daemon inside the block, and write its client to `folder`/bin.

    The caller puts that folder on the PATH and sets FAKE_DOCKER to `folder`/docker.sock.
    """
    client = folder / "bin" / name
    client.parent.mkdir(parents=True, exist_ok=True)
    client.write_text(f"#!{sys.executable} -IS\n{CLIENT}")
    client.chmod(0o755)
    daemon = Daemon(python, folder)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            command = json.loads(self.rfile.readline())

            def reply(**message: object) -> None:
                with suppress(OSError):  # the client may have been killed
                    self.wfile.write(json.dumps(message).encode() + b"\n")

            reply(code=daemon.execute(command["words"], command["env"], reply))

    with socketserver.ThreadingUnixStreamServer(str(folder / "docker.sock"), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield daemon
        finally:
            for container in list(daemon.running):
                daemon.remove(container)
            server.shutdown()


def _forward_output(process: subprocess.Popen[str], reply: Reply) -> None:
    assert process.stdout
    for line in process.stdout:
        reply(out=line)
        if process.poll() is not None:
            break


def _parse_run(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(exit_on_error=False)
    for flag in ("--rm", "--init"):
        parser.add_argument(flag, action="store_true")
    for flag in ("--pull", "--name", "--label", "--shm-size", "--publish", "--gpus", "--entrypoint"):
        parser.add_argument(flag)
    for flag in ("--mount", "--env", "--device"):
        parser.add_argument(flag, action="append", default=[])
    parser.add_argument("image")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    return parser.parse_args(words)
