"""GitLab's code quality report."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mlaudit.model.finding import Severity
from mlaudit.report.escape import line
from mlaudit.report.places import lines

if TYPE_CHECKING:
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(review: Review) -> str:
    """Write an array of issues; of issues with equal fingerprints only one would be shown."""
    seen: Counter[str] = Counter()
    issues = []
    for finding in review.findings:
        own = finding.fingerprint or str(finding.location)
        seen[own] += 1
        issues.append(_issue(finding, f"{own}:{seen[own]}"))
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _issue(finding: Finding, identity: str) -> dict[str, Any]:
    first, last = lines(finding.location)
    return {
        "description": line(f"{finding.code}: {finding.message}"),
        "check_name": finding.name,
        "fingerprint": sha256(identity.encode()).hexdigest(),
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": finding.location.path.removeprefix("./"),
            "lines": {"begin": first, "end": last},
        },
    }
