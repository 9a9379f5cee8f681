"""TRAIN005: the optimizer holds no parameter that is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, FaultKind, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Profile


class OptimizerMissesModel(Rule):
    """Reports optimizers whose parameters never get a gradient."""

    meta = RuleMeta(
        code="TRAIN005",
        name="optimizer-misses-model",
        family="training",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help=(
            "Give the optimizer `model.parameters()` of the model that is called, after the last "
            "change of its layers."
        ),
        impact="The model stays as it was made: nothing is learnt.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the faults that were seen in a training."""
        for fault in profile.measured.faults:
            if fault.kind is FaultKind.OPTIMIZER_MISSES:
                yield self.report(
                    fault.location,
                    f"{fault.detail} in {fault.steps:,} steps: it holds other parameters than are "
                    "trained",
                )
