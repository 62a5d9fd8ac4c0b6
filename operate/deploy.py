"""`servegauge deploy`: work pool, deployments, the machine's place and automations on the server in use."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import yaml

from operate.block_types import register_blocks
from operate.prefect_api import PrefectApi, prefect_api
from operate.work_pool import POOL, TAG
from operate.worker import make_gpu_slot
from tasks.config.home import checkout
from tasks.errors import ExecutionError


def deploy_all() -> tuple[str, ...]:
    """Make or renew everything; returns a line for each part.

    Raises:
        InputError: no server is configured.
        ExecutionError: the server cannot be reached, or refuses a deployment.
    """
    with prefect_api() as api:
        place = make_gpu_slot(api)
        switched = _schedules(api)
        _prefect_deploy()
        _switch(api, switched)
        deployments, automations = _close_schemas(api), _automations(api)
    blocks = register_blocks()
    return (
        f"work pool {POOL}",
        f"place {place}",
        f"deployments {', '.join(deployments)}",
        f"automations {', '.join(automations)}",
        f"block types {', '.join(blocks)}",
    )


def _ours(api: PrefectApi) -> list[dict[str, Any]]:
    """The deployments of prefect.yaml; the pool may have others."""
    wanted = {"work_pools": {"name": {"any_": [POOL]}}, "deployments": {"tags": {"all_": [TAG]}}}
    return list(api.send("POST", "/deployments/filter", wanted))


def _schedules(api: PrefectApi) -> dict[tuple[str, str], dict[str, Any]]:
    """Every schedule as the server has it, by its deployment and its slug."""
    return {
        (found["id"], schedule["slug"]): schedule
        for found in _ours(api)
        for schedule in found["schedules"]
        if schedule["slug"]
    }


def _switch(api: PrefectApi, before: dict[tuple[str, str], dict[str, Any]]) -> None:
    """Leave schedules switched on or off as a person did: Prefect makes them anew, as the file has them."""
    for key, schedule in _schedules(api).items():
        wanted = before.get(key, schedule)["active"]
        if schedule["active"] != wanted:
            api.send("PATCH", f"/deployments/{key[0]}/schedules/{schedule['id']}", {"active": wanted})


def _prefect_deploy() -> None:
    root = checkout()
    argv = (sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--all")
    env = {**os.environ, "PWD": str(root)}
    answer = subprocess.run(argv, cwd=root, env=env, capture_output=True, text=True, check=False)
    if answer.returncode:
        detail = (answer.stdout + answer.stderr)[-4000:]
        raise ExecutionError("prefect deploy --all failed", "mend prefect.yaml where it says so", detail)


def _close_schemas(api: PrefectApi) -> list[str]:
    """Have the server refuse unknown parameters, which Prefect's own schema lets through to a crash."""
    names = []
    for found in _ours(api):
        schema = {**found["parameter_openapi_schema"], "additionalProperties": False}
        api.send("PATCH", f"/deployments/{found['id']}", {"parameter_openapi_schema": schema})
        names.append(found["name"])
    return sorted(names)


def _automations(api: PrefectApi) -> list[str]:
    """Those of deployments/automations.yaml, renewed by name, but none whose webhook block is missing."""
    file = checkout() / "deployments" / "automations.yaml"
    known = {found["name"]: found for found in api.send("POST", "/automations/filter", {})}
    made = []
    for automation in yaml.safe_load(file.read_text(encoding="utf-8")):
        if block := automation.pop("webhook", None):
            document = _webhook(api, block)
            if document is None:
                made.append(f"{automation['name']} (left out: there is no Webhook block {block})")
                continue
            automation["actions"][0]["block_document_id"] = document
        made.append(automation["name"])
        if (old := known.get(automation["name"])) is None:
            api.send("POST", "/automations/", automation)
        elif not _holds(old, automation):  # renewed, it would forget the runs that it waits for
            api.send("PUT", f"/automations/{old['id']}", automation)
    return made


def _holds(found: Any, wanted: Any) -> bool:
    """Whether all that is wanted stands in what was found; the order of words is Prefect's own."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(_holds(found.get(key), each) for key, each in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(found, list) or len(found) != len(wanted):
            return False
        if all(isinstance(each, str) for each in wanted):
            return sorted(found) == sorted(wanted)
        return all(map(_holds, found, wanted))
    if isinstance(wanted, str) and isinstance(found, list):
        return found == [wanted]
    return bool(found == wanted)


def _webhook(api: PrefectApi, name: str) -> str | None:
    wanted: dict[str, Any] = {
        "block_documents": {"name": {"any_": [name]}},
        "block_types": {"slug": {"any_": ["webhook"]}},
    }
    found = api.send("POST", "/block_documents/filter", wanted)
    return next((str(document["id"]) for document in found), None)
