"""Findings and coverage become a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Confidence, Severity
from mlaudit.model.review import Coverage, Reason, Recommendation, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.model.finding import Finding


def verdict(findings: Sequence[Finding], coverage: Coverage) -> Verdict:
    """Give the verdict with its reasons."""
    invalid = [
        finding
        for finding in findings
        if finding.severity is Severity.ERROR and finding.confidence is not Confidence.LOW
    ]
    if invalid:
        reason = Reason("findings invalidate the result", tuple(f.fingerprint for f in invalid))
        return Verdict(Recommendation.NEEDS_REWORK, Confidence.HIGH, (reason,))
    open_ = [finding for finding in findings if finding.severity is not Severity.INFO]
    if open_ or not coverage.complete:
        return Verdict(Recommendation.CONDITIONAL, Confidence.HIGH)
    return Verdict(Recommendation.APPROVE, Confidence.HIGH)
