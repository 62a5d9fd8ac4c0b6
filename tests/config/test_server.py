"""Kinds of server: what their validators refuse."""

from __future__ import annotations

import pytest

from tasks.config.server import VllmServer
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


@pytest.mark.parametrize(
    ("spec", "override", "what", "remedy"),
    [
        ("smoke", "args.--x=1", "'--x' starts with a dash", "write it as 'x'"),
        ("smoke", "gpus=[0, 0]", "[0, 0] are not distinct GPU numbers", "counted from 0"),
        (
            "endpoint",
            "url=localhost:8000",
            "server.url: localhost:8000 does not begin",
            "as http://localhost:8000",
        ),
        ("endpoint", "url='http://::1:8000/v1'", "is not a URL", "an IPv6 host in brackets"),
        ("endpoint", "url='http://me:secret@host/v1'", "the URL holds credentials", "api_key_env"),
    ],
)
def test_wrong_fields_are_refused_with_a_remedy(spec: str, override: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec(spec, [f"server.{override}"])
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert "secret" not in str(caught.value)


def test_gpus_and_their_memory_follow_from_the_flags() -> None:
    flags = {"tensor_parallel_size": 2, "data-parallel-size": "3", "pipeline-parallel-size": "many"}
    server = VllmServer(model="m", args=flags | {"gpu_memory_utilization": 0.5})
    assert (server.gpus_needed, server.gpu_memory) == (6, 0.5)
    default = VllmServer(model="m")
    assert (default.gpus_needed, default.gpu_memory) == (1, 0.9)
