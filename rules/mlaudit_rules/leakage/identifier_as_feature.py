"""LEAK016: a running number or name of the row is among the features."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fit,
    Fix,
    Needs,
    Pattern,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Columns, Trace

IDENTIFIERS = Pattern(
    r"_?id|unnamed: 0|uu?id|guid|row_?(id|no|num|number)"
    r"|(record|obs|sample|case|passenger|customer|loan|order|transaction|employee|patient|student"
    r"|listing|claim|policy|invoice|encounter|respondent|applicant)_?(id|no|nr|num|number)",
    re.IGNORECASE,
)


class IdentifierAsFeature(Rule):
    """Reports trainings on tables that still have a column which numbers the rows."""

    meta = RuleMeta(
        code="LEAK016",
        name="identifier-as-feature",
        family="leakage",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        help="Drop the identifier from the features.",
        impact="The order in which rows were collected may tell the answer, until new rows come.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(trace=("Fit",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge the features of every predictor whose columns are known."""
        seen: set[str] = set()
        for fit in trace.of(Fit):
            if fit.model.role is not Role.PREDICTOR or fit.features is None:
                continue
            for name in _identifiers(fit.features):
                if name not in seen and name != fit.target:
                    seen.add(name)
                    yield self._judge(fit, name)

    def _judge(self, fit: Fit, name: str) -> Finding:
        features = quoted(fit.variable) if fit.variable else "the features"
        return self.report(
            fit.place,
            f"{quoted(fit.place)} trains on {features} with `{name}` still in it, which numbers "
            "the rows and tells nothing of them",
            evidence=[("trained here", fit.place)],
            conditional=fit.conditional,
            fix=Fix(f"Drop `{name}` from {features}, or make it the index."),
        )


def _identifiers(features: Columns) -> list[str]:
    """Find the columns that number rows among those that are surely there."""
    return sorted(name for name in features.kept or () if IDENTIFIERS.fullmatch(name))
