"""SEED007: some random generators are seeded, and one that decides the model is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Rule, RuleMeta, Severity
from mlaudit_rules.reproducibility.randomness import NEEDS, unseeded
from mlaudit_rules.reproducibility.reseeding import seeded_globally
from mlaudit_rules.reproducibility.seeding import LIBRARIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module, Repair


class PartlySeeded(Rule):
    """Reports, once for each generator, what is random in a program that seeds other generators."""

    meta = RuleMeta(
        code="SEED007",
        name="partly-seeded",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Seed this generator too, beside the others.",
        impact="The program looks reproducible, and its model and scores change from run to run.",
    )
    needs = NEEDS

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what is random by a generator that no seed ever reaches."""
        if module.is_test:
            return
        for randomness in module.fact(unseeded):
            if randomness.late or not randomness.others:
                continue
            names = [LIBRARIES[generator] for generator, _ in randomness.others]
            are = f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} seeded"
            yield self.report(
                randomness.place,
                f"{randomness.subject}, which nothing seeds, while {are}{randomness.effect}",
                evidence=[
                    *dict.fromkeys(("seeded here", place) for _, place in randomness.others),
                    *randomness.evidence,
                ],
                fix=randomness.fix,
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Seed this generator beside the others."""
        return seeded_globally(module, finding)
