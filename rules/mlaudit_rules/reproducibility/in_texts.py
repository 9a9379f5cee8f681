"""Texts that a program puts together, as it does for the name of a folder: `f"run-{token}"`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import by_position, last_name
from mlaudit_rules.reproducibility.bindings import values_by_target

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_MAKING = frozenset({"str", "Path", "PurePath"})


def is_text(module: Module, node: ast.expr) -> bool:
    """Say whether an expression is a text or path, or a name that is bound to nothing else."""
    values = [node]
    if isinstance(node, ast.Name):
        values = module.fact(values_by_target).get(node.id, [])
    return bool(values) and all(_is_made(module, value) for value in values)


def _is_made(module: Module, node: ast.expr) -> bool:
    """Say whether a text is written down or put together right here."""
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="join" | "format")):
            return True
        case ast.Call(func=func):
            return last_name(func) in _MAKING or module.names.resolve(func) == "os.path.join"
        case ast.IfExp(body=one, orelse=other):
            return _is_made(module, one) or _is_made(module, other)
        case ast.BinOp(left=one, op=ast.Add(), right=other):
            return _is_made(module, one) and _is_made(module, other)
        case ast.BinOp(left=one, op=ast.Div(), right=other):
            return _is_made(module, one) or _is_made(module, other)
    return False


def given_by_name(call: ast.Call, function: Definition) -> dict[str, ast.expr] | None:
    """Map the parameters of a function to what a call gives it; None where that is spread out."""
    names = by_position(function.args)
    spread = any(isinstance(each, ast.Starred) for each in call.args)
    if spread or len(call.args) > len(names):
        return None
    given = dict(zip(names, call.args, strict=False))
    for word in call.keywords:
        if word.arg is None:
            return None
        given[word.arg] = word.value
    return given
