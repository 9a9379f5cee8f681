"""What the names of a document are bound to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt

if TYPE_CHECKING:
    from mlaudit.rulekit import Module


def assignments(module: Module) -> list[tuple[ast.expr, ast.expr]]:
    """List the targets of assignments with their values, pair by pair, in source order."""
    found: list[tuple[ast.expr, ast.expr]] = []
    for node in module.nodes.find(ast.Assign, ast.AnnAssign):
        if node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                found += zip(target.elts, node.value.elts, strict=False)
            else:
                found.append((target, node.value))
    return found


def values_by_target(module: Module) -> dict[str, list[ast.expr]]:
    """Map what is assigned to, as it is spelt, to the values, in source order."""
    found: dict[str, list[ast.expr]] = {}
    for target, value in module.fact(assignments):
        found.setdefault(spelt(target), []).append(value)
    return found


def sole_values(module: Module) -> dict[str, ast.expr]:
    """Map the names that the whole document binds once, by an assignment, to their values."""
    values = {
        target.id: value
        for target, value in module.fact(assignments)
        if isinstance(target, ast.Name)
    }
    bound = module.names.assigned
    return {name: value for name, value in values.items() if bound[name] == 1}


def bound_before(module: Module, name: ast.Name) -> ast.expr | None:
    """Give what a name of the top level was last bound to there, where nothing else binds it."""
    plain = {
        target
        for node in module.tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    stored = [use for use in module.fact(uses).get(name.id, ()) if isinstance(use.ctx, ast.Store)]
    if not all(use in plain for use in stored) or not _at_top(module, name):
        return None
    before = [
        value
        for target, value in module.fact(assignments)
        if isinstance(target, ast.Name) and target.id == name.id and target.lineno < name.lineno
    ]
    return before[-1] if before else None


def _at_top(module: Module, node: ast.AST) -> bool:
    """Say whether a node stands in a plain statement of the top level, and in no comprehension."""
    above = module.nodes.parents.get(node)
    while above is not None and not isinstance(above, ast.stmt):
        if isinstance(above, ast.Lambda | ast.comprehension):
            return False
        above = module.nodes.parents.get(above)
    return above in module.tree.body


def uses(module: Module) -> dict[str, list[ast.Name]]:
    """Map names to where they stand, in source order."""
    found: dict[str, list[ast.Name]] = {}
    for node in module.nodes.find(ast.Name):
        found.setdefault(node.id, []).append(node)
    return found
