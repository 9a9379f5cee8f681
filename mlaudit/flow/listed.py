"""Lists of single rows, or of records of them: their places are those of the rows themselves.

So `windows[:800]` and `windows[800:]` divide rows as the two slices of an array do, whether the
list was made by a comprehension or filled turn by turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.values import Constant, Data, Estimator, Sequence, Value
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlaudit.flow.interpreter import Interpreter

_DEEPEST = 2


def of_rows(run: Interpreter, value: Sequence) -> bool:
    """Say whether each item of a list is a row, or a record of a row and what belongs to it."""
    if value.items or value.rest is None or value.way == "ranked":
        return False
    members = list(_members(run, value.rest, _DEEPEST))
    guessed = any(member is None or member.predictions for member in members)
    return not guessed and any(m and m.kind == "row" and m.rows.terms for m in members)


def _members(run: Interpreter, value: Value, depth: int) -> Iterator[Data | None]:
    """Give what a record is made of, None for what is no data, nor a plain value."""
    inner = _opened(run, value)
    if isinstance(inner, Sequence) and depth and inner.rest is None:
        for item in inner.items:
            yield from _members(run, item, depth - 1)
    elif not isinstance(inner, Constant):
        yield inner if isinstance(inner, Data) else None


def taken(run: Interpreter, value: Value, choose: Callable[[Data], Value]) -> Value:
    """Give the record of the rows that are chosen, as those of an array would be."""
    inner = _opened(run, value)
    if isinstance(inner, Sequence):
        items = tuple([taken(run, item, choose) for item in inner.items])
        made = replace(inner, items=items, rest=inner.rest and taken(run, inner.rest, choose))
        return made if inner.way == "tuple" else run.state.allocate(made)
    if not isinstance(inner, Data) or not inner.rows.terms:
        return value
    return run.data(choose(inner.but(kind="array"))).but(kind="row")


def _opened(run: Interpreter, value: Value, depth: int = _DEEPEST) -> Value:
    """See an object of an unknown library that was made of a row as that row: a graph, a record.

    What was gathered of the row one by one, such as the nodes of a graph, may stand beside it.
    """
    inner = run.load(value)
    if not isinstance(inner, Estimator) or inner.entry.kind != "unknown" or inner.fits or not depth:
        return inner
    made_of = [run.data(_opened(run, part, depth - 1)) for part in inner.inner]
    kinds = {data.kind for data in made_of if data.rows.terms}
    return run.data(inner).but(kind="row") if {"row"} <= kinds <= {"row", "unknown"} else inner
