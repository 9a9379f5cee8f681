"""Tables and arrays that are put below, or beside, one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import (
    duplicates,
    evening,
    flags,
    operands,
    order,
    results,
    scaling,
    sources,
    synthetic,
)
from mlaudit.flow.values import Constant, Data, Sequence, Value, combine

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_BELOW = ("vstack", "row_stack")


def concatenated(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Put tables or arrays below one another, or columns beside those of a table."""
    joined = _carried_parts(run, arguments)
    if not joined:
        return Data("array")
    if _beside(run, arguments):
        joined = operands.beside(joined)
    else:
        joined = [scaling.parted(part) for part in joined]
    data = combine(joined, joined[0].kind)
    if name.endswith(_BELOW):
        data = data.but(turned=None)  # arrays may be single columns, which it lays across
    told = (*flags.united(joined), *flags.keyed(run, arguments))
    data = data.but(constants=sources.united(joined), flags=told)
    data = results.beside(run, arguments, data) if data.scores else data
    if len(joined) > 1 and _side_by_side(run, arguments, joined):
        return data.but(rows=joined[0].rows)
    if order.looks_back(joined):
        return data.but(rows=joined[1].rows)
    evening.put_together(run, arguments.node, data)
    enlarged = synthetic.below(run, entry, arguments, joined, data)
    return enlarged or duplicates.concatenated(run, entry, arguments, joined, data)


def _side_by_side(run: Interpreter, arguments: Arguments, parts: list[Data]) -> bool:
    """Say whether columns made of the same data are put beside those of a table."""
    rows = parts[0].rows
    return (
        _beside(run, arguments)
        and parts[0].kind == "table"
        and all(rows.kin(part.rows) for part in parts[1:] if part.rows.terms)
    )


def _beside(run: Interpreter, arguments: Arguments) -> bool:
    axis = run.load(arguments.named.get("axis", Constant(0)))
    return isinstance(axis, Constant) and axis.value in {1, "columns"}


def _carried_parts(run: Interpreter, arguments: Arguments) -> list[Data]:
    parts: list[Value] = []
    for value in arguments.positional[:2] or list(arguments.named.values())[:1]:
        inner = run.load(value)
        parts.extend(inner.items if isinstance(inner, Sequence) and inner.items else [value])
        if isinstance(inner, Sequence) and inner.items and inner.rest is not None:
            parts.append(inner.rest)
    found = [run.data(part) for part in parts]
    return [d for d in found if d.rows.terms or d.influences or d.predictions or d.scores]
