"""The content of a serving environment's requirement file, and its identity in cache keys."""

from __future__ import annotations

import hashlib
import json
from typing import Self

from pydantic import model_validator

from tasks.config.base import Frozen
from tasks.config.started_server import Device
from tasks.provision.engine_packages import engine_packages
from tasks.provision.provisioned import EngineBuild


class Requirements(Frozen):
    """One requirement file of deployments/environments."""

    name: str
    """The file's stem."""
    engine: str = "vllm"
    device: Device = "cuda"
    """What the engine computes on."""
    python: str
    """The Python version."""
    closed: bool = False
    """Every package is pinned, so nothing is resolved at installation."""
    pre: bool = False
    """Pre-releases are allowed."""
    platform: str | None = None
    """The machine that `compile_pins` resolves for, as uv names it."""
    disk_gb: float = 5
    """Gigabytes that must be free before a build."""
    extra_indexes: tuple[str, ...] = ()
    pins: tuple[str, ...]
    """Normalised `name==version` lines, sorted."""
    omitted_packages: frozenset[str] = frozenset()
    """Dependencies that the environment omits on purpose (NAME.override)."""

    @model_validator(mode="after")
    def _check_pins(self) -> Self:
        if not self._engine_pins:
            distributions = engine_packages(self.engine).distributions
            raise ValueError(f"pins no engine (one of {', '.join(distributions)})")
        open_pins = [pin for pin in self.pins if "==" not in pin]
        if self.closed and open_pins:
            raise ValueError(f"is closed, but {open_pins[0]} is no exact pin")
        return self

    @property
    def build(self) -> EngineBuild:
        """The identity; its digest is over the pins, the Python version and `closed`."""
        content = json.dumps([self.python, self.closed, self.pins])
        return EngineBuild(
            name=self.name,
            engine=self.engine,
            version=self._engine_pins[0].split("==")[1],
            digest=hashlib.sha256(content.encode()).hexdigest(),
            device=self.device,
        )

    @property
    def _engine_pins(self) -> list[str]:
        distributions = engine_packages(self.engine).distributions
        return [pin for pin in self.pins if pin.split("==")[0] in distributions and "==" in pin]
