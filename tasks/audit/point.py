"""The verdict on one point: the worst that any check has to say."""

from __future__ import annotations

from typing import Literal

from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.audit.results import Verdict

VERDICTS: dict[str, Literal["valid", "suspect", "invalid"]] = {
    "broken": "invalid",
    "suspect": "suspect",
    "note": "valid",
}


def audit_point(evidence: Evidence) -> Verdict:
    """Hold the client's figures against the server's. Every finding is a reason, the worst one first."""
    findings = [finding for check in CHECKS if (finding := check(evidence))]
    findings.sort(key=lambda finding: list(VERDICTS).index(finding.level))
    worst = findings[0].level if findings else "note"
    return Verdict(verdict=VERDICTS[worst], reasons=tuple(finding.sentence for finding in findings))
