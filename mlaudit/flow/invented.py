"""Rows that a function of the program invents: what it makes of all of them belongs to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.regions import Rows
from mlaudit.flow.values import Data, Dictionary, Ref, Sequence, Value
from mlaudit.model.frozen import replace
from mlaudit.trace.events import Influence, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.flow.interpreter import Interpreter


def returned(run: Interpreter, value: Value, depth: int = 2) -> Value:
    """Give what the running function returns, without statistics of rows that it has drawn itself.

    Such as the quarters of a column that `make_regression` gave: there are no other data that they
    could have been taken of.  Where the function divides the rows, that is for the program to mind.
    """
    inner = run.load(value)
    if isinstance(inner, Data):
        made: Value = _as_made(run, inner)
    elif isinstance(inner, Sequence) and depth:
        items = tuple([returned(run, item, depth - 1) for item in inner.items])
        made = inner if _same(items, inner.items) else replace(inner, items=items)
    elif isinstance(inner, Dictionary) and depth:
        parts = {key: returned(run, part, depth - 1) for key, part in inner.items.items()}
        same = _same(parts.values(), inner.items.values())
        made = inner if same else replace(inner, items=parts)
    else:
        return value
    if made is inner:
        return value
    return run.state.allocate(made) if isinstance(value, Ref) else made


def _same(made: Iterable[Value], given: Iterable[Value]) -> bool:
    return all(one is two for one, two in zip(made, given, strict=True))


def _as_made(run: Interpreter, data: Data) -> Data:
    if not data.influences or not _drawn_here(run, data.rows):
        return data
    left = tuple([i for i in data.influences if not _defines(run, i)])
    return data.but(influences=left) if len(left) < len(data.influences) else data


def _defines(run: Interpreter, influence: Influence) -> bool:
    rows = influence.rows
    return influence.kind is Kind.STATISTIC and isinstance(rows, Rows) and _drawn_here(run, rows)


def _drawn_here(run: Interpreter, rows: Rows) -> bool:
    """Say whether these are all rows that the running call has drawn."""
    depth = len(run.path)
    for term in rows.terms:
        match term.selector.key:
            case ("drawn", _, tuple(path)) if path[:depth] == run.path and not term.above:
                continue
            case _:
                return False
    return bool(rows.terms)
