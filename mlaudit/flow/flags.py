"""Columns that tell the members of a concatenation apart: each was given a value of its own.

So `both[both["part"] == "train"]` are the rows of `train.assign(part="train")`, and no others.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.regions import Rows
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import ANY, UNKNOWN, Constant, Dictionary, Sequence

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data, Flag, Value


def written(table: Data, name: str | None, given: Value | None) -> tuple[Flag, ...]:
    """Name the flags of a table once a column is written, perhaps with one value for all rows."""
    if name is None or ANY in name:
        return ()
    left = tuple(flag for flag in table.flags if flag[0] != name)
    if not isinstance(given, Constant) or not isinstance(given.value, str | int | float):
        return left
    return (*left, (name, given.value, table.rows)) if table.rows.terms else left


def united(parts: list[Data]) -> tuple[Flag, ...]:
    """Name the flags that each of several tables has that are put below one another."""
    given = [part.flags for part in parts if part.rows.terms]
    if not given or not all(given):
        return ()
    names = set.intersection(*({name for name, *_ in flags} for flags in given))
    return tuple(dict.fromkeys(flag for flags in given for flag in flags if flag[0] in names))


def of_column(table: Data, name: str) -> tuple[Flag, ...]:
    """Keep what a column tells once it is taken out of its table."""
    return tuple(flag for flag in table.flags if flag[0] == name)


def mask(column: Data) -> Selector | None:
    """Choose the rows where a flag is up, if a column holds nothing but true and false."""
    if not column.flags or not all(isinstance(value, bool) for _, value, _ in column.flags):
        return None
    return _with(column, True)


def compared(column: Data, operator: type[ast.cmpop], value: Hashable) -> Selector | None:
    """Choose the members that were given a value, or any other; None where that is not known."""
    if column.name is None or not column.flags:
        return None
    return _with(column, value, equal=operator in {ast.Eq, ast.Is})


def _with(column: Data, value: Hashable, *, equal: bool = True) -> Selector | None:
    """Choose the rows of a value, where each of several members has one value, and no other."""
    if len({told for _, told, _ in column.flags}) < 2:
        return None
    chosen = []
    for term in column.rows.terms:
        values = {told for _, told, rows in column.flags if any(map(term.within, rows.terms))}
        if len(values) != 1:
            return None
        if (value in values) is equal:
            chosen.append(term)
    rows = Rows(tuple(chosen), column.rows.perhaps.intersection(chosen))
    return Selector("rows", rows, by=column.name) if chosen else None


def turns(groups: Data) -> list[Value] | None:
    """Give the groups that go by a flag, each with its value; None where they go by anything else.

    There is one for each value that members were given, and it holds these members.
    """
    by = next(iter(groups.by), None)
    if groups.kind != "group" or len(groups.by) != 1 or groups.name is not None:
        return None
    table = groups.but(kind="table", by=frozenset())
    column = groups.but(name=by, flags=of_column(groups, by or ""))
    found: list[Value] = []
    for value in dict.fromkeys(told for _, told, _ in column.flags):
        chosen = _with(column, value)
        if chosen is None:
            return None
        rows = table.rows.select(chosen)
        found.append(Sequence((Constant(value), table.but(rows=rows)), way="tuple"))
    return found or None


def keyed(run: Interpreter, arguments: Arguments) -> tuple[Flag, ...]:
    """Read the flags that a concatenation puts into the index, under the name it is given there."""
    names = run.load(arguments.named.get("names", UNKNOWN))
    first = run.load(names.items[0]) if isinstance(names, Sequence) and names.items else names
    joined = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    keys = run.load(arguments.named.get("keys", UNKNOWN))
    if not isinstance(first, Constant) or not isinstance(first.value, str):
        return ()
    if isinstance(joined, Dictionary) and joined.rest is None:
        members = list(joined.items.items())
    elif isinstance(joined, Sequence) and isinstance(keys, Sequence):
        told = (run.load(key) for key in keys.items)
        values = [key.value if isinstance(key, Constant) else None for key in told]
        members = list(zip(values, joined.items, strict=False))
    else:
        return ()
    return tuple((first.value, key, run.data(part).rows) for key, part in members)


def levels(run: Interpreter, table: Data, arguments: Arguments) -> frozenset[str]:
    """Name the flag that stands in the index, where groups go by this level of it."""
    level = run.load(arguments.named.get("level", UNKNOWN))
    names = {flag[0] for flag in table.flags}
    return frozenset(name for name in names if level == Constant(name))
