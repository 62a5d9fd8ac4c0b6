"""What follows from the options of `servegauge up`."""

from __future__ import annotations

from pathlib import Path

import pytest

from operate.up_settings import UpSettings
from tasks.config.results_location import results_location


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:4200"),
        ("0.0.0.0", "http://127.0.0.1:4200"),
        ("::", "http://[::1]:4200"),
        ("gauge.example", "http://gauge.example:4200"),
    ],
)
def test_a_browser_on_this_machine_finds_the_address(host: str, address: str) -> None:
    settings = UpSettings(host=host)
    assert settings.address == address
    assert settings.variables["PREFECT_API_URL"] == f"{address}/api"


def test_a_folder_of_results_is_absolute_and_a_bucket_stays(tmp_path: Path) -> None:
    assert UpSettings().variables["SERVEGAUGE_RESULTS"] == str(Path("results").resolve())
    bucket = UpSettings(results=results_location("s3://bucket/team"))
    assert bucket.variables["SERVEGAUGE_RESULTS"] == "s3://bucket/team"


def test_the_password_reaches_server_and_clients() -> None:
    variables = UpSettings(auth="gauge:secret").variables
    assert variables["PREFECT_SERVER_API_AUTH_STRING"] == "gauge:secret"
    assert variables["PREFECT_API_AUTH_STRING"] == "gauge:secret"
