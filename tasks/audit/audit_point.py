"""The verdict on one point: the worst of its checks."""

from __future__ import annotations

from typing import get_args

from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.audit.verdict import Check, Grade, Verdict


def audit_point(evidence: Evidence) -> Verdict:
    """Hold the client's figures against the server's. What is suspect, invalid or noted is a reason."""
    found = {name: check(evidence) for name, check in CHECKS.items()}
    said = [each for each in found.values() if each.noted or each.verdict in ("suspect", "invalid")]
    said.sort(key=lambda each: _badness(each.verdict), reverse=True)
    worst = said[0].verdict if said else "valid"
    return Verdict(
        verdict="valid" if worst == "unchecked" else worst,
        reasons=tuple(each.sentence for each in said),
        checks=tuple(Check(check=name, **each.model_dump(exclude={"noted"})) for name, each in found.items()),
    )


def _badness(verdict: Grade) -> int:
    return get_args(Grade).index(verdict)
