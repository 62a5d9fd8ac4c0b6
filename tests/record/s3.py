"""An S3 server on loopback that knows one key and refuses every other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.faults.engine import until
from tests.operate.upper import free_port

BUCKET = "gauge-tests"
UNSIGNED = "4"
"""Requests that need no key, enough to make user, policy, key and bucket."""


@dataclass(frozen=True)
class S3:
    """Where it is, and its key."""

    endpoint: str
    key: str
    secret: str

    @property
    def variables(self) -> dict[str, str]:
        """What every S3 client reads."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": "us-east-1",
        }

    def objects(self) -> dict[str, bytes]:
        """All there is in the bucket."""
        client = _client("s3", self)
        found = client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
        names = [entry["Key"] for page in found for entry in page.get("Contents", [])]
        return {name: client.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names}


@contextmanager
def s3_server(folder: Path) -> Iterator[S3]:
    """Run it until the block is left."""
    port = free_port()
    argv = (sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port))
    with (folder / "moto.log").open("wb") as log:
        env = {"INITIAL_NO_AUTH_ACTION_COUNT": UNSIGNED, "PATH": "/usr/bin:/bin", "HOME": str(folder)}
        process = subprocess.Popen(argv, env=env, stdout=log, stderr=log)
    try:
        assert until(lambda: _answers(port), 60), (folder / "moto.log").read_text()
        yield _furnished(S3(f"http://127.0.0.1:{port}", "nobody", "nothing"))
    finally:
        process.terminate()
        process.wait(10)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/moto-api/", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def _furnished(empty: S3) -> S3:
    people = _client("iam", empty)
    people.create_user(UserName="gauge")
    policy = (
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'
    )
    people.put_user_policy(UserName="gauge", PolicyName="s3", PolicyDocument=policy)
    made = people.create_access_key(UserName="gauge")["AccessKey"]
    s3 = S3(empty.endpoint, made["AccessKeyId"], made["SecretAccessKey"])
    _client("s3", s3).create_bucket(Bucket=BUCKET)
    return s3


def _client(service: str, s3: S3):  # type: ignore[no-untyped-def]  # boto3 has no types
    import boto3  # not needed where no test asks for S3

    return boto3.client(
        service,
        endpoint_url=s3.endpoint,
        region_name="us-east-1",
        aws_access_key_id=s3.key,
        aws_secret_access_key=s3.secret,
    )
