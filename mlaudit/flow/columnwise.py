"""Transformers that are told what to do with which columns, and drop those that are not named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import tables
from mlaudit.flow.values import UNKNOWN, Choice, Constant, Data, Estimator, Sequence, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter

_FIRST = frozenset({"Pipeline", "make_pipeline"})
_DROP = Constant("drop")


def handed(run: Interpreter, estimator: Estimator, data: Data) -> Data:
    """Give what a transformer takes of the columns, also one that a pipeline or search begins with.

    It takes all of which it is not known that none of its entries names them.
    """
    if data.kind not in {"table", "array"} or all(i.column is None for i in data.influences):
        return data
    names = _taken(run, estimator, data)
    if names is None:
        return data
    kept = Sequence(tuple(Constant(name) for name in sorted(names)))
    return tables.of_names(run, data, kept).but(name=data.name)


def _taken(run: Interpreter, estimator: Estimator, data: Data) -> frozenset[str] | None:
    """Name the columns that go in, None where that is not known."""
    entry = estimator.entry
    if (entry.kind == "search" or entry.name in _FIRST) and estimator.inner:
        first = run.load(estimator.inner[0])
        return _taken(run, first, data) if isinstance(first, Estimator) else None
    entries = list(_entries(run, estimator))
    if run.load(estimator.arguments.get("remainder", _DROP)) != _DROP or not entries:
        return None
    taken = [_columns(run, entry, data) for entry in entries]
    known = [names for names in taken if names is not None]
    return frozenset().union(*known) if len(known) == len(taken) else None


def _entries(run: Interpreter, estimator: Estimator) -> Iterator[Value]:
    """Give what a transformer is told of some columns each; nothing of one that works otherwise."""
    given = estimator.positional
    if estimator.entry.name == "make_column_transformer":
        yield from given
    elif estimator.entry.name == "ColumnTransformer" and len(given) < 2:
        listed = given[0] if given else estimator.arguments.get("transformers", UNKNOWN)
        yield from _each(run, listed)


def _each(run: Interpreter, value: Value) -> Iterator[Value]:
    """Give what a list holds, or each that it may be; of what is no list or not known, itself."""
    inner = run.load(value)
    if isinstance(inner, Choice):
        for option in inner.options:
            yield from _each(run, option)
    elif isinstance(inner, Sequence) and inner.rest is None:
        yield from inner.items
    else:
        yield inner


def _columns(run: Interpreter, entry: Value, data: Data) -> frozenset[str] | None:
    """Name the columns of `("scaled", StandardScaler(), [0, 2])`, None where they are not known."""
    inner = run.load(entry)
    if not isinstance(inner, Sequence) or inner.rest is not None or len(inner.items) < 2:
        return None
    how, which = inner.items[-2:]
    if run.load(how) == _DROP:
        return frozenset()
    names = [_name(run.load(key), data) for key in _each(run, which)]
    known = frozenset(name for name in names if name is not None)
    return known if None not in names else None


def _name(key: Value, data: Data) -> str | None:
    """Name a column that is given by its name, or by its place in the list that chose them."""
    if not isinstance(key, Constant):
        return None
    if isinstance(key.value, str):
        return key.value
    placed = data.columns.in_order if data.columns is not None else None
    if placed is None or type(key.value) is not int or not -len(placed) <= key.value < len(placed):
        return None
    return placed[key.value]
