"""Functions that only compute something, and of whose results nobody makes use."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.readers import readings, unused
from mlaudit_rules.reproducibility.unasked import all_calls

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module

_DRAWING = frozenset({"show", "plot", "bar", "barh", "hist", "imshow"})
_LASTING = (ast.Global, ast.Nonlocal, ast.Yield, ast.YieldFrom, ast.With, ast.AsyncWith)


def computed_for_nobody(module: Module, made: Call) -> bool:
    """Say whether an object stays in a function whose results are all dropped, or only drawn.

    The function changes nothing beyond them: it calls nothing for an effect, and stores nothing in
    what it is given.
    """
    function = made.function
    if function is None or module.importers or not _only_computes(module, function):
        return False
    calls = all_calls(module, function)
    return bool(calls) and all(_is_unused(module, call) for call in calls)


def _only_computes(module: Module, function: ast.AST) -> bool:
    effects = module.nodes.find(ast.Expr, within=function)
    stored = module.nodes.find(ast.Attribute, ast.Subscript, within=function)
    return (
        all(isinstance(effect.value, ast.Constant) for effect in effects)
        and all(isinstance(target.ctx, ast.Load) for target in stored)
        and not module.nodes.find(*_LASTING, within=function)
    )


def _is_unused(module: Module, call: ast.Call) -> bool:
    """Say whether what a call gives is dropped, or goes into names that nothing but plots reads.

    A notebook shows what stands alone at the end of a cell.
    """
    statement = module.nodes.parents.get(call)
    if not isinstance(statement, ast.Assign):
        return unused(module, call) and not module.document.is_notebook
    parts = [
        part
        for target in statement.targets
        for part in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    ]
    return all(
        isinstance(part, ast.Name)
        and all(_draws(module, use) for use in readings(module, statement, part.id))
        for part in parts
    )


def _draws(module: Module, use: ast.Name) -> bool:
    """Say whether a name only goes into a plot."""
    match module.nodes.parents[use]:
        case ast.Call(func=ast.Attribute(attr=name)) as call:
            return name in _DRAWING and unused(module, call)
    return False
