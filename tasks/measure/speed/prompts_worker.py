"""EvalScope's random prompts without shared beginnings, and questions that differ in their first words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from evalscope.perf.plugin.datasets.base import DatasetPluginBase
from evalscope.perf.plugin.datasets.random_dataset import RandomDatasetPlugin
from evalscope.perf.plugin.datasets.utils import gen_prompt_decode_to_target_len
from evalscope.perf.plugin.registry import register_dataset

from tasks.measure.speed.prompts import lead_in, prompt_seed, read_questions

QUESTIONS = "servegauge-questions"
RANDOM = "servegauge-random"

FIRST = 0
"""The number of this process's first prompt, where several processes share a point."""


@register_dataset(QUESTIONS)
class QuestionPrompts(DatasetPluginBase):  # type: ignore[misc]
    """Questions of a file from a place that the seed sets, round and round, each with its own lead-in."""

    def build_messages(self) -> Iterator[Any]:
        """Yield a prompt for each request, warm-up included."""
        arguments = self.query_parameters
        questions, seed = read_questions(Path(arguments.dataset_path)), arguments.dataset_offset
        for index in range(FIRST, FIRST + arguments.total_count):
            text = lead_in(seed, index) + questions[(seed + index) % len(questions)]
            yield [self.create_message(text)] if arguments.apply_chat_template else text


@register_dataset(RANDOM)
class RandomPrompts(RandomDatasetPlugin):  # type: ignore[misc]
    """Random tokens drawn one by one.

    EvalScope takes a run of the vocabulary from a random start: of 800 prompts with 200,000 starts, one or
    two pairs begin alike. Lengths are exact, with the tokens that the tokenizer itself puts before a prompt.
    """

    def supports_parallel_message_generation(self, total_count: int | None = None) -> bool:
        """One process: its workers would draw EvalScope's runs."""
        return False

    def _build_random_message(
        self, input_len: int, offset: int, index: int, seed: int | None = None
    ) -> tuple[Any, int]:
        chat = self.query_parameters.apply_chat_template
        added = 0 if chat else self.tokenizer.num_special_tokens_to_add(pair=False)
        generator = np.random.default_rng(prompt_seed(self.query_parameters.dataset_offset, FIRST + index))
        drawn = generator.integers(0, len(self.allowed_tokens), max(1, input_len - added))
        tokens = self.prefix_pool[0] + self.allowed_tokens[drawn].tolist()
        prompt, _, mismatch = gen_prompt_decode_to_target_len(
            tokenizer=self.tokenizer,
            token_sequence=tokens,
            target_token_len=len(tokens),
            add_special_tokens=False,
            allowed_tokens=self.allowed_tokens,
        )
        return ([self.create_message(prompt)] if chat else prompt), mismatch
