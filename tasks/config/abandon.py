"""Requests that their user abandons before the answer is complete."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen


class Abandon(Frozen):
    """`{share: 0.05, after_s: 2}`: one request in twenty is abandoned two seconds after it was sent."""

    share: float = Field(gt=0, le=1, description="share of the measured requests, drawn by `traffic_seed`")
    after_s: float = Field(gt=0, description="seconds from sending; an answer that ends earlier is complete")
