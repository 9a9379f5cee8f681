"""TRAIN040: steps are taken and no weight changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, FaultKind, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class WeightsNeverChange(Rule):
    """Reports optimizers whose steps leave all weights as they were."""

    meta = RuleMeta(
        code="TRAIN040",
        name="weights-never-change",
        family="training",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help=(
            "Give the optimizer a learning rate above 0, and a loss whose gradients reach the "
            "weights."
        ),
        impact="Nothing is learnt, whatever the loss does.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the faults that were seen in a training."""
        for fault in profile.measured.faults:
            if fault.kind is FaultKind.WEIGHTS_UNCHANGED:
                yield self.report(
                    fault.location, f"{fault.steps:,} steps change no weight: {fault.detail}"
                )
