"""What a run of the program has answered where it takes one branch and not the other.

Two branches of one test exclude each other, and so do those of equal tests whose names still stand
for what they did.  What may change unseen, as by a call, is the same only within one test.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from mlaudit.flow import deciding
from mlaudit.flow.regions import Rows
from mlaudit.flow.values import (
    Choice,
    Dictionary,
    Estimator,
    Instance,
    Ref,
    Sequence,
)
from mlaudit.syntax.nodes import walk
from mlaudit.trace.guards import Guard

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import Scope
    from mlaudit.trace.guards import Guards

_NEGATED = {
    ast.NotEq: ast.Eq,
    ast.IsNot: ast.Is,
    ast.NotIn: ast.In,
    ast.GtE: ast.Lt,
    ast.LtE: ast.Gt,
}
_ASKING_MORE = (ast.Call, ast.NamedExpr, ast.Await, ast.Lambda, ast.GeneratorExp, ast.ListComp)
_FILLED = (Sequence, Dictionary, Instance, Estimator, Choice)


def of(run: Interpreter, node: ast.If | ast.IfExp) -> tuple[Guards, Guards]:
    """Give the answers that lead into the body, and those that lead past it."""
    held, passed = tuple(_answers(run, node.test, True)), tuple(_answers(run, node.test, False))
    if run.running:
        return held, passed  # other turns may take the other branch
    own = ("test", id(node), run.path)
    return (*held, Guard(own, True, True)), (*passed, Guard(own, True, False))


def of_cases(run: Interpreter, node: ast.Match) -> Iterator[Guards]:
    """Give the answers that lead into each case."""
    own = ("match", id(node), run.path)
    asked = _question(run, node.subject)
    before: list[Guard] = []
    for position, case in enumerate(node.cases):
        found = [] if run.running else [Guard(own, position, True)]
        match case.pattern:
            case ast.MatchValue(value=ast.Constant(value=value)) if asked is not None:
                found.append(Guard(asked, value, True))
                before.append(Guard(asked, value, False))
            case _:
                found += before
        yield tuple(found)


def of_option(run: Interpreter, node: ast.AST, position: int) -> Guards:
    """Give the answer that leads to one of several things that a call may be made of."""
    return () if run.running else (Guard(("option", id(node), run.path), position, True),)


def narrowed(guards: Guards, fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out, of the rows in the fields of an event, what comes in on other paths alone."""
    found = {name: each.where(guards) for name, each in fields.items() if isinstance(each, Rows)}
    return fields | {name: rows for name, rows in found.items() if rows.terms}


def _answers(run: Interpreter, test: ast.expr, holds: bool) -> Iterator[Guard]:
    """Give what is known where a test holds, or does not."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _answers(run, operand, not holds)
        case ast.BoolOp(op=operator, values=values) if isinstance(operator, ast.And) is holds:
            for value in values:
                yield from _answers(run, value, holds)
        case ast.Compare(
            left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[other]
        ) if isinstance(other, ast.Constant):
            asked = _question(run, left)
            if asked is not None:
                yield Guard(asked, other.value, holds is isinstance(operator, ast.Eq))
        case ast.Compare(left=left, ops=[operator], comparators=[other]):
            kind = type(operator)
            plain = _NEGATED.get(kind, kind)
            asked = _question(run, left, plain.__name__, other)
            if asked is not None:
                yield Guard(asked, True, holds is (plain is kind))
        case _:
            asked = _question(run, test)
            if asked is not None:
                yield Guard(asked, True, holds)


def _question(
    run: Interpreter, subject: ast.expr, way: str = "", other: ast.expr | None = None
) -> Hashable:
    """Name what is asked, by how it is written and what its names stand for.

    None where the answer may change unseen.
    """
    parts = [subject] if other is None else [subject, other]
    known: list[Hashable] = [way]
    by_content = way != "Is"
    for part in parts:
        for node in walk(part):
            if isinstance(node, _ASKING_MORE) or _is_set(run, node):
                return None
            if isinstance(node, ast.Name):
                standing = _standing(run, node.id, by_content and node is part)
                if standing is None:
                    return None
                known.append(standing)
        known.append(run.text(part))
    return tuple(known)


def _standing(run: Interpreter, name: str, by_content: bool) -> Hashable:
    """Tell what a name stands for from what it stood for elsewhere; None where it may change.

    What is in a list, or in an object, changes with no sign of it.
    """
    start = run.state.scope
    scope: Scope | None = start
    while scope is not None and name not in scope.names:
        scope = scope.outer
    if scope is None:
        return name
    value = run.find(name)
    inner = run.load(value) if value is not None else None
    if by_content and isinstance(inner, _FILLED):
        return None
    if scope.outer is None and run.outside:
        return None  # a function may bind it anew
    if not _is_steady(run, scope, name):
        return None
    if isinstance(inner, Instance) and isinstance(value, Ref):
        return ("object", value.address)
    return run.origins.get((scope.identity, name), (scope.identity, name))


def _is_steady(run: Interpreter, scope: Scope, name: str) -> bool:
    """Say whether a name stands for one thing in all turns of the running loops."""
    if not run.loops:
        return True
    if scope.outer is not None:
        called_in_loop = bool(run.calls) and run.calls[-1].loops > 0
        if scope is not run.state.scope or called_in_loop:
            return False
    return not any(deciding.bound_in(run, loop)[name] for loop in run.loops)


def _is_set(run: Interpreter, node: ast.AST) -> bool:
    """Say whether the document sets an attribute, or an item, otherwise than to what is given.

    To keep a setting under its own name, as `self.quick = quick` does, changes nothing.
    """
    match node:
        case ast.Attribute(attr=name):
            place = rf"\.{name}"
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            place = rf"\[[\"']{re.escape(name)}[\"']\]"
        case _:
            return False
    key = run.document.path, place
    if key not in run.settled:
        kept = rf"(?!(?:\w+\.)*{re.escape(name)}\s*$)"
        stored = rf"(?m){place}\s*(?::[^=\n]*)?[-+*/|&]?=(?!=)[ \t]*{kept}"
        run.settled[key] = re.search(stored, run.document.text) is not None
    return run.settled[key]
