"""Tests such as `isinstance(parts, tuple)`: they decide a branch, or what names stand for in it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import (
    UNKNOWN,
    Choice,
    Constant,
    Data,
    Dictionary,
    Ref,
    Sequence,
    Value,
)

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_LISTS = frozenset({"list", "tuple"})
_PLAIN = _LISTS | {"dict", "str", "int", "float", "bool", "bytes"}


def told(run: Interpreter, test: ast.expr) -> bool | None:
    """Decide `isinstance(name, tuple)` where all that the name may stand for is of known sorts."""
    found = _asked(test)
    value = run.find(found[0]) if found is not None and not run.loops else None
    if found is None or value is None:
        return None
    answers = {_is(run, option, found[1]) for option in _options(value)}
    return answers.pop() if len(answers) == 1 else None


def narrow(run: Interpreter, test: ast.expr, holds: bool) -> None:
    """Let a name stand, on one side of a test, for what may have come there alone."""
    while isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        test, holds = test.operand, not holds
    found = _asked(test)
    value = run.state.scope.names.get(found[0]) if found is not None else None
    if found is None or not isinstance(value, Choice):
        return
    left = [option for option in value.options if _is(run, option, found[1]) is not (not holds)]
    if left and len(left) < len(value.options):
        run.state.scope.bind(found[0], left[0] if len(left) == 1 else Choice(tuple(left)))


def _options(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


def _asked(test: ast.expr) -> tuple[str, frozenset[str]] | None:
    """Read the name and the plain types of a test, None where it asks for anything else."""
    match test:
        case ast.Call(func=ast.Name(id="isinstance"), args=[ast.Name(id=name), types]):
            given = types.elts if isinstance(types, ast.Tuple) else [types]
        case _:
            return None
    wanted = frozenset(each.id for each in given if isinstance(each, ast.Name))
    return (name, wanted) if wanted <= _PLAIN and len(wanted) == len(given) else None


def _is(run: Interpreter, value: Value, wanted: frozenset[str]) -> bool | None:
    """Say whether a value is of one of some types, None where that is not known."""
    inner = run.load(value)
    if isinstance(inner, Dictionary):
        return "dict" in wanted
    if not isinstance(inner, Sequence):
        return None
    if not wanted & _LISTS or wanted >= _LISTS:
        return bool(wanted & _LISTS)
    if inner.way == "tuple":
        return "tuple" in wanted
    return "list" in wanted if isinstance(value, Ref) and inner.way == "list" else None


def alike(run: Interpreter, test: ast.expr) -> bool | None:
    """Decide `n != held` of known numbers or names, and `part is not held` of known things.

    So is a name beside one that is written out, and `"scaled" in step[0]`, of a known text.
    """
    match test:
        case ast.Compare(
            left=ast.Constant(value=str() as part),
            ops=[ast.In() | ast.NotIn() as contained],
            comparators=[given],
        ):
            text = run.load(run.eval(given))
            if not isinstance(text, Constant) or not isinstance(text.value, str):
                return None
            return (part in text.value) is isinstance(contained, ast.In)
        case ast.Compare(left=ast.Name(id=one), ops=[operator], comparators=[ast.Name(id=other)]):
            values = run.find(one), run.find(other)
        case ast.Compare(
            left=ast.Name(id=one), ops=[operator], comparators=[ast.Constant(value=wanted)]
        ):
            values = run.find(one), Constant(wanted)
        case _:
            return None
    same = isinstance(operator, ast.Eq | ast.Is)
    if not same and not isinstance(operator, ast.NotEq | ast.IsNot):
        return None
    left, right = (run.load(value or UNKNOWN) for value in values)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return (left.value == right.value) is same
    by_rows = isinstance(operator, ast.Is | ast.IsNot)
    if by_rows and isinstance(left, Data) and isinstance(right, Data) and left.rows.terms:
        return (left.rows == right.rows) is same
    return None
