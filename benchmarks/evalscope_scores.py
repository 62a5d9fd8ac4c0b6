"""Scores beside those of EvalScope's own command: `python -m benchmarks.evalscope_scores`.

Both ask the same stub the same questions from the same folder. EvalScope's command reads the folder that
servegauge prepared for EvalScope. What it wrote is imported as `servegauge import` does it: scores, intervals
and answers must be those of servegauge, question by question, so that a comparison pairs them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from stub.process import Stub, stub_server
from tasks.config.question_set import QuestionSet
from tasks.exchange.readers.reader_registry import read_foreign_run
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.accuracy.scores import Score
from tasks.measure.jobs import AccuracyJob
from tasks.measure.processes import fork_server
from tasks.serve.endpoint import Endpoint
from tests.measure.accuracy.small_sets import SETS, SmallSet


def own_scores(
    small: SmallSet, server: Stub, folder: Path
) -> tuple[tuple[Score, ...], tuple[SampleRow, ...]]:
    """Return the scores of a set as servegauge measures them, and the answers; the job is in `folder`/job."""
    small.write(folder / "set")
    question_set = QuestionSet.model_validate(
        {
            "dataset": small.dataset,
            "name": small.dataset,
            "path": str(folder / "set"),
            "few_shot": 0,
            "retries": 0,
        }
    )
    job = AccuracyJob(
        accuracy=question_set,
        endpoint=Endpoint(url=server.url, model=server.model, tokenizer="none"),
        folder=folder / "job",
        attempt=1,
    )
    return measure_accuracy(job, lambda: None, lambda finished, answers: None)


def evalscope_score(small: SmallSet, server: Stub, folder: Path) -> float:
    """Return the score that EvalScope's command reports for the same questions."""
    config = next((folder / "job" / "evalscope" / "configs").glob("*.yaml")).read_text(encoding="utf-8")
    subset = small.file.removesuffix(".jsonl")
    arguments: dict[str, object] = {"local_path": str(folder / "job" / "questions"), "few_shot_num": 0}
    if f"- {subset}" in config:
        arguments["subset_list"] = [subset]
    elif "- default" in config:
        arguments["subset_list"] = ["default"]
    command = [
        *(
            sys.executable,
            "-m",
            "evalscope.cli.cli",
            "eval",
            "--model",
            server.model,
            "--api-url",
            server.url,
        ),
        *("--api-key", "none", "--eval-type", "openai_api", "--datasets", small.dataset),
        *("--dataset-args", json.dumps({small.dataset: arguments}), "--work-dir", str(folder / "cli")),
        "--no-timestamp",
    ]
    # The shared cache of the library `datasets` mixes up folders of one name.
    environment = os.environ | {"HF_DATASETS_CACHE": str(folder / "datasets")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    reports = list((folder / "cli" / "reports").rglob(f"{small.dataset}.json"))
    if not reports:
        raise SystemExit(f"{small.dataset}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return _score(json.loads(reports[0].read_text(encoding="utf-8")))


def same_when_imported(scores: Sequence[Score], rows: Sequence[SampleRow], folder: Path) -> bool:
    """Whether what EvalScope's command wrote has the same scores, intervals and answers, once imported."""
    (imported,) = read_foreign_run(folder / "cli").accuracy
    return list(map(_figures, scores)) == list(map(_figures, imported.scores)) and (
        set(map(_answer, rows)) == set(map(_answer, imported.samples))
    )


def _figures(score: Score) -> tuple[object, ...]:
    """Return what both must say. EvalScope rounds a score to four digits."""
    name = (score.dataset, score.subset, score.metric, score.questions)
    return (*name, round(score.value, 4), score.ci_low, score.ci_high)


def _answer(row: SampleRow) -> tuple[object, ...]:
    return (row.question, row.target, row.subset, row.answer, row.correct)


def _score(report: dict[str, object]) -> float:
    score = report.get("score")
    if isinstance(score, int | float):
        return float(score)
    metrics = report["metrics"]
    assert isinstance(metrics, list)
    return float(metrics[0]["score"])


def main() -> None:
    """Print a table row for each kind of benchmark. Exits with an error if an import has other scores."""
    others = []
    print("| kind | benchmark | servegauge | EvalScope's command | imported |\n|---|---|---|---|---|")
    for kind, small in SETS.items():
        with (
            TemporaryDirectory() as folder,
            stub_server(ttft=0.001, itl=0.001, answers=small.answers()) as server,
        ):
            scores, rows = own_scores(small, server, Path(folder))
            other = evalscope_score(small, server, Path(folder))
            same = same_when_imported(scores, rows, Path(folder))
        others += [] if same else [kind]
        cells = (f"{scores[-1].value:.4f}", f"{other:.4f}", "the same" if same else "other")
        print(f"| {kind} | {small.dataset} | {' | '.join(cells)} |", flush=True)
    fork_server.shut_down()
    if others:
        sys.exit(f"imported otherwise: {', '.join(others)}")


if __name__ == "__main__":
    main()
