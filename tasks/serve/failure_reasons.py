"""Known reasons why a server fails to start or dies, each with the pattern that finds it in the log."""

from __future__ import annotations

import re
from typing import NamedTuple


class FailureReason(NamedTuple):
    """One reason. In `what` and `remedy`, `{0}` stands for the text of the pattern's first group."""

    pattern: str
    what: str
    remedy: str


REASONS = (
    FailureReason(
        r"(?<!\w)error: unrecognized arguments: (.+)",
        "the engine does not know {0}",
        "correct the names under server.args; this version of the engine may name them differently",
    ),
    FailureReason(
        r"(?<!\w)error: argument (.+)", "the engine refused the flag {0}", "correct it under server.args"
    ),
    FailureReason(
        r"GatedRepoError|gated repo|Access to model .+ is restricted",
        "the model is gated on its hub",
        "accept its licence on the hub and set HF_TOKEN",
    ),
    FailureReason(
        r"RepositoryNotFoundError|Repository Not Found|LocalEntryNotFoundError|HFValidationError|"
        r"is not a local folder and is not a valid model identifier|Cannot find any model weights|"
        r"does not appear to have (?:a file|files) named|No such file or directory: '[^']*config\.json|"
        r"Invalid repository ID or local directory specified",
        "the model's files are missing",
        "correct server.model (a hub id, or a folder with config.json and weights), or check the network",
    ),
    FailureReason(
        r"SafetensorError|Error while deserializing header",
        "a file of the model's weights is damaged or cut off",
        "remove it from the model's folder or the hub's cache, and fetch the model again",
    ),
    FailureReason(
        r"Model architectures? .+ (?:is|are) not supported|does not recognize this architecture",
        "this version of the engine does not know the model's architecture",
        "choose an environment with a newer engine",
    ),
    FailureReason(
        r"pass the (?:argument|option) `trust_remote_code=True`|execute the \w+ file in that repo",
        "the model brings code of its own, and the engine is not allowed to run it",
        "read that code, then set server.args.trust-remote-code to true",
    ),
    FailureReason(
        r"Driver/library version mismatch",
        "the GPU's driver was updated, and the old one is still loaded",
        "restart the machine, or reload the nvidia kernel modules",
    ),
    FailureReason(
        r"NVIDIA driver on your system is too old|CUDA driver version is insufficient|"
        r"compiled with an unsupported toolchain|forward compatibility was attempted on non supported HW|"
        r"unsupported display driver / cuda driver combination",
        "the GPU's driver is too old for this environment's CUDA",
        "update the driver, or choose an environment built for an older CUDA",
    ),
    FailureReason(
        r"estimated maximum model length is (\d+)",
        "the KV cache is too small for one request of the maximum length",
        "set server.args.max-model-len to {0} or less, or give the engine more memory",
    ),
    FailureReason(
        r"larger than the available KV cache memory|No available memory for the cache blocks|"
        r"larger than the maximum number of tokens that can be stored in KV cache",
        "the KV cache is too small for one request of the maximum length",
        "lower max-model-len or raise gpu-memory-utilization under server.args (CPU: VLLM_CPU_KVCACHE_SPACE)",
    ),
    FailureReason(
        r"(?:CUDA|HIP) out of memory|torch\.(?:cuda\.)?OutOfMemoryError|CUDA error: out of memory|"
        r"Free memory on device[^\n]*less than desired",
        "the device has too little free memory",
        "stop other processes there, or lower gpu-memory-utilization or max-model-len under server.args",
    ),
    FailureReason(
        r"DefaultCPUAllocator: can't allocate memory|Cannot allocate memory|^MemoryError",
        "the machine has too little free memory",
        "stop other processes, or lower VLLM_CPU_KVCACHE_SPACE or max-model-len",
    ),
    FailureReason(
        r"could not select device driver|nvidia-container-cli|unresolvable CDI devices|"
        r"failed to discover GPU vendor",
        "the container engine cannot pass a GPU to the container",
        "install NVIDIA's container toolkit and register it with the engine (nvidia-ctk runtime configure)",
    ),
    FailureReason(
        r"address already in use|port is already allocated",
        "the server's port is in use",
        "choose another server.port, or leave server.port out to use a free one",
    ),
    FailureReason(
        r"Bfloat16 is only supported on GPUs with compute capability",
        "the machine's GPU does not support bfloat16",
        "set server.args.dtype to half",
    ),
    FailureReason(
        r"no kernel image is available for execution|not supported for(?: ', '| )the current GPU|"
        r"(?:compute capability|sm_?\d+)[^\n]*not (?:supported|compatible)",
        "this environment does not support the machine's GPU",
        "choose an environment built for this GPU, or another attention backend under server.args",
    ),
    FailureReason(
        r"Failed to infer device type|No CUDA GPUs are available|Found no NVIDIA driver|"
        r"no CUDA-capable device is detected|invalid device ordinal|libcuda\.so\.1: cannot open",
        "no usable GPU was found",
        "check the driver with nvidia-smi and CUDA_VISIBLE_DEVICES, or use the environment vllm-cpu",
    ),
    FailureReason(
        r"No space left on device",
        "a disk is full, or the machine's shared memory (/dev/shm)",
        "free space there; `df -h` shows which",
    ),
    FailureReason(
        r"Value error, (.+?)(?: \[type=|$)",
        "the engine refused its settings: {0}",
        "correct them under server.args",
    ),
    FailureReason(
        r"engine core exited unexpectedly|EngineDeadError|Engine core initialization failed",
        "the server's EngineCore died",
        "read the log above that line; if it gives no cause, check `dmesg` for the out-of-memory killer",
    ),
)
"""The first match is used, so patterns that also match warnings come last."""


def explain_failure(log_text: str) -> tuple[str, str] | None:
    """Return what went wrong and its remedy, by the first reason that matches; None if none does."""
    for reason in REASONS:
        match = re.search(reason.pattern, log_text, re.IGNORECASE | re.MULTILINE)
        if match:
            groups = [(group or "").strip()[:200] for group in match.groups()]
            return reason.what.format(*groups), reason.remedy.format(*groups)
    return None
