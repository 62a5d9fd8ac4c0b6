"""Files in a bucket, and the client that the environment describes."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tasks.errors import InputError
from tasks.record import bucket
from tests.record.s3 import BUCKET, S3

FOLDER = PurePosixPath(BUCKET) / "files"


def test_a_file_is_written_listed_read_and_removed(s3_account: S3) -> None:
    for name in ("a", "below/b"):
        bucket.put(FOLDER / name, name.encode())
    assert [path for path, _ in bucket.list_files(FOLDER)] == [FOLDER / "a"]
    every_file = sorted(path for path, _ in bucket.list_files(FOLDER, recursive=True))
    assert every_file == [FOLDER / "a", FOLDER / "below" / "b"]
    assert bucket.get(FOLDER / "below" / "b") == b"below/b"
    for path in every_file:
        bucket.remove(path)
    assert list(bucket.list_files(FOLDER, recursive=True)) == []


def test_a_missing_prefix_has_no_files_and_a_missing_file_is_an_error(s3_account: S3) -> None:
    assert list(bucket.list_files(FOLDER / "missing")) == []
    with pytest.raises(FileNotFoundError):
        bucket.get(FOLDER / "missing")


def test_the_message_of_a_refusal_is_one_line_of_s3(s3_account: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    with pytest.raises(OSError, match="operation") as caught:
        bucket.put(FOLDER / "refused", b"")
    text = bucket.error_text(caught.value)
    assert text
    assert "operation" not in text
    assert "\n" not in text


def test_an_error_without_a_message_has_an_empty_text() -> None:
    assert bucket.error_text(OSError()) == ""
    assert bucket.error_text(OSError("first\nsecond")) == "first"


def test_the_specific_variables_come_first_and_empty_ones_do_not_count() -> None:
    env = {
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:2",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    client = bucket.s3_client(env)
    assert client.region == "eu-central-1"
    assert client is bucket.s3_client({**env, "AWS_ENDPOINT_URL": "http://127.0.0.1:3"})
    assert client is not bucket.s3_client({**env, "AWS_ENDPOINT_URL_S3": ""})


def test_an_endpoint_without_a_region_gets_the_default_region() -> None:
    env = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    assert bucket.s3_client(env).region == bucket.DEFAULT_REGION


def test_half_of_the_credentials_is_wrong_input() -> None:
    with pytest.raises(InputError, match="the bucket's credentials") as caught:
        bucket.s3_client({"AWS_ACCESS_KEY_ID": "key", "AWS_REGION": "us-east-1"})
    assert "AWS_SECRET_ACCESS_KEY" in caught.value.remedy
