"""Cache keys, written by hand: equal keys mean that a recorded figure stands for a new one.

A key holds the subject (model and revision, engine and environment digest, server arguments and
environment, hardware, client) and the load point. Never a URL, a port, a key or a path: a file is named
by the digest of its content.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from tasks.config.load import Load
from tasks.config.objective import needed_success
from tasks.config.question_set import QuestionSet
from tasks.config.sweep import Sweep
from tasks.plan.content_digest import content_digest
from tasks.plan.subject import Subject

VERSION = 4
"""Raised whenever the meaning of a recorded figure changes, so that old ones are not taken for new."""
LOAD_FIELDS = {"concurrency": None, "rate": None, "arrival": "poisson"}
"""Fields of a load that stand in every key, whatever its kind: keys of version 0.1.0 hold them."""


def point_key(subject: Subject, sweep: Sweep, load: Load, repeat: int) -> str:
    """Key of one load point. Objectives are no part of it: what was measured is held against new ones.

    But for a share of failures that is allowed: it decides which figures may be used at all.
    """
    unasked = {"load", "repeats", "timeout_s", "objectives"}
    asked = sweep.model_dump(mode="json", exclude=unasked)
    asked["dataset"] = content_digest(sweep.dataset)
    if (success := needed_success(sweep.objectives)) < 1:
        asked["success"] = success
    settings = LOAD_FIELDS | load.model_dump(mode="json")
    return _key("point", subject, {"sweep": asked, "load": settings, "repeat": repeat})


def search_key(subject: Subject, sweep: Sweep) -> str:
    """Key of a search's answer, which depends on its objectives and on how it searches."""
    asked = sweep.model_dump(mode="json", exclude={"repeats", "timeout_s"})
    asked["dataset"] = content_digest(sweep.dataset)
    return _key("knee", subject, {"sweep": asked})


def accuracy_key(subject: Subject, accuracy: QuestionSet) -> str:
    """Key of one question set with its way of generating."""
    asked = accuracy.model_dump(mode="json", exclude={"path", "timeout_s"})
    questions = content_digest(str(Path(accuracy.path) / "test.jsonl")) if accuracy.path else "hub"
    return _key("accuracy", subject, {"accuracy": asked, "questions": questions})


def _key(kind: str, subject: Subject, asked: dict[str, Any]) -> str:
    text = json.dumps({"subject": subject.model_dump(mode="json"), **asked}, sort_keys=True)
    return f"{kind}-v{VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
