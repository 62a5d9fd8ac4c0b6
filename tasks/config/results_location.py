"""Where results go: a folder, or a bucket with a folder of this machine's beside it."""

from __future__ import annotations

from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.home import expanded, home
from tasks.errors import InputError

S3 = "s3://"


class ResultsLocation(Frozen):
    """The tables lie in `bucket` (its name and a prefix) where there is one, in `folder` otherwise.

    What a run works with lies in `folder` in any case: logs, pages, the cache, the tracker's files.
    """

    folder: Path
    bucket: str | None = None

    def __str__(self) -> str:
        return str(self.folder) if self.bucket is None else f"{S3}{self.bucket}"


def results_location(given: str | Path) -> ResultsLocation:
    """The place that a folder or an `s3://bucket/prefix` means.

    Raises:
        InputError: another kind of address, or one without a bucket.
    """
    text = str(given)
    if text.startswith(S3):
        bucket = text.removeprefix(S3).rstrip("/")
        if not {"", ".", ".."} & set(bucket.split("/")):
            return ResultsLocation(folder=home() / "buckets" / bucket, bucket=bucket)
    if "://" in text:
        raise InputError(f"results cannot go to {text}", f"give a folder, or {S3}BUCKET/PREFIX")
    return ResultsLocation(folder=expanded(text))
