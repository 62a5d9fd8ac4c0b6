"""`servegauge serve`: it answers, it ends by Ctrl-C, and it never outlives its command."""

from __future__ import annotations

import os
import signal

import httpx
import pytest

from tests.faults.command import command
from tests.faults.engine import Case

KEY = "a-key-of-mine"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGKILL, -signal.SIGKILL)]
)
def test_it_serves_until_it_is_ended(case: Case, number: signal.Signals, code: int) -> None:
    words = ("serve", case.spec())
    with command(case, "", words=words, OPENAI_API_KEY=KEY, SERVEGAUGE_HOME=str(case.folder)) as serve:
        started = case.start()
        assert serve.process.stderr
        said = ""
        while "Ctrl-C" not in said:
            line = serve.process.stderr.readline()
            assert line, said
            said += line
        url = f"http://127.0.0.1:{started['port']}/v1"
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert client.get("/models").status_code == 401
            models = client.get("/models", headers={"Authorization": f"Bearer {KEY}"}).json()
        assert [entry["id"] for entry in models["data"]] == ["tiny"]
        os.kill(serve.process.pid, number)
        assert serve.ends() == code
        assert case.nothing_left()
        assert serve.nothing_left()
        assert KEY not in said + serve.said()


def test_a_server_that_dies_ends_it_with_the_reason(case: Case) -> None:
    words = ("serve", case.spec())
    with command(case, "", words=words, SERVEGAUGE_HOME=str(case.folder)) as serve:
        os.kill(case.start()["server"], signal.SIGKILL)
        assert serve.ends() == 1
        assert "ended with SIGKILL" in serve.said()
