"""Networks whose place another takes before anything is done with them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import NoRepair, block_of, spelt
from mlaudit_rules.reproducibility.bindings import values_by_target

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_PREPARING = frozenset({"compile", "summary", "build"})


def lasting(module: Module, name: str) -> list[ast.expr]:
    """List what a name stands for, without what gives way to another before it is trained."""
    values = module.fact(values_by_target).get(name, [])
    return [v for v in values if not any(_gives_way(module, name, v, other) for other in values)]


def _gives_way(module: Module, name: str, value: ast.expr, other: ast.expr) -> bool:
    """Say whether a later statement of the same block binds the name anew, unused till then."""
    first, last = module.nodes.parents[value], module.nodes.parents[other]
    if value.lineno >= other.lineno or not isinstance(first, ast.stmt):
        return False
    try:
        block = block_of(module, first)
    except NoRepair:
        return False
    if last not in block:
        return False
    between = block[block.index(first) + 1 : block.index(last)]
    return not any(_works_with(module, name, part) for part in (*between, other))


def _works_with(module: Module, name: str, part: ast.AST) -> bool:
    """Say whether anything but its preparation is done with a network.

    A method of the object that holds it may do so unseen.
    """
    parents, holder = module.nodes.parents, name.rpartition(".")[0]
    for node in module.nodes.find(ast.Name, ast.Attribute, within=part):
        above = parents[node]
        if spelt(node) == name:
            if not (isinstance(above, ast.Attribute) and above.attr in _PREPARING):
                return True
        elif holder and spelt(node) == holder:
            asked = parents[above]
            if not isinstance(above, ast.Attribute):
                return True
            if isinstance(asked, ast.Call) and asked.func is above:
                return True
    return False
