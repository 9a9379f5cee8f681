"""SEED005: random numbers decide the model, and nothing seeds the generator they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity
from mlaudit_rules.reproducibility.randomness import unseeded

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module


class UnseededGenerator(Rule):
    """Reports, once for each generator, the first random draw that a result depends on."""

    meta = RuleMeta(
        code="SEED005",
        name="unseeded-generator",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Seed every random generator that the program draws from, before anything is drawn.",
        impact="The model, and every score reported for it, changes from run to run.",
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge programs that seed nothing at all, or nothing before they draw."""
        if module.is_test:
            return
        for randomness in module.fact(unseeded):
            if randomness.late or randomness.others:
                continue  # there are rules for seeds that come too late, and for those that lack
            yield self.report(
                randomness.place,
                f"{randomness.subject}, which nothing seeds{randomness.effect}",
                evidence=randomness.evidence,
                fix=randomness.fix,
            )
