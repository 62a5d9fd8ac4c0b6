"""The stub's log: one entry a request."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(slots=True)
class LoggedRequest:
    """One request. Times are seconds of `time.monotonic`, which all processes of a machine share."""

    id: int
    path: str
    peer: str
    """Address and port of the client."""
    arrived: float
    """When its last byte arrived."""
    arrived_epoch: float
    """The same in seconds since the epoch."""
    status: int | None = None
    """HTTP status. 499: the client left. None: it is under way, or it gets no response."""
    fault: str = ""
    manner: str = ""
    """The manner in which it was answered. Empty: as OpenAI does."""
    started: float | None = None
    """When it got a slot."""
    first_sent: float | None = None
    """When its first token was written to the socket."""
    last_sent: float | None = None
    """When its last token was, or its finish reason if that came later."""
    first_byte: float | None = None
    last_byte: float | None = None
    """When its first and its last bytes of any kind were."""
    tokens: int = 0
    """Tokens sent."""
    late_max: float = 0.0
    """The largest delay of a chunk after its due time, in seconds: the stub's own error."""
    prompt_tokens: int = 0
    cached_tokens: int = 0
    prompt: str = ""
    """Its first 200 characters."""
    prompt_sha256: str = ""

    @property
    def ttft(self) -> float:
        """Seconds from its last byte to the first token sent. Raises ValueError if none was sent."""
        if self.first_sent is None:
            raise ValueError(f"request {self.id} sent no token")
        return self.first_sent - self.arrived

    @property
    def itl(self) -> float:
        """Mean seconds between tokens. Raises ValueError if fewer than two were sent."""
        if self.first_sent is None or self.last_sent is None or self.tokens < 2:
            raise ValueError(f"request {self.id} sent fewer than two tokens")
        return (self.last_sent - self.first_sent) / (self.tokens - 1)

    @property
    def latency(self) -> float:
        """Seconds from its last byte to the last token sent. Raises ValueError if none was sent."""
        if self.last_sent is None:
            raise ValueError(f"request {self.id} sent no token")
        return self.last_sent - self.arrived

    def record_prompt(self, prompt: str) -> None:
        """Record the prompt's beginning and digest."""
        self.prompt = prompt[:200]
        self.prompt_sha256 = hashlib.sha256(prompt.encode()).hexdigest()

    def record_sent(self, now: float, due: float, tokens: int) -> None:
        """Record that `tokens` tokens in total were sent at `now`, the last of them due at `due`."""
        if self.first_sent is None:
            self.first_sent = now
        self.last_sent = now
        self.tokens = tokens
        self.late_max = max(self.late_max, now - due)
        self.record_bytes(now)

    def record_bytes(self, now: float) -> None:
        """Record that bytes of any kind were sent."""
        if self.first_byte is None:
            self.first_byte = now
        self.last_byte = now
