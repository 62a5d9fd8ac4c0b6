"""Settings of the trackers that show finished runs: one section of a spec's `track` for each."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.config.base import Frozen


class TrackerConfig(Frozen):
    """Base of every tracker's settings."""

    @property
    def enabled(self) -> bool:
        """Whether the tracker is called when a run ends."""
        raise NotImplementedError


class SwanLab(TrackerConfig):
    """Settings of SwanLab, which logs one experiment per run."""

    mode: Literal["offline", "local", "online", "disabled"] = Field(
        "offline",
        description="offline: files to upload later; local: for `swanlab watch`; online: uploaded at once",
    )
    project: str = Field(
        "perf_benchmark",
        pattern=r"^[0-9A-Za-z_\-+.]{1,100}$",
        description="SwanLab project of the experiment",
    )
    workspace: str | None = Field(None, description="SwanLab workspace; null: the user's own")
    host: str | None = Field(None, description="address of a self-hosted SwanLab server")
    api_key_env: str = Field(
        "SWANLAB_API_KEY", description="environment variable that holds the API key (mode online)"
    )
    timeout_s: float = Field(
        60, gt=0, description="seconds after which tracking is given up; the run goes on without it"
    )

    @property
    def enabled(self) -> bool:
        """Whether the mode is not `disabled`."""
        return self.mode != "disabled"


class Track(Frozen):
    """A spec's `track` section: one field per tracker, named as its row of TRACKERS in tracker.py."""

    swanlab: SwanLab = Field(SwanLab(), description="SwanLab logs one experiment per run")
