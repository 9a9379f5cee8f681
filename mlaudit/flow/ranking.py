"""What records are compared by where they are sorted, or where the best of them is taken."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import attributes, choices, containers
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.values import (
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Function,
    Instance,
    Sequence,
    Value,
)
from mlaudit.model.frozen import replace
from mlaudit.syntax.spelling import last_name

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_GETTERS = frozenset({"itemgetter", "attrgetter"})


def ranked(run: Interpreter, value: Sequence, arguments: Arguments) -> Sequence:
    """Say by which scores a list is sorted: by all that it holds where that is not known.

    One that is surely sorted by anything else is not ranked.
    """
    falling = _flag(run, arguments.named.get("reverse", Constant(False)))
    found = compared(run, value, arguments)
    if found is None:
        plain = "key" not in arguments.named
        return replace(value, way="ranked", by=(), falling=falling if plain else None)
    scores = choices.united(*(data.scores for data in found))
    return replace(value, way="ranked" if scores else "list", by=scores, falling=falling)


def _flag(run: Interpreter, value: Value) -> bool | None:
    given = run.load(value)
    return given.value if isinstance(given, Constant) and isinstance(given.value, bool) else None


def compared(run: Interpreter, value: Value, arguments: Arguments) -> list[Data] | None:
    """Give what the members of a list are compared by, None where that is not known.

    Of tuples without a key, the first items decide.
    """
    given = arguments.named.get("key")
    key, node = run.load(given or UNKNOWN), arguments.nodes.get("key")
    members = containers.parts(value)
    if isinstance(value, Data) and value.results:
        members = [value]  # each is a row of a table
    own = _by_themselves(run, members, arguments) if given is None else None
    if own:
        return own
    if isinstance(key, Function):
        return _by_function(run, key, members, arguments)
    match node:
        case ast.Call(func=function, args=[ast.Constant(value=wanted)]):
            known = last_name(function) in _GETTERS
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


def _by_themselves(
    run: Interpreter, members: list[Value], arguments: Arguments
) -> list[Data] | None:
    """Give what objects of the program say that they are compared by; None where they are none."""
    from mlaudit.flow import calls

    found: list[Data] = []
    for member in members:
        inner = run.load(member)
        if not isinstance(inner, Instance):
            return None
        first = _first_field(inner)
        if first is not None:
            found.append(run.data(first))
        elif attributes.find_method(run, inner.owner, "__lt__"):
            beside = Arguments(arguments.node, [member])
            found.append(run.data(calls.call_method(run, member, "__lt__", beside)))
        else:
            return None
    return found


def _first_field(record: Instance) -> Value | None:
    """Give the field that decides between records of a class whose fields are compared in order."""
    node = record.owner.node
    if not any(_orders(decorator) for decorator in node.decorator_list):
        return None
    fields = (each for each in node.body if isinstance(each, ast.AnnAssign))
    compared = (each.target for each in fields if not _left_out(each.value))
    name = next((target.id for target in compared if isinstance(target, ast.Name)), "")
    return record.attributes.get(name)


def _orders(decorator: ast.expr) -> bool:
    """Say whether a class is made one of records in order: `@dataclass(order=True)`."""
    return isinstance(decorator, ast.Call) and _says(decorator, "order", True)


def _left_out(default: ast.expr | None) -> bool:
    """Say whether a field takes no part in comparisons: `field(compare=False)`."""
    return isinstance(default, ast.Call) and _says(default, "compare", False)


def _says(call: ast.Call, name: str, wanted: bool) -> bool:
    given = next((word.value for word in call.keywords if word.arg == name), None)
    return isinstance(given, ast.Constant) and given.value is wanted


def _is_tuple(member: Value) -> bool:
    return isinstance(member, Sequence) and member.way == "tuple" and bool(member.items)


def _item(run: Interpreter, member: Value, wanted: object) -> Value | None:
    """Give an item of a record, None where it is no record that is known item by item."""
    if isinstance(member, Instance) and isinstance(wanted, str):
        return member.attributes.get(wanted)
    if isinstance(member, Dictionary):
        return containers.item(run, member, Constant(wanted))
    if not isinstance(member, Sequence) or not isinstance(wanted, int):
        return None
    known = -len(member.items) <= wanted < len(member.items)
    return member.items[wanted] if known else None
