"""What serving hands on: where the server answers and how to ask it."""

from __future__ import annotations

from pydantic import SecretStr

from tasks.config.base import Frozen


class Endpoint(Frozen):
    """An OpenAI-compatible server. `url` ends in the API's version (`…/v1`), without a slash."""

    url: str
    model: str
    tokenizer: str
    api_key: SecretStr | None = None

    @property
    def root(self) -> str:
        """The address that /health and /metrics stand under."""
        return self.url.removesuffix("/v1")

    @property
    def headers(self) -> dict[str, str]:
        """The authorization header, where the server wants one."""
        return {"Authorization": f"Bearer {self.api_key.get_secret_value()}"} if self.api_key else {}
