"""The name of an environment variable in a spec. A secret written there by mistake is never repeated."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator

from tasks.config.refusal import refuse

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _check_name(value: Any) -> Any:
    """Return the name unchanged. The error omits it: it may be the secret itself."""
    if isinstance(value, str) and _NAME.fullmatch(value):
        return value
    raise refuse(
        "what it is set to is no name of an environment variable",
        "put the value into a variable, and write the variable's name here",
    )


VariableName = Annotated[str, BeforeValidator(_check_name)]
