"""Branches that run where nobody gave a seed: what is random there is meant to be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_SEED = Pattern(r"(?i)seed|random_?state")


def without_a_seed(module: Module, node: ast.AST) -> bool:
    """Say whether code runs only where a seed is None, as `else` of `if seed is not None:` does.

    Seeds that others set where it is given do not meet with it.
    """
    inner, outer = node, module.nodes.parents.get(node)
    while outer is not None:
        if isinstance(outer, ast.If | ast.IfExp) and inner is not outer.test:
            given = _asks_for_seed(outer.test)
            if given is not None and _stands_in_body(inner, outer) is not given:
                return True
        inner, outer = outer, module.nodes.parents.get(outer)
    return False


def _stands_in_body(inner: ast.AST, test: ast.If | ast.IfExp) -> bool:
    return inner in test.body if isinstance(test, ast.If) else inner is test.body


def _asks_for_seed(test: ast.expr) -> bool | None:
    """Say whether a test holds where a seed is given, or where none is; None of any other test."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _asks_for_seed(operand)
            return None if inner is None else not inner
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=None)]):
            named = _SEED.search(last_name(left) or "") is not None
            return isinstance(op, ast.IsNot | ast.NotEq) if named else None
        case ast.Name() | ast.Attribute():
            return True if _SEED.search(last_name(test) or "") is not None else None
    return None
