"""Runs llama.cpp's own HTTP server, which the package xllamacpp holds. Run by llama.cpp's environment.

`python llamacpp_server.py FILE PORT` does what `llama-server --metrics --parallel 4` does; the model has the
name of its file.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path


def serve(file: str, port: int) -> None:
    """Serve a model until the process ends."""
    from xllamacpp import CommonParams, Server  # type: ignore[import-not-found]

    settings = CommonParams()
    settings.model.path = file
    settings.model_alias = {Path(file).name}
    settings.port = port
    settings.n_parallel = 4
    settings.cpuparams.n_threads = 1  # more threads wait for each other, for seconds where cores are busy
    settings.n_ctx = 8192
    settings.endpoint_metrics = True
    server = Server(settings)
    print("listens on", server.listening_address, flush=True)
    signal.pause()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
