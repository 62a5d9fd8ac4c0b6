"""Files in an S3 bucket: each put whole or not at all. Key, region and address come from AWS's variables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath

import pyarrow as pa
from pyarrow import fs

from tasks.errors import InputError

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
TRIES = 3
REMEDY = "see whether the bucket is there and the AWS_… variables let you in"


def filesystem(env: Mapping[str, str] = os.environ) -> fs.S3FileSystem:
    """The client that the environment describes; one for each description in a process.

    Raises:
        InputError: half of the credentials is missing.
    """
    first = [next(filter(None, map(env.get, names)), None) for names in (ENDPOINTS, REGIONS)]
    try:
        return _filesystem(*first, *(env.get(name) or None for name in KEYS))
    except ValueError as error:
        raise InputError(
            f"the bucket's credentials: {error}", f"set {KEYS[0]} and {KEYS[1]}, or neither"
        ) from None


@lru_cache(maxsize=8)
def _filesystem(
    endpoint: str | None, region: str | None, key: str | None, secret: str | None, token: str | None
) -> fs.S3FileSystem:
    return fs.S3FileSystem(
        access_key=key,
        secret_key=secret,
        session_token=token,
        region=region or ("us-east-1" if endpoint else None),
        endpoint_override=endpoint,
        allow_delayed_open=True,  # a small file is one request
        connect_timeout=10,
        request_timeout=60,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=TRIES),
    )


def put(path: PurePosixPath, content: bytes | pa.Buffer) -> None:
    """Write a file; it is there when this returns, and not before. Raises OSError."""
    with filesystem().open_output_stream(str(path), compression=None) as file:
        file.write(content)


def get(path: PurePosixPath) -> bytes:
    """A file's content. Raises OSError."""
    with filesystem().open_input_stream(str(path), compression=None) as file:
        return bytes(file.read())


def remove(path: PurePosixPath) -> None:
    """Raises OSError."""
    filesystem().delete_file(str(path))


def listed(folder: PurePosixPath, recursive: bool = False) -> Iterator[tuple[PurePosixPath, datetime]]:
    """The files below a prefix and when they were written; none where it is not there. Raises OSError."""
    wanted = fs.FileSelector(str(folder), allow_not_found=True, recursive=recursive)
    for found in filesystem().get_file_info(wanted):
        if found.type is fs.FileType.File:
            yield PurePosixPath(found.path), found.mtime


def reason(error: OSError) -> str:
    """What S3 said, without the client's own words around it."""
    said = (str(error).splitlines() or [""])[0]
    return said.rpartition("operation: ")[2] or said
