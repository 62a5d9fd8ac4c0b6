"""EvalScope's client with a journal of answers, retries, and the times of each answer."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock, local
from typing import Any
from urllib.parse import parse_qsl

from evalscope.api.model import ModelOutput
from evalscope.models.openai_compatible import NON_RETRYABLE_OPENAI_ERRORS, OpenAICompatibleAPI
from openai import DefaultHttpxClient

from tasks.measure.accuracy.answer_journal import AnswerJournal, JournalEntry
from tasks.measure.accuracy.retries import pause_s
from tasks.measure.accuracy.under_way import LoadWatch
from tasks.measure.row_files import one_line
from tasks.serve.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Asked:
    """How one answer came about. `error`: why there is none. `sent_at`: when its request was sent.

    `others_mean`, `others_min`: the requests of a load that were under way meanwhile; None without load.
    """

    asked_by: str
    tries: int
    first_answer_s: float | None = None
    error: str | None = None
    others_mean: float | None = None
    others_min: int | None = None
    sent_at: datetime | None = None


class WrongModel(Exception):
    """The answer is of another model. It is not asked again."""


class AskingModel(OpenAICompatibleAPI):  # type: ignore[misc]
    """EvalScope's client. It takes an answer from the journal if there is one, and asks otherwise."""

    client: Any

    def __init__(
        self,
        endpoint: Endpoint,
        config: Any,
        report: Callable[[int], None],
        journal: AnswerJournal,
        retries: int = 0,
        watch: LoadWatch | None = None,
    ) -> None:
        """Connect to an endpoint.

        Args:
            endpoint: the server that answers.
            config: EvalScope's GenerateConfig.
            report: called with the number of finished answers, failed ones included.
            journal: the answers that are known already.
            retries: how often a failed request is sent again.
            watch: reads how many requests of a load are under way; None without load.
        """
        super().__init__(
            model_name=endpoint.model,
            base_url=endpoint.url,
            api_key=endpoint.api_key.get_secret_value() if endpoint.api_key else "none",
            config=config,
            max_retries=0,
            default_headers=endpoint.headers,
            default_query=dict(parse_qsl(endpoint.query, keep_blank_values=True)),
        )
        # By default the client follows a redirect to another host and sends the endpoint's headers there.
        self.client = self.client.with_options(http_client=DefaultHttpxClient(follow_redirects=False))
        self._endpoint, self._report = endpoint, report
        self._journal, self._retries, self._watch = journal, retries, watch or LoadWatch(())
        self._finished, self._lock, self._thread = 0, Lock(), local()
        completions = self.client.chat.completions
        completions.create = _timed(completions.create, self._thread)

    @property
    def last_asked(self) -> Asked:
        """How the last answer of the calling thread came about."""
        asked: Asked = self._thread.asked
        return asked

    def generate(self, input: Any, *args: Any, **kwargs: Any) -> Any:
        """Return an answer; raise RuntimeError, without secrets, if every request for it failed."""
        prompt = json.dumps([[message.role, message.text] for message in input])
        known = self._journal.take(prompt)
        try:
            if known is not None:
                self._thread.asked = _asked(known)
                return ModelOutput.model_validate(known.output["answer"])
            return self._ask(prompt, input, *args, **kwargs)
        finally:
            with self._lock:
                self._finished += 1
                self._report(self._finished)

    def handle_bad_request(self, ex: Exception) -> Any:
        """Raise the error. EvalScope would turn some refusals into an answer and judge their text."""
        raise ex

    def _ask(self, prompt: str, *args: Any, **kwargs: Any) -> Any:
        for tries in range(1, self._retries + 2):
            sent_at = datetime.now(UTC)
            try:
                with self._watch.answer() as others:
                    output = self._send(*args, **kwargs)
            except Exception as error:
                reason = one_line(str(error) or type(error).__name__, self._endpoint.masked)
                final = isinstance(error, (WrongModel, *NON_RETRYABLE_OPENAI_ERRORS))
            else:
                first = self._thread.first_answer_s
                facts = {"tries": tries, "first_answer_s": first, "sent_at": sent_at.isoformat()}
                if others.least is not None:
                    facts |= {"others_mean": others.mean, "others_min": others.least}
                entry = self._journal.add(prompt, {"answer": output.model_dump(mode="json"), "asked": facts})
                self._thread.asked = _asked(entry)
                return output
            if final or tries > self._retries:
                break
            time.sleep(pause_s(tries))
        self._thread.asked = Asked("", tries, error=reason)
        raise RuntimeError(reason)  # EvalScope logs it, and the original message may contain a secret

    def _send(self, *args: Any, **kwargs: Any) -> Any:
        self._thread.first_answer_s = None
        output = super().generate(*args, **kwargs)
        mismatch = self._endpoint.model_mismatch(output.model)
        if mismatch:
            raise WrongModel(mismatch)
        return output


def _asked(entry: JournalEntry) -> Asked:
    facts = dict(entry.output["asked"])
    sent_at = facts.pop("sent_at", None)  # earlier versions did not write it
    return Asked(entry.asked_by, **facts, sent_at=datetime.fromisoformat(sent_at) if sent_at else None)


def _timed(create: Callable[..., Any], thread: Any) -> Callable[..., Any]:
    """Wrap the OpenAI client's `create`, so that `thread.first_answer_s` is set while a stream is read."""

    @functools.wraps(create)  # EvalScope reads the signature
    def timed(*args: Any, **kwargs: Any) -> Any:
        start = time.monotonic()
        response = create(*args, **kwargs)
        return _watched(response, start, thread) if kwargs.get("stream") else response

    return timed


def _watched(stream: Iterable[Any], start: float, thread: Any) -> Iterator[Any]:
    for chunk in stream:
        if thread.first_answer_s is None and any(_has_text(choice) for choice in chunk.choices or ()):
            thread.first_answer_s = time.monotonic() - start
        yield chunk


def _has_text(choice: Any) -> bool:
    return bool(choice.delta and choice.delta.content)
