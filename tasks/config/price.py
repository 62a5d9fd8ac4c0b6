"""The price of a server."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Price = Annotated[
    float | None,
    Field(
        gt=0,
        le=1_000_000,
        description="price of the whole server per hour, in any currency; null leaves costs out",
    ),
]
