"""Two API servers and the background services with Redis between them, as documented."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from tests.helpers.wait import until
from tests.operate.site import INITDB, REDIS, Site, postgres_server, redis_server
from tests.operate.upper import Server, snippet

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not INITDB, reason="no PostgreSQL here: apt-get install postgresql"),
    pytest.mark.skipif(not REDIS, reason="no Redis here: apt-get install redis-server"),
]
FINISHED = "servegauge.run.finished"
DATABASE = "postgresql+asyncpg://user:password@db:5432/prefect"


def documented(database: str, redis: str) -> dict[str, str]:
    """The variables of the documentation, with this test's addresses."""
    text = snippet("redis").replace(DATABASE, database).replace("redis://redis:6379", redis)
    return dict(re.findall(r"^export (\w+)=(\S+)", text, re.MULTILINE))


def has_two_finished_runs(server: Server) -> bool:
    """Whether the server has an event of both runs."""
    return len(server.events(FINISHED)) == 2


def test_two_api_servers_share_runs_events_and_gpu_slots(
    specs: tuple[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        postgres_server(tmp_path_factory.mktemp("postgres")) as database,
        redis_server(tmp_path) as redis,
        Site(tmp_path, tmp_path / "results", documented(database, redis)) as site,
    ):
        site.run("prefect", "server", "database", "upgrade", "-y")
        first, second = (site.api(name, "--no-services") for name in ("first", "second"))
        site.start("services", "prefect", "server", "services", "start")
        site.run("cli.main", "deploy", PREFECT_API_URL=f"{first.address}/api")
        site.worker("one", first)
        site.worker("two", second)
        runs = [
            server.start({"spec": spec, "only": "speed"}, work_queue_name=host)
            for server, host, spec in zip((first, second), ("two", "one"), specs, strict=True)
        ]
        assert second.ended(runs[0], 240) == "COMPLETED", second.logs(runs[0])
        assert first.ended(runs[1], 240) == "COMPLETED", first.logs(runs[1])
        for server in (first, second):
            assert until(partial(has_two_finished_runs, server), 60, 0.2), server.events(FINISHED)
            for host in ("one", "two"):
                assert server.ask("GET", f"/v2/concurrency_limits/gpu-{host}")["active_slots"] == 0
