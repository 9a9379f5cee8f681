"""SEED011: a seed is given to a splitter that draws nothing."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Needs, Repair, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Finding, Module


class NoOpRandomState(Rule):
    """Reports splitters with a `random_state` that do not shuffle."""

    meta = RuleMeta(
        code="SEED011",
        name="no-op-random-state",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Pass shuffle=True, or leave the random_state out.",
        impact="The folds follow the order of the rows, while a seed suggests that they are drawn.",
    )
    needs = Needs(words=("random_state",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the splitters that are random only when they shuffle."""
        if module.is_test:
            return
        for call in module.calls_of("splitter"):
            if not _seeded(call) or call.spread:
                continue
            shuffle = call.arguments.get("shuffle")
            if shuffle is not None and not (shuffle.known and not shuffle.value):
                continue
            name, state = call.name.rsplit(".", 1)[-1], call.arguments["random_state"].text
            how = "with `shuffle=False`" if shuffle else "without `shuffle=True`"
            yield self.report(
                call.place,
                f"`random_state={state}` has no effect: {how}, `{name}` cuts the rows as they "
                f"stand{_refusal(call)}",
                fix=Fix("Shuffle by the seed.", _shuffled(module, call)),
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Let the splitter shuffle, which makes other folds than before."""
        call = module.node_at(finding.location, ast.Call)
        if call is not None:
            repair = Repair(module, safe=False)
            repair.argument(call, "shuffle", "True")
            yield repair


def _seeded(call: Call) -> bool:
    entry = call.entry
    if entry is None or "shuffle" not in entry.when:
        return False
    state = call.arguments.get("random_state")
    return state is not None and not (state.known and state.value is None)


def _refusal(call: Call) -> str:
    if "cross_validation." in call.name:  # gone before scikit-learn began to refuse
        return ""
    return ", and scikit-learn from 0.24 on refuses the call"


def _shuffled(module: Module, call: Call) -> str:
    text = module.text(call.node)
    if "shuffle" in call.arguments or "#" in text or not text.endswith(")"):
        return ""
    return f"{text[:-1].rstrip().rstrip(',')}, shuffle=True)"
