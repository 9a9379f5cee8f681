"""Methods of tables, columns, arrays, tensors and groups."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    among,
    bests,
    compared,
    duplicates,
    entities,
    evaluation,
    evening,
    files,
    flags,
    gapless,
    groups,
    handed,
    headings,
    lagged,
    library,
    making,
    merging,
    networks,
    order,
    pieces,
    reading,
    removing,
    results,
    scaling,
    sooner,
    spelled,
    splits,
    statistics,
    stores,
    tables,
    targets,
    texts,
    turning,
    unsourced,
)
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import (
    EMPTY,
    UNKNOWN,
    Constant,
    Data,
    Ref,
    Sequence,
    Value,
    combine,
    filling,
    merge_influences,
    of_columns,
    summed_up,
)
from mlaudit.trace.events import Draw, Effect, Influence, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_KEEPS_COLUMNS = frozenset(
    {"copy", "fillna", "dropna", "reset_index", "sample", "head", "tail", "sort_values", "replace",
     "drop_duplicates", "query", "astype", "interpolate", "clip", "round", "ffill", "bfill",
     "sort_index", "to_numpy", "as_matrix", "infer_objects", "convert_dtypes"}
)  # fmt: skip
_COMPARES = frozenset({"eq", "ne", "sub", "subtract", "equal", "isclose", "add", "mul", "div"})
_SHIFTS = frozenset(
    {"shift", "diff", "pct_change", "rolling", "expanding", "ewm", "cumsum", "cumprod", "cummax",
     "cummin", "rank", "lag"}
)  # fmt: skip
_ON_GROUPS_HARMLESS = frozenset(
    {"cumcount", "ngroup", "get_group", "cumsum", "cumprod", "cummax", "cummin", "ffill", "pad",
     "head", "tail", "nth", "sample"}
)  # fmt: skip
# What is no method of a table's groups is one of a single group, as a loop over them gives it.
_ON_ONE_GROUP = frozenset(
    {"sort_values", "sort_index", "reset_index", "set_index", "copy", "drop", "drop_duplicates",
     "dropna", "query", "assign", "astype", "rename", "replace", "round", "clip", "to_numpy",
     "append", "reindex", "isna", "isnull", "notna", "notnull", "isin", "between", "map"}
)  # fmt: skip


def call(run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments) -> Value:
    """Call a method of data."""
    if value.kind == "generator":
        return library.drawn(run, name, arguments)
    name, arguments = groups.asked(run, value, name, arguments)
    value = results.through(run, gapless.through(value, name), name, arguments)
    keeps = targets.means(run, value, name, arguments) or scaling.reckons(run, name, arguments)
    value = value if keeps else scaling.through(value, name)
    if value.kind == "columns" and value.columns is not None:
        names = headings.method(run, holder, value, name, arguments)
        if names is not None:
            return names
    if name in headings.NAMING and not value.rows.terms:
        value = headings.renamed(run, value, arguments)
    if name in headings.TELLING and not value.rows.terms:
        value = headings.under_name(run, value, name, arguments)
    about = handed.asked(run, value, name, arguments) if value.rows.terms else None
    if about is not None:
        return about
    value = turning.moved(run, value, name, arguments) if name in turning.MOVING else value
    special = _SPECIAL.get(name)
    if special is not None:
        result = special(run, holder, value, name, arguments)
        if result is not None:
            return _in_place(run, holder, result, arguments)
    seen = order.observe(run, value, name, arguments)
    value = lagged.out_of_order(run, value, arguments) if value.influences else value
    entry = run.catalogue.method(name)
    if value.kind == "window":
        return order.of_window(value, _others(run, arguments))
    if value.kind == "group":
        return _of_group(run, value, name, entry, arguments)
    if entry is None:
        return _unknown(run, value, name, arguments)
    result = _by_entry(run, value, name, entry, arguments)
    if isinstance(result, Data) and result.order is not seen:
        result = result.but(order=seen)
    return _in_place(run, holder, result, arguments)


def _in_place(run: Interpreter, holder: Value, result: Value, arguments: Arguments) -> Value:
    """With `inplace=True` the receiver changes and nothing is returned."""
    if "inplace" not in arguments.named:
        return result
    flag = run.load(arguments.named["inplace"])
    if not isinstance(flag, Constant) or flag.value is not True:
        return result
    if isinstance(holder, Ref):
        run.state.heap[holder.address] = result
    elif isinstance(arguments.node, ast.Call) and isinstance(arguments.node.func, ast.Attribute):
        receiver = arguments.node.func.value
        if isinstance(receiver, ast.Subscript | ast.Attribute | ast.Name):
            stores.assign(run, receiver, result, None)
    return Constant(None)


def _by_entry(
    run: Interpreter, value: Data, name: str, entry: Entry, arguments: Arguments
) -> Value:
    others = _others(run, arguments)
    if name == "map":
        others = [lagged.looked_up(other, value.moved) for other in others]
    if name in gapless.BY_LABEL:
        others = [gapless.unlabelled(run, arguments.nodes.values(), other) for other in others]
    kind = entry.kind
    value = unsourced.met(run, value, entry, arguments)
    each = among.distinct(value, arguments) if name == "unique" else None
    if each is not None:
        return each
    if kind == "reduce":
        joined = combine([value, *others], value.kind)
        if not value.rows.terms:
            joined = joined.but(influences=groups.regrouped(joined.influences))
        if turning.across(run, entry, arguments):
            decided = library.decides(joined, name)
            kept = joined.but(kind="column", columns=None, name=None, decided=decided)
            return statistics.told(run, kept, _named(value, name), entry, arguments)
        seen = turning.seen(run, value, entry, arguments, crosses=False)
        return library.reduced(run, arguments.node, joined, _named(value, name), entry, seen)
    if name in order.WINDOWS:
        return order.window(run, value, name, arguments)
    if kind == "group":
        by = groups.keys(run, arguments) | flags.levels(run, value, arguments)
        return value.but(kind="group", by=by)
    if kind == "split" and value.rows.terms:
        return splits.of_data_set(run, value, name, entry, arguments)
    if kind == "report":
        return Data("scalar")
    if kind == "store":
        files.write(run, name, value, arguments)
    if kind in {"store", "values"}:
        return Data("scalar")
    return _passed(run, value, name, entry, arguments, others)


def _passed(
    run: Interpreter,
    value: Data,
    name: str,
    entry: Entry,
    arguments: Arguments,
    others: list[Data],
) -> Value:
    """Give the rows of the receiver, all or some, under what the method brings in."""
    kind = entry.kind
    kept = value.columns if name in _KEEPS_COLUMNS else None
    if name == "set_index":
        names = tables.literal_names(run, arguments.get("keys", 0))
        kept = tables.drop_columns(value, names).columns
    named = kept is not None or value.kind in {"column", "mask"}
    single = value.name if named and name not in _SHIFTS else None
    result = _beside(value, others, name).but(
        columns=kept, table=value.table, name=single, label=value.label, select=None
    )
    result = result.but(decided=False) if kind != "same" or name in _SHIFTS else result
    if value.select is not None and value.kind in {"index", "mask"}:
        result = result.but(select=value.select)
    if value.kind == "table" and name in {"to_numpy", "as_matrix"}:
        result = result.but(kind="array")
    if name in order.SHIFTS:
        return lagged.shifted(run, value, result, name, arguments)
    filled = order.backfilled(run, value, name, arguments)
    if filled:
        return result.but(influences=merge_influences(result.influences, filled))
    if kind == "statistic":
        told = statistics.told(run, value, _named(value, name), entry, arguments).influences
        return result.but(influences=merge_influences(result.influences, told))
    if kind == "subset" and name == "slice" and value.kind in {"column", "columns"}:
        return result  # `.str.slice` cuts each text short
    picked = removing.picked(run, value, name, arguments)
    if picked is not None:
        return result.but(rows=picked.rows, select=picked.select)
    if kind == "subset" and name in {"take", "skip"}:
        select = tables.counted(run, name, arguments)
        if select is not None:
            return result.but(rows=value.rows.select(select))
    if kind == "subset" and value.kind == "index":
        return tables.chosen(value, Selector("some", (id(arguments.node), run.context)))
    if kind == "subset":
        select = Selector("some", (*duplicates.key(run, name, arguments), run.context))
        result = gapless.dropped(run, result.but(rows=value.rows.select(select)), name, arguments)
        result = evening.to_size(run, name, result, arguments)
        return duplicates.removed(result) if name == "drop_duplicates" else result
    return result


def _beside(value: Data, others: list[Data], name: str) -> Data:
    """Give the receiver under the influence of the arguments; a comparison joins them."""
    if name in _COMPARES and any(bool(o.predictions) != bool(value.predictions) for o in others):
        return compared.error([value, *others], name)
    if name == "fillna" and (value is EMPTY or gapless.none(value)):
        return value  # whatever it is filled with, there is nothing to fill
    if not value.rows.terms or name in _COMPARES:
        return combine([value, *others], value.kind)
    brought = [other.influences for other in others]
    if name == "fillna":
        brought = [filling(value, influences) for influences in brought]
    influences = merge_influences(value.influences, *brought)
    scores = {id(s): s for data in (value, *others) for s in data.scores}
    later = 0 if any(other.rows.terms for other in others) else value.later
    return value.but(influences=influences, scores=tuple(scores.values()), later=later)


def _named(value: Data, name: str) -> str:
    return f"{value.name}.{name}" if value.name else name


def _others(run: Interpreter, arguments: Arguments) -> list[Data]:
    """Data among the arguments, and what functions among them bring in."""
    given = [scaling.parted(run.data(v)) for v in arguments.values()]
    found = splits.apart(run, arguments, given)
    return [d for d in found if d.rows.terms or d.influences or d.predictions or d.scores]


def _unknown(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Value:
    """A method that no table knows: what goes in may come out."""
    if value.kind == "scalar" or value is UNKNOWN:
        from mlaudit.flow import calls

        return calls.unknown_result(run, arguments, [value] if value.scores else [])
    others = _others(run, arguments)
    kind = "row" if value.kind == "row" and not others else "unknown"
    asked = splits.part_asked(run, arguments) if value.kind == "unknown" else None
    part = asked or splits.part_called(value, name)
    taken = handed.to_method(run, value, others, arguments) if part is None else [value, *others]
    joined = combine(taken, kind).but(label=False)
    return joined if part is None else joined.but(rows=joined.rows.select(part))


def _of_group(
    run: Interpreter, value: Data, name: str, entry: Entry | None, arguments: Arguments
) -> Value:
    """Statistics of groups of rows."""
    if name in order.WINDOWS:
        return order.window(run, value, name, arguments)
    if name in order.SHIFTS:
        moved = value.but(kind="column", name=None, select=None)
        return lagged.shifted(run, value, moved, name, arguments)
    if name in targets.COUNTS:
        return Data("column")
    if name in _ON_ONE_GROUP and entry is not None:
        result = _by_entry(run, value, name, entry, arguments)
        return result.but(by=value.by) if isinstance(result, Data) else result
    if groups.ranks_in_list(value, name) or (name == "transform" and _counts(run, arguments)):
        return value.but(kind="column", name=None, select=None)
    if name in _ON_GROUPS_HARMLESS:
        taken = evening.by_method(run, value, name, arguments).but(kind="column", select=None)
        taken = groups.first_of_each(run, taken, name, arguments)
        if name != "get_group" or 0 not in arguments.nodes:
            return taken.but(name=None)
        return tables.narrowed(taken, sooner.labelled(run, arguments.nodes[0]))
    if entry is not None and entry.kind == "group":
        return value
    others = _others(run, arguments)
    if name == "fillna" and arguments.get("value", 0) is not None:
        return combine([value, *others], "group").but(by=value.by)
    weak = name == "rank" or any("fillna(" in run.text(n) for n in arguments.nodes.values())
    influence = Influence(
        f"groupby.{targets.operation(run, name, arguments)}",
        Kind.STATISTIC,
        Effect.LOW if weak else Effect.MEDIUM,
        value.rows,
        run.place(arguments.node),
        value.label,
        "group statistics",
        bool(run.conditions),
        source=targets.source(run, value, name, arguments),
        turns_of=entities.turns_of(run, value.rows),
        when=run.guards,
        groups=groups.described(run, value, name, arguments),
        turned=value.turned,
    )
    influences = targets.by_column(run, influence, value, name, arguments)
    joined = combine([value.but(influences=groups.regrouped(value.influences, value.by)), *others])
    merged = merge_influences(joined.influences, influences)
    if name in {"transform", "rank", "fillna", "ffill", "bfill", "apply", "pct_change"}:
        return joined.but(kind="column", influences=merged)
    return Data("table", influences=summed_up(joined.influences, influences))


def _counts(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether each row is told no more than how many there are in its group."""
    given = run.load(arguments.positional[0]) if arguments.positional else UNKNOWN
    return isinstance(given, Constant) and given.value in targets.COUNTS


def _drop(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """`drop` takes columns away, or the rows of an index."""
    if (columns := arguments.named.get("columns")) is None:
        axis = arguments.get("axis", 1)
        inner = run.load(axis) if axis is not None else Constant(0)
        columns = arguments.get("labels", 0)
        if isinstance(inner, Constant) and inner.value not in {1, "columns"}:
            return making.less(run, value, arguments) or removing.dropped(run, value, arguments)
    if columns is None:
        return order.without(value).but(columns=None)
    names = tables.literal_names(run, columns)
    composed = texts.pattern(run.data(columns)) if names is None else None
    if composed is not None and any(i.column == composed for i in value.influences):
        return _drop_composed(value, composed)
    chosen_by = tables.selections(run.data(columns).influences) if names is None else ()
    dropped = tables.drop_columns(value, names)
    return dropped.but(influences=merge_influences(dropped.influences, chosen_by), select=None)


def _drop_composed(value: Data, name: str) -> Data:
    """A column that the program has made under a name put together is gone, none is selected."""
    left = of_columns(value.influences, frozenset({name}), without=True)
    return order.without(value.but(influences=left)).but(columns=None, select=None)


def _sample(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """`sample(frac=1)` only reorders; `sample(frac=0.8)` takes some rows."""
    if value.kind not in {"table", "column", "unknown", "array"}:
        return None
    if "random_state" not in arguments.named:
        known = value.kind in {"table", "column"} and value.rows.known
        purpose = "rows" if known else ""
        run.emit(Draw, arguments.node, generator="numpy", function="sample", purpose=purpose)
    share = run.load(arguments.named.get("frac", UNKNOWN))
    if isinstance(share, Constant) and isinstance(share.value, int | float) and share.value >= 1:
        return value.but(select=None, order=None)
    large = isinstance(share, Constant) and isinstance(share.value, float) and share.value >= 0.05
    way = "large sample" if large else "sample"
    kept = share.value if isinstance(share, Constant) else None
    select = Selector("some", (way, id(arguments.node), run.context, kept))
    return evening.to_size(run, name, tables.chosen(value.but(order=None), select), arguments)


def _cross_section(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take the rows of a label of an index of several levels."""
    if not value.rows.terms or 0 not in arguments.nodes:
        return None
    return tables.narrowed(value, sooner.labelled(run, arguments.nodes[0]))


def _keys(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """The keys of a table are the names of its columns."""
    names = headings.listed(value)
    return names if names is not value else None


def _isin(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    return among.of(run, value, arguments)


def _null(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    return tables.gaps(value, name)


def _apply(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    from mlaudit.flow import applying

    return applying.apply(run, value, name, arguments)


def _iterated(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Give pairs: of a column's or row's label and its values, of a group's key and its rows."""
    kind = "row" if name in {"iterrows", "itertuples"} else "column"
    inner = value.but(kind=kind, columns=None, name=None, select=None)
    if name == "itertuples":
        return Sequence(rest=inner)
    return Sequence(rest=Sequence((Data("scalar"), inner), way="tuple"))


def _backward(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    networks.backward(run, value, arguments.node)
    return Constant(None)


def _align(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Two tables get the same columns; the rows of each stay its own."""
    other = run.data(arguments.positional[0]) if arguments.positional else UNKNOWN
    pair = (value.but(columns=None), other.but(columns=None))
    return Sequence(pair, way="tuple")


def _append(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Old tables append rows; an unknown list collects."""
    given = [run.data(argument) for argument in arguments.positional]
    joined = combine([value, *given], value.kind)
    if value.kind != "table" and isinstance(holder, Ref):
        run.state.heap[holder.address] = joined
        return Constant(None)
    entry = run.catalogue.method(name)
    if entry is not None:
        joined = duplicates.concatenated(run, entry, arguments, [value, *given], joined)
    return joined.but(columns=None, table=value.table)


def _end(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    bests.head(run, holder, value, name, arguments)
    return spelled.end(run, holder, value, name, arguments)


_SPECIAL: dict[str, Callable[[Interpreter, Value, Data, str, Arguments], Value | None]] = {
    "drop": _drop,
    "pop": removing.popped,
    "remove": removing.forgotten,
    "assign": making.assign,
    "select": making.select,
    **dict.fromkeys(("parse", "get"), reading.member),
    **dict.fromkeys(("with_columns", "with_column"), making.with_columns),
    "align": _align,
    "sample": _sample,
    "isin": _isin,
    "keys": _keys,
    "between": compared.between,
    "xs": _cross_section,
    **dict.fromkeys(("eq", "ne", "lt", "le", "gt", "ge"), compared.by_method),
    "isnull": _null,
    "isna": _null,
    "notnull": _null,
    "notna": _null,
    "apply": _apply,
    "map": _apply,
    "applymap": _apply,
    "transform": _apply,
    "pipe": _apply,
    **dict.fromkeys(("items", "iteritems", "iterrows", "itertuples"), _iterated),
    "backward": _backward,
    "append": _append,
    **dict.fromkeys(pieces.DIVIDING, pieces.divided),
    "narrow": pieces.narrowed,
    **dict.fromkeys(("difference", "symmetric_difference"), removing.difference),
    "intersection": removing.intersection,
    "merge": merging.method,
    "join": merging.method,
    **dict.fromkeys(evaluation.CHOOSING, bests.extreme),
    **dict.fromkeys(("sort_values", "nlargest", "nsmallest"), bests.ranked),
    **dict.fromkeys(("head", "tail"), _end),
    "query": spelled.query,
}
