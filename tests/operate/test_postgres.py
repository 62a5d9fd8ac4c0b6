"""A Prefect server on PostgreSQL, and two workers with a queue each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.record.store import Store
from tests.helpers.wait import until
from tests.operate.site import INITDB, Site, postgres_server
from tests.operate.upper import OVER

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not INITDB, reason="no PostgreSQL here: apt-get install postgresql"),
]
RUNS = 20
HOSTS = ("one", "two")


def test_twenty_runs_over_two_queues_all_finish_and_none_twice(
    specs: tuple[str, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (
        postgres_server(tmp_path_factory.mktemp("postgres")) as database,
        Site(tmp_path, tmp_path / "results", {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database}) as site,
    ):
        server = site.api("server")
        site.run("cli.main", "deploy", PREFECT_API_URL=f"{server.address}/api")
        for host in HOSTS:
            site.worker(host, server)
        runs = [server.start({"spec": specs[n % 2]}, work_queue_name=HOSTS[n % 2]) for n in range(RUNS)]
        assert until(lambda: all(server.state(run) in OVER for run in runs), 400, 1.0)
        states = [server.state(run) for run in runs]
        assert states == ["COMPLETED"] * RUNS, server.logs(runs[states.index("FAILED")])
        flow_runs = [server.run(run) for run in runs]
    assert [run["run_count"] for run in flow_runs] == [1] * RUNS
    assert [run["work_queue_name"] for run in flow_runs] == [HOSTS[n % 2] for n in range(RUNS)]
    recorded = Store(tmp_path / "results").read("runs")
    assert recorded["outcome"].to_list() == ["completed"] * RUNS
    labels = [run["labels"]["servegauge.run"] for run in flow_runs]
    assert sorted(labels) == sorted(recorded["run_id"].to_list())
