"""Question sets through gateways: query, TLS, headers and fields are those of the load."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from stub.process import Stub
from tasks.config.generation import Generation
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.processes import fork_server
from tasks.serve.endpoint import Conventions
from tests.helpers.certificates import make_certificates
from tests.helpers.gateway import Manner, gateway_to
from tests.measure.accuracy.conftest import AnsweringStub, MakeJob, write_questions

SECRET = "tenant-secret-4711"
FIELDS = {"seed": 7, "chat_template_kwargs": {"enable_thinking": False}}
QUERY = "api-version=2024-10-21"


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manner:
    """A gateway's manner, whose authority measuring processes trust."""
    certificates = make_certificates(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.authority))
    return Manner(
        prefix="/llm",
        query=QUERY,
        certificates=certificates,
        renames_max_tokens=True,
        header=("X-Tenant", SECRET),
    )


def test_questions_are_asked_as_the_load_is_sent(
    answering: AnsweringStub, accuracy_job: MakeJob, tmp_path: Path, trusted: Manner
) -> None:
    write_questions(tmp_path / "set", 4)
    server: Stub = answering(4, {0, 1, 2})
    fork_server.shut_down()  # its measuring processes have the variables of the time when it was started
    with gateway_to(server.root, trusted) as gateway:
        job = accuracy_job(
            gateway.url.partition("?")[0], generation=Generation(max_tokens=50, request=FIELDS)
        )
        endpoint = job.endpoint.model_copy(
            update={
                "query": QUERY,
                "own_headers": {"X-Tenant": SecretStr(SECRET)},
                "conventions": Conventions(max_completion_tokens=frozenset({"chat"})),
            }
        )
        scores, rows = measure_accuracy(
            job.model_copy(update={"endpoint": endpoint}), lambda: None, lambda finished, answers: None
        )
        fork_server.shut_down()
        assert [row.error for row in rows] == [None] * 4
        assert scores[-1].value == 0.75
        assert {query for _, query, _ in gateway.requests} == {QUERY}
        for body in gateway.bodies("/v1/chat/completions"):
            assert {name: body[name] for name in FIELDS} == FIELDS
            assert (body["max_completion_tokens"], "max_tokens" in body) == (50, False)
    files = [path for path in job.folder.rglob("*") if path.is_file()]
    assert all(SECRET not in path.read_text(errors="replace") for path in files)


def test_an_error_that_repeats_a_header_is_masked(
    answering: Callable[[int, set[int]], Stub], accuracy_job: MakeJob, tmp_path: Path
) -> None:
    write_questions(tmp_path / "set", 1)
    with gateway_to(answering(1, {0}).root, Manner(header=("X-Tenant", "another"))) as gateway:
        job = accuracy_job(gateway.url)
        endpoint = job.endpoint.model_copy(update={"own_headers": {"X-Tenant": SecretStr(SECRET)}})
        _, rows = measure_accuracy(
            job.model_copy(update={"endpoint": endpoint}), lambda: None, lambda finished, answers: None
        )
    assert rows[0].error is not None
    assert "refused: ***" in rows[0].error
    files = [path for path in job.folder.rglob("*") if path.is_file()]
    assert all(SECRET not in path.read_text(errors="replace") for path in files)
