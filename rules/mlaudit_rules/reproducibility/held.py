"""Estimators that are kept in an object which nobody asks for anything."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.classes import arguments_of, constructor
from mlaudit_rules.reproducibility.readers import looked_at, readings, unused

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_PLAIN_BASES = frozenset({"object", "ABC", "abc.ABC"})
_TUPLES = (ast.Tuple, ast.List)


def held_unasked(module: Module, call: Call) -> bool:
    """Say whether an estimator is given to an object that only keeps it, and is asked nothing.

    That is `trainer = Trainer(SVC())` where no method of `trainer` is named, and it goes nowhere.
    Whoever imports the document may ask it.
    """
    made = _holder(module, call.node)
    if made is None or (call.function is None and module.importers):
        return False
    if unused(module, made):
        return True
    statement, name = _bound(module, made)
    if statement is None or any(
        name in one.names for one in module.nodes.find(ast.Global, ast.Nonlocal)
    ):
        return False
    parents = module.nodes.parents
    return all(looked_at(parents[use]) for use in readings(module, statement, name))


def _holder(module: Module, node: ast.Call) -> ast.Call | None:
    """Find the construction that an estimator is given to, where its class only keeps that."""
    above = module.nodes.parents[node]
    above = module.nodes.parents[above] if isinstance(above, ast.keyword) else above
    if not isinstance(above, ast.Call) or not isinstance(above.func, ast.Name):
        return None
    owner = module.names.classes.get(above.func.id)
    making = constructor(owner) if owner is not None else None
    if owner is None or making is None or owner.decorator_list or owner.keywords:
        return None
    if any(spelt(base) not in _PLAIN_BASES for base in owner.bases):
        return None
    given = [name for name, value in arguments_of(owner, above).items() if value is node]
    return above if len(given) == 1 and _only_keeps(module, making, given[0]) else None


def _only_keeps(module: Module, making: Definition, parameter: str) -> bool:
    """Say whether a constructor stores what it is given, and does nothing with it or itself."""
    parents, own = module.nodes.parents, making.args.args[0].arg if making.args.args else "self"
    stored = all(
        isinstance(above := parents[use], ast.Assign | ast.AnnAssign) and above.value is use
        for use in module.nodes.find(ast.Name, within=making)
        if use.id == parameter
    )
    return stored and all(
        isinstance(above := parents[use], ast.Attribute) and isinstance(above.ctx, ast.Store)
        for use in module.nodes.find(ast.Name, within=making)
        if use.id == own
    )


def _bound(module: Module, made: ast.Call) -> tuple[ast.Assign | None, str]:
    """Give the statement that binds an object to a name, also as one of several, and the name."""
    above = module.nodes.parents[made]
    statement = module.nodes.parents[above] if isinstance(above, _TUPLES) else above
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return None, ""
    target: ast.expr | None = statement.targets[0]
    if isinstance(above, _TUPLES):
        if not isinstance(target, _TUPLES) or len(target.elts) != len(above.elts):
            return None, ""
        target = target.elts[above.elts.index(made)]
    return (statement, target.id) if isinstance(target, ast.Name) else (None, "")
