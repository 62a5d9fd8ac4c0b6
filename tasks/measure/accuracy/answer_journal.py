"""The journal of answers: each answer becomes a line of a file as soon as it comes, and is not asked again.

The file belongs to one model on one server with one set of generation settings. Inside it, the prompt alone
identifies a question: its answers serve any later evaluation that sends the same prompt.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple


class JournalEntry(NamedTuple):
    """One answer. `asked_by`: the run that asked. `output`: the answer as its writer gave it."""

    asked_by: str
    output: dict[str, Any]


class AnswerJournal:
    """Reads the answers of earlier runs and adds those of this one. Threads may share it."""

    def __init__(self, path: Path | None, run_id: str) -> None:
        """Read the file at `path` if it exists; None keeps no journal. `run_id`: the run that asks now."""
        self._path, self._run_id, self._lock = path, run_id, Lock()
        self._left: dict[str, deque[JournalEntry]] = defaultdict(deque)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            for line in _lines(path):
                self._left[line["prompt"]].append(JournalEntry(line["asked_by"], line["output"]))

    def take(self, prompt: str) -> JournalEntry | None:
        """Return an answer to a prompt that was not taken before; None if there is none left."""
        with self._lock:
            left = self._left.get(_key(prompt))
            return left.popleft() if left else None

    def add(self, prompt: str, output: dict[str, Any]) -> JournalEntry:
        """Write an answer that this run has got."""
        entry = JournalEntry(self._run_id, output)
        if self._path is not None:
            line = json.dumps({"prompt": _key(prompt), **entry._asdict()}) + "\n"
            with self._lock, self._path.open("a", encoding="utf-8") as file:
                file.write(line)
        return entry


def _key(prompt: str) -> str:
    return hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()


def _lines(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a file; end a last line that a kill cut short, so that others can follow."""
    if not path.exists():
        return []
    text, lines = path.read_text(encoding="utf-8"), []
    if text and not text.endswith("\n"):
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
    for line in text.split("\n"):
        try:
            lines.append(json.loads(line))
        except ValueError:
            continue  # cut short by a kill
    return lines
