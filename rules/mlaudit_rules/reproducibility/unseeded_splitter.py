"""SEED002: folds are shuffled differently in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Needs, Rule, RuleMeta, Severity
from mlaudit_rules.reproducibility.callers import runs_here
from mlaudit_rules.reproducibility.first_fold import only_looked_at
from mlaudit_rules.reproducibility.never_run import left_out
from mlaudit_rules.reproducibility.readers import makes_no_folds, unused
from mlaudit_rules.reproducibility.reseeding import seeded
from mlaudit_rules.reproducibility.seeding import (
    Seeding,
    by_whom,
    seed_fix,
    seedless,
    without_seed,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module, Repair


class UnseededSplitter(Rule):
    """Reports shuffling splitters that no seed reaches; splitters without shuffle are fixed."""

    meta = RuleMeta(
        code="SEED002",
        name="unseeded-splitter",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Give the splitter a random_state.",
        impact="Cross-validated scores of two runs come from different folds.",
    )
    needs = Needs(unseeded=("splitter",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the construction of splitters."""
        if module.is_test:
            return
        calls = seedless(module, "splitter")
        if not calls:
            return
        seeding = module.fact(Seeding)
        for call in calls:
            if left_out(module, call.node, call.function) or unused(module, call.node):
                continue
            assert call.entry is not None
            generator = next(iter(call.entry.generators), "numpy")
            if seeding.reaches(generator, call) or seeding.after(generator, call):
                continue  # it draws only when it splits
            if only_looked_at(module, call) or makes_no_folds(module, call):
                continue
            here = runs_here(module, call.function)
            yield self.report(
                call.place,
                f"`{call.name.rsplit('.', 1)[-1]}` makes other folds in every run{by_whom(here)}: "
                f"it shuffles without a `{call.entry.seed}`, and {without_seed(generator, here)}",
                conditional=not here,
                fix=seed_fix(module, call),
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Give the call a seed."""
        return seeded(module, finding)
