"""Lists, tuples, dicts and strings: what is in them, and what their methods do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import choices, feeding, flags, members, ranking, sides, spans, splits, tables
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.regions import Rows
from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import (
    SCALAR,
    UNKNOWN,
    Choice,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Instance,
    Ref,
    Sequence,
    Symbol,
    Value,
    combine,
)
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Iterable

    from mlaudit.flow.interpreter import Interpreter

DEEPEST = 6
_PLAIN = (Constant, Symbol)
_OF_EACH_PART = frozenset(
    {"map", "filter", "shuffle", "remove_columns", "rename_column", "rename_columns", "sort",
     "cast", "cast_column", "class_encode_column", "select_columns", "with_format", "flatten"}
)  # fmt: skip
MOST_ITEMS = 24
ROW_BY_ROW = frozenset({"array", "archive", "column"})


def as_data(run: Interpreter, value: Value, depth: int = 0) -> Data:
    """See a value as data; containers give the union of what is in them."""
    value = run.load(value) if type(value) is Ref else value
    if isinstance(value, Data):
        return value
    if isinstance(value, _PLAIN):
        return SCALAR
    if depth > DEEPEST:
        return UNKNOWN
    found = [as_data(run, part, depth + 1) for part in parts(value)[:MOST_ITEMS]]
    found = [
        data
        for data in found
        if data.rows.terms or data.influences or data.scores or data.predictions or data.chosen_by
    ]
    joined = combine(found, _kind(value, found)) if found else UNKNOWN
    if isinstance(value, Sequence) and any(data.kind != "row" for data in found):
        joined = joined.but(turned=None)  # rows below one another, or columns
    if isinstance(value, Instance | Estimator):
        joined = feeding.shared(joined, found)
    if isinstance(value, Instance):
        joined = spans.of(run, value, joined)
    if isinstance(value, Instance) and len(joined.rows.bases) > 1:
        # Of several tables that an object holds, any may only be looked things up in.
        joined = joined.but(rows=Rows(joined.rows.terms, frozenset(joined.rows.terms)))
    if isinstance(value, Dictionary) and value.chosen_by:
        return joined.but(chosen_by=choices.united(joined.chosen_by, value.chosen_by))
    return joined


def _kind(value: Value, found: list[Data]) -> str:
    """What was listed of one row, item by item, is of that row alone."""
    listed = isinstance(value, Sequence) and value.rest is None
    return "row" if listed and all(data.kind == "row" for data in found) else "unknown"


def parts(value: Value) -> list[Value]:
    """Give what a container holds, or the things of which a value is one."""
    if isinstance(value, Sequence):
        return [*value.items, *([value.rest] if value.rest else [])]
    if isinstance(value, Dictionary):
        return [*value.items.values(), *([value.rest] if value.rest else [])]
    if isinstance(value, Choice):
        return list(value.options)
    if isinstance(value, Estimator) and value.entry.kind in {"unknown", "dataset", "loader"}:
        return list(value.inner)
    if isinstance(value, Instance) and value.estimator is None:
        return list(value.attributes.values())
    return []


def copied(run: Interpreter, value: Value, depth: int = 0) -> Value:
    """Copy a container, and what is in it: what is written into the copy is not in the other."""
    inner = run.load(value)
    if depth > DEEPEST:
        return value
    if isinstance(inner, Dictionary):
        items = {key: copied(run, part, depth + 1) for key, part in inner.items.items()}
        return run.state.allocate(replace(inner, items=items))
    if isinstance(inner, Sequence):
        parts = tuple([copied(run, part, depth + 1) for part in inner.items])
        inner = replace(inner, items=parts)
        return inner if inner.way == "tuple" else run.state.allocate(inner)
    return run.state.allocate(inner) if isinstance(inner, Data) else value


def housed(run: Interpreter, value: Value, depth: int = 2) -> Value:
    """Give each table in a container a place of its own, where all that changes it is seen."""
    inner = run.load(value)
    if isinstance(inner, Data):
        loose = inner is value and inner.kind == "table" and inner.rows.terms
        return run.state.allocate(inner) if loose else value
    if not depth or not isinstance(inner, Sequence | Dictionary):
        return value
    before = parts(inner)
    after = [housed(run, part, depth - 1) for part in before]
    if all(one is two for one, two in zip(before, after, strict=True)):
        return value
    rest = after.pop() if inner.rest else None
    if isinstance(inner, Sequence):
        changed: Value = replace(inner, items=tuple(after), rest=rest)
    else:
        changed = replace(inner, items=dict(zip(inner.items, after, strict=True)), rest=rest)
    if not isinstance(value, Ref):
        return changed
    run.state.heap[value.address] = changed
    return value


def length_of(run: Interpreter, value: Value) -> Value:
    """Evaluate `len(value)`; the length of a single row is no number of rows."""
    inner = run.load(value)
    if isinstance(inner, Sequence) and inner.rest is None:
        return Constant(len(inner.items))
    if isinstance(inner, Dictionary):  # so many names, whatever stands under them
        return Data("scalar") if inner.rest is not None else Constant(len(inner.items))
    data = run.data(inner)
    if data.rows.terms and data.kind != "row":
        return Constant(Length(data.rows))
    return Data("scalar")


def element(run: Interpreter, value: Value) -> Value:
    """Give what iterating over a value yields, all turns in one."""
    inner = run.load(value)
    if isinstance(inner, Sequence):
        merged: Value | None = None
        for part in parts(inner):
            merged = part if merged is None else run.state.join(merged, part)
        return _alike(run, inner, merged) if merged is not None else UNKNOWN
    if isinstance(inner, Dictionary):
        return Data("scalar")
    if isinstance(inner, Constant):
        return Data("scalar")
    if isinstance(inner, Data) and inner.kind == "table" and inner.table is not None:
        return Data("scalar")
    if isinstance(inner, Estimator) and inner.entry.kind == "splitter":
        return splits.old_folds(run, inner)
    data = run.data(inner)
    columns = data.columns if data.kind == "group" else None  # each group is a table of its own
    positions = data.kind == "array" and not data.rows.terms
    select = None if positions or _counts_from_zero(data) else data.select
    return data.but(columns=columns, table=None, name=None, select=select)


def as_listed(value: Value) -> Value:
    """Give the keys of a dict, where all of them are known, as what is gone through with others."""
    if not isinstance(value, Dictionary) or value.rest is not None:
        return value
    return Sequence(tuple([Constant(key) for key in value.items]))


def _counts_from_zero(data: Data) -> bool:
    """Say whether data are the first numbers, of which each may count anything besides rows."""
    chosen = data.select if data.kind == "scalar" else None
    return chosen is not None and isinstance(chosen.part, tuple) and chosen.part[0] is None


def alone(run: Interpreter, arguments: Arguments) -> bool:
    """Say whether there is one thing only to take the best of, beside a number that bounds it."""
    given = [run.load(value) for value in arguments.positional]
    return len(given) == 1 and (is_only_one(given[0]) or _bounded(run, given[0]))


def _bounded(run: Interpreter, value: Value) -> bool:
    """Say whether a list is of a value and of a number that this may not fall below, or exceed."""
    if not isinstance(value, Sequence) or value.rest is not None or len(value.items) != 2:
        return False
    return any(isinstance(run.load(item), Constant) for item in value.items)


def is_only_one(value: Value) -> bool:
    """Say whether a list holds one thing only."""
    return isinstance(value, Sequence) and value.rest is None and len(value.items) == 1


def turn(run: Interpreter, value: Value) -> Value:
    """Give what one turn of a loop over a value sees: of an array or column, a single row."""
    part = element(run, value)
    source = run.load(value)
    if not isinstance(source, Data) or not isinstance(part, Data):
        return part
    if source.kind == "thresholds":
        return part.but(kind="scalar", scores=())  # each is where a point lies, and no score
    return part.but(kind="row") if source.kind in ROW_BY_ROW else part


def _alike(run: Interpreter, value: Sequence, merged: Value) -> Value:
    """Of a record such as (name, score, seconds) an unknown member is not the score."""
    data = run.load(merged)
    if isinstance(data, Data) and data.scores:
        members = [run.data(part) for part in parts(value)]
        if not all(member.scores for member in members):
            return data.but(scores=())
    return merged


CHANGING = frozenset(
    {"append", "extend", "insert", "add", "update", "setdefault", "pop", "remove", "appendleft"}
)


def sequence_method(
    run: Interpreter, holder: Value, value: Sequence, name: str, args: Arguments
) -> Value:
    """Run a method of a list, tuple or set."""
    given = args.positional[0] if args.positional else UNKNOWN
    if name in {"append", "add", "insert", "appendleft"} and isinstance(holder, Ref):
        added = sides.collected(run, args.positional[-1]) if args.positional else UNKNOWN
        added = housed(run, added)
        if run.loops or value.rest is not None or len(value.items) >= MOST_ITEMS:
            rest = added if value.rest is None else run.state.join(value.rest, added)
            run.state.heap[holder.address] = Sequence(value.items, rest, value.way)
        else:
            run.state.heap[holder.address] = Sequence((*value.items, added), None, value.way)
        return Constant(None)
    if name in {"extend", "update"} and isinstance(holder, Ref):
        inner = run.load(given)
        if (
            isinstance(inner, Sequence)
            and inner.rest is None
            and not run.loops
            and value.rest is None
        ):
            changed = Sequence((*value.items, *inner.items), None, value.way)
        else:
            more = sides.collected(run, element(run, given))
            rest = more if value.rest is None else run.state.join(value.rest, more)
            changed = Sequence(value.items, rest, value.way)
        run.state.heap[holder.address] = changed
        return Constant(None)
    if name in {"pop", "popleft"}:
        return _popped(run, holder, value, name, args)
    if name == "copy":
        return run.state.allocate(value)
    if name == "sort" and isinstance(holder, Ref) and run.data(value).scores:
        run.state.heap[holder.address] = ranking.ranked(run, value, args)
    if name in {"remove", "discard", "clear"} and isinstance(holder, Ref):
        kept = _without(run, value, run.load(given)) if name != "clear" else Sequence(way=value.way)
        run.state.heap[holder.address] = kept
        members.left(run, holder, kept, args.node)
        return Constant(None)
    if name == "reverse" and isinstance(holder, Ref):
        run.state.heap[holder.address] = replace(value, falling=None)
    if name in {"sort", "reverse", "remove", "clear"}:
        return Constant(None)
    if name == "index":
        return _index(run, value, run.load(given))
    return Data("scalar")


def _index(run: Interpreter, value: Sequence, wanted: Value) -> Value:
    """Find the position of an item in a list of names."""
    items = [run.load(item) for item in value.items]
    if isinstance(wanted, Constant) and wanted in items and of_names(items):
        return Constant(items.index(wanted))
    return Data("scalar", chosen_by=choices.by(run, wanted))


def _without(run: Interpreter, value: Sequence, gone: Value) -> Sequence:
    """Take an item out of a list; of names, where it is not known which one, any may be gone."""
    items = [run.load(item) for item in value.items]
    if isinstance(gone, Constant) and gone in items:
        return without_item(value, items.index(gone))
    named = value.rest is None and not isinstance(gone, Constant) and of_names(items)
    return Sequence((), Data("scalar"), value.way) if named else value


def without_item(value: Sequence, position: int) -> Sequence:
    """Take the item at a position out of a list."""
    items = list(value.items)
    del items[position]
    return Sequence(tuple(items), value.rest, value.way)


def of_names(items: Iterable[Value]) -> bool:
    """Say whether all items are known texts, as a list of columns has them."""
    return all(isinstance(item, Constant) and isinstance(item.value, str) for item in items)


def _popped(run: Interpreter, holder: Value, value: Sequence, name: str, args: Arguments) -> Value:
    """Take an item out of a list and give it; in a loop, only names are not left where they are."""
    items = [run.load(item) for item in value.items]
    known = bool(items) and value.rest is None and (not run.loops or of_names(items))
    if not known or not isinstance(holder, Ref):
        return _left(run, holder, value, args)
    last = Constant(0 if name == "popleft" else -1)
    position = run.load(args.positional[0]) if args.positional else last
    at = position.value if isinstance(position, Constant) else None
    if isinstance(at, int) and -len(items) <= at < len(items):
        run.state.heap[holder.address] = without_item(value, at)
        return value.items[at]
    if not of_names(items):
        return _left(run, holder, value, args)
    run.state.heap[holder.address] = Sequence((), Data("scalar"), value.way)
    return element(run, value)


def _left(run: Interpreter, holder: Value, value: Sequence, args: Arguments) -> Value:
    """Give an item of a list, and leave in it what need not be that one."""
    members.left(run, holder, value, args.node)
    return members.in_turn(run, element(run, value), args.node)


def dictionary(run: Interpreter, arguments: Arguments) -> Value:
    """Make a dict, of what is given by name or of what another holds."""
    items: dict[Hashable, Value] = dict(arguments.named.items())
    rest: Value | None = UNKNOWN if arguments.spread else None
    if arguments.positional:
        inner = run.load(arguments.positional[0])
        if isinstance(inner, Data) and inner.flags and (told := flags.turns(inner)):
            inner = Sequence(tuple(told))
        if isinstance(inner, Dictionary):
            items = {**inner.items, **items}
            rest = inner.rest or rest
        elif isinstance(inner, Sequence) and (pairs := _pairs(run, inner)) is not None:
            for key, value in pairs:
                if isinstance(key, Constant):
                    items[key.value] = value
                else:
                    rest = value if rest is None else run.state.join(rest, value)
        else:
            rest = run.data(inner)
            if rest.kind == "group":  # each group stands under its name as a table
                rest = rest.but(kind="table")
    chosen_by = choices.united(
        arguments.chosen_by, *(choices.by(run, value) for value in arguments.positional)
    )
    return run.state.allocate(Dictionary(items, rest, chosen_by))


def _pairs(run: Interpreter, listed: Sequence) -> list[tuple[Value, Value]] | None:
    """Give the pairs of a list, or one for all of them; None where it is not known to hold any."""
    held = [run.load(part) for part in parts(listed)]
    pairs = [pair.items for pair in held if isinstance(pair, Sequence) and len(pair.items) == 2]
    if listed.rest is not None and len(pairs) < len(held):
        return None
    return [(run.load(key), value) for key, value in pairs]


def dictionary_method(
    run: Interpreter, holder: Value, value: Dictionary, name: str, args: Arguments
) -> Value:
    """Run a method of a dict."""
    if name in {"get", "pop", "setdefault"} and args.positional:
        if name == "pop" and isinstance(holder, Ref):
            return _taken_out(run, holder, value, args)
        return item(run, value, args.positional[0])
    if name == "values":
        return Sequence(tuple(value.items.values()), value.rest)
    if name == "keys":
        return Sequence(tuple(Constant(key) for key in value.items))
    if name == "items":
        pairs = [
            Sequence((Constant(key), inner), way="tuple") for key, inner in value.items.items()
        ]
        rest = value.rest and members.in_turn(run, value.rest, args.node)
        others = Sequence((Data("scalar"), rest), way="tuple") if rest else None
        return Sequence(tuple(pairs), others)
    if name == "update" and isinstance(holder, Ref):
        items, rest = dict(value.items), value.rest
        inner = run.load(args.positional[0]) if args.positional else UNKNOWN
        if isinstance(inner, Dictionary):
            items.update(inner.items)
            rest = inner.rest or rest
        elif args.positional:
            rest = rest or Data("scalar")  # it may say something else for any key
        items.update(args.named)
        chosen_by = choices.united(value.chosen_by, args.chosen_by, choices.by(run, inner))
        run.state.heap[holder.address] = Dictionary(items, rest, chosen_by)
        return Constant(None)
    if name == "copy":
        return run.state.allocate(value)
    if name in _OF_EACH_PART and value.items and value.rest is None:
        return _each_part(run, value, name, args)
    return Data("scalar")


def deleted(run: Interpreter, holder: Value, target: ast.Subscript, key: Value) -> None:
    """Run `del` of an item of a list, or of an entry of a dict."""
    value, gone = run.load(holder), Arguments(target, [key], nodes={0: target.slice})
    if isinstance(value, Sequence):
        sequence_method(run, holder, value, "pop", gone)
    elif isinstance(value, Dictionary):
        dictionary_method(run, holder, value, "pop", gone)


def _taken_out(run: Interpreter, holder: Ref, value: Dictionary, args: Arguments) -> Value:
    """Take an entry out of a dict and give it; one of a computed key is the one that it names."""
    found, key = item(run, value, args.positional[0]), args.nodes.get(0)
    if isinstance(run.load(args.positional[0]), Constant):
        left = _without_key(run, value, args.positional[0], found)
    elif key is None or value.items or value.rest is None:
        return found
    else:
        select = tables.chosen_by_text(run, key)
        left = replace(value, rest=members.without(run, value.rest, select))
        found = members.narrowed(run, found, select)
    run.state.heap[holder.address] = left
    return found


def _without_key(run: Interpreter, value: Dictionary, key: Value, found: Value) -> Dictionary:
    """Give what a dict holds when an entry was taken out; in a loop, that may be any of them."""
    asked = run.load(key)
    if run.loops or not isinstance(asked, Constant):
        return value
    if asked.value in value.items:
        left = {name: inner for name, inner in value.items.items() if name != asked.value}
        return Dictionary(left, value.rest, value.chosen_by)
    rest, taken = value.rest and run.load(value.rest), run.data(found).rows
    if not isinstance(rest, Data) or not taken.terms:
        return value
    others = rest.but(rows=rest.rows.select(Selector("without", taken)))
    return Dictionary(value.items, others, value.chosen_by)


def _each_part(run: Interpreter, value: Dictionary, name: str, args: Arguments) -> Value:
    """Call a method of every part of a divided data set."""
    from mlaudit.flow import calls

    made: dict[Hashable, Value] = {}
    for key, part in value.items.items():
        with run.within(("part", key)):
            made[key] = calls.call_method(run, part, name, args)
    return run.state.allocate(Dictionary(made))


def item(run: Interpreter, value: Dictionary, key: Value) -> Value:
    """Look a key up in a dict; what it holds of single rows belongs to the row that asks for it."""
    inner = run.load(key)
    if isinstance(inner, Constant):
        found = value.items.get(inner.value)
        if found is None and value.rest is not None:
            found = members.entry(run, value.rest, inner.value)
        return choices.mark(run, found, value.chosen_by) if found is not None else UNKNOWN
    merged = value.rest
    for part in value.items.values():
        merged = part if merged is None else run.state.join(merged, part)
    if merged is None:
        return UNKNOWN
    if isinstance(merged, Choice):
        merged = Choice(merged.options, parted=True)
    held = run.load(merged)
    if isinstance(held, Data) and isinstance(inner, Data) and held.kind == inner.kind == "row":
        merged = held.but(rows=inner.rows if inner.rows.terms else held.rows, select=None)
    return choices.mark(run, merged, choices.united(value.chosen_by, choices.by(run, inner)))
