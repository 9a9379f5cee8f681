"""Members of lists of which only the kind is known: two of them may be of different rows.

So `folds[i]` need not be among `[folds[j] for j in range(5) if j != i]`, nor in what is left of the
list once it was taken out.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import containers, order, splits, tables
from mlaudit.flow.regions import Region, Rows
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Constant, Data, Dictionary, Instance, Ref, Sequence, Value
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Influence

COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
_DEEPEST = 2


def at(run: Interpreter, value: Value, key: ast.expr) -> Value:
    """Give the member at a place that is computed: the same one wherever the same computes it."""
    index = run.load(run.eval(key))
    if isinstance(index, Constant):
        return numbered(run, value, index.value)
    return narrowed(run, value, tables.chosen_by_text(run, key))


def numbered(run: Interpreter, value: Value, number: object) -> Value:
    """Give the member of a number, or those up to some number; an object is the same each time."""
    inner = run.load(value)
    if isinstance(inner, Instance) and isinstance(number, int):
        return entry(run, value, number)
    return narrowed(run, value, Selector("some", ("member", repr(number))))


def between(run: Interpreter, value: Sequence, key: ast.Slice) -> Sequence:
    """Give the members between two places."""
    some = narrowed(run, value, tables.chosen_by_text(run, key))
    return some if isinstance(some, Sequence) else value


def each(run: Interpreter, value: Value, node: ast.AST) -> Value:
    """Give a list that is numbered or paired: by its number, each member is told from others."""
    inner = run.load(value)
    if not isinstance(inner, Sequence) or inner.rest is None:
        return value
    return Sequence(inner.items, in_turn(run, inner.rest, node), inner.way)


def in_turn(run: Interpreter, value: Value, node: ast.AST) -> Value:
    """Give the member that a turn of a loop has reached, which knows its number."""
    return narrowed(run, value, Selector("some", ("turn of", id(node), run.context)))


def gathered(run: Interpreter, value: Value, depth: int = _DEEPEST) -> Value:
    """Give what a list takes from every turn of a loop: of all members, it is all of them again."""
    inner = run.load(value)
    if isinstance(inner, Data):
        terms = tuple([_of_all(run, term) for term in inner.rows.terms])
        if terms == inner.rows.terms:
            return value
        perhaps = frozenset([_of_all(run, term) for term in inner.rows.perhaps])
        return inner.but(rows=Rows(terms, perhaps))
    if depth and isinstance(inner, Sequence) and inner.way == "tuple":
        items = tuple([gathered(run, item, depth - 1) for item in inner.items])
        return Sequence(items, inner.rest, inner.way)
    return value


def _of_all(run: Interpreter, term: Region) -> Region:
    """Go back from the member of a turn to all members."""
    key = term.selector.key
    if term.parent is None or term.selector.way != "some" or not isinstance(key, tuple):
        return term
    if key[0] == "turn of" and any(id(n) == key[1] for n in map(_iterated, run.loops)):
        return term.parent
    if key[0] == "chosen by" and any(_counts(loop, key[1]) for loop in run.loops):
        return term.parent
    return term


def _iterated(loop: ast.AST) -> ast.AST | None:
    """Give what a loop goes through."""
    if isinstance(loop, COMPREHENSIONS):
        return loop.generators[0].iter
    return loop.iter if isinstance(loop, ast.For) else None


def _counts(loop: ast.AST, name: object) -> bool:
    """Say whether a loop counts by a name to the end of some list: `range(len(folds))`."""
    counted = order.counting(loop)
    return counted is not None and counted[0] == name and "len(" in ast.unparse(counted[1])


def entry(run: Interpreter, rest: Value, key: Hashable) -> Value:
    """What a literal key gives of values put in by computed ones need not be what another gives.

    Asked twice, a key gives the very same record: what is written into it stays there.
    """
    inner = run.load(rest)
    if isinstance(inner, Data):
        return _of_entry(inner, key) or rest
    source, known = run.state.entries.get((id(inner), key), (None, rest))
    if source is not inner:
        known = _record(run, rest, key, _DEEPEST)
        run.state.entries[id(inner), key] = inner, known
    return known


def _record(run: Interpreter, value: Value, key: Hashable, depth: int) -> Value:
    """Give the record of one key: all its parts, as features and labels, are of the same rows."""
    inner = run.load(value)
    if isinstance(inner, Data):
        own = _of_entry(inner, key)
        return value if own is None else run.state.allocate(own)
    if not depth or not isinstance(inner, Sequence | Dictionary | Instance) or _is_whole(inner):
        return value
    before = containers.parts(inner)
    parts = [_record(run, part, key, depth - 1) for part in before]
    if _same(parts, before):
        return value
    made = _of_parts(inner, parts)
    return made if isinstance(made, Sequence) and made.way == "tuple" else run.state.allocate(made)


def _is_whole(value: Value) -> bool:
    """Say whether something is no record of several things: a list that was sorted, or a model."""
    if isinstance(value, Instance):
        return value.estimator is not None
    return isinstance(value, Sequence) and value.way == "ranked"


def _of_parts(value: Sequence | Dictionary | Instance, parts: list[Value]) -> Value:
    """Put other parts in the place of those that a value has."""
    if isinstance(value, Instance):
        return replace(value, attributes=dict(zip(value.attributes, parts, strict=True)))
    rest = parts.pop() if value.rest else None
    if isinstance(value, Dictionary):
        return replace(value, items=dict(zip(value.items, parts, strict=True)), rest=rest)
    return replace(value, items=tuple(parts), rest=rest)


def _of_entry(data: Data, key: Hashable) -> Data | None:
    """Take an entry's rows; of values of several data sets it need not be one of any of them."""
    if not data.rows.terms or data.predictions or data.scores:
        return None
    select = _named(key)
    if data.kind == "index":
        return some(data, [Selector(select.way, ("of", data.rows.terms, select.key), select.part)])
    rows = _without_others(data.rows)
    told = tuple([_of_turn(each, rows, select) for each in data.influences])
    several = len(rows.bases) > 1
    rows = rows.select(Selector("maybe", "entries")) if several else rows
    return data.but(rows=rows.select(select), influences=told)


def _of_turn(influence: Influence, rows: Rows, select: Selector) -> Influence:
    """What a turn of a loop learnt of its own member, for a record of it, is of the same key."""
    if not isinstance(influence.rows, Rows) or not influence.rows.terms:
        return influence
    above = [term.parent for term in influence.rows.terms if _turn_of(term) is not None]
    if len(above) < len(influence.rows.terms) or not all(each in rows.terms for each in above):
        return influence
    return replace(influence, rows=Rows(tuple([e for e in above if e])).select(select))


def _turn_of(term: Region) -> object:
    """Tell the loop whose turn has reached a member, None where it is none of a turn."""
    key = term.selector.key
    if term.selector.way != "some" or not isinstance(key, tuple) or key[:1] != ("turn of",):
        return None
    return key[1]


def _named(key: Hashable) -> Selector:
    part = splits.part_named(key) if isinstance(key, str) else None
    return Selector("part", "by name", part) if part else Selector("some", ("entry", key))


def _without_others(rows: Rows) -> Rows:
    """Leave out what one key alone was given, where other paths have given something to any key."""
    of_one = {t for t in rows.perhaps if _is_named(t.selector) and t.parent in rows.perhaps}
    if not of_one:
        return rows
    kept = tuple([term for term in rows.terms if term not in of_one])
    return Rows(kept, rows.perhaps - of_one - {term.parent for term in of_one})


def _is_named(select: Selector) -> bool:
    entry = isinstance(select.key, tuple) and select.key[:1] == ("entry",)
    return select.key == "by name" or (select.way == "some" and entry)


def keyed(value: Value, turn: ast.AST, key: Hashable) -> Data | None:
    """Give the record of a key, where a value is of the one that a turn of a loop has reached."""
    if not isinstance(value, Data) or not value.rows.terms:
        return None
    above = [_before(term, turn) for term in value.rows.terms]
    rows = Rows(tuple([term for term in above if term is not None]))
    return value.but(rows=rows.select(_named(key))) if len(rows.terms) == len(above) else None


def _before(term: Region, turn: ast.AST) -> Region | None:
    """Give all members where a term is the member of this turn."""
    return term.parent if _turn_of(term) == id(turn) else None


def left(run: Interpreter, holder: Value, value: Sequence, node: ast.AST) -> None:
    """Leave in a list what was not taken out of it."""
    rest = narrowed(run, value, Selector("some", ("left by", id(node), run.context)))
    if isinstance(holder, Ref) and rest is not value:
        run.state.heap[holder.address] = rest


def put(run: Interpreter, value: Sequence, key: ast.expr, given: Value) -> Sequence:
    """Write a member: at a known place, or at one that is computed, perhaps at each in turn."""
    given = containers.housed(run, given)
    place = None if isinstance(key, ast.Slice) else run.load(run.eval(key))
    if isinstance(place, Constant) and isinstance(place.value, int):
        items = _replaced(run, value, place.value, given)
    else:
        items = _each_from_its_own(run, value, run.load(given))
    if items is not None:
        return Sequence(items, value.rest, value.way)
    rest = given if value.rest is None else run.state.join(value.rest, given)
    return Sequence(value.items, rest, value.way)


def _replaced(
    run: Interpreter, value: Sequence, place: int, given: Value
) -> tuple[Value, ...] | None:
    """Put another item at a place; counted from the end, only where all items are known."""
    count = len(value.items)
    if not -count <= place < count or (place < 0 and value.rest is not None):
        return None
    items = list(value.items)
    items[place] = run.state.allocate(given) if isinstance(given, Data) else given
    return tuple(items)


def _each_from_its_own(run: Interpreter, value: Sequence, given: Value) -> tuple[Value, ...] | None:
    """Divide what is made of the item at a place, whichever it is: each item gets its own rows.

    None where it is not made so, but of other rows or of the same for several items.
    """
    own = [run.load(item) for item in value.items]
    rows = [item.rows for item in own if isinstance(item, Data) and item.rows.terms]
    if value.rest is not None or not len(own) == len(rows) > 1 or not isinstance(given, Data):
        return None
    divided = [
        dict.fromkeys(_of_item(term, r) for term in given.rows.terms if _at_its_place(term, r))
        for r in rows
    ]
    if not all(divided) or sum(map(len, divided)) < len(given.rows.terms):
        return None
    return tuple([run.state.allocate(given.but(rows=Rows(tuple(terms)))) for terms in divided])


def _at_its_place(term: Region, rows: Rows) -> bool:
    """Say whether rows were taken from an item as the one at a place that is computed."""
    return any(
        step.selector.way == "some" and step.parent in rows.terms and _taken_by(step) == "item"
        for step in term.chain
    )


def _of_item(term: Region, rows: Rows) -> Region:
    """Give all rows of the item where only its place was to be found out."""
    below = [step for step in term.chain if not any(own.within(step) for own in rows.terms)]
    only_place = all(_taken_by(step) in {"item", "chosen by"} for step in below)
    found = [own for own in rows.terms if term.within(own)]
    return found[0] if only_place and found else term


def _taken_by(step: Region) -> object:
    key = step.selector.key
    return key[0] if step.selector.way == "some" and isinstance(key, tuple) and key else None


def narrowed(run: Interpreter, value: Value, select: Selector, depth: int = _DEEPEST) -> Value:
    """Take some of the rows of a value, and of each part of a record.

    Single rows stay whole, and so do predictions: of several models, each has told all the rows.
    A record of nothing else is given back itself: what is written into it is in the list as well.
    """
    inner = run.load(value)
    if isinstance(inner, Data):
        whole = not inner.rows.terms or inner.kind in {"row", "scalar"} or inner.predictions
        if whole or (inner.select is not None and inner.kind != "index"):
            return value
        if inner.kind != "index":
            return run.state.allocate(tables.narrowed(inner, select))
        # Positions of other rows, as of the two parts of a fold, take others at the same place.
        own = Selector(select.way, ("of", inner.rows.terms, select.key))
        return run.state.allocate(some(inner, [own]))
    if depth and isinstance(inner, Sequence) and inner.way != "ranked":
        items = tuple([narrowed(run, item, select, depth - 1) for item in inner.items])
        rest = inner.rest and narrowed(run, inner.rest, select, depth - 1)
        if rest is inner.rest and _same(items, inner.items):
            return value
        return Sequence(items, rest, inner.way)
    if depth and isinstance(inner, Dictionary):
        held = {name: narrowed(run, part, select, depth - 1) for name, part in inner.items.items()}
        if _same(held.values(), inner.items.values()):
            return value
        return run.state.allocate(Dictionary(held, inner.rest, inner.chosen_by))
    return value


def without(run: Interpreter, value: Value, select: Selector, depth: int = _DEEPEST) -> Value:
    """Leave out of each part of a record what a choice takes of it."""
    inner = run.load(value)
    if isinstance(inner, Data) and inner.rows.terms and narrowed(run, value, select) is not value:
        return some(inner, [Selector("without", inner.rows.select(select))])
    if depth and isinstance(inner, Sequence) and inner.way == "tuple":
        items = tuple([without(run, item, select, depth - 1) for item in inner.items])
        return replace(inner, items=items)
    return value


def _same(some: Iterable[Value], others: Iterable[Value]) -> bool:
    """Say whether parts are the very ones that were there: nothing of a record is narrowed."""
    return all(one is other for one, other in zip(some, others, strict=True))


def some(data: Data, selectors: list[Selector]) -> Data:
    """Take some of the rows; of positions it is known further which rows they are of."""
    if data.kind != "index":
        return data.but(rows=_below(data.rows, selectors), select=None)
    chosen = data.select
    if chosen is None:
        return data.but(select=selectors[0])
    if chosen.way == "rows" and isinstance(chosen.key, Rows):
        return data.but(select=Selector("rows", _below(chosen.key, selectors)))
    return data


def _below(rows: Rows, selectors: list[Selector]) -> Rows:
    for selector in selectors:
        rows = rows.select(selector)
    return rows
