"""The stub as a child process of `stub_server`: it reads its options from stdin and prints `ready PORT`.

The process ends on SIGTERM, on SIGINT, and when its stdin closes, so it cannot outlive its parent.
"""

from __future__ import annotations

import json
import os
import sys
import threading

import uvloop

from stub.options import Options
from stub.server import serve


def main() -> None:
    """Serve."""
    options = Options(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_exit_with_stdin, name="stdin", daemon=True).start()
    uvloop.run(serve(options, lambda port: print(f"ready {port}", flush=True)))


def _exit_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
