"""A running `servegauge up` without permissions: other sites are refused, and no caller has a program run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from tests.operate.upper import Json, Upped, servegauge_up

FOREIGN = "http://pages.example"
COMMAND = "server.kind=command"


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory, quick: str) -> Iterator[Upped]:
    """The server as it comes, with the folder of the quick spec as the operator's."""
    folder = tmp_path_factory.mktemp("closed")
    with servegauge_up(folder, "--specs", str(Path(quick).parent)) as running:
        yield running


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A file that a caller's command would make."""
    return tmp_path / "a-program-ran"


def ask(up: Upped, method: str, path: str, headers: dict[str, str], body: object = None) -> httpx.Response:
    """A request with headers of a browser or a script."""
    url = f"{up.address}/api{path}"
    return httpx.request(method, url, headers=headers, json=body, trust_env=False, timeout=30)


@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://127.0.0.1:1", "http://localhost.pages.example"])
@pytest.mark.parametrize(("method", "path"), [("GET", "/health"), ("POST", "/flow_runs/filter")])
def test_pages_of_other_origins_are_refused(closed: Upped, origin: str, method: str, path: str) -> None:
    answer = ask(closed, method, path, {"Origin": origin}, {} if method == "POST" else None)
    assert answer.status_code == 403
    assert "Origin" in answer.json()["detail"]
    assert "access-control-allow-origin" not in answer.headers


def test_a_preflight_of_another_origin_allows_nothing(closed: Upped) -> None:
    headers = {"Origin": FOREIGN, "Access-Control-Request-Method": "POST"}
    answer = ask(closed, "OPTIONS", "/flow_runs/filter", headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "host", ["pages.example", "pages.example:4200", "127.0.0.1.pages.example", "", "a@b"]
)
def test_another_host_is_refused(closed: Upped, host: str) -> None:
    answer = ask(closed, "GET", "/health", {"Host": host})
    assert answer.status_code == 403
    assert "Host" in answer.json()["detail"]


def test_websockets_of_other_origins_are_refused(closed: Upped) -> None:
    address = f"ws://127.0.0.1:{closed.port}/api/events/out"
    with pytest.raises(InvalidStatus) as refused, connect(address, additional_headers={"Origin": FOREIGN}):
        pass
    assert refused.value.response.status_code == 403
    with connect(address, additional_headers={"Origin": closed.address}) as own:
        own.ping()


def test_a_change_needs_the_token_also_from_the_own_origin(closed: Upped) -> None:
    own = {"Origin": closed.address}
    assert ask(closed, "GET", "/health", own).status_code == 200
    answer = ask(closed, "POST", "/flow_runs/filter", own, {})
    assert (answer.status_code, answer.json()["detail"]) == (403, "Missing CSRF token.")


def overrides_of(trace: Path) -> list[str]:
    """A server that is a command of the caller."""
    fields = f"engine: mine, model: synthetic:gpt-oss, command: [touch, {trace}, '{{port}}']"
    return [f"server={{kind: command, {fields}}}", "environment=null"]


def create(up: Upped, parameters: Json, **more: Any) -> httpx.Response:
    """Ask for a run of the deployment `benchmark`."""
    path = f"/deployments/{up.deployment('benchmark')['id']}/create_flow_run"
    return up.answer("POST", path, {"parameters": parameters, **more})


@pytest.mark.parametrize(
    "override",
    [
        COMMAND,
        "server.kind= 'command'",
        "server={kind: command}",
        "server.env.LD_PRELOAD=/opt/x.so",
        "server.url=http://10.0.0.1/v1",
        "server.api_key_env=AWS_SECRET_ACCESS_KEY",
        "server.headers.x=AWS_SECRET_ACCESS_KEY",
        "track.swanlab.host=http://10.0.0.1",
        "blocks.host=mine",
    ],
)
def test_an_override_that_needs_a_leave_makes_no_run(closed: Upped, override: str) -> None:
    before = closed.post("/flow_runs/count", {})
    answer = create(closed, {"spec": "smoke", "overrides": [override]})
    assert answer.status_code == 409, answer.text
    assert "'overrides" in answer.text
    assert closed.post("/flow_runs/count", {}) == before


def test_a_spec_elsewhere_makes_no_run(closed: Upped, tmp_path: Path, quick: str) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text(Path(quick).read_text())
    answer = create(closed, {"spec": str(elsewhere)})
    assert answer.status_code == 409, answer.text
    assert "'spec'" in answer.text


@pytest.mark.parametrize(
    ("parameters", "permission"),
    [
        ({"overrides": ["environment=/bin/sh"]}, "environments"),
        ({"spec": "gpt-oss-20b-seed", "model": "evil/repository"}, "remote-code"),
        ({"results": "/somewhere/else"}, "paths"),
    ],
)
def test_a_value_that_needs_a_leave_is_refused_before_anything_starts(
    closed: Upped, parameters: Json, permission: str
) -> None:
    run = closed.start({"spec": "smoke", **parameters})
    assert closed.ended(run) == "FAILED", closed.logs(run)
    failure = closed.artifacts(run)["failure"]["data"]
    assert f"add `{permission}` to SERVEGAUGE_ALLOW".replace("`", "") in failure.replace("`", "").replace(
        "\\", ""
    )
    assert "provision" not in closed.logs(run)


def test_what_prefect_itself_would_run_does_not_run(closed: Upped, quick: str, trace: Path) -> None:
    """A command of the run, of the deployment's pull steps and of the work pool; an entry point elsewhere."""
    script = {"prefect.deployments.steps.run_shell_script": {"script": f"touch {trace}"}}
    elsewhere = trace.with_name("elsewhere.py")
    elsewhere.write_text(f"from pathlib import Path\nPath({str(trace)!r}).touch()\n")
    deployment = closed.deployment("benchmark")
    pool = closed.ask("GET", "/work_pools/gpu")
    changed = {
        "job_configuration": pool["base_job_template"]["job_configuration"] | {"command": f"touch {trace}"},
        "variables": pool["base_job_template"]["variables"],
    }
    path = f"/deployments/{deployment['id']}"
    closed.ask("PATCH", path, {"pull_steps": [script], "entrypoint": f"{elsewhere}:benchmark"})
    closed.ask("PATCH", "/work_pools/gpu", {"base_job_template": changed})
    try:
        variables = {"command": f"touch {trace}", "working_dir": str(trace.parent)}
        run = closed.start({"spec": quick, "only": "speed"}, job_variables=variables)
        assert closed.ended(run) == "COMPLETED", closed.logs(run)
    finally:
        closed.ask("PATCH", "/work_pools/gpu", {"base_job_template": pool["base_job_template"]})
        kept = {name: deployment[name] for name in ("pull_steps", "entrypoint")}
        closed.ask("PATCH", path, kept)
    assert not trace.exists()


def test_another_flow_does_not_run(closed: Upped, trace: Path) -> None:
    flow = closed.post("/flows/", {"name": "of-a-caller"})["id"]
    step = {"prefect.deployments.steps.run_shell_script": {"script": f"touch {trace}"}}
    body = {"name": "own", "flow_id": flow, "work_pool_name": "gpu", "work_queue_name": "default"}
    deployment = closed.post("/deployments/", {**body, "entrypoint": "x.py:flow", "pull_steps": [step]})["id"]
    run = closed.post(f"/deployments/{deployment}/create_flow_run", {})["id"]
    assert closed.ended(run) in {"FAILED", "CRASHED"}, closed.logs(run)
    assert "does not run the flow 'of-a-caller'" in closed.logs(run)
    assert not trace.exists()
    closed.ask("DELETE", f"/deployments/{deployment}")


def test_a_command_of_the_caller_does_not_run(closed: Upped, trace: Path) -> None:
    before = closed.post("/flow_runs/count", {})
    answer = create(closed, {"spec": "smoke", "overrides": overrides_of(trace)})
    assert answer.status_code == 409
    assert closed.post("/flow_runs/count", {}) == before
    assert not trace.exists()


def test_the_flow_refuses_a_command_that_no_schema_saw(closed: Upped, trace: Path) -> None:
    """Without enforcement, as a caller can switch it off for a deployment."""
    deployment = closed.deployment("benchmark")["id"]
    closed.ask("PATCH", f"/deployments/{deployment}", {"enforce_parameter_schema": False})
    try:
        run = closed.start({"spec": "smoke", "overrides": overrides_of(trace)})
        assert closed.ended(run) == "FAILED", closed.logs(run)
    finally:
        closed.ask("PATCH", f"/deployments/{deployment}", {"enforce_parameter_schema": True})
    failure = closed.artifacts(run)["failure"]["data"]
    assert "not allowed in a run that a worker starts" in failure
    assert not trace.exists()
