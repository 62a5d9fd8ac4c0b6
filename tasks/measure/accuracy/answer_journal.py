"""The journal of answers: each answer becomes a line of a file as soon as it comes, and is not asked again.

Each run writes a file of its own. The files of one folder belong to one model on one server with one set of
generation settings. In them, the prompt alone identifies a question: its answers serve any later evaluation
that sends the same prompt.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple


class JournalEntry(NamedTuple):
    """One answer. `asked_by`: the run that asked. `output`: the answer as its writer gave it."""

    asked_by: str
    output: dict[str, Any]


class AnswerJournal:
    """Reads the answers of earlier runs and adds those of this one. Threads may share it."""

    def __init__(self, path: Path | None, run_id: str, earlier: Sequence[Path] = ()) -> None:
        """Read the known answers.

        Args:
            path: the file of this run, which is read if an earlier attempt wrote it; None keeps no journal.
            run_id: the run that asks now.
            earlier: the files of other runs, oldest first. They are only read: their runs may go on.
        """
        self._path, self._run_id, self._lock = path, run_id, Lock()
        self._left: dict[str, deque[JournalEntry]] = defaultdict(deque)
        for file in earlier:
            self._add_lines(file.read_text(encoding="utf-8"))
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._add_lines(_own_text(path))

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

    def _add_lines(self, text: str) -> None:
        for line in _whole_lines(text):
            self._left[line["prompt"]].append(JournalEntry(line["asked_by"], line["output"]))


def _key(prompt: str) -> str:
    return hashlib.sha256(prompt.encode("utf-8", "surrogatepass")).hexdigest()


def _own_text(path: Path) -> str:
    """Return the text of a file; end a last line that a kill cut short, so that others can follow."""
    if not path.exists():
        return ""
    text = path.read_text(encoding="utf-8")
    if text and not text.endswith("\n"):
        with path.open("a", encoding="utf-8") as file:
            file.write("\n")
    return text


def _whole_lines(text: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a text; leave out one that a kill cut short."""
    for line in text.split("\n"):
        try:
            yield json.loads(line)
        except ValueError:
            continue
