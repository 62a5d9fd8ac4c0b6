"""A fake vLLM: its module name, its flags, its two processes, and the stub's responses.

These environment variables control it:

- `FAKE_STATE`: a folder. Start N writes `pids-N.json` (process ids and port) there when it begins, and
  `start-N.json` with the same content when it listens.
- `FAKE_BEHAVIOUR`: words that change what it does: `hang`, `oom`, `port-taken`, `stubborn`.
- `FAKE_ITL`: seconds from token to token, and to the first token.
- `FAKE_NAME`: the model that it serves, instead of `--served-model-name`.
- `FAKE_FAULTS`: the stub's faults, as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Middleware

from stub.app import make_app
from stub.options import Options
from stub.server import listen

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CORE = ("/bin/sh", "-c", "exec sleep 600")
STUBBORN_CORE = ("/bin/sh", "-c", "trap '' TERM; exec sleep 600")
DYING_S = 1.0
"""vLLM answers 500 for about this many seconds after its EngineCore has died. Then it exits."""
OUT_OF_MEMORY = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has 1 GiB free"
START_UP_LOG = (
    "Loading weights took 1.25 seconds",
    "torch.compile takes 2.50 s in total",
    "Graph capturing finished in 3 secs, took 0.10 GiB",
    "init engine (profile, create kv cache, warmup model) took 4.75 seconds",
)


def main() -> None:
    """Start an EngineCore and serve until SIGTERM, SIGINT or the EngineCore's death."""
    args = _parser().parse_args()
    behaviour = os.environ.get("FAKE_BEHAVIOUR", "").split()
    state = Path(os.environ["FAKE_STATE"])
    number = len(list(state.glob("begun-*"))) + 1
    (state / f"begun-{number}").touch()
    with ExitStack() as stack:
        if "port-taken" in behaviour:
            stack.enter_context(socket.create_server(("127.0.0.1", args.port)))
        core = subprocess.Popen(STUBBORN_CORE if "stubborn" in behaviour else CORE, start_new_session=True)
        # In a container the parent is the container engine's daemon, which the run must not end.
        guardian = os.getpid() if "FAKE_CONTAINER" in os.environ else os.getppid()
        pids = {"server": os.getpid(), "core": core.pid, "guardian": guardian, "port": args.port}
        _write_whole(state / f"pids-{number}.json", pids)
        _load(behaviour)
        stack.callback(core.kill)
        try:
            asyncio.run(_serve(_options(args), core, state / f"start-{number}.json", pids))
        except OSError as error:
            sys.exit(f"ERROR: {error}")


def _load(behaviour: list[str]) -> None:
    print("\n".join(START_UP_LOG), flush=True)
    if "oom" in behaviour:
        print(OUT_OF_MEMORY, flush=True)
        sys.exit(1)  # the EngineCore goes on
    if "hang" in behaviour:
        time.sleep(600)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="api_server.py")
    for flag in ("--model", "--served-model-name", "--host", "--max-model-len", "--tensor-parallel-size"):
        parser.add_argument(flag)
    parser.add_argument("--port", type=int)
    parser.add_argument("--enforce-eager", action="store_true")
    return parser


def _options(args: argparse.Namespace) -> Options:
    itl = float(os.environ.get("FAKE_ITL", "0.02"))
    return Options(
        port=args.port,
        model=os.environ.get("FAKE_NAME", args.served_model_name),
        api_key=os.environ["VLLM_API_KEY"],
        ttft=itl,
        itl=itl,
        tokens=16,
        tokenizer=args.model,
        faults=json.loads(os.environ.get("FAKE_FAULTS", "[]")),
    )


async def _serve(
    options: Options, core: subprocess.Popen[bytes], listening_file: Path, pids: dict[str, int]
) -> None:
    app = make_app(options)
    app.middlewares.append(_core_check(core))
    runner, listening = await listen(app, options.host, options.port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    core_watch = asyncio.create_task(_stop_after_core(core, stop))
    _write_whole(listening_file, pids)
    await stop.wait()
    core_watch.cancel()
    listening.close()
    await runner.cleanup()


def _core_check(core: subprocess.Popen[bytes]) -> Middleware:
    """Return a middleware that answers with an error once the EngineCore has died."""

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if core.poll() is None:
            return await handler(request)
        status = 503 if request.path == "/health" else 500
        return web.json_response({"error": {"message": "EngineDeadError"}}, status=status)

    return check


async def _stop_after_core(core: subprocess.Popen[bytes], stop: asyncio.Event) -> None:
    while core.poll() is None:
        await asyncio.sleep(0.05)
    print("EngineCore died: EngineDeadError", flush=True)
    await asyncio.sleep(DYING_S)
    stop.set()


def _write_whole(path: Path, content: dict[str, int]) -> None:
    """Write a JSON file that a reader never sees half-written."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content), encoding="utf-8")
    part.rename(path)
