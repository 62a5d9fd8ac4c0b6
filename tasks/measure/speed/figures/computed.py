"""Computes figures of a load point that take more than an expression."""

from __future__ import annotations

from collections.abc import Callable
from statistics import fmean

from tasks.measure.speed.figures.open_loop_pace import answer_rate, pace
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.figures.slot_time import mean_slot_time_s


def output_throughput(point: PointData) -> float | None:
    """Output tokens per second; None where an answer does not report its own."""
    return point.tokens_per_second(point.output_tokens)


def total_throughput(point: PointData) -> float | None:
    """Input and output tokens per second; None where an answer does not report its own."""
    return point.tokens_per_second(point.total_tokens)


def sustained_throughput(point: PointData) -> float | None:
    """Succeeded requests per second, without the times at which the load starts and drains.

    Of a closed loop while all its slots are busy, by Little's law (Operations Research 9, 1961): slots / mean
    time in seconds that a request holds its slot. None with requests that held slots for an unknown time, and
    where too few requests are left, see `mean_slot_time_s`. Of an open loop see `answer_rate`; None where its
    rate changes.
    """
    if not point.load.slots:
        return answer_rate(point.succeeded) if point.load.steady else None
    held = point.slot_holders
    if len(held) != len(point.measured):
        return None
    slot_time_s = mean_slot_time_s(held, point.load.slots)
    return point.load.slots / slot_time_s if slot_time_s else None


def open_loop_pace(point: PointData) -> float | None:
    """The `pace` of an open loop with a steady rate; None of other loads."""
    return None if point.load.slots or not point.load.steady else pace(point.succeeded)


def energy_per_output_token(point: PointData) -> float | None:
    """Joules per output token; None where the energy is not known."""
    energy = point.energy_j
    return energy / point.output_tokens if energy is not None and point.output_tokens else None


def energy_per_request(point: PointData) -> float | None:
    """Joules per succeeded request; None where the energy is not known."""
    energy = point.energy_j
    return None if energy is None else point.per_request(energy)


def acceptance_rate(point: PointData) -> float | None:
    """Accepted over drafted tokens; None where none was drafted, or the server does not report it."""
    return point.speculation.acceptance_rate if point.speculation else None


def accepted_length(point: PointData) -> float | None:
    """Tokens that a draft yields on average, the model's own token included; None as `acceptance_rate`."""
    return point.speculation.accepted_length if point.speculation else None


def output_throughput_per_user(point: PointData) -> float | None:
    """Tokens per second that one user sees, 1 / mean TPOT; None where no answer has a TPOT."""
    return 1 / fmean(point.tpot) if point.tpot else None


def output_throughput_per_gpu(point: PointData) -> float | None:
    """Output tokens per second for each of the server's GPUs; None where no GPU was read."""
    throughput = output_throughput(point)
    return throughput / point.gpus if throughput is not None and point.gpus else None


def steady_share(point: PointData) -> float | None:
    """Share of the succeeded requests that were sent in the steady state; None where there is none."""
    if point.steady is None or not point.succeeded:
        return None
    return len(point.steady.succeeded) / len(point.succeeded)


def in_steady_state(compute: Callable[[PointData], float | None], point: PointData) -> float | None:
    """A figure of the requests that were sent in the steady state; None where none was."""
    return compute(point.steady) if point.steady is not None and point.steady.succeeded else None
