"""LEAK017: overlapping windows of one series stand on both sides of a split by chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Finding,
    Fix,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    Split,
    Tier,
    Windowed,
    quoted,
)
from mlaudit_rules.leakage.shuffled_time_series import shuffles, windows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Trace


class WindowBeforeSplit(Rule):
    """Reports random splits of windows that share most of their values with the next ones."""

    meta = RuleMeta(
        code="LEAK017",
        name="window-before-split",
        family="leakage",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Split the series at a point in time first, then cut windows from each part.",
        impact="Nearly every test window is in the training part, moved by one step.",
        tier=Tier.RESEARCH,
    )
    needs = Needs(trace=("Split",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge every split by chance of what was cut from a series before."""
        for split in trace.of(Split):
            cut = windows(trace, split) if shuffles(split) else None
            if cut is not None:
                yield self._judge(split, cut)

    def _judge(self, split: Split, cut: Windowed) -> Finding:
        return self.report(
            split.place,
            f"`{split.function}` deals out windows at random that were cut step by step "
            f"({quoted(cut.place)}): neighbours share all but one of their values, and stand on "
            "both sides",
            evidence=[("cut here", cut.place), ("split here", split.place)],
            conditional=split.conditional or cut.conditional,
            fix=Fix("Split the series in time first and cut the windows of each part by itself."),
        )
