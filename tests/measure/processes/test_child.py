"""How a measuring process is set up before its worker function is called."""

from __future__ import annotations

import pytest

from tasks.measure.processes.child import LOG
from tests.measure.conftest import MakeJob
from tests.measure.processes.run_worker import run_worker

pytestmark = pytest.mark.usefixtures("warm")


def test_output_goes_to_the_log(make_job: MakeJob, capfd: pytest.CaptureFixture[str]) -> None:
    job = make_job()
    run_worker("prints_and_reports", job)
    log = (job.folder / LOG).read_text()
    assert "printed to stdout" in log
    assert "printed to stderr" in log
    assert capfd.readouterr() == ("", "")


def test_a_process_leads_a_session_and_so_gets_its_share_of_the_processors(make_job: MakeJob) -> None:
    assert run_worker("leads_session", make_job()) is True


def test_no_proxy_is_asked_for_a_server_on_loopback(make_job: MakeJob) -> None:
    hosts = run_worker("no_proxy", make_job("http://127.0.0.7:9/v1"))
    assert "127.0.0.7" in str(hosts).split(",")
