"""Files beside a bucket are copied to it and from it, and removed from both."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tasks.config.results_location import ResultsLocation, results_location
from tasks.errors import RecordError
from tasks.record import bucket_sync
from tests.record.s3 import BUCKET, S3


def with_cache_entry(name: str, text: str = "first") -> ResultsLocation:
    """A results location in a bucket, with the file `cache/entry` in its local folder."""
    location = results_location(f"s3://{BUCKET}/{name}")
    (location.folder / "cache").mkdir(parents=True)
    (location.folder / "cache" / "entry").write_text(text)
    return location


def test_a_cache_goes_from_one_machine_to_another(
    s3_account: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = with_cache_entry("mirrored")
    assert bucket_sync.upload(one, "cache") == 1
    assert bucket_sync.upload(one, "cache") == 0
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "another-home"))
    other = results_location(f"s3://{BUCKET}/mirrored")
    assert other.folder != one.folder
    assert bucket_sync.download(other, "cache") == 1
    assert bucket_sync.download(other, "cache") == 0
    assert (other.folder / "cache" / "entry").read_text() == "first"
    bucket_sync.remove(other, "cache/entry")
    assert bucket_sync.download(other, "cache") == 0
    assert not (other.folder / "cache" / "entry").exists()
    bucket_sync.remove(other, "cache/entry")  # a missing file is no error


def test_the_newer_file_wins(s3_account: S3) -> None:
    location = with_cache_entry("newer")
    bucket_sync.upload(location, "cache")
    entry = location.folder / "cache" / "entry"
    entry.write_text("second")
    os.utime(entry, (1, 1))  # older than the bucket's
    assert bucket_sync.upload(location, "cache") == 0
    assert bucket_sync.download(location, "cache") == 1
    assert entry.read_text() == "first"
    entry.write_text("third")
    an_hour_later = entry.stat().st_mtime + 3600
    os.utime(entry, (an_hour_later, an_hour_later))
    assert bucket_sync.download(location, "cache") == 0
    assert bucket_sync.upload(location, "cache") == 1
    assert s3_account.objects()["newer/cache/entry"] == b"third"


def test_without_a_bucket_only_the_local_file_is_removed(tmp_path: Path) -> None:
    location = ResultsLocation(folder=tmp_path)
    (tmp_path / "entry").write_text("local")
    assert bucket_sync.upload(location, ".") == 0
    assert bucket_sync.download(location, ".") == 0
    bucket_sync.remove(location, "entry")
    assert list(tmp_path.iterdir()) == []


def test_a_refusal_names_what_failed(s3_account: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    location = with_cache_entry("refused")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    path = f"s3://{BUCKET}/refused/cache"
    with pytest.raises(RecordError, match=f"{path} cannot be read: "):
        bucket_sync.download(location, "cache")
    with pytest.raises(RecordError, match=f"{path} cannot be written: ") as caught:
        bucket_sync.upload(location, "cache")
    assert "AWS_" in caught.value.remedy
    with pytest.raises(RecordError, match=f"{path}/entry cannot be removed: "):
        bucket_sync.remove(location, "cache/entry")
