"""TRAIN041: the loss is no number any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, FaultKind, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class LossNotFinite(Rule):
    """Reports the step from which on every loss is NaN or infinite."""

    meta = RuleMeta(
        code="TRAIN041",
        name="loss-not-finite",
        family="training",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help=(
            "Lower the learning rate, clip gradients, and look at the first batch whose loss is no "
            "number."
        ),
        impact="All weights are lost from that step on.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the faults that were seen in a training."""
        for fault in profile.measured.faults:
            if fault.kind is FaultKind.LOSS_NOT_FINITE:
                yield self.report(
                    fault.location, f"{fault.detail}, to the last of {fault.steps:,} steps"
                )
