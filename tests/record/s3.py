"""An S3 server on the loopback address that accepts one key."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.helpers.ports import free_port
from tests.helpers.wait import until

BUCKET = "gauge-tests"
USER = "gauge"
UNCHECKED_REQUESTS = 4
"""Requests accepted with any key: those that create the user, its policy, its key and the bucket."""
ALLOW_S3 = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
}


@dataclass(frozen=True)
class S3:
    """The server's address, and the key that it accepts."""

    endpoint: str
    key: str
    secret: str

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables that S3 clients read."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": "us-east-1",
        }

    def objects(self) -> dict[str, bytes]:
        """The content of every object in the bucket."""
        client = _client("s3", self)
        contents = {}
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET):
            for entry in page.get("Contents", []):
                contents[entry["Key"]] = client.get_object(Bucket=BUCKET, Key=entry["Key"])["Body"].read()
        return contents


@contextmanager
def s3_server(folder: Path) -> Iterator[S3]:
    """Run the server inside the block; its log is in `folder`."""
    port = free_port()
    argv = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port))
    env = {
        "INITIAL_NO_AUTH_ACTION_COUNT": str(UNCHECKED_REQUESTS),
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
    }
    with (folder / "moto.log").open("wb") as log:
        process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
    try:
        assert until(lambda: _is_ready(port), 180), (folder / "moto.log").read_text()
        yield _with_user_and_bucket(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(60)


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/moto-api/", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _with_user_and_bucket(endpoint: str) -> S3:
    unchecked = S3(endpoint, "unknown", "unknown")
    iam = _client("iam", unchecked)
    iam.create_user(UserName=USER)
    iam.put_user_policy(UserName=USER, PolicyName="s3", PolicyDocument=json.dumps(ALLOW_S3))
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    s3 = S3(endpoint, key["AccessKeyId"], key["SecretAccessKey"])
    _client("s3", s3).create_bucket(Bucket=BUCKET)
    return s3


def _client(service: str, s3: S3) -> Any:
    import boto3  # slow, and most tests need no S3

    return boto3.client(
        service,
        endpoint_url=s3.endpoint,
        region_name="us-east-1",
        aws_access_key_id=s3.key,
        aws_secret_access_key=s3.secret,
    )
