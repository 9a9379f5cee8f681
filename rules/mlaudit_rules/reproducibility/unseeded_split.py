"""SEED001: the rows are divided differently in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Finding, Fix, Needs, Rule, RuleMeta, Severity
from mlaudit_rules.reproducibility.callers import runs_here
from mlaudit_rules.reproducibility.divided_again import divided_again
from mlaudit_rules.reproducibility.draws import sampled_apart
from mlaudit_rules.reproducibility.lateness import late_seed
from mlaudit_rules.reproducibility.loaded_for_nobody import loaded_for_nobody
from mlaudit_rules.reproducibility.never_run import left_out
from mlaudit_rules.reproducibility.readers import only_printed, unused
from mlaudit_rules.reproducibility.reseeding import seeded
from mlaudit_rules.reproducibility.seeding import (
    Seeding,
    by_whom,
    generator_of,
    seed_fix,
    seedless,
    without_seed,
)
from mlaudit_rules.reproducibility.stored_split import stored_once

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Module, Repair


class UnseededSplit(Rule):
    """Reports splits that no seed reaches, neither their own nor a global one."""

    meta = RuleMeta(
        code="SEED001",
        name="unseeded-split",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Give the split a fixed seed.",
        impact="Scores of two runs are measured on different rows and cannot be compared.",
    )
    needs = Needs(unseeded=("split",), words=("sample",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the splitting functions, then the tables that are sampled apart."""
        if module.is_test:
            return
        splits = seedless(module, "split")
        samples = module.fact(sampled_apart)
        if not splits and not samples:
            return
        seeding = module.fact(Seeding)
        for call in splits:
            if left_out(module, call.node, call.function) or unused(module, call.node):
                continue
            if divided_again(module, call.node) or only_printed(module, call.node):
                continue
            if loaded_for_nobody(module, call.node):
                continue
            generator = generator_of(call)
            if seeding.reaches(generator, call) or late_seed(module, generator, call):
                continue
            if not stored_once(module, call.node):
                here = runs_here(module, call.function)
                yield self.report(
                    call.place,
                    f"`{_short(call)}` divides the rows differently in every run{by_whom(here)}: "
                    f"{_reason(call)}, and {without_seed(generator, here)}",
                    conditional=not here,
                    fix=seed_fix(module, call),
                )
        for sample in samples:
            if not seeding.seeds("numpy") and not seeding.reached_elsewhere("numpy", sample):
                yield self._sampled(module, sample.node)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Give the call a seed."""
        return seeded(module, finding)

    def _sampled(self, module: Module, sample: ast.Call) -> Finding:
        text = module.text(sample.func)
        return self.report(
            module.place(sample),
            f"`{text}` takes other rows in every run, and the rest becomes the other part of the "
            "split: no `random_state`, and NumPy's global generator is not seeded",
            fix=Fix("Pass random_state=42, so that every run divides the rows alike."),
        )


def _short(call: Call) -> str:
    return call.name.rsplit(".", 1)[-1]


def _reason(call: Call) -> str:
    seed = call.entry.seed if call.entry else ""
    return f"`{seed}` is None" if seed in call.arguments else f"no `{seed}` is given"
