"""Everything that a Prefect server needs: work pool, GPU slot, deployments, automations, block types."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import yaml

from operate.block_types import register_blocks
from operate.parameter_schemas import closed_schema, defaults_of
from operate.prefect_api import PrefectApi, prefect_api
from operate.work_pool import POOL, TAG
from operate.worker import create_gpu_slot
from tasks.config.home import checkout
from tasks.config.permissions import allowed_by_operator
from tasks.errors import ExecutionError

DETAIL_CHARACTERS = 4000

Schedules = dict[tuple[str, str], dict[str, Any]]
"""Schedules by their deployment's id and their slug."""


def deploy_all() -> tuple[str, ...]:
    """Create everything on the server in use, or update it. Return a line for each part.

    Raises:
        InputError: no Prefect server is configured.
        ExecutionError: the server cannot be reached, or refuses a deployment.
    """
    with prefect_api() as api:
        slot = create_gpu_slot(api)
        schedules = _read_schedules(api)
        _prefect_deploy()
        _restore_active(api, schedules)
        deployments = _close_parameter_schemas(api)
        automations = _update_automations(api)
    blocks = register_blocks()
    return (
        f"work pool {POOL}",
        f"GPU slot {slot}",
        f"deployments {', '.join(deployments)}",
        f"automations {', '.join(automations)}",
        f"block types {', '.join(blocks)}",
    )


def _read_deployments(api: PrefectApi) -> list[dict[str, Any]]:
    """Return the deployments of prefect.yaml. The work pool may have others."""
    selection = {"work_pools": {"name": {"any_": [POOL]}}, "deployments": {"tags": {"all_": [TAG]}}}
    return list(api.send("POST", "/deployments/filter", selection))


def _read_schedules(api: PrefectApi) -> Schedules:
    schedules: Schedules = {}
    for deployment in _read_deployments(api):
        for schedule in deployment["schedules"]:
            if schedule["slug"]:
                schedules[deployment["id"], schedule["slug"]] = schedule
    return schedules


def _restore_active(api: PrefectApi, before: Schedules) -> None:
    """Switch schedules on or off as they were before: Prefect created them anew, as prefect.yaml has them."""
    for key, schedule in _read_schedules(api).items():
        active = before.get(key, schedule)["active"]
        if schedule["active"] != active:
            api.send("PATCH", f"/deployments/{key[0]}/schedules/{schedule['id']}", {"active": active})


def _prefect_deploy() -> None:
    root = checkout()
    argv = (sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all")
    env = {**os.environ, "PWD": str(root)}
    done = subprocess.run(argv, cwd=root, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        detail = (done.stdout + done.stderr)[-DETAIL_CHARACTERS:]
        raise ExecutionError("prefect deploy --all failed", "correct prefect.yaml where it says so", detail)


def _close_parameter_schemas(api: PrefectApi) -> list[str]:
    """Make the server refuse unknown parameters, and those that need a permission of the operator.

    With Prefect's own schema a flow run with an unknown parameter would crash.

    Returns:
        The names of the deployments.
    """
    permissions = allowed_by_operator()
    names = []
    for deployment in _read_deployments(api):
        schema = deployment["parameter_openapi_schema"]
        change = {
            "parameter_openapi_schema": closed_schema(schema, permissions),
            "parameters": {**defaults_of(schema), **deployment["parameters"]},
        }
        api.send("PATCH", f"/deployments/{deployment['id']}", change)
        names.append(deployment["name"])
    return sorted(names)


def _update_automations(api: PrefectApi) -> list[str]:
    """Create or update the automations of deployments/automations.yaml; returns what became of each.

    An automation is left out while its webhook block does not exist.
    """
    file = checkout() / "deployments" / "automations.yaml"
    existing = {automation["name"]: automation for automation in api.send("POST", "/automations/filter", {})}
    lines = []
    for automation in yaml.safe_load(file.read_text(encoding="utf-8")):
        name, block = automation["name"], automation.pop("webhook", None)
        if block:
            block_id = _webhook_id(api, block)
            if block_id is None:
                lines.append(f"{name} (left out: there is no Webhook block {block})")
                continue
            automation["actions"][0]["block_document_id"] = block_id
        _update_automation(api, automation, existing.get(name))
        lines.append(name)
    return lines


def _update_automation(api: PrefectApi, automation: dict[str, Any], existing: dict[str, Any] | None) -> None:
    """Create an automation, or update it if it differs: an update forgets the runs that it waits for."""
    if existing is None:
        api.send("POST", "/automations/", automation)
    elif not _contains(existing, automation):
        api.send("PUT", f"/automations/{existing['id']}", automation)


def _contains(existing: Any, wanted: Any) -> bool:
    """Whether Prefect's object has every field of `wanted`; Prefect adds fields, and sorts lists of words."""
    if isinstance(wanted, dict):
        return isinstance(existing, dict) and all(
            _contains(existing.get(name), value) for name, value in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(existing, list) and _contains_list(existing, wanted)
    if isinstance(wanted, str) and isinstance(existing, list):
        return existing == [wanted]
    return bool(existing == wanted)


def _contains_list(existing: list[Any], wanted: list[Any]) -> bool:
    if len(existing) != len(wanted):
        return False
    if all(isinstance(entry, str) for entry in wanted):
        return sorted(existing) == sorted(wanted)
    return all(_contains(one, other) for one, other in zip(existing, wanted, strict=True))


def _webhook_id(api: PrefectApi, name: str) -> str | None:
    """Return the id of a Webhook block, or None if it does not exist."""
    selection: dict[str, Any] = {
        "block_documents": {"name": {"any_": [name]}},
        "block_types": {"slug": {"any_": ["webhook"]}},
    }
    documents = api.send("POST", "/block_documents/filter", selection)
    return str(documents[0]["id"]) if documents else None
