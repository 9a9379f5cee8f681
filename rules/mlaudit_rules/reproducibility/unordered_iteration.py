"""SEED012: an order that nothing fixes decides the split, or which number a class gets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Repair,
    Rule,
    RuleMeta,
    Severity,
    quoted,
    spelt,
)
from mlaudit_rules.reproducibility.learning import learns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module
    from mlaudit_rules.reproducibility.arrivals import Arrival

_NAMES = frozenset({"listdir", "glob", "iglob", "iterdir", "rglob"})
_SOURCES = _NAMES | {"scandir", "walk", "set", "frozenset"}


class UnorderedIteration(Rule):
    """Reports listings of files and sets of strings whose order reaches a split or label ids."""

    meta = RuleMeta(
        code="SEED012",
        name="unordered-iteration",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Put sorted() around it.",
        impact="The same seed gives another split, or the same number stands for another class.",
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the orders that arrive, once a source."""
        sources = [] if module.is_test else _sources(module)
        if not sources or not module.fact(learns):
            return
        from mlaudit_rules.reproducibility.arrivals import Arrivals

        for arrival in Arrivals(module, sources).found.values():
            yield self._finding(module, arrival)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Sort what arrives; only of file names it is sure that they can be."""
        node = module.node_at(finding.location, ast.Call)
        if node is not None and spelt(node.func).rsplit(".", 1)[-1] in _NAMES:
            repair = Repair(module)
            repair.replace(node, f"sorted({module.text(node)})")
            yield repair

    def _finding(self, module: Module, arrival: Arrival) -> Finding:
        source = arrival.source
        text = quoted(module.place(source.node))
        where = "in every run" if source.is_set else "on another machine"
        order = f"The order of {text} is {'another' if source.is_set else 'not the same'} {where}"
        effect = (
            "and numbers what the model learns by"
            if arrival.numbers
            else "and decides how the rows are divided, whatever the seed"
        )
        return self.report(
            module.place(source.node),
            f"{order}, {effect}",
            evidence=[
                ("numbered here" if arrival.numbers else "divided here", module.place(arrival.node))
            ],
            confidence=Confidence.HIGH if source.is_set else Confidence.MEDIUM,
            fix=Fix("Sort it.", f"sorted({module.text(source.node)})"),
        )


def _sources(module: Module) -> list[ast.expr]:
    """Find what may be a source: sets, and calls of what gives one, by whatever name."""
    aliases = module.names.aliases.items()
    named = (alias for alias, name in aliases if name.rpartition(".")[2] in _SOURCES)
    calls = module.calls_named(*_SOURCES.union(named))
    return [*module.nodes.find(ast.Set, ast.SetComp), *(call.node for call in calls)]
