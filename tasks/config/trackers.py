"""Settings of the trackers that show finished runs: one section of a spec's `track` for each."""

from __future__ import annotations

import hashlib
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from tasks.config.address import WEB_ADDRESS
from tasks.config.base import Frozen, added_field
from tasks.config.refusal import refuse
from tasks.config.variable_name import VariableName


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
    api_key_env: VariableName = Field(
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


MLFLOW_TOKEN, MLFLOW_USER = "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME"
MLFLOW_PASSWORD = "MLFLOW_TRACKING_PASSWORD"
"""The variables from which every MLflow client takes its credentials."""


class MLflow(TrackerConfig):
    """Settings of an MLflow tracking server, which gets one run for each run."""

    uri: str | None = Field(
        None,
        pattern=WEB_ADDRESS,
        description="address of an MLflow tracking server; null: none. MLFLOW_TRACKING_TOKEN, or "
        "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, hold its credentials",
    )
    experiment: str = Field(
        "perf_benchmark", min_length=1, max_length=500, description="MLflow experiment of the run"
    )
    timeout_s: float = Field(
        60, gt=0, description="seconds after which tracking is given up; the run goes on without it"
    )

    @property
    def enabled(self) -> bool:
        """Whether there is a server."""
        return self.uri is not None

    @property
    def target(self) -> str:
        """A digest of the server and the experiment."""
        return hashlib.sha256(f"{self.uri}\n{self.experiment}".encode()).hexdigest()[:8]

    @field_validator("uri")
    @classmethod
    def _check_uri(cls, uri: str | None) -> str | None:
        if uri is not None and "@" in urlsplit(uri).netloc:
            raise refuse("the address holds credentials", "set MLFLOW_TRACKING_USERNAME and …_PASSWORD")
        return uri


class Track(Frozen):
    """A spec's `track` section: one field per tracker, named as its row of TRACKERS in tracker.py."""

    swanlab: SwanLab = Field(SwanLab(), description="SwanLab logs one experiment per run")
    mlflow: MLflow = added_field(MLflow(), description="an MLflow tracking server gets one run per run")
