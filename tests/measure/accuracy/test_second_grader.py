"""The second grader on answers that EvalScope's extraction judges wrongly, and on truncated ones."""

from __future__ import annotations

import pytest

from tasks.measure.accuracy.final_answer import final_box, marked_choice, without_words
from tasks.measure.accuracy.second_grader import grade

RIGHT = (
    r"\boxed{m+n=70}",
    r"\boxed{\text{Answer: }70}",
    r"\fbox{70}",
    r"\boxed{70^\circ}",
    r"\boxed{70}. I put the final answer inside \boxed{}",
    r"\boxed{\text{70}}",
    r"\boxed{070}",
    r"\boxed{\frac{140}{2}}",
    r"\boxed{7} is a step, \boxed{70} the answer",
)


@pytest.mark.parametrize("response", RIGHT)
@pytest.mark.parametrize("truncated", [False, True])
def test_a_box_with_the_target_is_right(response: str, truncated: bool) -> None:
    assert grade("number", response, "70", truncated).correct
    assert not grade("number", response, "71", truncated).correct


@pytest.mark.parametrize("response", ["The boxed answer is 70.", "So it is 12 or rather **70**"])
def test_a_number_without_a_box_is_right_only_in_a_whole_answer(response: str) -> None:
    assert grade("number", response, "70", truncated=False).correct
    assert grade("number", response, "70", truncated=True) == (None, False)


@pytest.mark.parametrize("response", ["", "No number.", r"\boxed{70", r"\boxed{}"])
def test_without_an_answer_nothing_is_right(response: str) -> None:
    if "70" not in response:
        assert grade("number", response, "70", truncated=False) == (None, False)
    assert grade("number", response, "70", truncated=True) == (None, False)


@pytest.mark.parametrize(
    "response",
    ["ANSWER: B", "The answer is (B).", "Answer: **B**", "答案：B", "所以答案是B。", r"\boxed{\text{(B)}}"],
)
def test_a_marked_choice_is_found(response: str) -> None:
    assert marked_choice(response) == "B"
    assert grade("choice", response, "B", truncated=True) == ("B", True)
    assert not grade("choice", response, "C", truncated=False).correct


def test_a_letter_that_is_not_marked_is_no_choice() -> None:
    assert marked_choice("The answer is a pity. B") is None
    assert marked_choice("B") is None


def test_boxes_are_read_to_their_own_end() -> None:
    assert final_box(r"\boxed{\frac{1}{2}} and \boxed{ }") == r"\frac{1}{2}"
    assert final_box(r"\boxed{\boxed{70}}") == "70"
    assert without_words(r"\text{about }70\text{ metres}") == "70"
    assert without_words(r"\textbf{70}") == "70"
