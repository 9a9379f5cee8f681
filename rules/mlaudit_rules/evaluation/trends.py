"""Trends: curves that are drawn through rows by the order in which these come, and by nothing else.

They are looked at or taken off, and say nothing of how well anything could be predicted.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name

if TYPE_CHECKING:
    from mlaudit.rulekit import Evaluate, Fit, Module

_STEPS = frozenset({"in_sample"})  # what statsmodels makes of the index alone
_NUMBERS = frozenset({"arange", "range"})
_KEEPS = frozenset(
    {"reshape", "to_frame", "to_numpy", "copy", "array", "asarray", "list", "DataFrame", "Series"}
)
_DEEPEST = 6


def is_trend(module: Module, event: Evaluate) -> bool:
    """Say whether a model is asked for the very rows that it has learnt by their order alone."""
    return event.model.task != "classifier" and all(
        event.rows.within(fit.rows) and _learns_order(module, fit) for fit in event.fits
    )


def _learns_order(module: Module, fit: Fit) -> bool:
    call = None
    if fit.place.document is module.document:
        call = module.node_at(fit.place.location, ast.Call)
    if call is None:
        return False
    given = [*call.args[:1], *(word.value for word in call.keywords if word.arg == "X")]
    return bool(given) and _is_order(module, given[0], module.nodes.stretch(call)[0])


def _is_order(module: Module, node: ast.AST | None, before: int, depth: int = 0) -> bool:
    """Say whether values are numbers that only count the rows, or are made of such numbers."""
    if depth > _DEEPEST:
        return False
    match node:
        case ast.Name(id=name):
            return _is_order(module, _bound(module, name, before), before, depth + 1)
        case ast.Dict(values=[_, *_] as values):
            return all(_is_order(module, value, before, depth + 1) for value in values)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Slice(), key])):
            return _of_key(module, value, key, before, depth)
        case ast.Subscript(value=value, slice=key):
            return _of_key(module, value, key, before, depth)
        case ast.Call():
            return _is_made(module, node, before, depth)
    return False


def _is_made(module: Module, call: ast.Call, before: int, depth: int) -> bool:
    name = last_name(call.func)
    if name in _STEPS | _NUMBERS:
        return True
    if name not in _KEEPS:
        return False
    resolved = isinstance(call.func, ast.Attribute) and module.names.resolve(call.func) is None
    inner = call.func.value if resolved and isinstance(call.func, ast.Attribute) else None
    inner = inner or (call.args[0] if call.args else None)
    return _is_order(module, inner, before, depth + 1)


def _of_key(module: Module, value: ast.expr, key: ast.expr, before: int, depth: int) -> bool:
    """Judge columns by what the program has last put there; `None` only turns a row upright."""
    match key:
        case ast.Constant(value=None) | ast.Attribute(attr="newaxis"):
            return _is_order(module, value, before, depth + 1)
        case ast.List(elts=[_, *_] as names):
            filled = [_filled(module, name, before) for name in names]
            return all(_is_order(module, each, before, depth + 1) for each in filled)
    return False


def _bound(module: Module, name: str, before: int) -> ast.expr | None:
    """Find what a name was last bound to before a place."""
    found = [
        node
        for node in module.nodes.find(ast.Assign)
        if any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
    return _last(module, found, before)


def _filled(module: Module, column: ast.expr, before: int) -> ast.expr | None:
    """Find what a column was last filled with before a place."""
    found = [node for node in module.nodes.find(ast.Assign) if _fills(node, column)]
    return _last(module, found, before)


def _fills(node: ast.Assign, column: ast.expr) -> bool:
    match column, node.targets[0]:
        case ast.Constant(value=name), ast.Subscript(slice=ast.Constant(value=filled)):
            return bool(name == filled)
    return False


def _last(module: Module, found: list[ast.Assign], before: int) -> ast.expr | None:
    start = module.nodes.stretch
    above = [node for node in found if start(node)[0] < before]
    return max(above, key=lambda node: start(node)[0]).value if above else None
