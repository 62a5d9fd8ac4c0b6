"""The registry of readers, and the choice of one by the content of a file."""

from __future__ import annotations

from pathlib import Path

from tasks.errors import InputError
from tasks.exchange.definitions import TOOLS
from tasks.exchange.exported_by import with_origin
from tasks.exchange.foreign_run import ForeignRun
from tasks.exchange.json_file import read_json
from tasks.exchange.readers.aiperf import AIPERF
from tasks.exchange.readers.aiperf import SUMMARY as AIPERF_SUMMARY
from tasks.exchange.readers.evalscope_perf import EVALSCOPE_PERF
from tasks.exchange.readers.evalscope_perf import SUMMARY as EVALSCOPE_SUMMARY
from tasks.exchange.readers.guidellm import GUIDELLM
from tasks.exchange.readers.mlperf_endpoints import MLPERF_ENDPOINTS
from tasks.exchange.readers.mlperf_endpoints import SUMMARY as MLPERF_SUMMARY
from tasks.exchange.readers.sglang_bench import SGLANG_BENCH
from tasks.exchange.readers.vllm_bench import VLLM_BENCH

READERS = (EVALSCOPE_PERF, VLLM_BENCH, GUIDELLM, AIPERF, SGLANG_BENCH, MLPERF_ENDPOINTS)
SUMMARIES = (EVALSCOPE_SUMMARY, AIPERF_SUMMARY, MLPERF_SUMMARY)
"""The files to read where a folder is given."""


def read_foreign_run(path: Path) -> ForeignRun:
    """Return the run in a results file of another load generator, or in a tool's folder of one load.

    Raises:
        InputError: the file cannot be read, no reader recognises it, or a field that is needed is missing.
    """
    file = _summary_in(path) if path.is_dir() else path
    content = read_json(file)
    for reader in READERS:
        if reader.recognises(content):
            return with_origin(reader.read(content, file), content)
    names = ", ".join(TOOLS[reader.tool].name for reader in READERS)
    raise InputError(f"{file} has no form that is known", f"results of these tools can be imported: {names}")


def _summary_in(folder: Path) -> Path:
    """Return the summary in a folder; the first of SUMMARIES, which is then reported missing, if none is."""
    files = [folder / name for name in SUMMARIES]
    return next((file for file in files if file.is_file()), files[0])
