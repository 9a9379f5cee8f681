"""Rows whose values are among given ones: `table.person.isin(held)`, `np.isin(person, held)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import unfollowed
from mlaudit.flow.regions import base, union
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import UNKNOWN, Constant, Data, Sequence

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Region, Rows

_DISTINCT = "distinct"
_DIVIDES = frozenset({"part", "fold", "slice", "some", "filter"})


def of(run: Interpreter, value: Data, arguments: Arguments) -> Data:
    """Tell which rows `column.isin(values)` takes."""
    given = run.data(arguments.positional[0]) if arguments.positional else UNKNOWN
    if value.kind == "index" and given.select is not None:
        return Data("mask", value.rows, select=given.select)
    if _parted(value, given):
        select = Selector("rows", given.rows, by=value.name)
        return Data("mask", value.rows, select=select)
    own = _of_distinct(value, given)
    if own is not None:
        return Data("mask", value.rows, select=Selector("rows", own, by=value.name))
    key = ("isin", run.text(arguments.node), value.rows.terms, _sought(run, arguments))
    return Data("mask", value.rows, select=Selector("filter", key, True, value.name))


def _parted(value: Data, given: Data) -> bool:
    """Say whether values are those of a column in the very parts that a split made of its rows."""
    if value.kind != "column" or value.name is None or value.name != given.name:
        return False
    if not given.rows.terms or given.rows.perhaps or not given.rows.within(value.rows):
        return False
    return all(
        step.selector.way in {"part", "fold"}
        for term in given.rows.terms
        for step in term.chain
        if not any(own.within(step) for own in value.rows.terms)
    )


def distinct(value: Data, arguments: Arguments) -> Data | None:
    """Give the values of a column, each once: rows of their own, which may be divided in turn."""
    if arguments.named or value.kind != "column" or not value.rows.terms:
        return None
    name = value.name or id(arguments.node)  # of several columns, as `pd.concat` joins them
    rows = base((_DISTINCT, name, value.rows.terms), value.name or _DISTINCT)
    return Data("array", rows, value.influences, name=value.name)


def of_distinct(rows: Rows) -> bool:
    """Say whether rows are values of a column, each once."""
    return any(column_of(term) is not None for term in rows.terms)


def column_of(term: Region) -> Hashable:
    """Name the column of which rows are the values, each once; None where they are no values."""
    key = term.chain[0].selector.key
    return key[1] if isinstance(key, tuple) and key[0] == _DISTINCT else None


def _of_distinct(value: Data, given: Data) -> Rows | None:
    """Give the rows whose values are in a part of all values, None where these are not its own."""
    parts = []
    for term in given.rows.terms:
        root, *steps = term.chain
        if not steps or root.selector.key != (_DISTINCT, value.name, value.rows.terms):
            return None
        if not all(step.selector.way in _DIVIDES for step in steps):
            return None
        rows = value.rows
        for step in steps:
            way, key, part = step.selector.way, step.selector.key, step.selector.part
            rows = rows.select(Selector(way, (_DISTINCT, key), part, value.name))
        parts.append(rows)
    return union(parts) if parts else None


def by_function(run: Interpreter, joined: Data, arguments: Arguments) -> Data:
    """Tell which rows `numpy.isin(values, held)` takes; its keywords may turn that around."""
    value = run.data(arguments.positional[0]) if len(arguments.positional) == 2 else UNKNOWN
    if arguments.named or arguments.spread or not value.rows.terms:
        return joined.but(select=None)
    return of(run, value, arguments.without_first())


def _sought(run: Interpreter, arguments: Arguments) -> Hashable:
    """Tell apart what values are looked for among: by them, by their rows, or by the call.

    What a function is given goes by one name in it, and is another thing in each call.
    """
    given = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    if isinstance(given, Sequence) and given.rest is None:
        items = [run.load(item) for item in given.items]
        if all(isinstance(item, Constant) for item in items):
            return tuple(items)
    rows = run.data(given).rows.terms
    expression = arguments.nodes.get(0)
    if rows or expression is None:
        return rows
    if not isinstance(expression, ast.Name):
        return unfollowed.meaning(run, expression)
    origin = run.origin(expression)
    if origin is not None:
        run.told += 1
        return origin
    if expression.id not in run.state.scope.names:
        return None
    run.contextual += 1
    return run.path
