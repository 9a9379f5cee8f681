"""SEED009: a seed is read from a clock, and nobody will know what it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    quoted,
)
from mlaudit_rules.reproducibility.clock import (
    is_fraction,
    varying_calls,
    varying_source,
)
from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.drawn_from import drawn_from
from mlaudit_rules.reproducibility.learning import learns
from mlaudit_rules.reproducibility.recorded import recorded, seeds_given
from mlaudit_rules.reproducibility.seed_names import ALL

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module

_OF_WHOLE_NUMBERS = frozenset({"numpy", "sklearn"})


class TimeBasedSeed(Rule):
    """Reports seeds that come from a clock, a process or the system's entropy, and are not kept."""

    meta = RuleMeta(
        code="SEED009",
        name="time-based-seed",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Write the seed down, or draw it once, record it and allow it to be given.",
        impact="No run can be repeated, although the program sets a seed.",
    )
    needs = Needs(words=("time", "uuid", "secrets", "getpid", "urandom"))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what is given as a seed in documents that learn something."""
        if module.is_test or not module.fact(varying_calls) or not module.fact(learns):
            return
        for node, value in seeds_given(module):
            source = varying_source(module, value)
            if source is None or recorded(module, value) or _idle(module, node):
                continue
            if module.fact(Dead).holds(node) or _stops(module, node, value):
                continue
            origin = "" if source is value else f", from {quoted(module.place(source))}"
            yield self.report(
                module.place(node),
                f"{quoted(module.place(value))} is another seed in every run{origin}, and "
                "nothing records it",
                evidence=[("read here", module.place(source))] if origin else (),
                fix=Fix("Use a fixed seed.", "SEED = 42"),
            )


def _idle(module: Module, node: ast.Call) -> bool:
    """Say whether a call seeds a global generator that nothing which runs goes by."""
    call = module.call_of.get(node)
    if call is None or call.entry is None or call.entry.kind != "seed":
        return False
    return not drawn_from(module, call.entry.generators or ALL)


def _stops(module: Module, node: ast.Call, value: ast.expr) -> bool:
    """Say whether a call raises an error, as it takes whole numbers alone for its seed."""
    call = module.call_of.get(node)
    if call is None or call.entry is None or call.entry.library not in _OF_WHOLE_NUMBERS:
        return False
    return is_fraction(module, value)
