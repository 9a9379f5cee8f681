"""SEED012: an order that nothing fixes decides the split, or which number a class gets."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Pattern,
    Repair,
    Rule,
    RuleMeta,
    Severity,
    Words,
    quoted,
)
from mlaudit_rules.reproducibility.learning import learns

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module
    from mlaudit_rules.reproducibility.arrivals import Arrival

_SOURCES = Words("listdir", "scandir", "glob(", "iterdir", "os.walk", "frozenset(")
_NAMES = frozenset({"listdir", "glob", "iglob", "iterdir", "rglob"})
_SET = Pattern(r"set\((?<!\wset\()")  # begins with plain letters, which are found fast


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
        if module.is_test or not _may_matter(module) or not learns(module):
            return
        from mlaudit_rules.reproducibility.arrivals import Arrivals

        for arrival in Arrivals(module).found.values():
            yield self._finding(module, arrival)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Sort what arrives; only of file names it is sure that they can be."""
        node = module.node_at(finding.location, ast.Call)
        if node is not None and ast.unparse(node.func).rsplit(".", 1)[-1] in _NAMES:
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


def _may_matter(module: Module) -> bool:
    sets = module.nodes.find(ast.Set, ast.SetComp)
    text = module.document.text
    return bool(sets) or _SOURCES.stand_in(text) or _SET.search(text) is not None
