"""What the stub saw and did, a row a request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(slots=True)
class Row:
    """One request. Times are seconds of `time.monotonic`, which all processes of a machine share."""

    id: int
    path: str
    peer: str
    arrived: float
    """When its last byte came in."""
    arrived_epoch: float
    status: int | None = None
    """HTTP status; 499 when the client left; None while under way, or when no answer was ever given."""
    fault: str = ""
    started: float | None = None
    """When it got its slot."""
    first_sent: float | None = None
    last_sent: float | None = None
    tokens: int = 0
    """Tokens sent."""
    late_max: float = 0.0
    """The worst of `sent - due` over its chunks: the stub's own error, s."""
    prompt_tokens: int = 0
    prompt: str = ""
    """Its first 200 characters."""
    prompt_sha256: str = ""

    @property
    def ttft(self) -> float:
        """From its last byte to first token sent, s; raises ValueError when none was sent."""
        if self.first_sent is None:
            raise ValueError(f"request {self.id} sent no token")
        return self.first_sent - self.arrived

    @property
    def itl(self) -> float:
        """Mean time between tokens, s; raises ValueError when fewer than two were sent."""
        if self.first_sent is None or self.last_sent is None or self.tokens < 2:
            raise ValueError(f"request {self.id} sent fewer than two tokens")
        return (self.last_sent - self.first_sent) / (self.tokens - 1)

    def asked(self, prompt: str) -> None:
        """Keep the prompt's beginning and its digest."""
        self.prompt = prompt[:200]
        self.prompt_sha256 = hashlib.sha256(prompt.encode()).hexdigest()

    def sent(self, now: float, due: float, tokens: int) -> None:
        """Note that `tokens` tokens in all have left by `now`, the last of them due at `due`."""
        if self.first_sent is None:
            self.first_sent = now
        self.last_sent = now
        self.tokens = tokens
        self.late_max = max(self.late_max, now - due)
