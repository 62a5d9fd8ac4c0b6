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

from tasks.errors import TokenizerError
from tasks.measure.find_tokenizer import NO_TOKENIZER_REMEDY
from tasks.measure.speed.prompts import after_opening, prompt_seed, read_questions, unique_opening
from tasks.plan.conversation_file import read_conversations
from tasks.plan.planned_request import BlockName, PlannedRequest

QUESTIONS = "servegauge-questions"
RANDOM = "servegauge-random"
RECORDED = "servegauge-conversations"


class PromptArguments(Arguments):  # type: ignore[misc]
    """EvalScope's arguments for one load process; the datasets below read them as `query_parameters`.

    `planned`: the requests that the process sends, as PlannedRequest. `blocks`: the names and sizes of the
    blocks that the prompts of the whole point share.
    """

    planned: Any = ()
    blocks: Any = None


@register_dataset(QUESTIONS)
class QuestionPrompts(DatasetPluginBase):  # type: ignore[misc]
    """The questions of a file, each after a unique opening.

    The seed selects the first question. After the last question of the file, the first one follows.
    """

    def build_messages(self) -> Iterator[Any]:
        """Yield a prompt for each request, warm-up included."""
        arguments = self.query_parameters
        questions, seed = read_questions(Path(arguments.dataset_path)), arguments.dataset_offset
        for planned in arguments.planned:
            text = unique_opening(seed, planned.number) + questions[(seed + planned.number) % len(questions)]
            yield [self.create_message(text)] if arguments.apply_chat_template else text


@register_dataset(RECORDED)
class RecordedTurns(DatasetPluginBase):  # type: ignore[misc]
    """The messages that each turn of a recorded conversation adds, the first ones after a unique opening."""

    def build_messages(self) -> Iterator[Any]:
        """Yield the messages of each request, warm-up included."""
        arguments = self.query_parameters
        conversations = read_conversations(Path(arguments.dataset_path))
        for planned in arguments.planned:
            turn = planned.turn
            messages = conversations[turn.script][turn.turn - 1].messages
            opening = unique_opening(arguments.dataset_offset, planned.number) if turn.turn == 1 else ""
            yield after_opening(opening, messages)


@register_dataset(RANDOM)
class RandomPrompts(RandomDatasetPlugin):  # type: ignore[misc]
    """Prompts of random tokens, each token drawn independently, after the blocks that prompts share.

    EvalScope's own random prompt is a run of consecutive vocabulary entries from a random start: among 800
    prompts with 200,000 possible starts, one or two pairs begin alike. The lengths are exact and include the
    special tokens that the tokenizer adds, and on chat the template.
    """

    def __init__(self, query_parameters: PromptArguments) -> None:
        """Load the tokenizer. Raise TokenizerError if it cannot be: its library names no cure."""
        try:
            super().__init__(query_parameters)
        except Exception as error:
            raise TokenizerError(
                f"no tokenizer is found for {query_parameters.tokenizer_path!r}", NO_TOKENIZER_REMEDY
            ) from error

    def supports_parallel_message_generation(self, total_count: int | None = None) -> bool:
        """Return False: EvalScope's parallel workers would generate EvalScope's own prompts."""
        return False

    def build_messages(self) -> Iterator[Any]:
        """Yield a prompt for each request, warm-up included."""
        arguments = self.query_parameters
        chat = arguments.apply_chat_template
        added = self.get_template_len() if chat else self.tokenizer.num_special_tokens_to_add(pair=False)
        blocks: dict[BlockName, list[int]] = {}
        for name, size in arguments.blocks.items():
            _, blocks[name] = self._exact(f"block {name}", [], size)
        for planned in arguments.planned:
            prompt = self._prompt(planned, planned.input_tokens - added, blocks)
            yield [self.create_message(prompt)] if chat else prompt

    def _prompt(self, planned: PlannedRequest, size: int, blocks: dict[BlockName, list[int]]) -> str:
        """Return a text of `size` tokens, at least one: the planned blocks, then tokens of its own."""
        size = max(1, size)
        tokens: list[int] = []
        for name, block_size in planned.shared:
            tokens += blocks[name][:block_size]
        return self._exact(str(planned.number), tokens[:size], size)[0]

    def _exact(self, name: str, tokens: list[int], size: int) -> tuple[str, list[int]]:
        """Return a text that encodes to `size` tokens, and these tokens.

        It begins with the text of `tokens`, at most `size`; random ones follow, which are the same for the
        same name in every process of the point.
        """
        np.random.seed(prompt_seed(self.query_parameters.dataset_offset, name))
        drawn = self.allowed_tokens[np.random.randint(0, len(self.allowed_tokens), size - len(tokens))]
        text, exact, _ = gen_prompt_decode_to_target_len(
            tokenizer=self.tokenizer,
            token_sequence=tokens + drawn.tolist(),
            target_token_len=size,
            add_special_tokens=False,
            allowed_tokens=self.allowed_tokens,
        )
        return text, exact
