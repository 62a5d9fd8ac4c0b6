"""`servegauge specs`, `init` and `schema`."""

from __future__ import annotations

import json
from pathlib import Path

from tasks.config.spec_file import spec_names
from tasks.config.spec_schema import spec_schema
from tests.cli.answer import Call, refused


def test_specs_are_listed_copied_and_checked(call: Call, tmp_path: Path) -> None:
    listed = call("specs").stdout
    assert [line for line in listed.splitlines() if not line.startswith(" ")] == spec_names()
    written = call("init", "--from", "endpoint", "my.yaml")
    assert written.stdout == "wrote my.yaml; edit it, then: servegauge run my.yaml\n"
    assert call("validate", "my.yaml").stdout.startswith("name: my\n")
    refused(call("init", "my.yaml"), 2, "my.yaml exists already", "another name")


def test_the_schema_is_printed(call: Call) -> None:
    assert json.loads(call("schema").stdout) == spec_schema()
