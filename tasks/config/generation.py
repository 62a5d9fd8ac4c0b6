"""How answers are sampled: the generation settings of a question set, and the grid of lists of them."""

from __future__ import annotations

from itertools import product
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from tasks.config.base import Frozen
from tasks.config.refusal import refuse
from tasks.config.request_fields import OWNED_BY_GENERATION, RequestFields, check_request_fields

Effort = Literal["low", "medium", "high"]
Temperature = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, le=1)]
Tokens = Annotated[int, Field(ge=1)]
GRID = {"reasoning_effort": "", "temperature": "t", "top_p": "p", "max_tokens": "n"}
"""Fields that may be lists, and what names their value in the name of a combination."""


class Generation(Frozen):
    """How answers are sampled. The request leaves out what is null, and the server's default applies.

    A list asks every question with each of its values, in every combination with other lists.
    """

    reasoning_effort: Effort | tuple[Effort, ...] | None = Field(
        None, description="how long a reasoning model thinks; null: as the server decides; or a list"
    )
    temperature: Temperature | tuple[Temperature, ...] | None = Field(
        1.0, description="sampling temperature, or a list"
    )
    top_p: Share | tuple[Share, ...] | None = Field(
        1.0, description="share of the likeliest tokens that are sampled, or a list"
    )
    max_tokens: Tokens | tuple[Tokens, ...] | None = Field(
        32768, description="longest answer in tokens, reasoning included, or a list"
    )
    request: RequestFields = Field(
        default_factory=dict,
        description="further fields of each request's body, as {seed: 1, chat_template_kwargs: {…}}",
    )

    @field_validator("request")
    @classmethod
    def _check_request(cls, fields: RequestFields) -> RequestFields:
        return check_request_fields(fields, OWNED_BY_GENERATION)

    @field_validator(*GRID)
    @classmethod
    def _check_list(cls, value: Any) -> Any:
        if isinstance(value, tuple) and (not value or len(set(value)) < len(value)):
            raise refuse("a list of settings has no value, or one twice", "list each value once")
        return value

    def combinations(self) -> dict[str, Generation]:
        """Return the settings of each combination by its name; one without a name if there is no list."""
        lists = {name: getattr(self, name) for name in GRID if isinstance(getattr(self, name), tuple)}
        found = {}
        for values in product(*lists.values()):
            chosen = dict(zip(lists, values, strict=True))
            label = "-".join(
                f"{GRID[name]}{value:g}" if GRID[name] else value for name, value in chosen.items()
            )
            found[label] = self.model_copy(update=chosen)
        return found
