"""Branches that only pick values, decided by a text that the caller gives."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import Constant
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter


def decided(run: Interpreter, node: ast.If) -> bool | None:
    """Decide `if kind == "small":` by the text given for that parameter, where values are picked.

    A branch that calls anything is followed both ways: what another caller would have it do counts.
    """
    match node.test:
        case ast.Compare(
            left=ast.Name(id=name),
            ops=[ast.Eq() | ast.NotEq() as operator],
            comparators=[ast.Constant(value=str() as wanted)],
        ):
            given = _given(run, name)
            if given is None or not (_picks(node.body) and _picks(node.orelse)):
                return None
            return (given == wanted) is isinstance(operator, ast.Eq)
    return None


def _given(run: Interpreter, name: str) -> str | None:
    """Give the text that a parameter of the running function stands for in this call of it."""
    if run.loops or not run.calls or name not in run.state.scope.names:
        return None
    entered, function = run.calls[-1][:2]
    spec = function.node.args
    if entered in run.path or name not in {
        each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)
    }:
        return None  # nobody calls it, or the name is one of its own
    value = run.load(run.find(name) or Constant(None))
    return value.value if isinstance(value, Constant) and isinstance(value.value, str) else None


def _picks(body: list[ast.stmt]) -> bool:
    """Say whether statements only bind or give back what is written out or known by a name."""
    return all(_picks_one(statement) for statement in body)


def _picks_one(statement: ast.stmt) -> bool:
    match statement:
        case ast.Raise() | ast.Pass():
            return True
        case ast.If(body=body, orelse=orelse):
            return _picks(body) and _picks(orelse)
        case ast.Assign(value=value) | ast.Return(value=ast.expr() as value):
            return not any(isinstance(inner, ast.Call) for inner in walk(value))
    return False
