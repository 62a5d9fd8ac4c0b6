"""Runs every check on one point."""

from __future__ import annotations

from typing import get_args

from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding
from tasks.audit.verdict import Check, CheckVerdict, Verdict


def audit_point(evidence: Evidence) -> Verdict:
    """Return the verdict on a point; suspect, invalid and noted findings become its reasons, worst first."""
    findings = {name: check(evidence) for name, check in CHECKS.items()}
    reasons = [
        finding for finding in findings.values() if finding.noted or finding.verdict in ("suspect", "invalid")
    ]
    reasons.sort(key=_severity, reverse=True)
    worst = reasons[0].verdict if reasons else "valid"
    return Verdict(
        verdict="valid" if worst == "unchecked" else worst,
        reasons=tuple(finding.sentence for finding in reasons),
        checks=tuple(
            Check(check=name, **finding.model_dump(exclude={"noted"})) for name, finding in findings.items()
        ),
    )


def _severity(finding: Finding) -> int:
    return get_args(CheckVerdict).index(finding.verdict)
