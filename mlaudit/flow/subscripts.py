"""Subscripts: the rows, columns and items that brackets take."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    attributes,
    bests,
    choices,
    constancy,
    containers,
    entities,
    gapless,
    headings,
    listed,
    members,
    order,
    outputs,
    reached,
    results,
    sources,
    splits,
    tables,
    texts,
)
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.regions import base
from mlaudit.flow.selectors import Length, Selector
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
    Results,
    Sequence,
    Symbol,
    Value,
    of_columns,
)
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern
from mlaudit.syntax.spelling import last_name
from mlaudit.trace.events import Cut

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.interpreter import Interpreter

_ROW_KINDS = {
    "unknown": ("array", "archive", "column", "unknown", "prediction", "loader"),
    "array": ("array", "archive", "unknown", "column", "prediction", "loader"),
}
_OF_ROWS = frozenset({"array", "archive", "prediction", "loader"})
_ENDS = {"0": "first", "-1": "last"}
_NUMBERED = frozenset({"array", "archive", "column", "unknown"})
_NAMES_COLUMNS = Pattern(r"(?i)feat|col|categor|numer|name|field|target|label|variable|predictor")
_NOT_A_COLUMN = Pattern(r"(?i)feat|col|names|mask|ind|idx|ids|row|fold|train|test|val|keep|part")


def subscript(run: Interpreter, node: ast.Subscript) -> Value:
    """Evaluate `value[key]` in all its meanings."""
    holder = run.eval(node.value)
    value = run.load(holder)
    if isinstance(value, Choice):
        found = [_subscript(run, option, run.load(option), node) for option in value.options]
        merged = found[0]
        for other in found[1:]:
            merged = run.state.either(merged, other)
        return merged
    return _subscript(run, holder, value, node)


def _subscript(run: Interpreter, holder: Value, value: Value, node: ast.Subscript) -> Value:
    if isinstance(value, Data):
        if value.rows.divided and value.kind != "row" and not isinstance(node.slice, ast.Slice):
            return _part_of(run, value, node.slice)
        if value.kind == "thresholds":
            return _threshold(run, value, node.slice)
        taken = _of_data(run, constancy.left(run, node, value), node.slice)
        if not value.whole or not isinstance(taken, Data):
            return taken
        return taken.but(whole=gapless.taken(run, value, node.slice))
    if isinstance(value, Method):
        receiver = run.load(value.receiver)
        if isinstance(receiver, Data):
            return _located(run, receiver, value.name, node.slice)
        return UNKNOWN
    if isinstance(value, Dictionary):
        key = run.eval(node.slice)
        found = containers.item(run, value, key)
        _called_by_key(run, node, found, run.load(key))
        surely = value.rest is None or isinstance(run.load(key), Constant)
        return found if surely else members.at(run, found, node.slice)
    if isinstance(value, Sequence):
        return _of_sequence(run, value, node.slice)
    if isinstance(value, Symbol):
        given = run.load(run.eval(node.slice))
        inner = run.data(given)
        parts = [run.data(item) for item in given.items] if isinstance(given, Sequence) else []
        together = inner.but(select=None, constants=sources.united(parts))
        return together if inner.rows.terms else UNKNOWN
    if isinstance(value, Instance):
        return _item_of(run, value, node)
    if isinstance(value, Estimator):
        run.eval(node.slice)
        if value.entry.kind in {"dataset", "loader", "unknown"}:
            return run.data(value)
        return holder if value.entry.kind == "pipeline" else UNKNOWN
    if isinstance(value, Class):
        return value
    run.eval(node.slice)
    return Data("scalar")


def _called_by_key(run: Interpreter, node: ast.Subscript, found: Value, key: Value) -> None:
    """Note that rows stand in a dict under the name of a part, whatever they are called later."""
    if isinstance(key, Constant) and isinstance(key.value, str) and splits.part_named(key.value):
        data = run.load(found)
        if isinstance(data, Data) and data.rows.terms and not data.predictions:
            run.emit(Cut, node, rows=data.rows, name=key.value)


def itself(run: Interpreter, node: ast.expr) -> Value:
    """Evaluate what is to be changed: of a list or dict the very member, whichever it may be."""
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice):
        return run.eval(node)
    holder = itself(run, node.value)
    value = run.load(holder)
    if isinstance(value, Dictionary) and value.rest is not None:
        return containers.item(run, value, run.eval(node.slice))
    if not isinstance(value, Sequence) or value.rest is None or value.way == "ranked":
        return run.eval(node)
    place = run.load(run.eval(node.slice))
    at = place.value if isinstance(place, Constant) else None
    if isinstance(at, int) and -len(value.items) <= at < len(value.items):
        return value.items[at]
    return containers.element(run, value)


def any_of(run: Interpreter, node: ast.expr) -> list[Value]:
    """Give the tables of which a place that is not known gives one: each may be the one changed."""
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice):
        return []
    holder = run.load(run.eval(node.value))
    known = isinstance(run.load(run.eval(node.slice)), Constant)
    if known or not isinstance(holder, Sequence | Dictionary):
        return []
    tables_held = ((part, run.load(part)) for part in containers.parts(holder))
    return [
        part for part, inner in tables_held if isinstance(inner, Data) and inner.kind == "table"
    ]


def _looked_up(run: Interpreter, found: Data, key: ast.expr) -> Value:
    """What keys of other things give of an array, one by one, need not be all that it holds.

    What the number of a row gives is that row.
    """
    if reached.numbered(run, found, key):
        return found.but(kind="row")
    return members.at(run, found, key) if _of_another(run, key) else found


def _of_another(run: Interpreter, key: ast.expr) -> bool:
    """Say whether a key is what something else has, as in `table[visit.number]`, in a loop."""
    return bool(run.loops) and isinstance(key, ast.Attribute | ast.Subscript)


def _threshold(run: Interpreter, value: Data, key: ast.expr) -> Data:
    """A threshold that the points of a curve have chosen is no score."""
    index = run.data(run.eval(key)) if not isinstance(key, ast.Slice) else value
    if index.kind != "scalar":
        return value
    return Data("scalar", chosen_by=choices.united(value.scores, index.scores, index.chosen_by))


def _item_of(run: Interpreter, holder: Instance, node: ast.Subscript) -> Value:
    """An item of an object of the program: in a loop, what no one knows more of is read anew."""
    from mlaudit.flow import calls

    key = run.eval(node.slice)
    if isinstance(run.load(key), Constant) and attributes.find_method(
        run, holder.owner, "__getitem__"
    ):
        return calls.call_method(run, holder, "__getitem__", Arguments(node, [key]))
    data = run.data(holder).but(kind="unknown")
    if data.rows.terms or not (run.loops or run.each):
        return data
    rows = base(("item", id(node), run.context), run.text(node.value))
    entities.read(run, rows)
    return Data("unknown", rows)


def _of_sequence(run: Interpreter, value: Sequence, key: ast.expr) -> Value:
    if isinstance(key, ast.Slice) and listed.of_rows(run, value):
        return listed.taken(run, value, lambda row: _of_data(run, row, key))
    if isinstance(key, ast.Slice):
        low, high = tables.bound(run, key.lower), tables.bound(run, key.upper)
        if value.rest is None and key.step is None:
            start = low if isinstance(low, int) else None
            end = high if isinstance(high, int) else None
            if (low, high) == (start, end):
                return run.state.allocate(replace(value, items=value.items[start:end]))
        whole = low in {None, 0} and key.upper is None and _goes_on(run, key.step)
        value = replace(value, falling=None) if key.step is not None else value
        return run.state.allocate(value if whole else members.between(run, value, key))
    if isinstance(key, ast.Tuple) and any(isinstance(part, ast.Slice) for part in key.elts):
        return _of_data(run, run.data(value).but(kind="array"), key)
    index = run.load(run.eval(key))
    if value.way == "ranked" and not containers.is_only_one(value):
        ranked = run.data(value).but(kind="ranked")
        ranked = ranked.but(scores=value.by) if value.by else ranked
        ranked = ranked.but(results=Results(by=ranked.scores, falling=value.falling))
        _first_ranked(run, ranked, key)
        return choices.mark(run, containers.element(run, value), ranked.scores)
    if isinstance(index, Constant) and isinstance(index.value, int) and value.items:
        if -len(value.items) <= index.value < len(value.items):
            return value.items[index.value]
        return members.at(run, value.rest, key) if value.rest is not None else UNKNOWN
    if not isinstance(index, Constant):
        if listed.of_rows(run, value) and value.rest is not None:
            return listed.taken(run, value.rest, lambda row: _of_data(run, row, key))
        value = _apart(run, value)
    member = members.at(run, containers.element(run, value), key)
    return choices.mark(run, member, choices.by(run, index))


def _goes_on(run: Interpreter, step: ast.expr | None) -> bool:
    """Say whether a slice passes over no item, forwards or backwards."""
    return tables.bound(run, step) in {None, 1, -1}


def _apart(run: Interpreter, value: Sequence) -> Sequence:
    """Tell the items of a list apart by their places: another list at the same place gives others.

    So `trains[fold]` and `tests[fold]` stay in step, although each may be any of its items.
    """
    data = [run.load(item) for item in value.items]
    own = [each for each in data if isinstance(each, Data) and each.rows.terms]
    if len(own) < max(len(value.items), 2) or value.rest is not None:
        return value
    whole = tuple(each.rows.terms for each in own)
    if len(set(whole)) < len(whole):
        return value
    items = (
        tables.narrowed(each, Selector("some", ("item", whole, place)))
        for place, each in enumerate(own)
    )
    return Sequence(tuple(items), None, value.way)


def _first_ranked(run: Interpreter, value: Data, key: ast.expr) -> None:
    """Taking the first or the last of sorted results chooses by them."""
    if value.kind != "ranked":
        return
    first = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
    number = ast.unparse(first) if isinstance(first, ast.Constant | ast.UnaryOp) else None
    end = _ENDS.get(number or "")
    if end is not None:
        bests.first(run, value, key, end, last=end == "last")


def _of_data(run: Interpreter, value: Data, key: ast.expr) -> Value:
    if value.kind == "columns":
        value = value.but(columns=None)
    _first_ranked(run, value, key)
    if value.kind == "transposed":
        return _of_transposed(run, value, key)
    if isinstance(key, ast.Tuple) and key.elts and value.kind not in {"group", "window"}:
        return _rows_and_columns(run, value, key)
    if isinstance(key, ast.Slice):
        return tables.sliced(run, reached.by_turns(run, value, key), key)
    given = run.load(tables.told(run, value, key))
    if isinstance(given, Constant):
        if value.kind == "archive":
            return Data("array", base((value.rows.terms, given.value), str(given.value)))
        if isinstance(given.value, str):
            value = _part_named(outputs.under_key(value), given.value)
            return tables.column(run, value, given.value)
        return _at(run, value, given.value)
    if isinstance(given, Sequence):
        if not _are_names(run, given) and _takes_rows(run, value, key):
            return tables.chosen_rows(run, value, key)
        return tables.of_names(run, outputs.under_key(value), given)
    index = run.data(given)
    if value.kind == "columns" and index.influences:
        return tables.by_computed(value, index)
    value = _before(run, value, index, key)
    named = headings.chosen(value, index)
    if named is not None:
        return named
    if index.select is not None and not _counts_columns(value, index):
        chosen = tables.kept(tables.chosen(value, index.select), index)
        return chosen.but(kind="row") if _is_one(run, value, index, key) else chosen
    return _by_what_is_not_told(run, value, index, key)


def _by_what_is_not_told(run: Interpreter, value: Data, index: Data, key: ast.expr) -> Value:
    """Choose by something of which it is not known which rows it takes."""
    if index.kind == "index":
        value = tables.by_index(run, value, index, key)
    before, value = value, _at_turn(run, value, index, key)
    if value is not before and index.kind == "row" and not index.rows.terms:
        return value  # all turns together take the rows at the positions that a loop goes through
    if index.kind == "scalar" and not index.influences:
        value = _part_named(value, texts.pattern(index) or "")
        chosen_by = choices.united(index.scores, index.chosen_by)
        value = value.but(columns=None, select=None, name=None, chosen_by=chosen_by)
        return _looked_up(run, value, key) if value.kind == "array" else value
    return _by_each_row(run, value, index, key)


def _counts_columns(value: Data, index: Data) -> bool:
    """Say whether plain numbers are asked of a table: its columns may be numbered, not its rows."""
    numbers = index.kind in {"scalar", "array"} and not index.rows.terms
    return (
        value.kind == "table"
        and numbers
        and index.select is not None
        and (index.select.way == "slice")
    )


def _at_turn(run: Interpreter, value: Data, index: Data, key: ast.expr) -> Data:
    """Take the rows that a loop reaches by its number; of a table it may number columns."""
    if index.influences or index.rows.terms or value.kind not in _NUMBERED:
        return value
    return reached.by_turns(run, value, key)


def _is_one(run: Interpreter, value: Data, index: Data, key: ast.expr) -> bool:
    """Say whether `values[i]` is a single row, as in `for i in range(len(values))`."""
    known = value.kind in containers.ROW_BY_ROW or value.kind == "unknown"
    return known and index.kind == "index" and reached.one(run, key)


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
        return tables.chosen_rows(run, of_data, key.elts[1])
    return value if isinstance(key, ast.Slice) else of_data


def _part_of(run: Interpreter, value: Data, key: ast.expr) -> Data:
    """Take a part by its name; a name that is not known gives perhaps any of them."""
    given = run.load(run.eval(key))
    if isinstance(given, Constant):
        select = Selector("part", "by name", given.value)
    else:
        select = tables.chosen_by_text(run, key)
    return tables.narrowed(value, select).but(kind="unknown")


def _part_named(value: Data, name: str) -> Data:
    """Take a part of something opaque that holds training and test data under their names."""
    part = splits.part_named(name) if value.kind in {"unknown", "column"} else None
    return value if part is None else tables.narrowed(value, Selector("part", "by name", part))


def _by_each_row(run: Interpreter, value: Data, index: Data, key: ast.expr) -> Data:
    """Choose rows by something computed for each row, else columns."""
    if value.kind == "group":
        return tables.by_computed(value, index)
    if index.kind == "mask":
        return tables.kept(tables.narrowed(value, tables.chosen_by_text(run, key)), index)
    marked = tables.marked(run, key, index) if index.rows == value.rows else None
    if marked is not None:
        return tables.kept(tables.narrowed(value, marked), index)
    if _may_name_columns(value, index):
        value = value.but(columns=None)
    if index.rows.terms and (index.kind != "unknown" or index.rows.kin(value.rows)):
        return tables.kept(tables.narrowed(value, Selector("some", (id(key), run.context))), index)
    opaque = index.kind == "unknown" and value.kind in {"unknown", "column"}
    named = opaque and _NAMES_COLUMNS.search(run.text(key))
    if tables.opaque(index) and value.kind in _ROW_KINDS.get(index.kind, ()) and not named:
        return tables.narrowed(value, tables.chosen_by_text(run, key))
    if value.kind in _OF_ROWS and index.kind != "scalar":
        return tables.narrowed(value, tables.chosen_by_text(run, key))
    return tables.by_computed(value, index)


def _may_name_columns(value: Data, index: Data) -> bool:
    """Say whether an index came of an unknown call, or was read as other data: names, perhaps."""
    if index.kind == "array":
        return index.rows.known and not index.rows.kin(value.rows)
    return index.kind in {"column", "unknown"} and (
        index.table is None or index.table != value.table
    )


def _are_names(run: Interpreter, listed: Sequence) -> bool:
    """Say whether a list holds names, as of columns, and not positions of rows."""
    items = [run.load(item) for item in listed.items]
    return any(isinstance(item, Constant) and isinstance(item.value, str) for item in items)


def _takes_rows(run: Interpreter, value: Data, key: ast.expr) -> bool:
    """Whether a list that is not known chooses rows, and not, as its name may tell, columns."""
    if value.kind in {"unknown", "column"}:
        return not _NAMES_COLUMNS.search(run.text(key))
    return value.kind in {"array", "archive"}


def _at(run: Interpreter, value: Data, position: Hashable) -> Data:
    """Take one item: of an array a row, of an index of a split result a member.

    The first of what `np.where(mask)` and `np.nonzero(mask)` give are the positions of all rows.
    """
    if isinstance(position, Length):
        return value
    if value.kind == "array" and isinstance(position, int):
        value = run.data(members.numbered(run, value, position))
    if value.kind == "unknown" and value.select is None and isinstance(position, int):
        value = outputs.one_of_several(value, position)
    select = value.select if value.kind == "mask" and position == 0 else None
    return value.but(columns=None, select=select, name=None)


def _located(run: Interpreter, value: Data, way: str, key: ast.expr) -> Value:
    """Evaluate `.loc[...]` and `.iloc[...]`."""
    _first_ranked(run, value, key)
    if isinstance(key, ast.Tuple) and len(key.elts) == 2:
        return _rows_and_columns(run, value, key)
    value = reached.by_turns(run, value, key)
    if isinstance(key, ast.Slice):
        return tables.sliced(run, value, key)
    rows = _reached(run, tables.chosen_rows(run, value, key), key)
    return rows.but(columns=rows.columns if way == "iloc" else None, select=None)


def _reached(run: Interpreter, rows: Data, key: ast.expr) -> Data:
    """Say of the row of a table that a loop has reached that it is a single one."""
    return rows.but(kind="row") if rows.kind == "table" and reached.one(run, key) else rows


def _adds_axis(key: ast.expr) -> bool:
    """Say whether `None` or `np.newaxis` stands where a column may: the array gets one."""
    return last_name(key) == "newaxis" or (isinstance(key, ast.Constant) and key.value is None)


def _rows_and_columns(run: Interpreter, value: Data, key: ast.Tuple) -> Value:
    if len(key.elts) == 1 and not isinstance(key.elts[0], ast.Starred):
        return _of_data(run, value, key.elts[0])
    rows = tables.chosen_rows(run, reached.by_turns(run, value, key.elts[0]), key.elts[0])
    if not isinstance(rows, Data) or len(key.elts) < 2:
        return rows
    rows, names = _reached(run, rows, key.elts[0]), key.elts[1]
    if isinstance(names, ast.Slice):
        whole = names.lower is None and names.upper is None
        return rows if whole else order.without(rows).but(columns=None, name=None)
    given = run.load(run.eval(names))
    if isinstance(given, Constant) and isinstance(given.value, str):
        return tables.column(run, rows, given.value)
    if isinstance(given, Sequence):
        return tables.of_names(run, rows, given)
    if rows.decided and rows.kind == "column" and not _adds_axis(names):
        # The highest class of each row has no columns: the program ends here, and judges nothing.
        rows = rows.but(decided=False)
    index = run.data(given)
    rows = _before(run, rows, index, names)
    named = headings.chosen(rows, index)
    if named is not None:
        return named
    if (index.kind == "scalar" and not index.influences) or isinstance(given, Constant):
        kind = "column" if rows.kind == "table" else rows.kind
        if rows.results is not None and isinstance(given, Constant):
            rows = results.at(rows, rows, given.value)
        return order.without(rows).but(columns=None, name=None, kind=kind)
    return tables.by_computed(rows, index)
