"""The registry of readers, and the choice of one by the content of a file."""

from __future__ import annotations

from pathlib import Path

from tasks.errors import InputError
from tasks.exchange.definitions import TOOLS
from tasks.exchange.foreign_run import ForeignRun
from tasks.exchange.json_file import read_json
from tasks.exchange.readers.evalscope_perf import EVALSCOPE_PERF
from tasks.exchange.readers.guidellm import GUIDELLM
from tasks.exchange.readers.vllm_bench import VLLM_BENCH

READERS = (EVALSCOPE_PERF, VLLM_BENCH, GUIDELLM)
SUMMARY = "benchmark_summary.json"
"""The file to read where a folder of EvalScope is given."""


def read_foreign_run(path: Path) -> ForeignRun:
    """Return the run in a results file of another load generator, or in EvalScope's folder of one load.

    Raises:
        InputError: the file cannot be read, no reader recognises it, or a field that is needed is missing.
    """
    file = path / SUMMARY if path.is_dir() else path
    content = read_json(file)
    for reader in READERS:
        if reader.recognises(content):
            return reader.read(content, file)
    names = ", ".join(TOOLS[reader.tool].name for reader in READERS)
    raise InputError(f"{file} has no form that is known", f"results of these tools can be imported: {names}")
