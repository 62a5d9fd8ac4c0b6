"""Runs every check on one point."""

from __future__ import annotations

from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding
from tasks.audit.verdict import Check, Verdict


def audit_point(evidence: Evidence) -> Verdict:
    """Return the verdict on a point: why it is suspect or invalid, worst first, and notes."""
    findings = {name: check(evidence) for name, check in CHECKS.items()}
    invalid = [finding.sentence for finding in findings.values() if finding.verdict == "invalid"]
    suspect = [finding.sentence for finding in findings.values() if finding.verdict == "suspect"]
    return Verdict(
        verdict="invalid" if invalid else "suspect" if suspect else "valid",
        reasons=(*invalid, *suspect),
        notes=tuple(finding.sentence for finding in findings.values() if _is_note(finding)),
        checks=tuple(
            Check(check=name, **finding.model_dump(exclude={"noted"})) for name, finding in findings.items()
        ),
    )


def _is_note(finding: Finding) -> bool:
    return finding.noted and finding.verdict in ("valid", "unchecked")
