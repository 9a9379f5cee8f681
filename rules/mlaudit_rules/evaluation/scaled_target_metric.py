"""EVAL022: an error is told in the units of a scaled target, or of its logarithm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Fix,
    Needs,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    quoted,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module

OF_DISTANCE = frozenset(
    {
        "mean_squared_error",
        "root_mean_squared_error",
        "mean_absolute_error",
        "median_absolute_error",
        "max_error",
    }
)
UNDONE = Pattern(
    r"inverse_transform|inv_?(y|scal|trans)|expm1|\bexp\(|exp2|10 ?\*\*|np\.e\b|inverse|unscale"
    r"|denorm|de_?scale|scale_\b|data_(min|max|range)_|\bmean_\b"
    r"|\* ?\(?(y_)?(max|std|sd|scale|sigma)"
)
MEANT = Pattern(
    r"(?i)rmsle|msle|log[ _-]?(scale|error|units?|rmse|mse|mae|price)|(?<!_)logarithm|house.?price"
    r"|competition|contest|leaderboard|kaggle"
)
SAID = Pattern(r"(?i)(scaled|normali[sz]ed|standardi[sz]ed)[ _-]*(units?|rmse|mse|mae|error|loss)")
# What a label is told in, and what brings it back; growth is a quantity of its own.
WHAT = {
    "log": ("of the logarithm", "np.expm1 (or np.exp)"),
    "scaled": ("of the scaled target", "the scaler's inverse_transform"),
}


class ScaledTargetMetric(Rule):
    """Reports errors whose labels were scaled or logarithmised and never brought back."""

    meta = RuleMeta(
        code="EVAL022",
        name="scaled-target-metric",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Bring labels and predictions back to the original units before the metric.",
        impact="The error looks small, and means nothing to those who know the quantity.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(trace=("reports",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge reported errors by the units of their labels, one finding for one change."""
        told = [
            event
            for event in module.trace.reports
            if event.units is not None and event.units.how in WHAT and event.metric in OF_DISTANCE
        ]
        text = module.document.text
        if not told or module.is_test or UNDONE.search(text) or SAID.search(text):
            return
        meant = MEANT.search(text) is not None
        seen = set()
        for event in told:
            assert event.units is not None
            if event.units.place not in seen and not (meant and event.units.how == "log"):
                seen.add(event.units.place)
                yield self._judge(event)

    def _judge(self, event: Evaluate) -> Finding:
        assert event.units is not None
        what, undo = WHAT[event.units.how]
        return self.report(
            event.place,
            f"{score_of(event)} is told in units {what} that {quoted(event.units.place)} makes, "
            "and nothing brings them back",
            evidence=[("brought to other units here", event.units.place)],
            conditional=event.conditional,
            fix=Fix(f"Apply {undo} to labels and predictions first."),
        )
