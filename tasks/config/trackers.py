"""Settings of the trackers that show finished runs: one section of a spec's `track` for each."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from tasks.config.base import Frozen, added_field
from tasks.config.refusal import refuse


class TrackerConfig(Frozen):
    """Base of every tracker's settings."""

    @property
    def enabled(self) -> bool:
        """Whether the tracker is called when a run ends."""
        raise NotImplementedError

    @property
    def target(self) -> str:
        """Where runs go, as one word: a run is tracked at most once in each target. Empty: there is one."""
        return ""


NAME_FIELDS = ("model", "spec", "sweep", "load", "concurrency", "requests", "run_id")


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
    name: str | None = added_field(
        max_length=200,
        description="the experiment's name, made of {model} {spec} {sweep} {load} {concurrency} {requests} "
        "{run_id}; null: {model}-number{requests}-parallel{concurrency} if the run has one load, else "
        "{model}-{spec}",
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

    @property
    def target(self) -> str:
        """The mode."""
        return self.mode

    @field_validator("name")
    @classmethod
    def _check_name(cls, name: str | None) -> str | None:
        try:
            (name or "").format(**dict.fromkeys(NAME_FIELDS, ""))
        except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
            fields = ", ".join(NAME_FIELDS)
            raise refuse(f"{name!r} cannot be filled in ({error})", f"allowed in braces: {fields}") from None
        return name


class Track(Frozen):
    """A spec's `track` section: one field per tracker, named as its row of TRACKERS in tracker.py."""

    swanlab: SwanLab = Field(SwanLab(), description="SwanLab logs one experiment per run")
