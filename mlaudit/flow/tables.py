"""Tables and arrays: columns, masks, slices and index arrays."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import choices, groups, headings, order, sinks, splits, texts
from mlaudit.flow.containers import element, item
from mlaudit.flow.regions import Length, Rows, Selector, base
from mlaudit.flow.values import (
    ANY,
    UNKNOWN,
    Choice,
    Class,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Instance,
    Method,
    Sequence,
    Symbol,
    Value,
    combine,
    in_column,
    merge_influences,
    of_columns,
)
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern
from mlaudit.trace.events import Columns, Effect, Influence, Kind

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_TRANSPARENT = {
    "values",
    "array",
    "T",
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
_ROW_KINDS = {
    "unknown": ("array", "archive", "column", "unknown", "prediction", "loader"),
    "array": ("array", "archive", "unknown", "column", "prediction", "loader"),
}
_NAMES_COLUMNS = Pattern(r"(?i)feat|col|categor|numer|name|field|target|label|variable|predictor")
_NOT_A_COLUMN = Pattern(r"(?i)feat|col|names|mask|ind|idx|ids|row|fold|train|test|val|keep|part")
_COLUMN_NAMES = {"columns", "dtypes", "dtype", "name", "names", "feature_names", "target_names"}


def attribute(run: Interpreter, holder: Value, value: Data, name: str) -> Value:
    """Read an attribute of data: an accessor, a method not called, or a column."""
    if name in {"iloc", "loc", "ix", "at", "iat"}:
        return Method(holder, name)
    if name in {"values", "array"}:
        return value.but(kind="array" if value.kind == "table" else value.kind)
    if name == "T" and value.kind == "transposed":
        return value.but(kind="array")
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
    if value.kind in {"table", "unknown", "group", "window"}:
        return column(run, value, name)
    return value.but(columns=None, select=None)


def column(run: Interpreter, value: Data, name: str) -> Data:
    """Take one column of a table."""
    reaching = of_columns(value.influences, frozenset({name}))
    influences = in_column(_uncertain(reaching) if value.rows.terms else reaching, None)
    if value.kind == "window":
        influences = merge_influences(influences, order.only(value))
    if value.kind in {"group", "window"}:
        return value.but(columns=None, name=name, influences=influences)
    influences = merge_influences(influences, order.named(value, name))
    kind = "ranked" if value.kind == "ranked" else "column"
    return value.but(kind=kind, columns=None, name=name, influences=influences, select=None)


def _uncertain(influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Forget what a statistic was taken of where it may as well have reached another column."""
    if all(i.source is None or i.column for i in influences):
        return influences
    return tuple(i if i.column else replace(i, source=None) for i in influences)


def subscript(run: Interpreter, node: ast.Subscript) -> Value:
    """Evaluate `value[key]` in all its meanings."""
    holder = run.eval(node.value)
    value = run.load(holder)
    if isinstance(value, Choice):
        found = [_subscript(run, option, run.load(option), node) for option in value.options]
        merged = found[0]
        for other in found[1:]:
            merged = run.state.join(merged, other)
        return merged
    return _subscript(run, holder, value, node)


def _subscript(run: Interpreter, holder: Value, value: Value, node: ast.Subscript) -> Value:
    if isinstance(value, Data):
        return _of_data(run, value, node.slice)
    if isinstance(value, Method):
        receiver = run.load(value.receiver)
        if isinstance(receiver, Data):
            return _located(run, receiver, value.name, node.slice)
        return UNKNOWN
    if isinstance(value, Dictionary):
        return item(run, value, run.eval(node.slice))
    if isinstance(value, Sequence):
        return _of_sequence(run, value, node.slice)
    if isinstance(value, Symbol):
        inner = run.data(run.eval(node.slice))
        return inner.but(select=None) if inner.rows.terms else UNKNOWN
    if isinstance(value, Instance):
        return run.data(value).but(kind="unknown")
    if isinstance(value, Estimator):
        run.eval(node.slice)
        if value.entry.kind in {"dataset", "loader", "unknown"}:
            return run.data(value)
        return holder if value.entry.kind == "pipeline" else UNKNOWN
    if isinstance(value, Class):
        return value
    run.eval(node.slice)
    return Data("scalar")


def _of_sequence(run: Interpreter, value: Sequence, key: ast.expr) -> Value:
    if isinstance(key, ast.Slice):
        low, high = _bound(run, key.lower), _bound(run, key.upper)
        if value.rest is None and key.step is None:
            start = low if isinstance(low, int) else None
            end = high if isinstance(high, int) else None
            if (low, high) == (start, end):
                return run.state.allocate(Sequence(value.items[start:end], None, value.way))
        return value
    index = run.load(run.eval(key))
    if value.way == "ranked":
        ranked = run.data(value).but(kind="ranked")
        _first_ranked(run, ranked, key)
        return choices.mark(run, element(run, value), ranked.scores)
    if isinstance(index, Constant) and isinstance(index.value, int) and value.items:
        if -len(value.items) <= index.value < len(value.items):
            return value.items[index.value]
        return value.rest if value.rest is not None else UNKNOWN
    return choices.mark(run, element(run, value), choices.by(run, index))


def _first_ranked(run: Interpreter, value: Data, key: ast.expr) -> None:
    """Taking the first of sorted results chooses by them."""
    if value.kind != "ranked":
        return
    first = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
    number = ast.unparse(first) if isinstance(first, ast.Constant | ast.UnaryOp) else None
    if number in {"0", "-1"}:
        sinks.select(run, value, key, "the first of the sorted results is taken")


def _of_data(run: Interpreter, value: Data, key: ast.expr) -> Value:
    if value.kind == "columns":
        value = value.but(columns=None)
    _first_ranked(run, value, key)
    if value.kind == "transposed":
        return _of_transposed(run, value, key)
    if isinstance(key, ast.Tuple) and key.elts and value.kind not in {"group", "window"}:
        return _rows_and_columns(run, value, key)
    if isinstance(key, ast.Slice):
        return sliced(run, value, key)
    given = run.load(run.eval(key))
    if isinstance(given, Constant):
        if value.kind == "archive":
            return Data("array", base((value.rows.terms, given.value), str(given.value)))
        if isinstance(given.value, str):
            return column(run, _part_named(value, given.value), given.value)
        return _at(value, given.value)
    if isinstance(given, Sequence):
        if given.rest is not None and _takes_rows(run, value, key):
            return chosen_rows(run, value, key)
        return of_names(run, value, given)
    index = run.data(given)
    value = _before(run, value, index, key)
    named = headings.chosen(value, index)
    if named is not None:
        return named
    if index.select is not None:
        return kept(chosen(value, index.select), index)
    if index.kind == "index":
        value = _by_index(run, value, index, key)
    if index.kind == "scalar" and not index.influences:
        chosen_by = choices.united(index.scores, index.chosen_by)
        return value.but(columns=None, select=None, name=None, chosen_by=chosen_by)
    return _by_computed(run, value, index, key)


def _before(run: Interpreter, value: Data, index: Data, key: ast.expr) -> Data:
    """Leave out new columns of computed names where the program takes one by another name.

    What a function is given to choose by knows of none of them, unless it lists features.
    """
    if not any(i.column is not None and ANY in i.column for i in value.influences):
        return value
    name = texts.pattern(index)
    if name is None and not _NOT_A_COLUMN.search(run.text(key)):
        name = texts.given(index)
    if name is None:
        return value
    return value.but(influences=of_columns(value.influences, frozenset({name})))


def _of_transposed(run: Interpreter, value: Data, key: ast.expr) -> Data:
    """Take rows of an array that holds the rows of its data as columns."""
    of_data = value.but(kind="array", columns=None, select=None)
    if isinstance(key, ast.Tuple) and len(key.elts) > 1:
        return chosen_rows(run, of_data, key.elts[1])
    return value if isinstance(key, ast.Slice) else of_data


def _part_named(value: Data, name: str) -> Data:
    """Take a part of something opaque that holds training and test data under their names."""
    part = splits.part_named(name) if value.kind in {"unknown", "column"} else None
    return value if part is None else narrowed(value, Selector("part", "by name", part))


def _by_computed(run: Interpreter, value: Data, index: Data, key: ast.expr) -> Data:
    """Choose rows by something computed for each row, else columns."""
    if value.kind == "group":
        return _by_computed_columns(value, index)
    if index.kind in {"column", "unknown"} and index.table is None:
        value = value.but(columns=None)  # what came of an unknown call may well be names of columns
    if index.rows.terms and (index.kind != "unknown" or index.rows.kin(value.rows)):
        return kept(narrowed(value, Selector("some", (id(key), run.context))), index)
    opaque = index.kind == "unknown" and value.kind in {"unknown", "column"}
    named = opaque and _NAMES_COLUMNS.search(run.text(key))
    if _opaque(index) and value.kind in _ROW_KINDS.get(index.kind, ()) and not named:
        return narrowed(value, _chosen_by(run, key))
    return _by_computed_columns(value, index)


def _takes_rows(run: Interpreter, value: Data, key: ast.expr) -> bool:
    """Whether a list that is not known chooses rows, and not, as its name may tell, columns."""
    if value.kind in {"unknown", "column"}:
        return not _NAMES_COLUMNS.search(run.text(key))
    return value.kind in {"array", "archive"}


def _opaque(index: Data) -> bool:
    """Whether nothing is known of what chooses rows; numbers in an array may have been made up."""
    made_up = index.kind == "array" and not (index.rows.terms or index.predictions)
    return not index.influences and (index.kind == "unknown" or made_up)


def kept(rest: Data, mask: Data) -> Data:
    """Rows that are left where bounds such as quantiles removed the others are shaped by these."""
    bounds = tuple(
        replace(i, rows=rest.rows, effect=Effect.LOW, column=None, source=None, removes=True)
        for i in mask.influences
        if i.removes or (i.kind is Kind.STATISTIC and i.statistic in _BOUNDS)
    )
    return rest.but(influences=merge_influences(rest.influences, bounds)) if bounds else rest


def gaps(value: Data, name: str) -> Data:
    """Tell the gaps, or by `notna` and `notnull` what is filled."""
    key = ("null", value.name, value.rows.terms)
    select = Selector("filter", key, name in {"isnull", "isna"})
    return Data("mask", value.rows, value.influences, select=select)


def narrowed(value: Data, select: Selector) -> Data:
    """Take some of the rows; predictions among them are predictions of those rows only."""
    predictions = tuple(p.of_some(select) for p in value.predictions)
    rows = value.rows.select(select)
    influences = groups.divided(value, select, rows)
    return value.but(rows=rows, influences=influences, predictions=predictions, select=None)


def _by_computed_columns(value: Data, index: Data) -> Data:
    """Choose columns by something computed; a statistic that chose is a selection."""
    influences = merge_influences(order.without(value).influences, selections(index.influences))
    return value.but(columns=None, influences=influences, select=None, name=None)


def selections(influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """What has chosen columns is a selection, however it was computed."""
    return tuple(map(_as_selection, influences))


def _as_selection(influence: Influence) -> Influence:
    if influence.kind is not Kind.STATISTIC:
        return influence
    return replace(influence, kind=Kind.SELECTION, column=None, source=None, removes=False)


def _at(value: Data, position: Hashable) -> Data:
    """Take one item: of an array a row, of an index of a split result a member."""
    if isinstance(position, Length):
        return value
    return value.but(columns=None, select=None, name=None)


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
        return _by_computed_columns(value, index)
    kept = frozenset(str(key.value) for key in keys if isinstance(key, Constant))
    single = next(iter(kept)) if len(kept) == 1 else None
    if value.kind in {"group", "window"}:
        return value.but(name=single)
    known = value.columns or Columns()
    return value.but(
        columns=Columns(kept, frozenset(), known.derived, known.ahead),
        name=single,
        influences=of_columns(value.influences, kept),
        select=None,
    )


def of_index(value: Data, index: Data) -> Data:
    """Take the rows that an index is of, where it is not known how it chose them."""
    if value.kind == "index" or not index.rows.terms or not index.rows.within(value.rows):
        return value
    return narrowed(value, Selector("rows", index.rows))


def chosen(value: Data, select: Selector) -> Data:
    """Apply a choice of rows."""
    if value.select is not None and value.kind == "index":
        rows = value.rows.select(select)
        return value.but(rows=rows, select=Selector("rows", rows))
    return narrowed(value, select)


def sliced(run: Interpreter, value: Data, key: ast.Slice) -> Data:
    """Take a slice of rows."""
    low, high = _bound(run, key.lower), _bound(run, key.upper)
    step = _bound(run, key.step)
    if low in (None, 0) and high is None and step in (None, 1, -1):
        return value.but(select=value.select)
    select = Selector("slice", "rows", (low, high)) if step is None else _stepped(low, high, step)
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
    bound = _bound(run, expression)
    return Selector("slice", "rows", (None, bound) if name == "take" else (bound, None))


def _stepped(low: Hashable, high: Hashable, step: Hashable) -> Selector:
    """Every n-th row: those of another remainder share nothing with them."""
    if high is None and isinstance(step, int) and step > 1 and isinstance(low, int | None):
        return Selector("filter", ("step", step), (low or 0) % step)
    return Selector("some", ("step", low, high, step))


def _bound(run: Interpreter, node: ast.expr | None) -> Hashable:
    """Evaluate a bound of a slice: a number, a length of rows, or its text."""
    if node is None:
        return None
    value = run.load(run.eval(node))
    if isinstance(value, Constant) and (
        value.value is None or isinstance(value.value, int | Length)
    ):
        return value.value
    return run.text(node)


def _located(run: Interpreter, value: Data, way: str, key: ast.expr) -> Value:
    """Evaluate `.loc[...]` and `.iloc[...]`."""
    _first_ranked(run, value, key)
    if isinstance(key, ast.Tuple) and len(key.elts) == 2:
        return _rows_and_columns(run, value, key)
    if isinstance(key, ast.Slice):
        return sliced(run, value, key)
    rows = chosen_rows(run, value, key)
    return rows.but(columns=rows.columns if way == "iloc" else None, select=None)


def _rows_and_columns(run: Interpreter, value: Data, key: ast.Tuple) -> Value:
    rows = chosen_rows(run, value, key.elts[0])
    if not isinstance(rows, Data) or len(key.elts) < 2:
        return rows
    names = key.elts[1]
    if isinstance(names, ast.Slice):
        whole = names.lower is None and names.upper is None
        return rows if whole else order.without(rows).but(columns=None, name=None)
    given = run.load(run.eval(names))
    if isinstance(given, Constant) and isinstance(given.value, str):
        return column(run, rows, given.value)
    if isinstance(given, Sequence):
        return of_names(run, rows, given)
    index = run.data(given)
    rows = _before(run, rows, index, names)
    named = headings.chosen(rows, index)
    if named is not None:
        return named
    if (index.kind == "scalar" and not index.influences) or isinstance(given, Constant):
        kind = "column" if rows.kind == "table" else rows.kind
        return order.without(rows).but(columns=None, name=None, kind=kind)
    return _by_computed_columns(rows, index)


def chosen_rows(run: Interpreter, value: Data, key: ast.expr) -> Data:
    """Take the rows that the first half of `table[rows, columns]` names."""
    if isinstance(key, ast.Slice):
        return sliced(run, value, key)
    given = run.load(run.eval(key))
    index, collected = run.data(given), _collected(given)
    if collected is not None and run.data(collected).kind == "index":
        return narrowed(value, _chosen_by(run, key))  # perhaps some positions only were put in
    if index.select is not None:
        return kept(chosen(value, index.select), index)
    if index.kind == "index":
        return _by_index(run, value, index, key)
    unknown = index is UNKNOWN or (index.kind == "array" and _opaque(index))
    named = isinstance(key, ast.Name | ast.Attribute)
    if unknown and named and (collected is not None or isinstance(given, Data)):
        return narrowed(value, _chosen_by(run, key))
    return value


def _by_index(run: Interpreter, value: Data, index: Data, key: ast.expr) -> Data:
    """Take the rows of an index; computed positions of no known data may be any of the rows."""
    if index.rows.terms:
        return of_index(value, index)
    return narrowed(value, _chosen_by(run, key))


def _collected(given: Value) -> Value | None:
    """Give what a list holds that the program has filled in ways that are not followed."""
    return given.rest if isinstance(given, Sequence) else None


def _chosen_by(run: Interpreter, key: ast.expr) -> Selector:
    """Of rows chosen by something opaque it is known that the same thing chooses the same."""
    return Selector("some", ("chosen by", run.text(key), run.origin(key)))


def predicate(run: Interpreter, node: ast.Compare, left: Data, right: Value) -> Selector | None:
    """Name the rows for which a comparison holds, so that its opposite is known to exclude them."""
    operator = type(node.ops[0])
    by = left.name if left.rows.terms else None
    other = run.load(right)
    subject: tuple[Hashable, ...] = (run.text(node.left), left.rows.terms)
    if not left.rows.terms:
        subject = (run.text(node.left), id(node.left), run.context)
    if isinstance(other, Constant) and operator in {ast.Eq, ast.NotEq, ast.Is, ast.IsNot}:
        if left.select is not None and isinstance(other.value, bool):
            same = other.value is (operator in {ast.Eq, ast.Is})
            return left.select if same else left.select.flipped()
        part: Hashable = other.value
        if operator in {ast.NotEq, ast.IsNot}:
            part = ("not", part)
        return Selector("filter", ("equals", *subject), part, by)
    bound = run.text(node.comparators[0])
    if operator in {ast.Lt, ast.GtE}:
        return Selector("filter", ("below", *subject, bound), operator is ast.Lt, by)
    if operator in {ast.Gt, ast.LtE}:
        return Selector("filter", ("above", *subject, bound), operator is ast.Gt, by)
    return Selector("filter", ("test", run.text(node)), True, by)


def set_column(value: Data, name: str | None, content: Data) -> Data:
    """Write a column: its influences enter the table; a new column may derive from others.

    One of a computed name is new, or stands beside those that the same text has named before.
    """
    columns = value.columns
    computed = name is not None and ANY in name
    if columns is not None and name is not None and not computed:
        columns = order.settled(columns, name, content)
    content = order.without(content)
    if not value.rows.terms:
        content = content.but(influences=_uncertain(content.influences))
    rest = value.influences if computed else _elsewhere(value, name)
    influences = merge_influences(rest, in_column(content.influences, name))
    if columns is not None and name is not None:
        derived = dict(columns.derived)
        if computed:
            derived[name] = frozenset()
        elif content.name is not None and content.table == value.table and content.name != name:
            derived[name] = frozenset({content.name})
        kept = None if columns.kept is None else columns.kept | {name}
        columns = Columns(kept, columns.dropped - {name}, derived, columns.ahead)
    rows = value.rows if value.rows.terms else content.rows
    return value.but(influences=influences, columns=columns, rows=rows)


def _elsewhere(value: Data, name: str | None) -> tuple[Influence, ...]:
    """Drop what had reached only the column that is now written anew."""
    if name is None or value.kind != "table":
        return value.influences
    return of_columns(value.influences, frozenset({name}), without=True)


def drop_columns(value: Data, names: frozenset[str] | None) -> Data:
    """Remove columns; unknown names make the columns unknown."""
    if names is not None:
        value = value.but(influences=of_columns(value.influences, names, without=True))
    if value.columns is None or names is None:
        return order.without(value).but(columns=None)
    known = value.columns
    kept = None if known.kept is None else known.kept - names
    return value.but(columns=Columns(kept, known.dropped | names, known.derived, known.ahead))


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


__all__ = ["Rows", "combine"]
