"""Loops over folds that only look at the first of them, and leave, or that only count them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import spelt
from mlaudit_rules.reproducibility.bindings import uses
from mlaudit_rules.reproducibility.readers import readings

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module

_LOOKING = frozenset({"print", "display", "len", "type", "enumerate", "sum", "min", "max"})
_PARTS = (ast.Attribute, ast.Subscript)


def only_looked_at(module: Module, splitter: Call) -> bool:
    """Say whether all folds of a splitter go through loops that leave before anything is learned.

    So do those that only say which fold it is.  What such a loop binds must not be read behind it,
    as by a split that takes the first fold.
    """
    statement = module.nodes.parents.get(splitter.node)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(statement, ast.Assign) or not isinstance(target, ast.Name):
        return False
    loops = [_loop_of(module, use) for use in readings(module, statement, target.id)]
    single = len(statement.targets) == 1 and bool(loops)
    return single and all(loop is not None and _looks_and_leaves(module, loop) for loop in loops)


def _loop_of(module: Module, use: ast.Name) -> ast.For | None:
    """Find the loop that goes through `folds.split(…)`, also with numbers."""
    method = module.nodes.parents[use]
    if not isinstance(method, ast.Attribute) or method.attr != "split":
        return None
    above = module.nodes.parents[module.nodes.parents[method]]
    if isinstance(above, ast.Call) and spelt(above.func) == "enumerate":
        above = module.nodes.parents[above]
    return above if isinstance(above, ast.For) else None


def _looks_and_leaves(module: Module, loop: ast.For) -> bool:
    """Say whether a loop breaks in its first turn, whatever comes, and has only shown something.

    One that never breaks must not read which rows the folds have.
    """
    last = next((at for at, each in enumerate(loop.body) if isinstance(each, ast.Break)), None)
    fold = _fold(loop)
    if loop.orelse or any(module.nodes.find(*_PARTS, within=fold)):
        return False
    if last is None:
        return not _read_behind(module, [fold], 0)
    first_turn = loop.body[:last]
    if not all(_only_shows(module, statement) for statement in first_turn):
        return False
    return not _read_behind(module, [fold, *first_turn], loop.end_lineno or loop.lineno)


def _fold(loop: ast.For) -> ast.expr:
    """Give what a loop binds the rows of a fold to, without the number that `enumerate` gives."""
    numbered = isinstance(loop.iter, ast.Call) and spelt(loop.iter.func) == "enumerate"
    target = loop.target
    return target.elts[-1] if numbered and isinstance(target, ast.Tuple) else target


def _read_behind(module: Module, parts: list[ast.AST], line: int) -> bool:
    """Say whether a name that parts of a program bind is read behind a line."""
    return any(
        isinstance(use.ctx, ast.Load) and use.lineno > line
        for part in parts
        for name in module.nodes.find(ast.Name, within=part)
        if isinstance(name.ctx, ast.Store)
        for use in module.fact(uses)[name.id]
    )


def _only_shows(module: Module, statement: ast.stmt) -> bool:
    """Say whether a statement only binds names, or prints."""
    if not isinstance(statement, ast.Assign | ast.Expr):
        return False
    parts = module.nodes.find(*_PARTS, within=statement)
    return all(
        spelt(call.func) in _LOOKING for call in module.nodes.find(ast.Call, within=statement)
    ) and not any(isinstance(part.ctx, ast.Store) for part in parts)
