"""A serving environment whose vLLM is `fake_vllm.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from tasks.config.home import checkout


def make_environment(folder: Path) -> Path:
    """Make an interpreter with a distribution and a module named vllm. Returns the interpreter's path."""
    package = folder / "site" / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    (package / "api_server.py").write_text("from tests.faults.fake_vllm import main\n\nmain()\n")
    metadata = folder / "site" / "vllm-0.0.1.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: vllm\nVersion: 0.0.1\n")
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}/site:{checkout()}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return python
