"""What records are compared by where they are sorted, or where the best of them is taken."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import choices, containers
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.values import UNKNOWN, Constant, Data, Dictionary, Function, Sequence, Value
from mlaudit.model.frozen import replace
from mlaudit.syntax.spelling import last_name

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter


def ranked(run: Interpreter, value: Sequence, arguments: Arguments) -> Sequence:
    """Say by which scores a list is sorted: by all that it holds where that is not known.

    One that is surely sorted by anything else is not ranked.
    """
    found = compared(run, value, arguments)
    if found is None:
        return replace(value, way="ranked", by=())
    scores = choices.united(*(data.scores for data in found))
    return replace(value, way="ranked" if scores else "list", by=scores)


def compared(run: Interpreter, value: Value, arguments: Arguments) -> list[Data] | None:
    """Give what the members of a list are compared by, None where that is not known.

    Of tuples without a key, the first items decide.
    """
    given = arguments.named.get("key")
    key, node = run.load(given or UNKNOWN), arguments.nodes.get("key")
    members = containers.parts(value)
    if isinstance(key, Function):
        return _by_function(run, key, members, arguments)
    match node:
        case ast.Call(func=function, args=[ast.Constant(value=wanted)]):
            known = last_name(function) == "itemgetter"
        case None:
            listed = isinstance(value, Sequence)
            wanted, known = 0, listed and all(map(_is_tuple, map(run.load, members)))
        case _:
            known = False
    found = [_item(run, run.load(member), wanted) for member in members] if known else [None]
    return None if None in found else [run.data(one) for one in found if one is not None]


def _by_function(
    run: Interpreter, key: Function, members: list[Value], arguments: Arguments
) -> list[Data]:
    """Call a function of the program with each member, in turns that are not told apart."""
    from mlaudit.flow import calls

    node = arguments.node
    running = run.begin(node)
    try:
        return [run.data(calls.call_value(run, key, Arguments(node, [one]))) for one in members]
    finally:
        run.end(running)


def _is_tuple(member: Value) -> bool:
    return isinstance(member, Sequence) and member.way == "tuple" and bool(member.items)


def _item(run: Interpreter, member: Value, wanted: object) -> Value | None:
    """Give an item of a record, None where it is no record that is known item by item."""
    if isinstance(member, Dictionary):
        return containers.item(run, member, Constant(wanted))
    if not isinstance(member, Sequence) or not isinstance(wanted, int):
        return None
    known = -len(member.items) <= wanted < len(member.items)
    return member.items[wanted] if known else None
