"""Branches that ask for the name of a dict's item: in them, the turn of a loop has that very item.

Where the names of a dict are not known, `if name == "train"` tells that the rows of this turn are
those that `parts["train"]` gives.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import members
from mlaudit.flow.values import UNKNOWN, Constant, Ref, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlaudit.flow.interpreter import Interpreter


def narrow(run: Interpreter, test: ast.expr, holds: bool) -> dict[str, Value]:
    """Let names stand for the item of the name asked for; give what they stood for before."""
    asked = _asked(test, holds) if run.loops else None
    turn = _turn(run, asked[0]) if asked is not None else None
    if asked is None or turn is None:
        return {}
    before: dict[str, Value] = {}
    for name, value in list(run.state.scope.names.items()):
        own = members.keyed(run.load(value), turn, asked[1]) if isinstance(value, Ref) else None
        if own is not None:
            before[name] = value
            run.state.scope.bind(name, run.state.allocate(own))
    return before


def widen(run: Interpreter, before: Mapping[str, Value]) -> None:
    """Let names stand again for what they stood for before a branch."""
    for name, value in before.items():
        run.state.scope.bind(name, value)


def _asked(test: ast.expr, holds: bool) -> tuple[str, str] | None:
    """Read the name that is compared and the text that it is, on one side of a test."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _asked(inner, not holds)
        case ast.Compare(
            left=ast.Name(id=name),
            ops=[ast.Eq() | ast.NotEq() as operator],
            comparators=[ast.Constant(value=str() as text)],
        ):
            return (name, text) if holds is isinstance(operator, ast.Eq) else None
    return None


def _turn(run: Interpreter, name: str) -> ast.AST | None:
    """Give the call that a running loop goes through, `parts.items()`, where it brings a name."""
    if isinstance(run.load(run.find(name) or UNKNOWN), Constant):
        return None
    for loop in reversed(run.loops):
        each = loop.generators[0] if isinstance(loop, members.COMPREHENSIONS) else loop
        match each:
            case ast.For(target=target, iter=source) | ast.comprehension(target, source):
                pass
            case _:
                continue
        match target, source:
            case ast.Tuple([ast.Name(id=key), _]), ast.Call(func=ast.Attribute(attr="items")):
                if key == name:
                    return source
    return None
