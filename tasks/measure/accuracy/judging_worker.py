"""EvalScope's evaluator, which also writes a row for every answer as soon as it is judged."""

from __future__ import annotations

from typing import Any

from evalscope.evaluator.evaluator import DefaultEvaluator

from tasks.measure.accuracy.row_sink_worker import RowSink
from tasks.measure.accuracy.sandbox_worker import failures_raised


class RowEvaluator(DefaultEvaluator):  # type: ignore[misc]
    """EvalScope creates it by the benchmark's name; `sink` is set for the process before that."""

    sink: RowSink

    def _collect_work_items(self, dataset_dict: Any) -> Any:
        self.sink.expect(dataset_dict)
        return super()._collect_work_items(dataset_dict)

    def _process_work_item(self, item: Any, model_prediction_dir: str) -> Any:
        try:
            return super()._process_work_item(item, model_prediction_dir)
        except Exception as error:
            self.sink.failed(item.subset, item.sample, error)
            raise

    def _predict_sample(self, sample: Any, model_prediction_dir: str) -> Any:
        state = super()._predict_sample(sample, model_prediction_dir)
        self.sink.answered(sample, state)
        return state

    def _review_task_state(self, task_state: Any) -> Any:
        with failures_raised():
            return super()._review_task_state(task_state)

    def _persist_result(self, item: Any, task_state: Any, sample_score: Any) -> None:
        super()._persist_result(item, task_state, sample_score)
        if sample_score is not None:
            self.sink.judged(item.subset, task_state.sample_id, sample_score)

    def _aggregate_scores(self, *args: Any) -> Any:
        scores = super()._aggregate_scores(*args)
        for subset, samples in self._sample_scores_by_subset.items():
            for sample_score in samples:  # those that EvalScope judges together, after the last answer
                self.sink.judged(subset, sample_score.sample_id, sample_score)
        self.sink.finish()
        return scores
