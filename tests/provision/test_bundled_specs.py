"""The list of the bundled specs."""

from __future__ import annotations

from tasks.config.spec_file import spec_names
from tasks.provision.bundled_specs import bundled_specs


def test_every_bundled_spec_says_what_it_measures_and_needs() -> None:
    listed = {spec.name: spec for spec in bundled_specs()}
    assert list(listed) == spec_names()
    assert all(spec.measures for spec in listed.values())
    assert listed["smoke"].needs == "no GPU, environment vllm-cpu (4 GB of free disk), no download from a hub"
    assert listed["gpt-oss-20b"].needs == (
        "1 NVIDIA GPU, environment vllm-cuda (20 GB of free disk), openai/gpt-oss-20b from Hugging Face"
    )
    assert listed["endpoint"].needs == "a server that runs already (set server.url and server.model)"
