"""What a server costs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Price = Annotated[
    float | None,
    Field(gt=0, le=1_000_000, description="of the whole server, in any one currency; null leaves costs out"),
]
