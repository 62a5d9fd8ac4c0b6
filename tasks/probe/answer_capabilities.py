"""The lines of the conformance test about a server's answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.probe.capability import Capability
from tasks.probe.extra_requests import ExactLength, ExtraAnswers
from tasks.probe.streamed_answer import StreamedAnswer
from tasks.serve.endpoint import Endpoint

QUESTIONS = "use a dataset of questions (openqa) and leave output_tokens null"
EXACT_LENGTH: dict[ExactLength | None, tuple[str, str]] = {
    "kept": ("ignore_eos and min_tokens are kept: output_tokens can be set", ""),
    "ignored": ("ignore_eos and min_tokens are ignored: answers have lengths of their own", QUESTIONS),
    "refused": ("ignore_eos and min_tokens are refused: a run sends requests without them", QUESTIONS),
    "not shown": (
        "unknown: answers reach the requested length without ignore_eos and min_tokens too",
        "set output_tokens if the model never ends earlier: the check output_length tells",
    ),
    None: ("not found out: no answer in time, or none that counts tokens", QUESTIONS),
}
"""The text and the remedy for what a server does with the fields that make an answer's length exact."""


def describe_answers(
    endpoint: Endpoint, answers: Sequence[StreamedAnswer], extras: ExtraAnswers
) -> tuple[Capability, ...]:
    """Return a line for each kind of request, and for each form that its answers may have."""
    usable = [answer for answer in answers if is_measurable(answer)]
    lines = [_kind(answer, endpoint, bool(usable)) for answer in answers]
    if usable:
        lines += [
            _usage(usable),
            _reasoning(answers),
            _max_tokens(usable),
            *_concurrency(answers),
            *_extras(extras),
        ]
    return tuple(lines)


def is_measurable(answer: StreamedAnswer) -> bool:
    """Whether a sweep can be measured with requests of this kind. Without usage, TPOT stays empty."""
    return answer.error is None and answer.chunks > 0


def _kind(answer: StreamedAnswer, endpoint: Endpoint, other_works: bool) -> Capability:
    missing = "limited" if other_works else "broken"
    if answer.error is not None:
        remedy = "leave this kind of request out as a sweep's `endpoint`"
        if not other_works:
            remedy = (
                "see what the message names; the address ends before /chat/completions, as OpenAI's in /v1"
            )
        return Capability(name=answer.kind, status=missing, text=answer.error, remedy=remedy)
    if not answer.chunks:
        return Capability(
            name=answer.kind,
            status=missing,
            text="answers, but not as a stream: TTFT and TPOT cannot be measured",
            remedy="have the server stream (server-sent events); a proxy in between may collect the answer",
        )
    mismatch = endpoint.model_mismatch(answer.model)
    if mismatch:
        remedy = f"set server.answers_as to {answer.model!r}, if that is the model to measure"
        return Capability(name=answer.kind, status="limited", text=f"streams, but {mismatch}", remedy=remedy)
    return Capability(
        name=answer.kind, text=f"streams: {answer.chunks} chunks, the first after {answer.ttft_s or 0:.3f} s"
    )


def _usage(usable: Sequence[StreamedAnswer]) -> Capability:
    forms = sorted({answer.usage for answer in usable if answer.usage})
    without = [answer.kind for answer in usable if answer.usage is None]
    text = f"comes in streams, {' or '.join(forms)}" if forms else "no stream counts its tokens"
    if not without:
        return Capability(name="usage", text=text)
    if forms:
        text += f"; not in those of {' and '.join(without)}"
    return Capability(
        name="usage",
        status="limited",
        text=f"{text}: TTFT and latency are measured, TPOT and token throughput stay empty",
        remedy="have the server heed stream_options.include_usage",
    )


def _reasoning(answers: Sequence[StreamedAnswer]) -> Capability:
    fields = sorted({field for answer in answers for field in answer.reasoning_fields})
    return Capability(name="reasoning", text=", ".join(fields) or "no field in these short answers")


def _max_tokens(usable: Sequence[StreamedAnswer]) -> Capability:
    names = sorted({answer.max_tokens_field for answer in usable})
    return Capability(name="length limit", text=f"{' or '.join(names)}; requests use that name")


def _concurrency(answers: Sequence[StreamedAnswer]) -> Iterator[Capability]:
    if any(answer.alone for answer in answers):
        yield Capability(
            name="concurrency",
            status="limited",
            text="a request breaks off another that runs: requests fail at a concurrency above 1",
            remedy="have the server queue requests (llama-cpp-python: --interrupt_requests false)",
        )


def _extras(extras: ExtraAnswers) -> Iterator[Capability]:
    text, remedy = EXACT_LENGTH[extras.exact_length]
    yield Capability(name="exact length", status="limited" if remedy else "ok", text=text, remedy=remedy)
    logprobs = {True: "given", False: "not given", None: "not asked, the time was over"}[extras.logprobs]
    yield Capability(name="logprobs", text=f"{logprobs}; no figure needs them")
    if extras.keeps_connections is False:
        yield Capability(
            name="connections",
            status="limited",
            text="closed after each answer without a header that says so: each request opens a new one",
            remedy="have the server send Connection: close, or keep connections open",
        )
    elif extras.keeps_connections:
        yield Capability(name="connections", text="kept, or closed as a header announces")
