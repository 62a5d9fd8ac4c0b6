"""The model that judges the answers of a question set."""

from __future__ import annotations

from pydantic import Field, field_validator

from tasks.config.address import ADDRESS, check_address
from tasks.config.base import Frozen
from tasks.config.variable_name import VariableName


class Judge(Frozen):
    """The model that judges answers where the benchmark needs one."""

    url: str = Field(pattern=ADDRESS, description="base URL of its API, including /v1")
    model: str = Field(min_length=1, description="its name in requests")
    api_key_env: VariableName | None = Field(None, description="environment variable that holds its API key")

    @field_validator("url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        return check_address(url)
