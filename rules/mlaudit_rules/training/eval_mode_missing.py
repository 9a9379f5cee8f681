"""TRAIN007: a network is judged while it is switched to training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, FaultKind, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class EvalModeMissing(Rule):
    """Reports networks with dropout or batch norm that are judged in training mode."""

    meta = RuleMeta(
        code="TRAIN007",
        name="eval-mode-missing",
        family="training",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help=(
            "Call `model.eval()` before rows are judged, and `model.train()` before training goes "
            "on."
        ),
        impact=(
            "Dropout and batch statistics spoil the score, and batch norm learns from the judged "
            "rows."
        ),
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the faults that were seen in a training."""
        for fault in profile.measured.faults:
            if fault.kind is FaultKind.TRAINING_MODE:
                yield self.report(
                    fault.location,
                    f"rows that are not trained on are judged while {fault.detail} are switched to "
                    "training",
                )
