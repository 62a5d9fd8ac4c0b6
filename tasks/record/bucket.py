"""Reads and writes files in an S3 bucket. Credentials, region and endpoint come from the AWS_… variables."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath

import pyarrow as pa
from pyarrow import fs

from tasks.errors import InputError

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")
DEFAULT_REGION = "us-east-1"
"""The region for an endpoint outside AWS if no variable names one."""
ATTEMPTS = 3
REMEDY = "check that the bucket exists and that the AWS_… variables give access to it"


def s3_client(env: Mapping[str, str] = os.environ) -> fs.S3FileSystem:
    """Return the client for the endpoint, region and credentials in `env`; equal values give the same client.

    Raises:
        InputError: the credentials are incomplete.
    """
    key, secret, token = (env.get(name) or None for name in CREDENTIALS)
    try:
        return _s3_client(_first_value(env, ENDPOINTS), _first_value(env, REGIONS), key, secret, token)
    except ValueError as error:
        raise InputError(
            f"the bucket's credentials: {error}",
            f"set both {CREDENTIALS[0]} and {CREDENTIALS[1]}, or neither",
        ) from None


def _first_value(env: Mapping[str, str], names: Sequence[str]) -> str | None:
    for name in names:
        if env.get(name):
            return env[name]
    return None


@lru_cache(maxsize=8)
def _s3_client(
    endpoint: str | None, region: str | None, key: str | None, secret: str | None, token: str | None
) -> fs.S3FileSystem:
    return fs.S3FileSystem(
        access_key=key,
        secret_key=secret,
        session_token=token,
        region=region or (DEFAULT_REGION if endpoint else None),
        endpoint_override=endpoint,
        allow_delayed_open=True,  # a small file takes one request
        connect_timeout=10,
        request_timeout=60,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=ATTEMPTS),
    )


def put(path: PurePosixPath, content: bytes | pa.Buffer) -> None:
    """Write a file atomically: it is visible only once it is complete. Raises OSError."""
    with s3_client().open_output_stream(str(path), compression=None) as file:
        file.write(content)


def get(path: PurePosixPath) -> bytes:
    """Return the content of a file. Raises OSError."""
    with s3_client().open_input_stream(str(path), compression=None) as file:
        return bytes(file.read())


def remove(path: PurePosixPath) -> None:
    """Remove a file. Raises OSError, FileNotFoundError if there is no such file."""
    s3_client().delete_file(str(path))


def exists(path: PurePosixPath) -> bool:
    """Return whether there is such a file. Raises OSError."""
    return s3_client().get_file_info(str(path)).type is fs.FileType.File


def open_file(path: PurePosixPath) -> pa.NativeFile:
    """Open a file to read parts of it. Raises OSError."""
    return s3_client().open_input_file(str(path))


def list_files(folder: PurePosixPath, recursive: bool = False) -> Iterator[tuple[PurePosixPath, datetime]]:
    """Yield each file below a prefix with its time of writing; nothing if there is no such prefix.

    Raises:
        OSError: the bucket does not exist, does not answer or refuses access.
    """
    for path, _, written_at in list_sizes(folder, recursive):
        yield path, written_at


def list_sizes(
    folder: PurePosixPath, recursive: bool = False
) -> Iterator[tuple[PurePosixPath, int, datetime]]:
    """Yield each file below a prefix with its bytes and its time of writing. Raises as `list_files`."""
    selector = fs.FileSelector(str(folder), allow_not_found=True, recursive=recursive)
    for entry in s3_client().get_file_info(selector):
        if entry.type is fs.FileType.File:
            yield PurePosixPath(entry.path), entry.size, entry.mtime


def error_text(error: OSError) -> str:
    """Return the first line of S3's own message, without the text that pyarrow puts before it."""
    first_line = (str(error).splitlines() or [""])[0]
    return first_line.rpartition("operation: ")[2] or first_line
