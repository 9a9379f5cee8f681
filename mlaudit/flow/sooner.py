"""Bounds in time that lie a known way before others: `purge = start - pd.Timedelta(days=5)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.selectors import Joint, Selector
from mlaudit.flow.values import Constant
from mlaudit.syntax.spelling import last_name

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.interpreter import Interpreter

    Key = tuple[Hashable, ...]

_SPANS = frozenset(
    {"Timedelta", "timedelta", "timedelta64", "DateOffset", "relativedelta", "Day", "BDay"}
)


def known(run: Interpreter, node: ast.Compare, key: Key) -> Key:
    """Note what is up to some time before another is before that other, too."""
    bound = node.comparators[0]
    made = bound if isinstance(bound, ast.BinOp) else run.operands.get(_origin(run, bound))
    match made:
        case ast.BinOp(left=ast.Name() as later, op=ast.Sub(), right=ast.Call() as span) if (
            isinstance(node.ops[0], ast.Lt | ast.LtE) and is_span(span)
        ):
            found = Joint(key)
            found.holds = isinstance(node.ops[0], ast.Lt)
            earlier = ("below", *key[1:-1], told(run, later))
            found.parts = (Selector("filter", earlier, True),)
            return found
    return key


def told(run: Interpreter, bound: ast.expr) -> Hashable:
    """Tell a bound by its value, if that is known, else by its text and what gave it its value.

    A parameter that is given no name may be another bound in each call.
    """
    value = run.load(run.eval(bound))
    if isinstance(value, Constant) and isinstance(value.value, str | int | float):
        return repr(value.value)
    text, origin = run.text(bound), run.origin(bound)
    first = next((node.id for node in ast.walk(bound) if isinstance(node, ast.Name)), None)
    if origin is None and first not in run.state.scope.names:
        return text
    run.contextual += bool(run.calls)
    return text, origin or run.path


def _origin(run: Interpreter, bound: ast.expr) -> int:
    origin = run.origin(bound) if isinstance(bound, ast.Name) else None
    return origin[0] if origin is not None else 0


def is_span(call: ast.Call) -> bool:
    """Say whether a call makes a length of time that nothing says to be negative."""
    return last_name(call.func) in _SPANS and not any(
        isinstance(n, ast.USub) for n in ast.walk(call)
    )


def labelled(run: Interpreter, key: ast.expr) -> Selector:
    """Of rows under a label, or at a place, it is known that the same one gives the same."""
    return Selector("some", ("labelled", told(run, key)))
