"""Functions called on one item after another: `map`, the like in a pool of workers, `reduce`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import containers, entities, loops
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.values import (
    UNKNOWN,
    Function,
    Instance,
    Method,
    Partial,
    Sequence,
    Symbol,
    Value,
)
from mlaudit.syntax.spelling import last_name

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_OF_PROGRAM = (Function, Instance, Partial)


def mapped(run: Interpreter, arguments: Arguments) -> Value:
    """Call a function on each item; those of literal containers are told apart, as in a loop."""
    if len(arguments.positional) < 2:
        return UNKNOWN
    function, *sources = arguments.positional
    inner = run.load(function)
    turns = _turns(run, sources) if _is_known(run, inner, sources) else None
    if turns is not None:
        return _one_by_one(run, function, turns, arguments.node)
    if isinstance(inner, _OF_PROGRAM):
        return _of_any(run, function, sources, arguments.node)
    return run.data(sources[0]).but(select=None)


def folded(run: Interpreter, arguments: Arguments) -> Value:
    """Evaluate `reduce(function, items, first)`, each call of which is given what the last made.

    Nothing is known where the items are not told apart, nor where the function is none of these.
    """
    from mlaudit.flow import calls

    items = _items(run, arguments.positional)
    if not items:
        return calls.unknown_result(run, arguments, [])
    made = items[0]
    for item in run.turns(arguments.node, None, items[1:]):
        made = calls.call_value(
            run, arguments.positional[0], Arguments(arguments.node, [made, item])
        )
    return made


def _items(run: Interpreter, given: list[Value]) -> list[Value] | None:
    """Give what is folded, one after another and the first of all in front, where it is known."""
    if not 2 <= len(given) <= 3 or not _is_known(run, run.load(given[0]), given[1:]):
        return None
    listed = loops.unrolled(run, given[1])
    return listed if listed is None else [*given[2:], *listed]


def _is_known(run: Interpreter, function: Value, sources: list[Value]) -> bool:
    """Say whether something is known of what a function makes of a single item."""
    if isinstance(function, Method):
        return bool(run.data(Sequence(tuple(sources))).rows.terms)
    if isinstance(function, Symbol):
        return run.catalogue.find(function.name) is not None
    return isinstance(function, _OF_PROGRAM)


def _turns(run: Interpreter, sources: list[Value]) -> list[Value] | None:
    """Give what each call is given, where all items are told apart, or beside others that are."""
    listed = [loops.unrolled(run, source) for source in sources]
    lengths = [len(items) for items in listed if items is not None]
    beside = [run.data(s) for s, items in zip(sources, listed, strict=True) if items is None]
    if not lengths or any(data.rows.terms for data in beside):
        return None
    each = [
        items if items is not None else [containers.turn(run, source)] * min(lengths)
        for source, items in zip(sources, listed, strict=True)
    ]
    return [Sequence(given, way="tuple") for given in zip(*each, strict=False)]


def _one_by_one(run: Interpreter, function: Value, turns: list[Value], node: ast.AST) -> Value:
    from mlaudit.flow import calls

    made = []
    for turn in run.turns(node, None, turns):
        given = _apart(run, containers.parts(turn), node)
        made.append(calls.call_value(run, function, Arguments(node, given)))
    return run.state.allocate(Sequence(tuple(made)))


def _of_any(run: Interpreter, function: Value, sources: list[Value], node: ast.AST) -> Value:
    """Call a function once for all items; what it makes of data has rows of that data."""
    from mlaudit.flow import calls

    items = [containers.turn(run, source) for source in sources]
    with entities.one_by_one(run, node):
        result = calls.call_value(run, function, Arguments(node, _apart(run, items, node)))
    made = run.data(result)
    for prediction in made.predictions:
        prediction.turn = None  # there is a call for each item
    if made.kind == "row":
        made = made.but(kind="array")  # each was a matter of one row, and all are together now
    several = isinstance(inner := run.load(result), Sequence) and inner.way == "tuple"
    return made if made.rows.terms and not several else Sequence(rest=result)


def _apart(run: Interpreter, items: list[Value], node: ast.AST) -> list[Value]:
    """Give the arguments of one call: for `starmap`, each item is a tuple of them."""
    starred = isinstance(node, ast.Call) and last_name(node.func).startswith("starmap")
    given = run.load(items[0]) if starred and items else None
    return [*given.items] if isinstance(given, Sequence) else items
