"""What a run was measured with, as the `runs` table keeps it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess

from tasks.config.home import checkout
from tasks.plan.subject import Subject
from tasks.record.results import Manifest

GIVEN = {"model", "server_args", "server_env"}
SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH", re.IGNORECASE)


def manifest_of(subject: Subject) -> Manifest:
    """The subject's facts, and the commit that measured."""
    known = subject.model_dump(include=set(Manifest.model_fields))
    return Manifest(
        **{name: value or None for name, value in known.items() if name not in GIVEN},
        model=subject.model,
        model_license=subject.model_license,
        server_args=subject.server_args,
        server_env=recordable_variables(subject.server_env),
        gpu_names=subject.hardware.gpu_names,
        driver=subject.hardware.driver,
        cpu=subject.hardware.cpu or None,
        cpu_count=subject.hardware.cpu_count or None,
        memory_bytes=subject.hardware.memory_bytes or None,
        client_versions=json.dumps(dict(pin.split("==") for pin in subject.client.split())),
        git_commit=git_commit(),
    )


def recordable_variables(variables: str) -> str:
    """Variables as JSON, of those that may be secrets only whether two are the same."""
    shown = {
        name: f"sha256:{hashlib.sha256(value.encode()).hexdigest()[:8]}" if SECRET.search(name) else value
        for name, value in json.loads(variables).items()
    }
    return json.dumps(shown, sort_keys=True)


def git_commit() -> str | None:
    """The checkout's commit, with `-dirty` where files differ from it; None outside a git checkout."""
    argv = ("git", "-C", str(checkout()), "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*")
    try:
        answer = subprocess.run(argv, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return answer.stdout.strip() or None
