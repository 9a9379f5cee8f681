"""GPU002: the memory of a training grows from step to step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity
from mlaudit_rules.resources.wording import bytes_of, tier_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Memory, Profile


class MemoryLeak(Rule):
    """Reports tensors that pile up, and the step at which the memory is full."""

    meta = RuleMeta(
        code="GPU002",
        name="memory-leak",
        family="resources",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Keep numbers (`loss.item()`), not tensors, and evaluate under `torch.no_grad()`.",
        impact="The training dies once the memory is full, the later the more work is lost.",
    )

    def check_profile(self, profile: Profile) -> Iterable[Finding]:
        """Judge the memory that every step leaves behind."""
        used = profile.memory
        if used is None or not used.growth:
            return
        places = [share.location for share in used.grown]
        place = places[0] if places else profile.program
        if place is not None:
            evidence = [("grows here", each) for each in places[1:]]
            yield self.report(place, _message(used), evidence=evidence)


def _message(used: Memory) -> str:
    card = f" of the {used.card}" if used.card else ""
    full = f"the {bytes_of(used.budget)}{card} are full at step {used.full_at:,}"
    kept = " and ".join(f"`{name}`" for name in used.kept)
    where = f" in {kept}" if kept else ""
    return f"every step leaves {bytes_of(used.growth)} behind{where}: {full} ({tier_of(used)})"
