"""The search against servers that are formulas: exact ones, noisy ones, ones with a bad moment."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from statistics import fmean

import pytest

from tasks.config.saturation import Saturation
from tasks.plan.search import HIGHEST, THROUGHPUT, Knee, Trial, advance, decision
from tasks.stats import mean_interval, student_t

Server = Callable[[float], Trial]
SERVICE_S = 0.5


def search(**fields: object) -> Saturation:
    return Saturation.model_validate({"until": "saturated", "concurrency": 1, "max": 1024} | fields)


def found(server: Server, how: Saturation) -> tuple[Knee, list[Trial]]:
    trials: list[Trial] = []
    while not isinstance(answer := advance("sweep", how, trials), Knee):
        trials.append(server(answer))
        assert len(trials) < 200
    return answer, trials


def closed(slots: int, bound_s: float | None = None, noise: Callable[[], float] = lambda: 1.0) -> Server:
    """So many slots, a queue before them; with a bound on latency. Noise slows: it is 1 or more."""

    def measured(level: float) -> Trial:
        latency = SERVICE_S * max(1.0, level / slots) * noise()
        margin = 1.0 if bound_s is None else (bound_s - latency) / bound_s
        return Trial(level=level, margin=margin, limit="latency", throughput=level / latency)

    return measured


def open_loop(capacity: float, noise: Callable[[], float] = lambda: 1.0) -> Server:
    """Falls behind where more comes in than it can serve."""

    def measured(level: float) -> Trial:
        pace = min(1.0, capacity / level) / noise()
        margin = (pace - 0.97) / 0.03
        return Trial(level=level, margin=margin, limit=THROUGHPUT, throughput=min(level, capacity))

    return measured


def shaky(seed: int) -> Callable[[], float]:
    """About 0.5 % slower than the truth, and every tenth time up to three times as slow."""
    random = Random(seed)
    return lambda: 1 + abs(random.gauss(0, 0.005)) + (random.uniform(0.1, 2) if random.random() < 0.1 else 0)


@pytest.mark.parametrize("slots", [1, 2, 3, 7, 20, 37, 64, 100, 300])
def test_the_knee_of_an_exact_server_is_found_within_its_precision(slots: int) -> None:
    answer, trials = found(closed(slots), search())
    assert answer.knee == pytest.approx(slots, rel=0.05)
    assert answer.reason == THROUGHPUT
    assert answer.low is None or answer.low < slots
    assert len(trials) == answer.points <= 30


@pytest.mark.parametrize("capacity", [1.3, 9.0, 36.0, 100.0])
def test_the_rate_that_a_server_keeps_up_with_is_found(capacity: float) -> None:
    answer, _ = found(open_loop(capacity), search(concurrency=None, rate=1.0))
    assert answer.knee == answer.low == pytest.approx(capacity, rel=0.05)
    assert (answer.load, answer.reason) == ("rate", THROUGHPUT)
    assert answer.high is not None
    assert answer.high >= capacity


@pytest.mark.parametrize("slots", [20, 37])
def test_nine_of_ten_searches_on_a_shaky_server_are_within_five_per_cent(slots: int) -> None:
    answers = [found(closed(slots, noise=shaky(seed)), search())[0].knee for seed in range(300)]
    near = [answer is not None and abs(answer / slots - 1) <= 0.05 for answer in answers]
    assert fmean(near) >= 0.9


def test_a_shaky_server_and_a_bound() -> None:
    # latency reaches 0.75 s at 30 slots, but throughput has stopped growing at 20
    answers = [found(closed(20, 0.75, shaky(seed)), search())[0] for seed in range(200)]
    assert fmean(19 <= (answer.knee or 0) <= 21 for answer in answers) >= 0.9
    rates = [found(open_loop(20, shaky(seed)), search(concurrency=None, rate=1))[0] for seed in range(200)]
    assert fmean(abs((answer.knee or 0) / 20 - 1) <= 0.05 for answer in rates) >= 0.9


def chancy(capacity: float, seed: int) -> Server:
    """Whether requests pile up is a matter of chance; how fast the server answers is known to 1 %."""
    random = Random(seed)

    def measured(level: float) -> Trial:
        piles_up = random.random() < (0.1 if level <= capacity else 0.4)
        throughput = min(level, capacity) * random.uniform(0.99, 1.01)
        return Trial(level=level, margin=-1.0 if piles_up else 1.0, limit=THROUGHPUT, throughput=throughput)

    return measured


def test_a_rate_above_what_the_server_answers_breaks_although_requests_do_not_pile_up() -> None:
    """Chance alone would let levels above the capacity hold in most measurements."""
    answers = [found(chancy(20, seed), search(concurrency=None, rate=2, max=160))[0] for seed in range(200)]
    assert fmean((answer.knee or 0) <= 20 * 1.05 for answer in answers) == 1
    assert fmean((answer.knee or 0) >= 20 * 0.9 for answer in answers) >= 0.9


def unpaced(capacity: float, top: float = 1.0) -> Server:
    """An open loop whose pace is not known; `top`: the throughput above the capacity, as a share of it."""

    def measured(level: float) -> Trial:
        throughput = level if level <= capacity else capacity * top
        return Trial(level=level, margin=1.0, limit="success >= 1", throughput=throughput, pace_known=False)

    return measured


@pytest.mark.parametrize("capacity", [9.0, 36.0, 100.0])
def test_where_the_pace_is_not_known_throughput_has_to_follow_the_rate(capacity: float) -> None:
    answer, _ = found(unpaced(capacity), search(concurrency=None, rate=1))
    assert answer.knee == answer.low == pytest.approx(capacity, rel=0.06)
    assert answer.reason == THROUGHPUT
    assert answer.high is not None
    assert answer.high > capacity


def test_a_server_that_collapses_under_too_much_is_not_judged_by_its_collapse() -> None:
    """At 32 a second it answers 12; the 24 that it answers at 24 are what it can do."""
    answer, _ = found(unpaced(24, top=0.5), search(concurrency=None, rate=1))
    assert answer.knee == pytest.approx(24, rel=0.05)


def test_an_open_loop_that_gains_too_little_ends_below_that_rate() -> None:
    """No level breaks: at 15 a second the pace is not known, and throughput grew from 8 to 10."""
    answer, _ = found(unpaced(10), search(concurrency=None, rate=8, max=15, precision=0.9))
    assert (answer.knee, answer.low, answer.high, answer.reason) == (8, 8, 15, THROUGHPUT)


def test_an_objective_that_breaks_first_ends_it() -> None:
    def grows_for_ever(level: float) -> Trial:
        return Trial(level=level, margin=(20.5 - level) / 20.5, limit="tpot_p95_s <= 0.05", throughput=level)

    answer, _ = found(grows_for_ever, search())
    assert (answer.knee, answer.low, answer.high) == (20, 20, 21)
    assert answer.reason == "tpot_p95_s <= 0.05"


@pytest.mark.parametrize("slots", [3, 20, 37])
def test_where_throughput_ends_it_both_levels_hold_and_the_higher_is_the_knee(slots: int) -> None:
    server = closed(slots, bound_s=100)
    answer, trials = found(server, search())
    assert answer.reason == THROUGHPUT
    assert answer.knee == answer.high
    assert answer.low is not None
    assert answer.high is not None
    assert server(answer.high).margin > 0
    assert server(answer.low).throughput < 0.97 * max(trial.throughput for trial in trials)


def test_one_bad_moment_of_an_objective_does_not_decide() -> None:
    bad = iter([2])

    def measured(level: float) -> Trial:
        margin = (20.5 - level) / 20.5
        if level == 8 and next(bad, None):
            margin = -3.0
        return Trial(level=level, margin=margin, limit="ttft", throughput=level)

    assert found(measured, search())[0].knee == 20


def test_not_even_the_first_level_holds() -> None:
    answer, _ = found(closed(20, bound_s=0.1), search())
    assert (answer.knee, answer.low, answer.high, answer.reason) == (None, None, 1, "latency")


def test_a_server_that_is_never_saturated_is_measured_up_to_the_highest_level() -> None:
    answer, trials = found(closed(1000), search(max=48))
    assert (answer.knee, answer.low, answer.high, answer.reason) == (48, 48, None, HIGHEST)
    assert [trial.level for trial in trials] == [1, 2, 4, 8, 16, 32, 48, 43, 43]


@pytest.mark.parametrize(
    ("knee", "start", "highest"), [(37, 4, 80), (200, 1, 256), (100, 10, 162), (70, 4, 80)]
)
def test_a_knee_on_the_last_step_is_found(knee: int, start: int, highest: int) -> None:
    """Throughput has grown up to the highest level, though not all of the way there."""
    answer, _ = found(closed(knee), search(concurrency=start, max=highest))
    assert answer.reason == "throughput"
    assert answer.knee == pytest.approx(knee, rel=0.05)


def test_the_same_trials_lead_to_the_same_level() -> None:
    _, trials = found(closed(20, noise=shaky(1)), search())
    for count, trial in enumerate(trials):
        assert advance("sweep", search(), trials[:count]) == trial.level


@pytest.mark.parametrize(
    ("scores", "most", "expected"),
    [
        ([0.2], 5, True),
        ([-5.0], 5, None),
        ([-5.0, -0.2], 5, None),
        ([-0.5, -0.52], 5, False),
        ([0.05], 5, None),
        ([0.05, 0.06], 5, None),
        ([0.05, 0.06, 0.055], 5, True),
        ([0.3, -0.3], 5, None),
        ([0.3, -0.3, 0.2, -0.1, 0.1], 5, True),
        ([-0.01], 1, False),
    ],
)
def test_a_decision_waits_until_its_interval_decides(
    scores: list[float], most: int, expected: bool | None
) -> None:
    assert decision(scores, most, one_is_enough=True) is expected


def test_where_one_is_not_enough_it_is_not() -> None:
    assert decision([0.9], 5, one_is_enough=False) is None
    assert decision([0.9, 0.88], 5, one_is_enough=False) is True


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (30, 2.042)]
)
def test_student_agrees_with_its_table(freedom: int, quantile: float) -> None:
    assert student_t(freedom) == pytest.approx(quantile, rel=0.005)


def test_the_interval_of_a_mean() -> None:
    assert mean_interval([1.0, 2.0, 3.0]) == pytest.approx((2 - 2.4841, 2 + 2.4841), abs=1e-3)
