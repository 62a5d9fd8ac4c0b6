"""What serving hands on: where the server answers and how to ask it."""

from __future__ import annotations

from pydantic import SecretStr

from tasks.config.base import Frozen


class Endpoint(Frozen):
    """An OpenAI-compatible server. `url` ends in the API's version (`…/v1`), without a slash."""

    url: str
    model: str
    tokenizer: str
    answers_as: str | None = None
    health: str = "/health"
    api_key: SecretStr | None = None

    @property
    def root(self) -> str:
        """The address that /health and /metrics stand under."""
        return self.url.removesuffix("/v1")

    @property
    def health_url(self) -> str:
        """What answers 200 while the server can be asked."""
        return f"{self.root}{self.health}"

    def doubt(self, named: object) -> str | None:
        """Why an answer that names this model is not taken for ours; None where it is, or names none."""
        expected = self.answers_as or self.model
        return (
            None if named in (None, "", expected) else f"the answer is of model {named!r}, not {expected!r}"
        )

    @property
    def headers(self) -> dict[str, str]:
        """The authorization header, where the server wants one."""
        return {"Authorization": f"Bearer {self.api_key.get_secret_value()}"} if self.api_key else {}
