"""Tests of names that a program writes: `"price" in c`, `c.lower().startswith(("a_", "b_"))`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import tables
from mlaudit.flow.values import Constant
from mlaudit.trace.columns import NameTest

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_AFFIXES = {"startswith", "endswith"}


def read(run: Interpreter, test: ast.expr, variable: str) -> NameTest | None:
    """Read a condition on a name as a test that can be asked of any; None where it is no such."""
    match test:
        case ast.BoolOp(op=op, values=values):
            return _together(run, "all" if isinstance(op, ast.And) else "any", values, variable)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _together(run, "none", [operand], variable)
        case ast.Compare(ops=[ast.NotIn() | ast.NotEq() as op]):
            positive = ast.In() if isinstance(op, ast.NotIn) else ast.Eq()
            turned = ast.Compare(test.left, [positive], test.comparators)
            return _together(run, "none", [turned], variable)
        case ast.Compare(left=left, ops=[ast.In()], comparators=[right]):
            return _contained(run, left, right, variable)
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            case = _case(left, variable)
            return _of(run, "is", right, case) if case is not None else None
        case ast.Call(func=ast.Attribute(value, attr=way), args=[part]) if way in _AFFIXES:
            case = _case(value, variable)
            return _of(run, way, part, case) if case is not None else None
    return None


def _together(run: Interpreter, way: str, tests: list[ast.expr], variable: str) -> NameTest | None:
    found = [read(run, test, variable) for test in tests]
    parts = tuple(part for part in found if part is not None)
    return NameTest(way, parts=parts) if len(parts) == len(found) else None


def _contained(run: Interpreter, left: ast.expr, right: ast.expr, variable: str) -> NameTest | None:
    """Read `"price" in name` and `name in ("id", "price")`."""
    case = _case(right, variable)
    if case is not None:
        return _of(run, "contains", left, case)
    case = _case(left, variable)
    if case is None or isinstance(run.load(run.eval(right)), Constant):
        return None
    return _of(run, "is", right, case)


def _of(run: Interpreter, way: str, given: ast.expr, case: str) -> NameTest | None:
    """Make a test of the texts that an expression gives, where these are known."""
    texts = tables.literal_names(run, run.eval(given))
    return NameTest(way, texts, case) if texts is not None else None


def _case(node: ast.expr, variable: str) -> str | None:
    """Say what a name is brought to before it is tested; None where something else is tested."""
    match node:
        case ast.Name(id=name) if name == variable:
            return ""
        case ast.Call(
            func=ast.Attribute(ast.Name(id=name), attr="lower" | "upper" as way), args=[]
        ) if name == variable:
            return way
    return None
