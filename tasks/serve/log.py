"""What a server's log says: its last lines, and the reason of a failure where it is a known one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

READ_LIMIT_BYTES = 512 * 1024


class Reason(NamedTuple):
    """A line that vLLM writes, and how it reads to a person; `{0}` is the pattern's first group."""

    pattern: str
    what: str
    remedy: str


REASONS = (
    Reason(
        r"error: unrecognized arguments: (.+)",
        "the engine does not know {0}",
        "correct the names under server.args; this version of the engine may call them otherwise",
    ),
    Reason(r"error: argument (.+)", "the engine refused the flag {0}", "correct it under server.args"),
    Reason(
        r"GatedRepoError|gated repo|Access to model .+ is restricted",
        "the model is gated on its hub",
        "accept its licence on the hub and set HF_TOKEN",
    ),
    Reason(
        r"RepositoryNotFoundError|Repository Not Found|LocalEntryNotFoundError|HFValidationError|"
        r"is not a local folder and is not a valid model identifier|Cannot find any model weights|"
        r"does not appear to have (?:a file|files) named|No such file or directory: '[^']*config\.json",
        "the model's files are missing",
        "correct server.model (a hub id, or a folder with config.json and weights), or let it reach the hub",
    ),
    Reason(
        r"NVIDIA driver on your system is too old|CUDA driver version is insufficient",
        "the GPU's driver is too old for this environment's CUDA",
        "update the driver, or choose an environment built for an older CUDA",
    ),
    Reason(
        r"estimated maximum model length is (\d+)",
        "the KV cache is too small for one request of the maximum length",
        "set server.args.max-model-len to {0} or less, or give the engine more memory",
    ),
    Reason(
        r"larger than the available KV cache memory|No available memory for the cache blocks|"
        r"larger than the maximum number of tokens that can be stored in KV cache",
        "the KV cache is too small for one request of the maximum length",
        "lower max-model-len or raise gpu-memory-utilization under server.args (CPU: VLLM_CPU_KVCACHE_SPACE)",
    ),
    Reason(
        r"CUDA out of memory|torch\.(?:cuda\.)?OutOfMemoryError|CUDA error: out of memory|"
        r"Free memory on device[^\n]*less than desired",
        "the device has too little free memory",
        "end what else uses it, or lower gpu-memory-utilization or max-model-len under server.args",
    ),
    Reason(
        r"DefaultCPUAllocator: can't allocate memory|Cannot allocate memory|^MemoryError",
        "the machine has too little free memory",
        "end what else uses it, or lower VLLM_CPU_KVCACHE_SPACE or max-model-len",
    ),
    Reason(
        r"address already in use",
        "the server's port is in use",
        "choose another server.port, or leave it out to take a free one",
    ),
    Reason(
        r"no kernel image is available for execution|"
        r"(?:compute capability|sm_?\d+)[^\n]*not (?:supported|compatible)",
        "this environment does not support the machine's GPU",
        "choose an environment built for this GPU, or another attention backend under server.args",
    ),
    Reason(
        r"Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver",
        "no usable GPU was found",
        "check the driver with nvidia-smi and CUDA_VISIBLE_DEVICES, or use the environment vllm-cpu",
    ),
    Reason(
        r"Value error, (.+?)(?: \[type=|$)",
        "the engine refused its settings: {0}",
        "correct them under server.args",
    ),
    Reason(
        r"engine core exited unexpectedly|EngineDeadError",
        "its EngineCore died",
        "read what the log says before that; where it says nothing, see `dmesg`: often memory ran out",
    ),
)
"""The surest first: what may stand in a log as a mere warning comes late."""


def tail(path: Path, lines: int = 20, start: int = 0) -> str:
    """The last `lines` lines after byte `start`; empty when there is no such file."""
    return "\n".join(read(path, start).splitlines()[-lines:])


def read(path: Path, start: int = 0) -> str:
    """The text after byte `start`, at most its last half megabyte; empty when there is no such file."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(start, size - READ_LIMIT_BYTES))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def explain(log_text: str) -> tuple[str, str] | None:
    """What went wrong and its remedy, by the first known reason in the log; None when there is none."""
    for reason in REASONS:
        if found := re.search(reason.pattern, log_text, re.IGNORECASE | re.MULTILINE):
            groups = [(group or "").strip()[:200] for group in found.groups()]
            return reason.what.format(*groups), reason.remedy.format(*groups)
    return None


STARTUP = {
    "load": (r"Model loading took .*? ([\d.]+) seconds", r"Loading weights took ([\d.]+) seconds"),
    "compile": (r"torch\.compile (?:takes|took) ([\d.]+) s in total",),
    "engine": (r"init engine \(profile, create kv cache, warmup model\) took ([\d.]+) s",),
}
"""Lines that vLLM writes, by version; of several the longest counts, as the slowest worker is waited for."""


def startup_times(log_text: str) -> dict[str, float]:
    """Seconds of a start, as the log tells: `load` (weights), `compile`, `warmup` (the engine's rest).

    What a version or another engine does not tell is left out.
    """
    found = {}
    for name, patterns in STARTUP.items():
        for pattern in patterns:
            if seconds := re.findall(pattern, log_text):
                found[name] = max(map(float, seconds))
                break
    if (engine := found.pop("engine", None)) is not None:
        found["warmup"] = round(max(0.0, engine - found.get("compile", 0.0)), 3)
    return found
