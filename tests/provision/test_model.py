"""The identity of a spec's model, and where its files come from."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tasks.config.hubs import HubSite
from tasks.config.server import VllmServer
from tasks.errors import InputError, ProvisionError
from tasks.provision.hubs.hub import Hub
from tasks.provision.model import model_identity, model_name, provide_model
from tasks.provision.model_digest import folder_digest
from tasks.provision.provisioned import EngineBuild, Environment
from tests.provision.model_folder import make_model_folder

BUILD = EngineBuild(name="e", engine="vllm", version="1", digest="0")
ENVIRONMENT = Environment(python=Path(sys.executable), build=BUILD)


class FakeHub(Hub):
    """A hub whose cache has one revision, or none; it can be out of reach."""

    site = HubSite(
        name="fake",
        address="https://hub.example",
        token_variable="FAKE_TOKEN",
        address_variable="FAKE_ADDRESS",
        cache_variable="FAKE_CACHE",
    )
    cache = Path("/cache")

    def __init__(self, cached_revision: str | None = None, reachable: bool = True) -> None:
        self.cached_revision = cached_revision
        self.reachable = reachable
        self.fetched: list[tuple[str, str]] = []

    def resolve(self, repository: str, revision: str | None) -> str:
        if not self.reachable:
            raise self.out_of_reach(repository, TimeoutError())
        return f"commit-of-{revision}"

    def cached(self, repository: str, revision: str | None) -> str | None:
        return self.cached_revision

    def missing(self, repository: str, revision: str) -> int:
        return 0

    def fetch(self, repository: str, revision: str) -> str:
        self.fetched.append((repository, revision))
        return "/cache/snapshot"

    def license(self, repository: str, revision: str) -> str | None:
        return None


def test_a_folder_is_identified_by_name_content_and_license(tmp_path: Path) -> None:
    folder = make_model_folder(tmp_path / "my-model")
    identity = model_identity(VllmServer(model=str(folder)))
    assert (identity.name, identity.revision, identity.license) == ("my-model", folder_digest(folder), None)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n")
    assert model_identity(VllmServer(model=str(folder))).license == "mit"


def test_a_folder_is_served_as_it_is_and_offline(tmp_path: Path) -> None:
    folder = make_model_folder(tmp_path / "my-model")
    model = provide_model(VllmServer(model=str(folder), tokenizer="org/tokenizer"), ENVIRONMENT)
    assert (model.weights, model.tokenizer) == (str(folder), "org/tokenizer")
    assert model.env["HF_HUB_OFFLINE"] == "1"


def test_a_folder_without_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no config\.json"):
        model_identity(VllmServer(model=str(tmp_path)))
    with pytest.raises(InputError, match=r"no config\.json"):
        model_identity(VllmServer(model=str(tmp_path / "missing")))


def test_a_gguf_file_needs_a_tokenizer(tmp_path: Path) -> None:
    file = tmp_path / "model.gguf"
    file.write_bytes(b"weights")
    with pytest.raises(InputError, match="tokenizer cannot be read from a GGUF file"):
        provide_model(VllmServer(model=str(file)), ENVIRONMENT)
    model = provide_model(VllmServer(model=str(file), tokenizer="org/tokenizer"), ENVIRONMENT)
    assert model.weights == str(file)


def test_a_hub_model_is_pinned_to_the_resolved_revision() -> None:
    hub = FakeHub()
    model = provide_model(VllmServer(model="org/name", revision="v1"), ENVIRONMENT, hub)
    assert hub.fetched == [("org/name", "commit-of-v1")]
    assert (model.weights, model.identity.revision) == ("/cache/snapshot", "commit-of-v1")


def test_the_cached_revision_is_used_if_the_hub_cannot_be_reached() -> None:
    server = VllmServer(model="org/name")
    assert model_identity(server, FakeHub("abc", reachable=False)).revision == "abc"
    with pytest.raises(ProvisionError, match="cannot be reached"):
        model_identity(server, FakeHub(None, reachable=False))


@pytest.mark.parametrize("name", ["openai/gpt-oss-20b", "synthetic:gpt-oss"])
def test_results_call_a_model_of_a_hub_as_the_spec_does(name: str) -> None:
    assert model_name(name) == name


def test_results_call_a_model_folder_by_its_own_name(tmp_path: Path) -> None:
    folder = make_model_folder(tmp_path / "tiny")
    assert model_name(str(folder)) == model_identity(VllmServer(model=str(folder))).name == folder.name
