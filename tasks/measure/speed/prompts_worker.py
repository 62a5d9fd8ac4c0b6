"""EvalScope datasets whose prompts share no prefix: random tokens, and questions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from evalscope.perf.arguments import Arguments
from evalscope.perf.plugin.datasets.base import DatasetPluginBase
from evalscope.perf.plugin.datasets.random_dataset import RandomDatasetPlugin
from evalscope.perf.plugin.datasets.utils import gen_prompt_decode_to_target_len
from evalscope.perf.plugin.registry import register_dataset

from tasks.measure.speed.prompts import prompt_seed, read_questions, unique_opening

QUESTIONS = "servegauge-questions"
RANDOM = "servegauge-random"


class PromptArguments(Arguments):  # type: ignore[misc]
    """EvalScope's arguments for one load process; the datasets below read them as `query_parameters`."""

    first_prompt: int = 0
    """The index, among all prompts of the point, of the first prompt that this process sends."""


@register_dataset(QUESTIONS)
class QuestionPrompts(DatasetPluginBase):  # type: ignore[misc]
    """The questions of a file, each after a unique opening.

    The seed selects the first question. After the last question of the file, the first one follows.
    """

    def build_messages(self) -> Iterator[Any]:
        """Yield a prompt for each request, warm-up included."""
        arguments = self.query_parameters
        questions, seed = read_questions(Path(arguments.dataset_path)), arguments.dataset_offset
        first = arguments.first_prompt
        for index in range(first, first + arguments.total_count):
            text = unique_opening(seed, index) + questions[(seed + index) % len(questions)]
            yield [self.create_message(text)] if arguments.apply_chat_template else text


@register_dataset(RANDOM)
class RandomPrompts(RandomDatasetPlugin):  # type: ignore[misc]
    """Prompts of random tokens, each token drawn independently.

    EvalScope's own random prompt is a run of consecutive vocabulary entries from a random start: among 800
    prompts with 200,000 possible starts, one or two pairs begin alike. The lengths are exact and include the
    special tokens that the tokenizer adds.
    """

    def supports_parallel_message_generation(self, total_count: int | None = None) -> bool:
        """Return False: EvalScope's parallel workers would generate EvalScope's own prompts."""
        return False

    def _build_random_message(
        self, input_len: int, offset: int, index: int, seed: int | None = None
    ) -> tuple[Any, int]:
        arguments = self.query_parameters
        chat = arguments.apply_chat_template
        special_tokens = 0 if chat else self.tokenizer.num_special_tokens_to_add(pair=False)
        number = arguments.first_prompt + index
        generator = np.random.default_rng(prompt_seed(arguments.dataset_offset, number))
        drawn = generator.integers(0, len(self.allowed_tokens), max(1, input_len - special_tokens))
        tokens = self.prefix_pool[0] + self.allowed_tokens[drawn].tolist()
        prompt, _, mismatch = gen_prompt_decode_to_target_len(
            tokenizer=self.tokenizer,
            token_sequence=tokens,
            target_token_len=len(tokens),
            add_special_tokens=False,
            allowed_tokens=self.allowed_tokens,
        )
        return ([self.create_message(prompt)] if chat else prompt), mismatch
