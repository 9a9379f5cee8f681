"""Branches that run where no seed or generator was given: what is random there is meant to be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, by_position, defaults, last_name

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_SEED = Pattern(r"(?i)seed|random_?state")


def without_a_seed(module: Module, node: ast.AST, function: Definition | None) -> bool:
    """Say whether code runs only where a seed is None, as `else` of `if seed is not None:` does.

    Seeds that others set where it is given do not meet with it.  So it is with whatever else the
    function around can be given, where each of its calls gives it.
    """
    inner, outer = node, module.nodes.parents.get(node)
    while outer is not None:
        if isinstance(outer, ast.If | ast.IfExp) and inner is not outer.test:
            body = inner in outer.body if isinstance(outer, ast.If) else inner is outer.body
            asked = _asked(outer.test)
            if asked is not None and asked[1] is not body:
                name = asked[0]
                if _SEED.search(name) or (function and _always_given(module, function, name)):
                    return True
        inner, outer = outer, module.nodes.parents.get(outer)
    return False


def _asked(test: ast.expr) -> tuple[str, bool] | None:
    """Tell what a test asks for, and whether it holds where that is given; None of other tests."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _asked(operand)
            return None if inner is None else (inner[0], not inner[1])
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=None)]):
            return last_name(left) or "", isinstance(op, ast.IsNot | ast.NotEq)
        case ast.Name() | ast.Attribute():
            return last_name(test) or "", True
    return None


def _always_given(module: Module, function: Definition, name: str) -> bool:
    """Say whether a parameter that is None by default gets something else in every call."""
    default, names = defaults(function.args).get(name), by_position(function.args)
    if name not in names or not isinstance(default, ast.Constant) or default.value is not None:
        return False
    calls = module.calls_named(function.name)
    given = [_given(named.node, name, names.index(name)) for named in calls]
    return bool(given) and all(
        value is not None and not (isinstance(value, ast.Constant) and value.value is None)
        for value in given
    )


def _given(call: ast.Call, name: str, position: int) -> ast.expr | None:
    """Give what a call gives for a parameter."""
    named = (keyword.value for keyword in call.keywords if keyword.arg == name)
    placed = call.args[position] if position < len(call.args) else None
    return next(named, placed)
