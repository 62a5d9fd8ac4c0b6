"""Addresses of results."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.home import home
from tasks.config.results_location import ResultsLocation, results_location
from tasks.errors import InputError


def test_an_address_is_a_folder_or_a_bucket_with_a_local_folder() -> None:
    assert results_location("results") == ResultsLocation(folder=Path("results"))
    bucket = results_location("s3://name/prefix/")
    assert bucket == ResultsLocation(folder=home() / "buckets" / "name" / "prefix", bucket="name/prefix")
    assert [str(location) for location in (results_location("a/b"), bucket)] == ["a/b", "s3://name/prefix"]


@pytest.mark.parametrize(
    "address", ["s3://", "s3:///prefix", "s3://name/../other", "gs://name", "https://host/results"]
)
def test_other_addresses_are_refused_with_a_remedy(address: str) -> None:
    with pytest.raises(InputError) as caught:
        results_location(address)
    assert caught.value.what == f"results cannot go to {address}"
    assert caught.value.remedy == "give a folder, or s3://BUCKET/PREFIX"
