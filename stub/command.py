"""What `servegauge stub` does: it serves, prints how to reach it, and at its end what it served."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvloop

from stub.answers import CannedAnswers
from stub.faults import KINDS, parse_fault
from stub.manners.manner_registry import GROUPS
from stub.manners.no_http import NO_HTTP
from stub.manners.served import check_names
from stub.options import Options
from stub.server import serve
from stub.summary import summary_of, summary_text
from tasks.errors import InputError


def run_stub(options: Options) -> None:
    """Serve until Ctrl-C, and print the figures of what was served.

    Raises:
        InputError: an option has a wrong value, or the address is not free.
    """
    if options.tokenizer and not (Path(options.tokenizer) / "tokenizer.json").is_file():
        raise InputError(f"{options.tokenizer} has no tokenizer.json", "name a folder with a tokenizer")
    try:
        check_names(options.manners, options.model)
    except ValueError as error:
        raise InputError(str(error), "servegauge stub --list-manners names them; leave --model out") from None
    try:
        entries = uvloop.run(serve(options, lambda port: print(greeting(options, port), flush=True)))
    except OSError as error:
        remedy = "choose another --host or --port, and check the path of --log"
        raise InputError(f"the stub does not start: {error}", remedy) from None
    print(f"\nserved:\n{summary_text(summary_of(entries))}", flush=True)


def greeting(options: Options, port: int) -> str:
    """Return where the stub is, what it does, and a request to try."""
    root = f"http://{_for_url(options.host)}:{port}"
    body = {"model": options.model, "stream": True, "max_tokens": 8}
    body["messages"] = [{"role": "user", "content": "Hello"}]
    key = " -H 'Authorization: Bearer KEY'" if options.api_key else ""
    return "\n".join(
        (
            f"stub at {root}/v1, model {options.model}; Ctrl-C stops it",
            f"first token after {options.ttft * 1000:g} ms, then one every {options.itl * 1000:g} ms",
            f"try:   curl -N {root}/v1/chat/completions{key} -H 'Content-Type: application/json' "
            f"-d {shlex.quote(json.dumps(body))}",
            f"truth: curl {root}/stub/summary",
        )
    )


def manners_text() -> str:
    """Return all manners with what servegauge makes of each, for a terminal."""
    lines = []
    for title, manners in GROUPS.items():
        lines.append(title)
        lines += [f"  {manner.name:<28} {manner.what} [{manner.outcome}]" for manner in manners]
        lines.append("")
    lines += ["No HTTP, or HTTP that breaks", *(f"  {name}" for name in NO_HTTP)]
    return "\n".join(lines) + "\n"


def parsed_faults(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the fields of each --fault. Raises InputError if one is wrong."""
    try:
        return [parse_fault(text) for text in texts]
    except ValueError as error:
        remedy = f"write KIND, KIND:every=N or KIND:first=N,count=N; kinds: {', '.join(sorted(KINDS))}"
        raise InputError(f"--fault: {error}", remedy) from None


def read_answers(path: Path | None) -> list[dict[str, Any]]:
    """Return the content of the file of --answers. Raises InputError if it is none."""
    if path is None:
        return []
    try:
        answers = json.loads(path.read_text("utf-8"))
        CannedAnswers(answers)
    except (OSError, ValueError, TypeError) as error:
        remedy = 'write a JSON list: [{"contains": part of a question, "answer": text}]'
        raise InputError(f"--answers {path}: {error}", remedy) from None
    return list(answers)


def _for_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
