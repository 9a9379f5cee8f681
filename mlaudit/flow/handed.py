"""What an unknown method is handed: it may tell which rows of the receiver come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import tables
from mlaudit.flow.regions import Selector
from mlaudit.flow.values import Constant, Data

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value


def to_method(
    run: Interpreter, value: Data, others: list[Data], arguments: Arguments
) -> list[Data]:
    """Give the rows that may come out of a receiver, and of what its method is handed.

    The same things take the same rows, and nobody knows whether others do: of `films.mix(left)` and
    `films.mix(right)`, each may give the films that the other does not.  What is handed first comes
    out as it is; what stands beside it, as a setting that both calls share, is like the receiver.
    """
    places: list[int | str] = [*range(len(arguments.positional)), *arguments.named]
    told = tuple(
        _told(run, one, at, arguments) for at, one in zip(places, arguments.values(), strict=False)
    )
    told = tuple(each for each in told if each is not None)
    if value.kind == "row" or value.predictions or not told:
        return [value, *others]
    select = Selector("some", ("handed", told))
    first = next((each for each in others if each.rows.terms), None)
    return [
        each if each is first else each.but(rows=each.rows.select(select))
        for each in (value, *others)
    ]


def _told(run: Interpreter, given: Value, place: int | str, arguments: Arguments) -> Hashable:
    """Tell what is handed apart by its value, its rows, or how it is written.

    None stands for what chooses no rows: texts, which are names of columns, flags and functions.
    """
    inner = run.load(given)
    if isinstance(inner, Constant):
        return inner.value if type(inner.value) is int else None
    rows, node = run.data(inner).rows.terms, arguments.nodes.get(place)
    if rows or node is None or not isinstance(inner, Data):
        return rows or None
    return tables.chosen_by_text(run, node).key
