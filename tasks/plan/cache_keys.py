"""Cache keys: measurements with the same key have the same conditions, so a recorded one is reused.

A key is a digest of the subject (model and revision, engine and environment digest, server arguments and
environment, hardware, client) and of the load point. It never holds a URL, a port, an API key or a path; a
file counts by the digest of its content.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tasks.config.load import Load
from tasks.config.load_kinds.trace import Trace
from tasks.config.objective import needed_success
from tasks.config.question_set import QuestionSet
from tasks.config.sweep import Sweep
from tasks.plan.content_digest import content_digest
from tasks.plan.mixed_sweep import MixedSweep
from tasks.plan.search_requests import bounds_a_percentile, has_even_order, warmup_waves
from tasks.plan.subject import Subject

VERSION = 4
"""Increase it when a recorded figure changes its meaning. Runs then measure older figures again."""
GRADING = 3
"""Increase it when answers are judged in another way. Recorded answers are then judged again, not asked."""
NEWER_FIELDS = ("hub", "subsets", "limit", "few_shot", "evalscope", "judge", "sandbox", "under_load")
"""Fields of a question set that a key holds only where they are set."""
NOT_OF_REQUESTS = {
    "load",
    "repeats",
    "timeout_s",
    "objectives",
    "warmup_requests",
    "warmup_waves",
    "steady_state",
    "clients",
    "run_name",
}
"""Fields of a sweep that do not matter where a mix sends its requests."""
LOAD_FIELDS = {"concurrency": None, "rate": None, "arrival": "poisson"}
"""Fields that every key holds, whatever the kind of load, because keys of version 0.1.0 hold them."""


def point_key(subject: Subject, sweep: Sweep, load: Load, repeat: int) -> str:
    """Return the key of one load point.

    The key does not include objectives, so that recorded figures can be judged by new objectives. The key
    includes the allowed share of failed requests, which decides whether the figures may be used at all.
    """
    settings = _sweep_settings(sweep, {"load", "repeats", "timeout_s", "objectives"})
    success = needed_success(sweep.objectives)
    if success < 1:
        settings["success"] = success
    settings |= _searched(sweep)
    load_settings = LOAD_FIELDS | load.model_dump(mode="json")
    if isinstance(load, Trace):
        load_settings["trace"] = content_digest(load.trace)
    return _key("point", subject, {"sweep": settings, "load": load_settings, "repeat": repeat})


def search_key(subject: Subject, sweep: Sweep) -> str:
    """Return the key of a search's answer, which depends on the objectives and on the search's settings."""
    settings = _sweep_settings(sweep, {"repeats", "timeout_s"}) | _searched(sweep)
    return _key("knee", subject, {"sweep": settings})


def _searched(sweep: Sweep) -> dict[str, str]:
    """Return what a key says about a search.

    It sends drawn requests in an order of its own. It judges a rate by how fast requests end, which points of
    earlier versions do not have. It may send a wave of warm-up that its sweep does not ask for.
    """
    settings = {}
    if has_even_order(sweep):
        settings["order"] = "even quantiles" if bounds_a_percentile(sweep) else "even"
    if warmup_waves(sweep) != sweep.warmup_waves:
        settings["warmup"] = "one wave"
    if sweep.search is not None and sweep.search.kind == "rate":
        settings["judged_by"] = "sustained throughput"
    return settings


def accuracy_key(subject: Subject, accuracy: QuestionSet) -> str:
    """Return the key of one question set and its generation settings.

    The key includes the set's name if it is not the dataset's, because scores are recorded under that name.
    """
    settings = _accuracy_settings(accuracy, {"path", "timeout_s", "name", "retries"})
    if accuracy.set_name != accuracy.dataset:
        settings["name"] = accuracy.set_name
    questions = _questions_digest(accuracy)
    return _key("accuracy", subject, {"accuracy": settings, "questions": questions, "grading": GRADING})


def answers_key(subject: Subject, accuracy: QuestionSet) -> str:
    """Return the key of the answers to a dataset's questions, however many are asked and how often.

    It does not include the questions: each recorded answer names its own prompt.
    """
    asking = {"path", "timeout_s", "retries", "repeats", "subsets", "limit", "few_shot", "judge", "sandbox"}
    settings = _accuracy_settings(accuracy, asking)
    return _key("answers", subject, {"accuracy": settings})


def asks_key(subject: Subject, accuracy: QuestionSet) -> str:
    """Return the key of what a set asks, whatever the load: the report compares scores with the same key.

    It does not include the repeats: questions are compared by the mean score of their answers.
    """
    settings = _accuracy_settings(accuracy, {"path", "timeout_s", "name", "retries", "repeats", "under_load"})
    return _key("asks", subject, {"accuracy": settings, "questions": _questions_digest(accuracy)})


def _questions_digest(accuracy: QuestionSet) -> str | list[str]:
    """Return a digest of the content of a question set's files."""
    digests = [content_digest(str(file)) for file in (*accuracy.files, *accuracy.example_files)]
    return "hub" if not digests else digests[0] if len(digests) == 1 else sorted(digests)


def _accuracy_settings(accuracy: QuestionSet, exclude: set[str]) -> dict[str, Any]:
    """Return the fields of a question set as JSON. Older keys lack fields: omit those that are unset."""
    settings = accuracy.model_dump(mode="json", exclude=exclude | {"combination"})
    if settings.get("judge"):
        settings["judge"] = settings["judge"]["model"]
    if settings.get("under_load"):
        del settings["under_load"]["timeout_s"]
    unset = QuestionSet().model_dump(mode="json")
    for name in NEWER_FIELDS:
        if name in settings and settings[name] == unset[name]:
            del settings[name]
    if not accuracy.generation.request:
        del settings["generation"]["request"]
    return settings


def _sweep_settings(sweep: Sweep, exclude: set[str]) -> dict[str, Any]:
    """Return a sweep's fields as JSON, a digest for its file. Older keys lack `request`: omit it if unset."""
    settings = sweep.model_dump(mode="json", exclude=exclude | {"parts"})
    if isinstance(sweep, MixedSweep):
        settings["parts"] = [_sweep_settings(part, NOT_OF_REQUESTS) for part in sweep.parts]
    settings["dataset"] = content_digest(sweep.dataset)
    if sweep.conversation and sweep.conversation.file:
        settings["conversation"]["file"] = content_digest(sweep.conversation.file)
    if sweep.lengths:
        settings["lengths"] = content_digest(sweep.lengths)
    if not sweep.request:
        del settings["request"]
    return settings


def _key(kind: str, subject: Subject, settings: dict[str, Any]) -> str:
    text = json.dumps({"subject": subject.model_dump(mode="json"), **settings}, sort_keys=True)
    return f"{kind}-v{VERSION}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
