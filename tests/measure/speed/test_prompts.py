"""Openings and files of prompts."""

from __future__ import annotations

from tasks.measure.speed.prompts import after_opening, unique_opening
from tasks.plan.conversation_file import Message


def test_openings_differ_between_prompts_and_seeds() -> None:
    openings = set()
    for seed in range(20):
        openings |= {unique_opening(seed, index) for index in range(100)}
    assert len(openings) == 2000


def test_only_the_first_text_gets_the_opening() -> None:
    image: Message = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}
    messages: list[Message] = [image, {"role": "system", "content": "a"}, {"role": "user", "content": "b"}]
    assert [message["content"] for message in after_opening("o: ", messages)[1:]] == ["o: a", "b"]
    assert messages[1]["content"] == "a"
    assert after_opening("", messages) == messages
