"""Iterators: each `next` gives another item, as each `yield` has given one, and leaves the rest."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import containers, members
from mlaudit.flow.values import UNKNOWN, Function, Ref, Sequence, Value
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_LEAVING = (ast.Continue, ast.Break, ast.Return)


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
        return default if value.rest is None else _one_of(run, holder, value, arguments.node)
    if run.loops:
        return members.in_turn(run, containers.element(run, holder), arguments.node)
    run.state.heap[holder.address] = containers.without_item(value, 0)
    return value.items[0]


def _one_of(run: Interpreter, holder: Ref, value: Sequence, node: ast.AST) -> Value:
    """Give an item of those that a loop has yielded; the next call gives one of the others."""
    members.left(run, holder, value, node)
    return members.in_turn(run, containers.element(run, value), node)


def given(run: Interpreter, value: Value) -> Value:
    """Give what one `yield` adds to what a call yields, and note it where it runs just once."""
    frame = run.calls[-1] if run.calls else None
    if frame is not None and (frame.loops, frame.conditions) == (len(run.loops), run.conditions):
        frame.steps.append(value)
    return run.state.allocate(Sequence(rest=value))


def yielded(run: Interpreter) -> Value | None:
    """Give what the running call has yielded one after another, where each `yield` ran just once.

    So do those in a loop each turn of which is told apart, unless some path leaves it sooner.
    """
    frame = run.calls[-1]
    if len(frame.steps) < len(run.returned) or _leaves_sooner(frame.function):
        return None
    return run.state.allocate(Sequence(tuple(frame.steps)))


def _leaves_sooner(function: Function) -> bool:
    return any(isinstance(inner, _LEAVING) for inner in walk(function.node))
