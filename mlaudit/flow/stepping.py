"""Iterators: each `next` gives another item, as each `yield` has given one, and leaves the rest."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import containers, members
from mlaudit.flow.values import UNKNOWN, Function, Ref, Sequence, Value

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter


def advanced(run: Interpreter, arguments: Arguments) -> Value:
    """Evaluate `next(items)`: the first that is left, where it is known which one that is."""
    if not arguments.positional:
        return UNKNOWN
    holder = arguments.positional[0]
    value = run.load(holder)
    if not isinstance(holder, Ref) or not isinstance(value, Sequence):
        return containers.element(run, holder)
    if not value.items:
        default = arguments.positional[1] if len(arguments.positional) > 1 else UNKNOWN
        return default if value.rest is None else containers.element(run, holder)
    if run.loops:
        return members.in_turn(run, containers.element(run, holder), arguments.node)
    run.state.heap[holder.address] = containers.without_item(value, 0)
    return value.items[0]


def yielded(run: Interpreter, function: Function) -> Value | None:
    """Give what a call has yielded one after another, where no loop or condition is around it."""
    body = function.node.body if not isinstance(function.node, ast.Lambda) else []
    plain = [s for s in body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Yield)]
    if len(plain) < 2 or len(plain) != len(run.returned):
        return None
    held = [run.load(value) for value in run.returned]
    items = [v.rest for v in held if isinstance(v, Sequence) and v.rest and not v.items]
    return run.state.allocate(Sequence(tuple(items))) if len(items) == len(plain) else None
