"""A fake vLLM: a package of that name with a tiny HTTP server, whose behaviour a test chooses."""

from __future__ import annotations

import sys
from pathlib import Path

from tasks.config.server import ArgValue, ManagedServer, VllmServer
from tasks.provision.provisioned import EngineBuild, Environment, Model, ModelIdentity
from tasks.serve.launch import ServerSetup

ENGINE = '''
"""Serves /health; BEHAVIOUR in the environment has words that change what it does."""
import argparse, http.server, os, signal, subprocess, sys, time

behaviour = os.environ.get("BEHAVIOUR", "").split()
parser = argparse.ArgumentParser(prog="api_server.py")
for flag in ("model", "served-model-name", "host", "port"):
    parser.add_argument("--" + flag)
args = parser.parse_args()
STAY = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
    "print('up', flush=True); time.sleep(600)"
)
print("engine starts on port", args.port, flush=True)
if "stubborn" in behaviour:  # it ignores SIGTERM
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "orphan" in behaviour:  # starts a process whose parent has ended, in its own session, that ignores SIGTERM
    middle = (
        "import subprocess, sys; child = subprocess.Popen((sys.executable, '-c', sys.argv[1]), "
        "start_new_session=True, stdout=subprocess.PIPE); child.stdout.readline(); print(child.pid)"
    )
    out = subprocess.check_output((sys.executable, "-c", middle, STAY), text=True)
    with open(os.environ["ORPHAN"] + ".part", "w") as file:
        file.write(out)
    os.rename(os.environ["ORPHAN"] + ".part", os.environ["ORPHAN"])

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
    def log_message(self, *args):
        pass

http.server.ThreadingHTTPServer((args.host, int(args.port)), Handler).serve_forever()
'''


def install(folder: Path, source: str = ENGINE) -> Path:
    """Write the package under `folder`; return the folder that PYTHONPATH must contain."""
    package = folder / "engine" / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    (package / "api_server.py").write_text(source)
    return folder / "engine"


def a_server(
    path: Path | str = "", behaviour: str = "", args: dict[str, ArgValue] | None = None, **fields: object
) -> VllmServer:
    """Return a spec's server that runs the package at `path`."""
    env = {"PYTHONPATH": str(path), "BEHAVIOUR": behaviour, "ORPHAN": f"{path}/orphan"}
    return VllmServer.model_validate(
        {"model": "synthetic:gpt-oss", "served_name": "tiny", "env": env, "args": args or {}, **fields}
    )


def an_environment(python: str | None = sys.executable, engine: str = "vllm") -> Environment:
    """Return the interpreter of the tests as a serving environment."""
    return Environment(
        python=Path(python) if python else None,
        build=EngineBuild(name="fake", engine=engine, version="0", digest="0"),
    )


def a_model(**fields: object) -> Model:
    """Return a model whose files do not exist."""
    identity = ModelIdentity(name="tiny", revision="0")
    return Model.model_validate(
        {"weights": "/models/tiny", "tokenizer": "/models/tiny", "identity": identity, **fields}
    )


def a_setup(server: ManagedServer, log: Path, **fields: object) -> ServerSetup:
    """Return the setup of a server that the interpreter of the tests runs."""
    defaults = {"model": a_model(), "environment": an_environment(), "server": server, "log": log}
    return ServerSetup.model_validate(defaults | fields)
