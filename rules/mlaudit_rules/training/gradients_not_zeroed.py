"""TRAIN001: gradients are never cleared between steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, FaultKind, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class GradientsNotZeroed(Rule):
    """Reports optimizers whose steps add up the gradients of all steps before."""

    meta = RuleMeta(
        code="TRAIN001",
        name="gradients-not-zeroed",
        family="training",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Call `optimizer.zero_grad()` once for each step, before `backward()`.",
        impact=(
            "Every step follows the sum of all gradients so far, so training strays or blows up."
        ),
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the faults that were seen in a training."""
        for fault in profile.measured.faults:
            if fault.kind is FaultKind.GRADIENTS_KEPT:
                yield self.report(
                    fault.location,
                    f"{fault.detail}: they are never cleared (seen in {fault.steps:,} steps)",
                )
