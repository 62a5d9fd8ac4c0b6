"""The lines of a spec that measures a server as the conformance test found it."""

from __future__ import annotations

from typing import Any

import yaml

from tasks.config.server import EndpointServer
from tasks.probe.answer_capabilities import is_measurable
from tasks.probe.conformance import Conformance
from tasks.probe.streamed_answer import StreamedAnswer


def spec_lines(server: EndpointServer, found: Conformance) -> list[str]:
    """Return YAML: the server, and a sweep for each kind of request that can be measured; empty for none."""
    measurable = [answer for answer in found.answers if is_measurable(answer)]
    if not measurable:
        return []
    settings: dict[str, Any] = {"kind": "endpoint", "url": server.url, "model": found.model}
    other_names = {answer.model for answer in measurable if answer.model not in (None, "", found.model)}
    if other_names:
        settings["answers_as"] = sorted(str(name) for name in other_names)[0]
    if server.api_key_env:
        settings["api_key_env"] = server.api_key_env
    sweeps = [_sweep(answer, found.extras.exact_length == "kept") for answer in measurable]
    spec = {"name": "my-server", "server": settings, "sweeps": sweeps}
    return yaml.safe_dump(spec, sort_keys=False, default_flow_style=None, width=1000).splitlines()


def _sweep(answer: StreamedAnswer, exact_length: bool) -> dict[str, Any]:
    """A sweep of questions, which need no tokenizer; of a fixed output length where the server keeps one."""
    sweep: dict[str, Any] = {"name": answer.kind, "endpoint": answer.kind, "dataset": "openqa"}
    if exact_length:
        sweep["output_tokens"] = 128
    sweep["load"] = [{"concurrency": 1, "requests": 5}, {"concurrency": 8, "requests": 40}]
    return sweep
