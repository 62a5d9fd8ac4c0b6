"""What stands in for docker: a client on the PATH, and a daemon that owns the containers.

The client only asks: when it is killed, the container goes on, as with the real one. A container is a
session of processes with a mark in their environment, and has no variable but those that it was given.
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

MARK = "FAKE_CONTAINER"
CLIENT = """
import json, os, signal, socket, sys

def ask(words):
    link = socket.socket(socket.AF_UNIX)
    link.connect(os.environ["FAKE_DOCKER"])
    link.sendall(json.dumps({"words": words, "env": dict(os.environ)}).encode() + b"\\n")
    for line in link.makefile():
        said = json.loads(line)
        if "code" in said:
            return said["code"]
        print(said["out"], end="", flush=True, file=sys.stderr if said.get("error") else sys.stdout)
    return 125

def proxy(number, frame):
    if "--name" in sys.argv:
        ask(["kill", sys.argv[sys.argv.index("--name") + 1]])

signal.signal(signal.SIGTERM, proxy)
sys.exit(ask(sys.argv[1:]))
"""
Say = Callable[..., None]


@dataclass
class Daemon:
    """The engine: its images, its containers, and every command it was given."""

    python: Path
    folder: Path
    images: set[str] = field(default_factory=set)
    pull_fails: str = ""
    calls: list[list[str]] = field(default_factory=list)
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)

    def answer(self, words: list[str], env: dict[str, str], say: Say) -> int:
        """Carry out one command; its exit code."""
        self.calls.append(words)
        match words:
            case ["image", "inspect", name]:
                return int(name not in self.images)
            case ["pull", *_, name]:
                if self.pull_fails:
                    say(out=self.pull_fails, error=True)
                    return 1
                self.images.add(name)
                return 0
            case ["run", *rest]:
                return self._run(rest, env, say)
            case ["kill", name]:
                return self._signal(name, signal.SIGTERM)
            case ["stop", "-t", seconds, name]:
                code = self._signal(name, signal.SIGTERM)
                if process := self.running.get(name):
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(float(seconds))
                    self._end(name)
                return code
            case ["inspect", "--format", "{{.State.Pid}}", name] if name in self.running:
                say(out=f"{self.running[name].pid}\n")
                return 0
            case ["rm", "--force", name]:
                return self._end(name)
        say(out=f"unknown command {words}", error=True)
        return 125

    def inside(self, name: str = "") -> list[psutil.Process]:
        """The processes of a container; of all of this daemon's for an empty name."""
        found = []
        for process in psutil.process_iter():
            try:
                mark = process.environ().get(MARK, "")
                if mark.startswith(f"{self.folder}/{name}") and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def ran(self) -> list[list[str]]:
        """The words of every `run`."""
        return [words for words in self.calls if words[0] == "run"]

    def _run(self, words: list[str], env: dict[str, str], say: Say) -> int:
        options = _options(words)
        if options.image not in self.images:
            say(out=f"Unable to find image '{options.image}' locally\n", error=True)
            return 125
        given = {name: env[name] for name in options.env}
        given |= {MARK: f"{self.folder}/{options.name}", "PATH": os.defpath}
        process = subprocess.Popen(
            (self.python, *options.words),
            env=given,
            text=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self.running[options.name] = process
        assert process.stdout
        for line in process.stdout:
            say(out=line)
            if process.poll() is not None:
                break
        code = process.wait()
        self._end(options.name)
        return 128 - code if code < 0 else code

    def _signal(self, name: str, number: int) -> int:
        if not (process := self.running.get(name)):
            return 1
        process.send_signal(number)
        return 0

    def _end(self, name: str) -> int:
        """A container's end is the end of every process in it."""
        known = self.running.pop(name, None)
        for process in self.inside(name):
            with suppress(psutil.Error):
                process.kill()
        if known:
            known.wait()
        return int(known is None)


@contextmanager
def fake_docker(folder: Path, python: Path, name: str = "docker") -> Iterator[Daemon]:
    """A daemon, and under `folder`/bin the client to be put on the PATH; FAKE_DOCKER must name its socket."""
    client = folder / "bin" / name
    client.parent.mkdir(parents=True, exist_ok=True)
    client.write_text(f"#!{sys.executable} -IS\n{CLIENT}")
    client.chmod(0o755)
    daemon = Daemon(python, folder)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            asked = json.loads(self.rfile.readline())

            def say(**said: object) -> None:
                with suppress(OSError):  # the client may be gone
                    self.wfile.write(json.dumps(said).encode() + b"\n")

            say(code=daemon.answer(asked["words"], asked["env"], say))

    with socketserver.ThreadingUnixStreamServer(str(folder / "docker.sock"), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield daemon
        finally:
            for container in list(daemon.running):
                daemon._end(container)
            server.shutdown()


def _options(words: list[str]) -> argparse.Namespace:
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
