"""What Prefect's UI shows of a run: its log, artifacts and events. Outside a flow nothing is shown."""

from __future__ import annotations

import logging
from typing import Any
from uuid import UUID

from flows.run.flow_task import in_flow

Logger = logging.Logger | logging.LoggerAdapter[Any]


def run_logger() -> Logger | None:
    """Return the log of the flow or task that calls this; None outside a flow."""
    if not in_flow():
        return None
    from prefect.logging import get_run_logger

    return get_run_logger()


def create_markdown_artifact(**fields: Any) -> UUID | None:
    """Create an artifact of Markdown, and return its id."""
    if not in_flow():
        return None
    from prefect.artifacts import create_markdown_artifact as create

    return _id(create(**fields))


def create_table_artifact(**fields: Any) -> UUID | None:
    """Create an artifact with a table, and return its id."""
    if not in_flow():
        return None
    from prefect.artifacts import create_table_artifact as create

    return _id(create(**fields))


def create_progress_artifact(**fields: Any) -> UUID | None:
    """Create an artifact with a bar, and return its id."""
    if not in_flow():
        return None
    from prefect.artifacts import create_progress_artifact as create

    return _id(create(**fields))


def update_progress_artifact(artifact: UUID, progress: float, description: str) -> None:
    """Move the bar of an artifact that was created in this flow."""
    from prefect.artifacts import update_progress_artifact as update

    update(artifact, progress=progress, description=description)


def emit_event(event: str, resource: dict[str, str], payload: dict[str, Any]) -> None:
    """Emit an event of the flow run, for automations."""
    if not in_flow():
        return
    from prefect.events import emit_event as emit
    from prefect.runtime import deployment, flow_run

    related = [
        {"prefect.resource.id": f"prefect.{kind}.{resource_id}", "prefect.resource.role": kind}
        for kind, resource_id in (("flow-run", flow_run.id), ("deployment", deployment.id))
        if resource_id
    ]
    emit(event=event, resource=resource, related=related, payload=payload)


def _id(created: Any) -> UUID | None:
    return created if isinstance(created, UUID) else None
