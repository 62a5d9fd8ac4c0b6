"""`servegauge serve`: the server answers, ends on Ctrl-C, and never outlives the command."""

from __future__ import annotations

import os
import signal

import httpx
import pytest

from tests.faults.case import Case
from tests.faults.run_command import servegauge

KEY = "a-key-of-mine"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_it_serves_until_a_signal_ends_it(case: Case, number: signal.Signals, code: int) -> None:
    variables = {"OPENAI_API_KEY": KEY, "SERVEGAUGE_HOME": str(case.folder)}
    with servegauge(case, "", arguments=("serve", case.spec()), variables=variables) as serve:
        started = case.wait_for_start()
        assert serve.process.stderr
        output = ""
        while "Ctrl-C" not in output:
            line = serve.process.stderr.readline()
            assert line, output
            output += line
        url = f"http://127.0.0.1:{started['port']}/v1"
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert client.get("/models").status_code == 401
            models = client.get("/models", headers={"Authorization": f"Bearer {KEY}"}).json()
        assert [entry["id"] for entry in models["data"]] == ["tiny"]
        os.kill(serve.process.pid, number)
        assert serve.wait() == code
        assert case.all_ended()
        assert serve.all_ended()
        assert KEY not in output + serve.stderr()


def test_the_command_ends_with_the_reason_when_the_server_dies(case: Case) -> None:
    variables = {"SERVEGAUGE_HOME": str(case.folder)}
    with servegauge(case, "", arguments=("serve", case.spec()), variables=variables) as serve:
        os.kill(case.wait_for_start()["server"], signal.SIGKILL)
        assert serve.wait() == 1
        assert "ended with SIGKILL" in serve.stderr()
