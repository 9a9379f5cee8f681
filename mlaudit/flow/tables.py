"""Tables and arrays: columns, masks, slices and index arrays."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    flags,
    gapless,
    groups,
    headings,
    order,
    results,
    scaling,
    seams,
    sooner,
    sources,
    splits,
    turning,
    unfollowed,
)
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import (
    ANY,
    UNKNOWN,
    Choice,
    Constant,
    Data,
    Function,
    Method,
    Prediction,
    Sequence,
    Symbol,
    Value,
    in_column,
    merge_influences,
    of_columns,
)
from mlaudit.model.frozen import replace
from mlaudit.trace.columns import Columns
from mlaudit.trace.events import Effect, Influence, Kind

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows

_TRANSPARENT = {
    "values",
    "array",
    "str",
    "dt",
    "cat",
    "data",
    "iloc",
    "loc",
    "ix",
    "at",
    "iat",
}
_BOUNDS = {"quantiles", "the standard deviation", "means and standard deviations"}
_COLUMN_NAMES = {"columns", "dtypes", "dtype", "name", "names", "feature_names", "target_names"}


def attribute(run: Interpreter, holder: Value, value: Data, name: str) -> Value:
    """Read an attribute of data: an accessor, a method not called, or a column."""
    if name in {"iloc", "loc", "ix", "at", "iat"}:
        return Method(holder, name)
    if name in {"values", "array"}:
        return value.but(kind="array" if value.kind == "table" else value.kind)
    if name == "T":
        return turning.turned(value)
    if name in _TRANSPARENT:
        return value
    if name == "index" and value.rows.terms:
        bounds = tuple(influence for influence in value.influences if influence.removes)
        return Data("index", value.rows, bounds, select=Selector("rows", value.rows))
    if name == "shape":
        length = Constant(Length(value.rows)) if value.rows.terms else Data("scalar")
        return Sequence((length,), Data("scalar"), "tuple")
    if name == "size" and value.rows.terms:
        return Constant(Length(value.rows))
    if name in _COLUMN_NAMES or name in {"size", "ndim"}:
        return headings.of_table(value) if name == "columns" else Data("scalar", table=value.table)
    if name in {"dataset", "datasets"}:
        return value.but(kind="unknown")
    if run.catalogue.method(name) is not None:
        return Method(holder, name)
    part = splits.part_called(value, name)
    if part is not None:
        return value.but(rows=value.rows.select(part), columns=None, select=None)
    if value.kind in {"table", "unknown", "group", "window"}:
        return column(run, value, name)
    return value.but(columns=None, select=None)


def column(run: Interpreter, value: Data, name: str) -> Data:
    """Take one column of a table."""
    value = scaling.parted(value)
    reaching = of_columns(value.influences, frozenset({name}))
    influences = in_column(uncertain(reaching) if value.rows.terms else reaching, None)
    if value.kind == "window":
        influences = merge_influences(influences, order.only(value))
    guessed = _predictions(value, name) or value.predictions
    if value.kind in {"group", "window"}:
        return value.but(columns=None, name=name, influences=influences, predictions=guessed)
    influences = merge_influences(influences, order.named(value, name))
    kind = value.kind if value.kind in {"ranked", "row"} else "column"
    taken = value.but(kind=kind, columns=None, name=name, influences=influences, select=None)
    if value.constants:
        taken = taken.but(constants=sources.ITSELF if name in value.constants else frozenset())
    if value.flags:
        taken = taken.but(flags=flags.of_column(value, name))
        taken = taken.but(select=flags.mask(taken))
    if value.results is not None:
        taken = results.column(value, taken, name)
    if value.columns is not None and value.columns.moved:
        taken = taken.but(moved=value.columns.moved.get(name))
    return taken if guessed is value.predictions else taken.but(predictions=guessed)


def uncertain(influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Forget what a statistic was taken of where it may as well have reached another column."""
    if all(i.source is None or i.column for i in influences):
        return influences
    return tuple(i if i.column else replace(i, source=None) for i in influences)


def opaque(index: Data) -> bool:
    """Whether nothing is known of what chooses rows; numbers in an array may have been made up."""
    made_up = index.kind == "array" and not (index.rows.terms or index.predictions)
    return not index.influences and (index.kind == "unknown" or made_up)


def kept(rest: Data, mask: Data) -> Data:
    """Rows that are left where bounds such as quantiles removed the others are shaped by these.

    What is somewhere in the table need not be in the column that the rows are chosen by.
    """
    found = [i for i in mask.influences if i.removes or i.statistic in _BOUNDS]
    bounds = tuple(
        replace(i, rows=rest.rows, effect=Effect.LOW, column=None, source=None, removes=True)
        for i in found
        if i.removes or (i.kind is Kind.STATISTIC and not _anywhere(rest, i))
    )
    return rest.but(influences=merge_influences(rest.influences, bounds)) if bounds else rest


def _anywhere(table: Data, statistic: Influence) -> bool:
    """Say whether a statistic had reached a table before, in a column that is not known."""
    return any(
        i.place == statistic.place and i.column is None and not i.removes for i in table.influences
    )


def gaps(value: Data, name: str) -> Data:
    """Tell the gaps, or by `notna` and `notnull` what is filled."""
    key = ("null", value.name, value.rows.terms)
    select = Selector("filter", key, name in {"isnull", "isna"})
    whole = frozenset({ANY} if gapless.none(value) else ())
    return Data("mask", value.rows, value.influences, select=select, whole=whole)


def narrowed(value: Data, select: Selector) -> Data:
    """Take some of the rows; predictions among them are predictions of those rows only."""
    predictions = tuple(p.of_some(select) for p in value.predictions)
    rows = value.rows.select(select)
    influences = groups.divided(value, select, rows)
    by = value.by | groups.told_by(select)
    return value.but(rows=rows, influences=influences, predictions=predictions, select=None, by=by)


def by_computed(value: Data, index: Data, names: frozenset[str] = frozenset()) -> Data:
    """Choose columns by something computed; a statistic that chose is a selection."""
    reaching = _perhaps_left_out(order.without(value).influences, names)
    influences = merge_influences(reaching, selections(index.influences))
    return value.but(columns=None, influences=influences, select=None, name=None)


def _perhaps_left_out(
    influences: tuple[Influence, ...], names: frozenset[str]
) -> tuple[Influence, ...]:
    """Forget what means were taken of whose column need not be among those chosen.

    One of a computed name mostly is: what lists the columns computes the same names.
    """
    return tuple(
        replace(i, source=None)
        if i.source and i.kind is Kind.STATISTIC and _one_of_others(i.column, names)
        else i
        for i in influences
    )


def _one_of_others(column: str | None, names: frozenset[str]) -> bool:
    return column is not None and ANY not in column and column not in names


def selections(influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """What has chosen columns is a selection, however it was computed.

    What was fitted on the same rows only prepared what it went by: no value of theirs comes out.
    """
    made = tuple(map(_as_selection, influences))
    chosen_by = [i.rows for i in made if i.kind is Kind.SELECTION]
    return tuple(i for i in made if i.kind is not Kind.FIT or i.rows not in chosen_by)


def _as_selection(influence: Influence) -> Influence:
    if influence.kind is not Kind.STATISTIC:
        return influence
    return replace(
        influence, kind=Kind.SELECTION, column=None, source=None, removes=False, units=""
    )


def of_names(run: Interpreter, value: Data, names: Sequence) -> Data:
    """Take a list of columns; known only when every name is."""
    keys = [run.load(name) for name in names.items]
    literal = names.rest is None and all(
        isinstance(key, Constant) and isinstance(key.value, str) for key in keys
    )
    if not literal:
        index = run.data(names)
        if index.select is not None and not keys:
            return chosen(value, index.select)
        return by_computed(value, index, frozenset(filter(None, map(_text, keys))))
    listed = tuple(str(key.value) for key in keys if isinstance(key, Constant))
    kept = frozenset(listed)
    value = results.columns(value, listed)
    single = next(iter(kept)) if len(kept) == 1 else None
    reaching = of_columns(value.influences, kept)
    if value.kind in {"group", "window"}:
        influences = merge_influences(reaching, order.only(value))
        return value.but(name=single, columns=Columns(kept=kept), influences=influences)
    known = value.columns or Columns()
    return value.but(
        columns=replace(known, kept=kept, dropped=frozenset(), tested=(), listed=listed),
        name=single,
        influences=reaching,
        select=None,
    )


def _text(key: Value) -> str | None:
    return key.value if isinstance(key, Constant) and isinstance(key.value, str) else None


def of_index(value: Data, index: Data) -> Data:
    """Take the rows that an index is of, where it is not known how it chose them."""
    if value.kind == "index" or not index.rows.terms or not index.rows.within(value.rows):
        return value
    return narrowed(value, Selector("rows", index.rows))


def chosen(value: Data, select: Selector) -> Data:
    """Apply a choice of rows; of positions among unknown rows it is known how they were chosen."""
    if value.kind == "index" and (value.select is not None or value.rows.terms):
        rows = value.rows.select(select)
        chosen_so = value.select.then(select) if value.select else select
        return value.but(rows=rows, select=Selector("rows", rows) if rows.terms else chosen_so)
    return narrowed(value, _to_the_end(value, select))


def _to_the_end(value: Data, select: Selector) -> Selector:
    """Leave out the upper bound of a slice where it is the number of the very rows."""
    if select.way == "slice" and isinstance(select.part, tuple):
        low, high = select.part
        if isinstance(high, Length) and high.rows == value.rows:
            return Selector("slice", select.key, (low, None), select.by)
    return select


def span(run: Interpreter, arguments: Arguments) -> Selector | None:
    """Name what `slice` or `np.arange` takes: the first rows, or all from some position on.

    Positions of which both ends are computed may be any, and so may those of a step.
    """
    count = len(arguments.positional)
    if arguments.named or arguments.spread or count not in {1, 2}:
        return None
    given = [arguments.nodes.get(position) for position in range(count)]
    if None in given:
        return None
    low, high = (None, *(bound(run, node) for node in given))[-2:]
    numbers = isinstance(low, int) and isinstance(high, int)
    if numbers or low in (None, 0) or high is None or isinstance(high, Length):
        return Selector("slice", "rows", (low, high))
    return None


def sliced(run: Interpreter, value: Data, key: ast.Slice) -> Data:
    """Take a slice of rows."""
    low, high = bound(run, key.lower), bound(run, key.upper)
    step = bound(run, key.step)
    if isinstance(high, Length) and high.rows == value.rows:
        high = None
    if low in (None, 0) and high is None and step in (None, 1, -1):
        return value.but(select=value.select)
    select = Selector("slice", "rows", (low, high)) if step is None else _stepped(low, high, step)
    select = seams.between(run, value.rows, key, select) or select
    result = groups.in_order(run, value, chosen(value, select))
    order.windowed(run, key, result)
    if value.kind in {"array", "column"} and order.moves(run, key):
        return result.but(kind="row")  # what one row looks back on is no statistic of many
    return result


def counted(run: Interpreter, name: str, arguments: Arguments) -> Selector | None:
    """Choose the first rows, or all behind them: `take(n)` and `skip(n)` of a data set."""
    expression = arguments.nodes.get(0)
    value = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    if expression is None or (not isinstance(value, Constant) and run.data(value).kind != "scalar"):
        return None
    end = bound(run, expression)
    return Selector("slice", "rows", (None, end) if name == "take" else (end, None))


def _stepped(low: Hashable, high: Hashable, step: Hashable) -> Selector:
    """Every n-th row: those of another remainder share nothing with them."""
    if high is None and isinstance(step, int) and step > 1 and isinstance(low, int | None):
        return Selector("filter", ("step", step), (low or 0) % step)
    return Selector("some", ("step", low, high, step))


def bound(run: Interpreter, node: ast.expr | None) -> Hashable:
    """Evaluate a bound of a slice: a number, a length of rows, or its text."""
    if node is None:
        return None
    value = run.load(run.eval(node))
    if isinstance(value, Constant) and (
        value.value is None or isinstance(value.value, int | Length)
    ):
        return value.value
    return run.text(node)


def told(run: Interpreter, value: Data, key: ast.expr) -> Value:
    """Evaluate what chooses of a table; a function is asked for it, which is given the table.

    A list that is still empty on some other path chooses nothing there.
    """
    from mlaudit.flow import functions

    given = _filled(run, run.eval(key))
    inner = run.load(given)
    if not isinstance(inner, Function):
        return given
    return functions.call(run, inner, Arguments(key, [value]))


def _filled(run: Interpreter, given: Value) -> Value:
    """Give the one thing that a value is where it is no empty list; else the value itself."""
    if not isinstance(given, Choice):
        return given
    empty = Sequence()
    filled = [option for option in given.options if run.load(option) != empty]
    return filled[0] if len(filled) == 1 else given


def chosen_rows(run: Interpreter, value: Data, key: ast.expr) -> Data:
    """Take the rows that the first half of `table[rows, columns]` names."""
    if isinstance(key, ast.Slice):
        return sliced(run, value, key)
    given = run.load(told(run, value, key))
    if isinstance(key, ast.List) and len(key.elts) == 1 and not order.reaches(run, key.elts[0]):
        return _one_of(run, value, key.elts[0])
    index, collected = run.data(given), _collected(given)
    if collected is not None and run.data(collected).kind == "index":
        return narrowed(value, chosen_by_text(run, key))  # perhaps some positions only were put in
    if index.select is not None:
        return kept(chosen(value, index.select), index)
    if index.kind == "index":
        return by_index(run, value, index, key)
    up = marked(run, key, index) if index.rows == value.rows else None
    if up is not None:
        return kept(narrowed(value, up), index)
    if index.kind == "mask":
        return kept(narrowed(value, chosen_by_text(run, key)), index)
    if isinstance(given, Constant) and type(given.value) in {int, str}:
        return narrowed(value, groups.at_place(value, sooner.labelled(run, key)))
    one = isinstance(given, Constant | Symbol)
    return value if one else narrowed(value, chosen_by_text(run, key))


def marked(run: Interpreter, node: ast.expr, column: Data) -> Selector | None:
    """Choose the rows where a column of true and false holds, as `table[table["late"]]` does."""
    if column.kind != "column" or column.name is None or not column.rows.terms:
        return None
    return Selector("filter", ("equals", run.text(node), column.rows.terms), True, column.name)


def _is_part(some: Rows, whole: Rows) -> bool:
    return some != whole and some.within(whole)


def _one_of(run: Interpreter, value: Data, position: ast.expr) -> Data:
    """Take a single row, which `rows.iloc[[i]]` keeps as a table."""
    low = bound(run, position)
    after = low + 1 or None if isinstance(low, int) else f"{low} + 1"
    return chosen(value, Selector("slice", "rows", (low, after)))


def by_index(run: Interpreter, value: Data, index: Data, key: ast.expr) -> Data:
    """Take the rows of an index; computed positions of no known data may be any of the rows."""
    if index.rows.terms:
        return of_index(value, index)
    return narrowed(value, chosen_by_text(run, key))


def _collected(given: Value) -> Value | None:
    """Give what a list holds that the program has filled in ways that are not followed."""
    return given.rest if isinstance(given, Sequence) else None


def chosen_by_text(run: Interpreter, key: ast.expr) -> Selector:
    """Of rows chosen by something opaque it is known that the same thing chooses the same."""
    run.contextual += bool(run.calls)  # a parameter is what the caller gives for it
    return Selector("some", ("chosen by", run.text(key), unfollowed.meaning(run, key)))


def _predictions(value: Data, name: str) -> tuple[Prediction, ...]:
    """Give the predictions in a column, those of the rows that the table has left."""
    found = value.columns.guessed.get(name, ()) if value.columns is not None else ()
    of_rows = Selector("rows", value.rows)
    return tuple(
        p if p.rows == value.rows or not value.rows.within(p.rows) else p.of_some(of_rows)
        for p in found
        if isinstance(p, Prediction)
    )


def drop_columns(value: Data, names: frozenset[str] | None) -> Data:
    """Remove columns; unknown names make the columns unknown."""
    if names is not None:
        value = value.but(influences=of_columns(value.influences, names, without=True))
    if value.columns is None or names is None:
        return order.without(value).but(columns=None)
    known = value.columns
    kept = None if known.kept is None else known.kept - names
    return value.but(columns=replace(known, kept=kept, dropped=known.dropped | names, listed=()))


def literal_names(run: Interpreter, value: Value | None) -> frozenset[str] | None:
    """Read column names from a literal string or list; None where they are not literal."""
    inner = run.load(value) if value is not None else UNKNOWN
    if isinstance(inner, Constant) and isinstance(inner.value, str):
        return frozenset({inner.value})
    if isinstance(inner, Sequence) and inner.rest is None:
        names = [run.load(part) for part in inner.items]
        if all(isinstance(name, Constant) and isinstance(name.value, str) for name in names):
            return frozenset(str(name.value) for name in names if isinstance(name, Constant))
    return None
