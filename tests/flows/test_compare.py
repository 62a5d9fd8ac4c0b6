"""The flow `compare`: its page lies beside the report of the last run, and the artifact `files` names it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from prefect.artifacts import Artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey
from prefect.client.schemas.sorting import ArtifactSort

from flows.compare import compare
from tasks.config.results_location import results_location
from tasks.errors import InputError
from tasks.record.store import Store
from tasks.record.write_run import record_knee, record_point, record_run
from tests.record import made_up
from tests.record.s3 import BUCKET, S3

pytestmark = pytest.mark.usefixtures("api")
PAIR = "files/run-2/compared-with-run-1.html"


def recorded(address: str | Path, *names: str) -> list[str]:
    """Record runs of one point in the results location; return their ids."""
    store = Store(results_location(address))
    for name in names:
        record_run(store, made_up.run(name))
        record_point(store, name, made_up.recorded(made_up.point(), name))
    return list(names)


def newest_files() -> str:
    """The Markdown of the newest artifact `files`."""
    with get_client(sync_client=True) as client:
        key = ArtifactFilter(key=ArtifactFilterKey(any_=["files"]))
        newest = client.read_artifacts(artifact_filter=key, sort=ArtifactSort.CREATED_DESC, limit=1)
    return str(newest[0].data)


def test_the_page_names_each_variant_and_is_found_in_the_ui(tmp_path: Path) -> None:
    compare(recorded(tmp_path, "run-1", "run-2"), str(tmp_path), variants=["on gpu-box", "on <small>-box"])
    text = (tmp_path / PAIR).read_text(encoding="utf-8")
    assert "<strong>on gpu-box</strong> · run-1" in text
    assert "<strong>on &lt;small&gt;-box</strong> · run-2" in text
    files = newest_files()
    assert f"- Page of the comparison: `{tmp_path}/{PAIR}`" in files
    assert "- [Speed side by side](../artifact/" in files
    assert f"`servegauge compare run-1 run-2 --results {tmp_path}`" in files


def test_the_knees_are_an_artifact(tmp_path: Path) -> None:
    runs = recorded(tmp_path, "run-1", "run-2")
    slower = made_up.knee().model_copy(update={"knee": 15, "low": 15, "high": 16})
    for run, knee in zip(runs, (made_up.knee(), slower), strict=True):
        record_knee(Store(results_location(tmp_path)), run, knee)
    compare(runs, str(tmp_path))
    assert "- [Saturation](../artifact/" in newest_files()
    artifact: Any = Artifact.get(key="comparison-saturation")
    assert '"Against A": "-21.1 % worse"' in str(artifact.data)


def test_the_page_is_in_the_bucket_too(s3_account: S3) -> None:
    results = f"s3://{BUCKET}/compared"
    compare(recorded(results, "run-1", "run-2"), results)
    page = s3_account.objects()[f"compared/{PAIR}"]
    assert b"Speed side by side" in page
    assert f"## Files in the bucket\n\n- Page of the comparison: `{results}/{PAIR}`" in newest_files()


def test_more_runs_have_one_page_that_is_written_again(tmp_path: Path) -> None:
    runs = recorded(tmp_path, "run-1", "run-2", "run-3")
    for _ in range(2):
        compare(runs, str(tmp_path))
    (page,) = (tmp_path / "files" / "run-3").iterdir()
    assert page.name.startswith("compared-3-runs-")


def test_a_page_that_cannot_be_written_leaves_the_tables(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    runs = recorded(tmp_path, "run-1", "run-2")
    (tmp_path / "files").write_text("no folder")
    compare(runs, str(tmp_path))
    assert "compare: no page: cannot write the page" in caplog.text


def test_a_variant_for_each_run_or_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 variants are named, but 2 runs are compared"):
        compare(recorded(tmp_path, "run-1", "run-2"), str(tmp_path), variants=["one"])
