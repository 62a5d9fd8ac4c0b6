"""Describes what a run was measured with, for the table `runs`."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess

from tasks.config.home import checkout
from tasks.plan.subject import Subject
from tasks.provision.die_with_parent import die_with_parent
from tasks.record.results import Manifest

SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|AUTH", re.IGNORECASE)
DIGEST = "sha256:"
"""Begins what is recorded in place of a secret value."""


def manifest_of(subject: Subject) -> Manifest:
    """Return the manifest of a run: the facts of its subject, and the git commit of this checkout."""
    hardware = subject.hardware
    return Manifest(
        engine=subject.engine or None,
        engine_version=subject.engine_version or None,
        environment_digest=subject.environment_digest or None,
        model=subject.model,
        model_revision=subject.model_revision or None,
        model_license=subject.model_license,
        tokenizer=subject.tokenizer or None,
        server_args=subject.server_args,
        server_env=recordable_variables(subject.server_env),
        gpu_names=hardware.gpu_names,
        driver=hardware.driver,
        cpu=hardware.cpu or None,
        cpu_count=hardware.cpu_count or None,
        memory_bytes=hardware.memory_bytes or None,
        client_versions=json.dumps(dict(pin.split("==") for pin in subject.client.split())),
        git_commit=git_commit(),
    )


def recordable_variables(variables: str) -> str:
    """Replace the values of environment variables that may be secrets by a short digest of them.

    The digest shows whether two runs had the same value.

    Args:
        variables: a JSON object of names and values; so is the result.
    """
    recordable = {}
    for name, value in json.loads(variables).items():
        recordable[name] = _digest(value) if SECRET_NAME.search(name) else value
    return json.dumps(recordable, sort_keys=True)


def _digest(value: str) -> str:
    return f"{DIGEST}{hashlib.sha256(value.encode()).hexdigest()[:8]}"


def git_commit() -> str | None:
    """Return the checkout's commit, with `-dirty` if files differ from it; None outside a git checkout."""
    argv = ("git", "-C", str(checkout()), "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*")
    try:
        completed = subprocess.run(
            die_with_parent(argv), capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return completed.stdout.strip() or None
