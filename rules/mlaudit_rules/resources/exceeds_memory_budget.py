"""GPU001: a training needs more memory than its card has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity
from mlaudit_rules.resources.wording import bytes_of, tier_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Memory, Profile

_MOST_PLACES = 4
# What the backward pass and the step take for a while, which is made elsewhere.
_PASSING = {"temporary", "gradients"}


class ExceedsMemoryBudget(Rule):
    """Reports a peak above the budget, and one that only fits if all goes well."""

    meta = RuleMeta(
        code="GPU001",
        name="exceeds-memory-budget",
        family="resources",
        severity=Severity.ERROR,
        confidence=Confidence.MEDIUM,
        help="Use a smaller batch, mixed precision, or checkpoints of activations.",
        impact="The training dies with `out of memory` on the card that it is meant for.",
        effort="medium",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the peak against the budget."""
        used = profile.memory
        if used is None or used.fits == "fits":
            return
        shares = sorted(used.lines[:_MOST_PLACES], key=lambda share: share.kind in _PASSING)
        place = shares[0].location if shares else profile.program
        if place is None:
            return
        severity = Severity.ERROR if used.peak > used.budget else Severity.WARNING
        confidence = Confidence.HIGH if used.tier.startswith("T1") else Confidence.MEDIUM
        evidence = [(f"{bytes_of(share.bytes)} made here", share.location) for share in shares]
        yield self.report(
            place, _message(used), evidence=evidence, severity=severity, confidence=confidence
        )


def _message(used: Memory) -> str:
    card = f" of the {used.card}" if used.card else ""
    kind, size = next(iter(used.kinds.items()))
    return (
        f"the training {used.fits} into the {bytes_of(used.budget)}{card}: it needs"
        f" {bytes_of(used.peak)} to {bytes_of(used.upper)} ({tier_of(used)}),"
        f" {bytes_of(size)} of it for {kind}{_batch(used)}"
    )


def _batch(used: Memory) -> str:
    """Say which batch would fit, if that was looked for."""
    if used.largest is None:
        return ""
    if not used.largest:
        return "; no batch fits"
    return f"; a batch of {used.largest} fits instead of {used.batch}"
