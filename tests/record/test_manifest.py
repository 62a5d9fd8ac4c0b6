"""The manifest of a run follows from its subject."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.record.manifest import git_commit, manifest_of, recordable_variables
from tests.plan.test_plan import SUBJECT


def test_model_revision_and_licence_are_recorded() -> None:
    manifest = manifest_of(SUBJECT.model_copy(update={"model_license": "apache-2.0"}))
    assert (manifest.model, manifest.model_revision, manifest.model_license) == ("m", "r", "apache-2.0")
    assert manifest_of(SUBJECT).model_license is None


def test_variables_are_recorded_and_secrets_among_them_only_as_digests() -> None:
    variables = {"VLLM_ATTENTION_BACKEND": "TRITON_ATTN", "HF_TOKEN": "hf-7c1d"}
    recorded = manifest_of(SUBJECT.model_copy(update={"server_env": json.dumps(variables)})).server_env
    assert recorded is not None
    assert json.loads(recorded)["VLLM_ATTENTION_BACKEND"] == "TRITON_ATTN"
    assert "hf-7c1d" not in recorded
    assert recorded == recordable_variables(json.dumps(variables))
    assert recorded != recordable_variables(json.dumps(variables | {"HF_TOKEN": "another"}))


def test_what_is_not_known_is_null_and_the_client_versions_are_an_object() -> None:
    unknown = {"engine_version": "", "environment_digest": "", "model_revision": "", "tokenizer": ""}
    subject = SUBJECT.model_copy(update={**unknown, "client": "servegauge==1.2 evalscope==3.4"})
    manifest = manifest_of(subject)
    assert [getattr(manifest, name) for name in unknown] == [None] * 4
    assert json.loads(manifest.client_versions) == {"servegauge": "1.2", "evalscope": "3.4"}


def test_outside_a_checkout_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "missing"))
    assert git_commit() is None
