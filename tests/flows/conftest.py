"""A spec small enough to run many times."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stub.process import Stub

QUICK = """
name: quick
server: {{kind: endpoint, url: {url}, model: {model}, tokenizer: {tokenizer}}}
sweeps:
  - {{name: throughput, input_tokens: 32, output_tokens: 8,
      load: [{{concurrency: 1, requests: 2}}, {{concurrency: 4, requests: 20}}]}}
track: {{swanlab: {{mode: disabled}}}}
"""


@pytest.fixture
def quick(tmp_path: Path, tokenizer: Path) -> Callable[[Stub], str]:
    """Write a spec for a stub; returns its path."""

    def write(server: Stub) -> str:
        file = tmp_path / "quick.yaml"
        file.write_text(QUICK.format(url=server.url, model=server.model, tokenizer=tokenizer))
        return str(file)

    return write
