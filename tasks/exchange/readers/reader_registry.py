"""The registry of readers, and the choice of one by the content of a file."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from tasks.errors import InputError
from tasks.exchange.exported_by import with_origin
from tasks.exchange.foreign_file import Fields, read_json
from tasks.exchange.foreign_run import ForeignRun
from tasks.exchange.readers.aiperf import AIPERF
from tasks.exchange.readers.aiperf import SUMMARY as AIPERF_SUMMARY
from tasks.exchange.readers.evalscope_answers import REPORTS
from tasks.exchange.readers.evalscope_eval import EVALSCOPE_EVAL
from tasks.exchange.readers.evalscope_perf import EVALSCOPE_PERF
from tasks.exchange.readers.evalscope_perf import SUMMARY as EVALSCOPE_SUMMARY
from tasks.exchange.readers.guidellm import GUIDELLM
from tasks.exchange.readers.inference_perf import INFERENCE_PERF, STAGES
from tasks.exchange.readers.inference_perf import SUMMARY as INFERENCE_PERF_SUMMARY
from tasks.exchange.readers.mlperf_endpoints import MLPERF_ENDPOINTS
from tasks.exchange.readers.mlperf_endpoints import SUMMARY as MLPERF_SUMMARY
from tasks.exchange.readers.reader import Reader
from tasks.exchange.readers.sglang_bench import SGLANG_BENCH
from tasks.exchange.readers.vllm_bench import VLLM_BENCH
from tasks.exchange.tools import TOOLS

READERS = (
    EVALSCOPE_PERF,
    EVALSCOPE_EVAL,
    VLLM_BENCH,
    GUIDELLM,
    AIPERF,
    SGLANG_BENCH,
    INFERENCE_PERF,
    MLPERF_ENDPOINTS,
)
SUMMARIES = (EVALSCOPE_SUMMARY, AIPERF_SUMMARY, MLPERF_SUMMARY, INFERENCE_PERF_SUMMARY)
"""The files to read where a folder is given."""


def read_foreign_run(path: Path) -> ForeignRun:
    """Return the run in a results file of another load generator, or in a tool's folder of one run.

    Raises:
        InputError: a file cannot be read, no reader recognises it, or a field that is needed is missing.
    """
    first, *others = [_read_file(file) for file in (_files_in(path) if path.is_dir() else [path])]
    for other in others:
        if (other.tool, other.model) != (first.tool, first.model):
            what = f"{path} holds runs of {first.model} and {other.model}"
            raise InputError(what, "import the files of one model at a time")
        both = {
            "points": (*first.points, *other.points),
            "accuracy": (*first.accuracy, *other.accuracy),
            "notes": tuple(dict.fromkeys((*first.notes, *other.notes))),
        }
        first = first.model_copy(update=both)
    return first


def _read_file(file: Path) -> ForeignRun:
    content = read_json(file)
    for reader in READERS:
        if reader.recognises(content):
            return _read(reader, content, file)
    names = ", ".join(TOOLS[reader.tool].name for reader in READERS)
    raise InputError(f"{file} has no form that is known", f"results of these tools can be imported: {names}")


def _read(reader: Reader, content: Fields, file: Path) -> ForeignRun:
    try:
        return with_origin(reader.read(content, file), content)
    except ValidationError as error:
        first = error.errors()[0]
        field = f"{first['loc'][-1]}: " if first["loc"] else ""
        what = f"{file} holds a value that no result can have: {field}{first['input']!r:.60} ({first['msg']})"
        raise InputError(what, f"import the file as {TOOLS[reader.tool].name} wrote it") from error


def _files_in(folder: Path) -> list[Path]:
    """Return the files to read in a folder: all stages, else the summary, else the reports of all benchmarks.

    If there is none, the first of SUMMARIES, which is then reported missing.
    """
    stages = sorted(folder.glob(STAGES), key=lambda file: (len(file.name), file.name))
    summaries = [folder / name for name in SUMMARIES]
    found = stages or [file for file in summaries if file.is_file()][:1]
    reports = folder if REPORTS in folder.parts else folder / REPORTS
    return found or sorted(reports.rglob("*.json")) or summaries[:1]
