"""Made-up results for the tests; no server has shown them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tasks.audit.verdict import Check, CheckVerdict, Verdict
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.objective import Objective
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.plan.search import Knee
from tasks.record.results import Manifest, RecordedAccuracy, RecordedPoint, RunRecord

START = datetime(2001, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)


def spread(time: str, mean: float, *, small: bool = False) -> dict[str, float]:
    """The figures of one time around a mean, in seconds; a small sample has no high percentiles."""
    high = {} if small else {"p90": mean * 1.3, "p95": mean * 1.5, "p99": mean * 2}
    statistics = {"mean": mean, "p50": mean * 0.9, **high}
    return {f"{time}_{statistic}_s": value for statistic, value in statistics.items()}


def times(latency: float, *, small: bool) -> dict[str, float]:
    """The figures of every time of a point whose requests take `latency` seconds on average."""
    shares = {"ttft": 0.05, "tpot": 0.01, "itl": 0.01, "latency": 1.0}
    figures: dict[str, float] = {}
    for time, share in shares.items():
        figures |= spread(time, share * latency, small=small)
    return figures


def point(
    sweep: str = "throughput",
    concurrency: int = 4,
    requests: int = 20,
    repeat: int = 1,
    failed: int = 0,
) -> PointResult:
    """A closed-loop point; its latency is about a second and grows with the concurrency."""
    succeeded = requests - failed
    latency = 1.0 + concurrency / 10
    request_throughput = succeeded / requests * concurrency / latency
    lengths = {"input_tokens_mean": 128.0, "output_tokens_mean": 64.0}
    answer_figures = times(latency, small=requests < 20) | lengths if succeeded else {}
    throughputs = {
        "duration_s": requests * latency / concurrency,
        "request_throughput": request_throughput,
        "input_token_throughput": request_throughput * 128,
        "output_token_throughput": request_throughput * 64,
        "total_token_throughput": request_throughput * 192,
    }
    return PointResult(
        sweep=sweep,
        run_name=f"made-up-{sweep}-c{concurrency}",
        load=ClosedLoop(concurrency=concurrency, requests=requests),
        requests=requests,
        repeat=repeat,
        attempt=1,
        succeeded=succeeded,
        failed=failed,
        figures=dict.fromkeys(BY_NAME) | throughputs | answer_figures,
        first_error="HTTP 500 made up" if failed else None,
    )


def open_point(result: PointResult, rate: float) -> PointResult:
    """The same point, measured with an open loop of `rate` requests per second."""
    return result.model_copy(update={"load": OpenLoop(rate=rate, requests=result.requests)})


def bounded(result: PointResult, bound_s: float) -> PointResult:
    """The same point with the objective that latency P95 is at most `bound_s`; half its requests meet it."""
    objective = Objective(name="latency_p95_s", bound=bound_s)
    latency = result[objective.name]
    met = None if latency is None else latency <= bound_s
    with_goodput = result.with_figures({"goodput": result.known("request_throughput") / 2})
    return with_goodput.model_copy(update={"objectives": (objective,), "objectives_met": met})


def expensive(result: PointResult) -> PointResult:
    """The same point with energy at 500 W and the cost of a server at 3.60 an hour."""
    joules = 500 * result.known("duration_s")
    return result.with_figures(
        {
            "energy_j": joules,
            "energy_per_output_token_j": joules / (64 * result.succeeded),
            "energy_per_request_j": joules / result.succeeded,
            "cost_per_million_output_tokens": 1000 / result.known("output_token_throughput"),
            "cost_per_million_tokens": 1000 / result.known("total_token_throughput"),
        }
    )


def knee(sweep: str = "throughput") -> Knee:
    """The result of a search that ended between two concurrencies."""
    return Knee(sweep=sweep, load="concurrency", knee=19, low=19, high=20, reason="success >= 1", points=23)


def recorded(result: PointResult, run_id: str = "run-1", verdict: Verdict | None = None) -> RecordedPoint:
    """A point with its verdict, by default `valid`."""
    return RecordedPoint(result=result, verdict=verdict or Verdict(verdict="valid"), run_id=run_id)


def check(verdict: CheckVerdict = "suspect") -> Check:
    """The outcome of the check for a late client."""
    return Check(check="client_delay", verdict=verdict, sentence="late, made up", value=0.02, limit=0.01)


def request(index: int = 0, error: str | None = None, warmup: bool = False) -> RequestRow:
    """A request; it failed and has no times where `error` is given."""
    succeeded = error is None
    return RequestRow(
        index=index,
        warmup=warmup,
        sent_at=START + timedelta(seconds=index),
        client_delay_s=0.001,
        ttft_s=0.05 if succeeded else None,
        tpot_s=0.01 if succeeded else None,
        latency_s=1.0 if succeeded else None,
        itl_s=(0.01, 0.02) if succeeded else (),
        input_tokens=128 if succeeded else None,
        output_tokens=64 if succeeded else None,
        cached_tokens=0 if succeeded else None,
        finish_reason="length" if succeeded else None,
        status_code=200 if succeeded else 500,
        error=error,
        succeeded=succeeded,
    )


def sample(question: int = 1, correct: bool = True) -> SampleRow:
    """One answer to one question."""
    return SampleRow(
        subset="made-up",
        question=question,
        repeat=1,
        target="7",
        answer="7" if correct else None,
        correct=correct,
        response="The answer is \\boxed{7}" if correct else "",
        finish_reason="stop",
        input_tokens=10,
        output_tokens=20,
        latency_s=0.5,
        error=None,
    )


def score(subset: str = "OVERALL", value: float = 0.5) -> Score:
    """A score whose interval reaches 0.3 to both sides."""
    return Score(
        dataset="aime25",
        subset=subset,
        metric="mean_acc",
        questions=10,
        repeats=2,
        value=value,
        ci_low=max(0.0, value - 0.3),
        ci_high=min(1.0, value + 0.3),
        failed=1,
        truncated=2,
    )


def accuracy(run_id: str = "run-1") -> RecordedAccuracy:
    """The scores of one question set with two subsets and their total."""
    subsets = (("AIME2025-I", 0.4), ("AIME2025-II", 0.6), ("OVERALL", 0.5))
    return RecordedAccuracy(scores=tuple(score(name, value) for name, value in subsets), run_id=run_id)


def run(run_id: str = "run-1", started_at: datetime = START) -> RunRecord:
    """A completed run of 95 s."""
    return RunRecord(
        run_id=run_id,
        spec="made-up",
        spec_digest="0123456789abcdef",
        sweeps=("throughput", "chat"),
        started_at=started_at,
        finished_at=started_at + timedelta(seconds=95),
        outcome="completed",
        warnings=("not tracked, made up",),
        manifest=Manifest(
            engine="vllm",
            engine_version="0.0.0-made-up",
            environment_digest="fedcba98",
            model="made-up-model",
            model_revision="r1",
            server_args='{"enforce-eager": true}',
            gpu_names=("Made-up GPU 1", "Made-up GPU 2"),
            driver="1.2.3",
            cpu="Made-up CPU",
            cpu_count=2,
            memory_bytes=8 * 2**30,
            client_versions='{"evalscope": "1.2.3"}',
            git_commit="abc1234",
        ),
    )
