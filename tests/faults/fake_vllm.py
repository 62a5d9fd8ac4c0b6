"""What stands in for vLLM: its module name, its flags, its two processes, and the stub's answers.

`FAKE_STATE` names a folder where each start writes `start-N.json` (process numbers and port) once it listens.
`FAKE_MANNERS` says how it behaves, `FAKE_ITL` how fast it answers.
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
from pathlib import Path

from aiohttp import web

from tests.stub.app import make_app
from tests.stub.options import Options
from tests.stub.server import listen

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
CORE = ("/bin/sh", "-c", "exec sleep 600")
STUBBORN_CORE = ("/bin/sh", "-c", "trap '' TERM; exec sleep 600")
DYING_S = 1.0
"""vLLM answers 500 for about so long after its EngineCore died, then it ends."""
OUT_OF_MEMORY = "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has 1 GiB free"
START_UP = (
    "Loading weights took 1.25 seconds",
    "torch.compile takes 2.50 s in total",
    "Graph capturing finished in 3 secs, took 0.10 GiB",
    "init engine (profile, create kv cache, warmup model) took 4.75 seconds",
)


def main() -> None:
    """The server's whole life."""
    args = _flags().parse_args()
    manners = os.environ.get("FAKE_MANNERS", "").split()
    state = Path(os.environ["FAKE_STATE"])
    number = len(list(state.glob("begun-*"))) + 1
    (state / f"begun-{number}").touch()
    if "port-taken" in manners:
        taken = socket.create_server(("127.0.0.1", args.port))
    core = subprocess.Popen(STUBBORN_CORE if "stubborn" in manners else CORE, start_new_session=True)
    # In a container the parent is the engine's daemon, which is nobody's to end.
    guardian = os.getpid() if "FAKE_CONTAINER" in os.environ else os.getppid()
    pids = {"server": os.getpid(), "core": core.pid, "guardian": guardian, "port": args.port}
    _tell(state / f"pids-{number}.json", pids)
    print("\n".join(START_UP), flush=True)
    if "oom" in manners:
        print(OUT_OF_MEMORY, flush=True)
        sys.exit(1)  # and leaves its core behind
    if "hang" in manners:
        time.sleep(600)
    try:
        asyncio.run(_serve(_options(args), core, state / f"start-{number}.json", pids))
    except OSError as error:
        sys.exit(f"ERROR: {error}")
    finally:
        core.kill()
        if "port-taken" in manners:
            taken.close()


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="api_server.py")
    for flag in ("--model", "--served-model-name", "--host", "--max-model-len", "--tensor-parallel-size"):
        parser.add_argument(flag)
    parser.add_argument("--port", type=int)
    parser.add_argument("--enforce-eager", action="store_true")
    return parser


def _options(args: argparse.Namespace) -> Options:
    itl = float(os.environ.get("FAKE_ITL", "0.02"))
    shown = os.environ.get("FAKE_NAME", args.served_model_name)
    return Options(
        port=args.port,
        model=shown,
        api_key=os.environ["VLLM_API_KEY"],
        ttft=itl,
        itl=itl,
        tokens=16,
        tokens_per_chunk=1,
        prompt_tokens=None,
        tokenizer=args.model,
        answers=None,
        slots=0,
        no_metrics=False,
        start_delay=0.0,
        faults=os.environ.get("FAKE_FAULTS", "[]"),
    )


async def _serve(options: Options, core: subprocess.Popen[bytes], told: Path, pids: dict[str, int]) -> None:
    stop, app = asyncio.Event(), make_app(options)

    @web.middleware
    async def alive(request: web.Request, handler: Handler) -> web.StreamResponse:
        if core.poll() is None:
            return await handler(request)
        status = 503 if request.path == "/health" else 500
        return web.json_response({"error": {"message": "EngineDeadError"}}, status=status)

    app.middlewares.append(alive)
    runner, listening = await listen(app, options.port)
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    dead = asyncio.create_task(_watch(core, stop))
    _tell(told, pids)
    await stop.wait()
    dead.cancel()
    listening.close()
    await runner.cleanup()


async def _watch(core: subprocess.Popen[bytes], stop: asyncio.Event) -> None:
    while core.poll() is None:
        await asyncio.sleep(0.05)
    print("EngineCore died: EngineDeadError", flush=True)
    await asyncio.sleep(DYING_S)
    stop.set()


def _tell(path: Path, facts: dict[str, int]) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(facts), encoding="utf-8")
    part.rename(path)
