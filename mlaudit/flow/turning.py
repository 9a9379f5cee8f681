"""Tables that are turned round: what is then told of columns is told of each row by itself.

So `(X.T - X.T.mean(axis=0)).T` centres every row by its own mean, and shows it no other.  A table
that was loaded with its rows as columns is turned as well, and used so: a statistic tells one row
of others wherever it was taken of a table that lies as the one does that a model is given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.catalogue.catalogue import VALUES
from mlaudit.flow.regions import Rows
from mlaudit.flow.values import UNKNOWN, Constant, Data, Sequence
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Influence

_SHAPES = frozenset({"reshape", "ravel", "flatten", "view"})
_ORDERS = frozenset({"permute", "permute_dimensions", "moveaxis", "movedim", "rollaxis"})
_LENGTHS = frozenset({"pivot", "melt", "stack", "unstack"})
MOVING = frozenset({"transpose", "swapaxes", "swapdims", "t", *_SHAPES, *_ORDERS, *_LENGTHS})
_ROUND = ((), (1, 0))


def turned(value: Data) -> Data:
    """Turn rows and columns round; a single row or column, and what has no rows, has no others."""
    if value.results is not None:
        return value.but(results=value.results.turned)
    if value.kind == "transposed":
        return value.but(kind="array")
    if value.kind == "row" or (value.kind == "column" and value.name is not None):
        return value
    if value.turned is not None and value.rows.terms:
        value = value.but(turned=not value.turned)
    return _side_by_side(value)


def moved(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data:
    """Give data whose axes a method moves: turned round, as they were, or nobody knows how."""
    if not value.rows.terms or value.turned is None:
        return value
    if name in _LENGTHS or (name in _SHAPES and value.turned):
        return value.but(turned=None)
    if name in _SHAPES:
        return value
    axes = _axes(run, arguments)
    swaps = name.startswith("swap")
    if name in {"transpose", "t"} and axes in _ROUND:
        return turned(value)
    if swaps and sorted(map(str, axes)) == ["0", "1"]:
        return turned(value)
    stays = not {0, None}.intersection(axes) if swaps or len(axes) == 2 else axes[:1] == (0,)
    return value if stays else value.but(turned=None)


def across(run: Interpreter, entry: Entry, arguments: Arguments) -> bool:
    """Whether a call goes along each row of a table (axis=1, axis=-1) rather than over rows."""
    if entry.along is None:
        return False
    position = entry.parameters.index(entry.along) if entry.along in entry.parameters else None
    value = arguments.get(entry.along, position) or arguments.named.get("dim")
    inner = run.load(value) if value is not None else UNKNOWN
    if value is None and entry.name.endswith("norm"):
        return True  # the length of one vector
    return isinstance(inner, Constant) and inner.value in {
        1,
        -1,
        "columns",
        2,
        3,
        (1, 2),
        (1, 2, 3),
    }


def along_each_row(run: Interpreter, value: Data, name: str, arguments: Arguments) -> bool:
    """Say whether a method goes from column to column of a table, and not from row to row."""
    entry = run.catalogue.method(name)
    goes_across = entry is not None and across(run, entry, arguments)
    return goes_across is not bool(value.turned)


def seen(run: Interpreter, value: Data, entry: Entry, arguments: Arguments, crosses: bool) -> Data:
    """Give data as a statistic sees them that is taken down their columns, or across (`crosses`).

    One of all values, or of columns together, is one of all rows however they lie.  What a method
    takes of an array that is turned is taken for one of its columns: of all its values, it would be
    the same unturned, and the array may have become a table.
    """
    if value.turned is None:
        return value
    if entry.along is None and not entry.by_column:
        return value.but(turned=None)
    if crosses:
        return value.but(turned=not value.turned)
    if value.kind in {"table", "column"} or entry.kind == "statistic" or entry.by_column:
        return value
    if value.turned and entry.library == VALUES:
        return value
    return value if _names_axis(run, entry, arguments) else value.but(turned=None)


def _names_axis(run: Interpreter, entry: Entry, arguments: Arguments) -> bool:
    """Say whether a call is told which axis to go along, and not to take all values together."""
    along = entry.along or ""
    position = entry.parameters.index(along) if along in entry.parameters else None
    given = arguments.get(along, position) or arguments.named.get("dim")
    return given is not None and run.load(given) != Constant(None)


def reaching(influences: tuple[Influence, ...], data: Data) -> tuple[Influence, ...]:
    """Leave out the statistics of each row by itself from what reaches the rows of some data."""
    if data.turned is None or all(_alike(i, data) for i in influences):
        return influences
    return tuple(i for i in influences if _alike(i, data))


def settled(data: Data) -> Data:
    """Give what a model is given, without the statistics of each row by itself."""
    influences = reaching(data.influences, data)
    return data if influences is data.influences else data.but(influences=influences)


def _alike(influence: Influence, data: Data) -> bool:
    return influence.turned is None or influence.turned is data.turned


def _axes(run: Interpreter, arguments: Arguments) -> tuple[Hashable, ...]:
    """Give the axes that a call names, None for those that are not known."""
    given = [run.load(value) for value in arguments.values()]
    if len(given) == 1 and isinstance(given[0], Sequence):
        given = [run.load(item) for item in given[0].items]
    return tuple(one.value if isinstance(one, Constant) else None for one in given)


def _side_by_side(stacked: Data) -> Data:
    """Undo that rows stand several times: turned round, `vstack((a, b)).T` has them as columns."""
    terms = stacked.rows.terms
    if not any(term.selector.way == "duplicated" for term in terms):
        return stacked
    rows = Rows(
        tuple(t.parent if t.parent and t.selector.way == "duplicated" else t for t in terms)
    )
    copies = {
        i for i in stacked.influences if i.kind is Kind.DUPLICATION and i.rows == stacked.rows
    }
    return stacked.but(
        rows=rows, influences=tuple(i for i in stacked.influences if i not in copies)
    )
