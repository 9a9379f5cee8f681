"""Expressions that are not followed: what is known of them besides how they are written.

`parts[name]` is another thing where `name` stands for another text, and what a parameter is given
is another thing wherever a call gives it something else.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import Constant, Instance
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import Scope
    from mlaudit.flow.values import Value


def meaning(run: Interpreter, expression: ast.expr) -> Hashable:
    """Tell apart two things that are written alike, by where they come from and what is in them.

    It is where the first name comes from, with all that other names in the expression stand for.
    """
    origin: Hashable = run.origin(expression)
    if isinstance(expression, ast.Name):
        return _given(run, expression.id) if origin is None else origin
    known = tuple(dict.fromkeys(_known(run, expression)))
    return (origin, *known) if known else origin


def _known(run: Interpreter, expression: ast.expr) -> Iterator[Hashable]:
    """Give the numbers and texts that names and attributes of objects in an expression are."""
    for node in walk(expression):
        value = _stands_for(run, node)
        if isinstance(value, Constant):
            yield run.text(node), value.value
        elif isinstance(node, ast.Name):
            given = _given(run, node.id)
            if given is not None:
                yield node.id, given


def _stands_for(run: Interpreter, node: ast.AST) -> Value | None:
    match node:
        case ast.Name():
            return run.load(run.eval(node))
        case ast.Attribute(value=ast.Name() as holder, attr=name):
            owner = run.load(run.eval(holder))
            found = owner.attributes.get(name) if isinstance(owner, Instance) else None
            return None if found is None else run.load(found)
        case _:
            return None


def _given(run: Interpreter, name: str) -> Hashable:
    """Tell what the running call gives for a parameter: what it is called, or how it is written.

    Each turn of a loop may give another thing.
    """
    scope: Scope | None = run.state.scope
    while scope is not None and name not in scope.names:
        scope = scope.outer
    if scope is None or not run.calls:
        return None
    origin = run.origins.get((scope.identity, name))
    if origin is not None or scope.outer is None:
        return origin
    frame = run.calls[-1]
    came = frame.came(name)
    if came is None:
        return None
    turns = tuple(step for step in run.path if isinstance(step, tuple))
    return (frame.caller.text_of(came), *turns)
