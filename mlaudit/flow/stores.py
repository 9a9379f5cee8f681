"""Assignments: to names, tuples, attributes, columns, items."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    awaited,
    batches,
    choices,
    containers,
    entering,
    fitting,
    flags,
    gapless,
    groups,
    headings,
    members,
    order,
    outputs,
    results,
    scaling,
    sources,
    splits,
    subscripts,
    tables,
    texts,
)
from mlaudit.flow.regions import Rows
from mlaudit.flow.values import (
    CONSTANT,
    UNKNOWN,
    Choice,
    Class,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Instance,
    Method,
    Ref,
    Sequence,
    Value,
    in_column,
    merge_influences,
    weakened,
)
from mlaudit.model.frozen import replace
from mlaudit.trace.events import Alias, Cut, Kind, Split

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Region
    from mlaudit.trace.events import Influence
    from mlaudit.trace.rows import RowSet

_BY_HAND = frozenset({"slice", "filter", "without", "rows"})
_COMPARED = frozenset({"equals", "above", "below"})
_TUPLES = (ast.Tuple, ast.List)


def assign(run: Interpreter, target: ast.expr, value: Value, source: ast.expr | None) -> None:
    """Bind a value to any target."""
    if isinstance(target, ast.Name):
        _name(run, target, value, source)
    elif isinstance(target, _TUPLES):
        unpack(run, target, value, source)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value, source)
    elif isinstance(target, ast.Attribute):
        _attribute(run, target, value)
    elif isinstance(target, ast.Subscript):
        _item(run, target, value, source)


def _name(run: Interpreter, target: ast.Name, value: Value, source: ast.expr | None) -> None:
    name, scope = target.id, run.state.scope
    run.origins[scope.identity, name] = (id(target), run.path)
    if isinstance(source, ast.BinOp):
        run.operands[id(target)] = source
    inner = run.load(value) if type(value) is Ref else value
    if isinstance(inner, Data):
        if run.awaited and not inner.rows.terms:
            awaited.bound(run, name, source)
        if inner is value and value is not UNKNOWN and inner.kind != "scalar":
            value = run.state.allocate(value)
        scope.bind(name, value)
        if inner.rows.terms:
            if source is not None:
                _renamed(run, target, inner, source)
            _cut(run, target, inner.rows)
        return
    if isinstance(inner, Estimator) and inner.model.variable is None:
        inner.model.variable = name
    scope.bind(name, containers.housed(run, value))


def _renamed(run: Interpreter, target: ast.Name, data: Data, source: ast.expr) -> None:
    """Note that rows go by a second name: `b = a`, or two loaders of the same rows."""
    other, rows = source.id if isinstance(source, ast.Name) else None, data.rows
    if id(source) in run.loading and data.kind == "loader":
        names = run.loaders.setdefault(rows, [])
        other = other or next(iter(names), None)
        if target.id not in names:
            names.append(target.id)
    if other is not None and other != target.id:
        run.emit(Alias, target, rows=rows, name=target.id, other=other)


def _cut(run: Interpreter, target: ast.Name, rows: Rows) -> None:
    """Note that rows chosen by hand, as by a slice or mask, are called a part.

    A single fold of a splitter, taken where no loop goes through all, divides the rows so, too.
    What a call has left of them since, as `dropna` does, changes nothing of how they were divided.
    """
    first = _before_calls(rows.terms[0])
    ways = _BY_HAND if run.loops or run.each else _BY_HAND | {"fold"}
    if first.selector.way not in ways or splits.part_named(target.id) is None:
        return
    cut = (first, *map(_before_calls, rows.terms[1:]))
    if all(term.selector.way in ways for term in cut):
        run.emit(Cut, target, rows=Rows(cut, rows.perhaps.intersection(cut)), name=target.id)


def _before_calls(term: Region) -> Region:
    """Give the rows of which calls have left some."""
    while term.parent is not None and term.selector.way == "some":
        key = term.selector.key
        if not isinstance(key, tuple) or not isinstance(key[0], int):
            break
        term = term.parent
    return term


def unpack(
    run: Interpreter, target: ast.Tuple | ast.List, value: Value, source: ast.expr | None
) -> None:
    """Take a value apart; what is not a known tuple gives each name the whole of its data.

    Nobody knows which of too many or too few values each name should have.
    """
    inner, elements = run.load(value), target.elts
    if isinstance(inner, Choice):
        inner = _in_step(run, inner, len(elements)) or inner
    starred = ast.Starred in map(type, elements)
    _name_outputs(run, source, elements)
    if isinstance(inner, Sequence) and inner.rest is None and not starred:
        fits = len(inner.items) == len(elements)
        sources = source.elts if isinstance(source, ast.Tuple) else [source] * len(elements)
        items = inner.items if fits else [UNKNOWN] * len(elements)
        for element, part, each in zip(elements, items, sources, strict=False):
            assign(run, element, part, each)
        return
    if (
        isinstance(inner, Sequence)
        and inner.rest is not None
        and len(inner.items) == len(elements) - 1
    ):
        parts = [*inner.items, inner.rest]
    else:
        part = containers.element(run, value)
        if isinstance(inner, Data) and inner.kind == "table":
            part = inner
        whole = run.load(part)
        parts = (
            groups.key_and_rows(inner, source, len(elements))
            or outputs.by_name(run, target, whole, source)
            or outputs.by_number(run, target, whole, source)
            or _parts_of_list(run, inner, part, len(elements), source)
        )
    single = isinstance(inner, Data)
    for position, (element, part) in enumerate(zip(elements, parts, strict=True)):
        assign(run, element, outputs.at(run, part, element, position, single), None)


def _parts_of_list(
    run: Interpreter, inner: Value, part: Value, count: int, source: ast.expr | None
) -> list[Value]:
    """Give as many members of a list or an array, or groups, as there are names, or to each all."""
    groups = isinstance(inner, Data) and inner.kind == "group" and source is not None
    if not (groups or _is_one_array(run, inner, source)) and (
        not isinstance(inner, Sequence) or inner.items
    ):
        return [part] * count
    return [members.numbered(run, part, number) for number in range(count)]


def _is_one_array(run: Interpreter, value: Value, source: ast.expr | None) -> bool:
    """Say whether names get an array member by member, as `north, south = cube.reshape(2, 9, -1)`.

    What is read may be several arrays, features and labels of the same rows, unless it is a file
    of a single one.
    """
    if not isinstance(value, Data) or value.kind != "array":
        return False
    if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute):
        entry = run.catalogue.method(source.func.attr)
        if entry is not None and entry.kind == "same":
            return True
    return all(t.parent is not None or t.label.endswith(".npy") for t in value.rows.terms)


def _in_step(run: Interpreter, choice: Choice, count: int) -> Sequence | None:
    """Join several tuples place by place where all that a name may stand for are such tuples.

    Those of another size are not what is taken apart here.
    """
    joined: list[Value] = []
    for option in map(run.load, choice.options):
        if not isinstance(option, Sequence) or option.rest:
            return None
        if len(option.items) != count:
            continue
        pairs = zip(joined, option.items, strict=True)
        joined = [run.state.either(a, b) for a, b in pairs] if joined else [*option.items]
    return Sequence(tuple(joined), way="tuple") if joined else None


def _name_outputs(run: Interpreter, source: ast.expr | None, elements: list[ast.expr]) -> None:
    """A split remembers the names that its parts are given, also those of its first turn."""
    if isinstance(source, ast.Call) and source.args and isinstance(source.func, ast.Name):
        source = source.args[0] if source.func.id == "next" else source
    event = run.events.get((Split, id(source), run.path)) if source is not None else None
    if isinstance(event, Split):
        event.outputs = tuple(run.text(element) for element in elements)


def _attribute(run: Interpreter, target: ast.Attribute, value: Value) -> None:
    holder = subscripts.itself(run, target.value)
    inner = run.load(holder)
    if isinstance(value, Data) and value is not UNKNOWN and value.kind != "scalar":
        value = run.state.allocate(value)
    batches.kept_as(run, value, target.attr)
    if isinstance(inner, Instance) and isinstance(holder, Ref):
        changed = Instance(inner.owner, {**inner.attributes, target.attr: value}, inner.estimator)
        run.state.heap[holder.address] = changed
        estimator = run.load(value)
        if isinstance(estimator, Estimator) and estimator.model.variable is None:
            estimator.model.variable = run.text(target)
    elif isinstance(inner, Estimator) and inner.entry.kind == "unknown":
        if isinstance(holder, Ref) and fitting.FREEZES.search(target.attr):
            told = {**inner.attributes, target.attr: value}
            run.state.heap[holder.address] = replace(inner, attributes=told)
    elif isinstance(inner, Class):
        run.told += 1
        run.outside += 1
        run.repeats.clear()  # what any of them read may be another thing from now on
        inner.scope.names[target.attr] = value
    elif isinstance(inner, Dictionary) and isinstance(holder, Ref):
        named = {**inner.items, target.attr: value}
        run.state.heap[holder.address] = Dictionary(named, inner.rest, inner.chosen_by)
    elif isinstance(inner, Data) and isinstance(holder, Ref) and inner.kind in {"table", "unknown"}:
        if target.attr == "columns" and not inner.rows.terms:
            inner = headings.renamed(run, inner, None)
            inner = results.renamed(run, inner, value)
        run.state.heap[holder.address] = entering.set_column(
            inner, target.attr, run.data(value), value
        )


def _item(
    run: Interpreter, target: ast.Subscript, value: Value, source: ast.expr | None = None
) -> None:
    holder = subscripts.itself(run, target.value)
    inner = run.load(holder)
    if isinstance(inner, Method):
        _located(run, inner, target, value, source)
    elif isinstance(inner, Dictionary) and isinstance(holder, Ref):
        key = run.load(run.eval(target.slice))
        if isinstance(value, Data) and value.rows.terms:
            value = run.state.allocate(value)
        items, rest = dict(inner.items), inner.rest
        if isinstance(key, Constant):
            batches.kept_as(run, value, key.value)
            items[key.value] = value
        else:
            value = members.gathered(run, value)
            rest = value if rest is None else run.state.join(rest, value)
        run.state.heap[holder.address] = Dictionary(items, rest, inner.chosen_by)
    elif isinstance(inner, Sequence) and isinstance(holder, Ref):
        run.state.heap[holder.address] = members.put(run, inner, target.slice, value)
    elif isinstance(inner, Data) and isinstance(holder, Ref):
        written = _written(run, inner, target.slice, value)
        content = run.data(value)
        written = gapless.entered(run, inner, written, target.slice, content)
        changed = sources.reordered(run, written, content.name, target, source)
        run.state.heap[holder.address] = changed
    else:
        run.eval(target.slice)


def _written(run: Interpreter, table: Data, key: ast.expr, value: Value) -> Data:
    """Write into a table or array: by literal column name, else the content mixes in."""
    content = run.data(value)
    name = run.load(run.eval(key)) if not isinstance(key, ast.Slice | ast.Tuple) else UNKNOWN
    if _takes_some(key, name):
        content = scaling.of_some(content)
    if isinstance(name, Constant) and isinstance(name.value, str):
        return entering.set_column(table, name.value, scaling.repeated(table, content), value)
    names = tables.literal_names(run, name) if isinstance(name, Sequence) else None
    if names:
        for each in names:
            table = entering.set_column(table, each, content.but(name=None))
        return table
    computed = texts.pattern(name)
    if computed is not None:
        return entering.set_column(table, computed, scaling.repeated(table, content))
    if isinstance(name, Data) and name.influences:
        content = _but_for_choice(content, name)
    if isinstance(key, ast.Name):
        met = groups.of_itself(_newly_met(table, content), key.id)
        content = _out_of_fold(content.but(influences=met), name)
    changed = entering.set_column(table, None, content)
    predictions = tuple(dict.fromkeys((*table.predictions, *content.predictions)))
    return changed.but(scores=choices.united(table.scores, content.scores), predictions=predictions)


def _but_for_choice(content: Data, names: Data) -> Data:
    """Leave out what chose the columns that values are written back into: none of them goes."""
    chose = tables.selections(names.influences)
    return content.but(influences=tuple(i for i in content.influences if i not in chose))


def _takes_some(key: ast.expr, given: Value) -> bool:
    """Say whether a key takes some of the rows, and not columns of all of them."""
    first = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
    if isinstance(key, ast.Slice | ast.Tuple):
        return ast.unparse(first) != ":"
    return isinstance(given, Data) and (given.select is not None or given.kind == "mask")


def _out_of_fold(content: Data, index: Value) -> Data:
    """Predictions of a fold keep no statistic of folds: a second stage divides rows anew.

    Nor do means of a column that were taken of the other side: no row's own value is in its mean.
    """
    fold = isinstance(index, Data) and index.select is not None and index.select.way == "fold"
    if not fold:
        return content
    told = _of_no_fold(content) if content.predictions else _tells_of_itself(content)
    return content.but(influences=told)


def _of_no_fold(content: Data) -> tuple[Influence, ...]:
    influences = content.influences
    return tuple(i for i in influences if i.kind is Kind.PREDICTION or not _of_fold(i.rows))


def _tells_of_itself(content: Data) -> tuple[Influence, ...]:
    """Leave out means of a column that were taken of the other side of a fold alone."""
    return tuple(
        i
        for i in content.influences
        if i.kind is not Kind.STATISTIC
        or i.source is None
        or not _of_fold(i.rows)
        or _overlaps(i.rows, content.rows)
    )


def _of_fold(rows: RowSet) -> bool:
    """Say whether rows are, or hold, those of a fold."""
    return any(
        region.selector.way == "fold"
        for term in getattr(rows, "terms", ())
        for region in term.chain
    )


def _newly_met(table: Data, content: Data) -> tuple[Influence, ...]:
    """Keep what the table does not hold yet: `table[c] = f(table[c])` moves nothing elsewhere.

    A column of one number each holds nothing of it: what is computed with it moves others anew.
    """
    named = [i for i in table.influences if i.column is not None and i.units != CONSTANT]
    held = {(i.place, i.kind, i.rows) for i in named}
    return tuple(i for i in content.influences if (i.place, i.kind, i.rows) not in held)


def _located(
    run: Interpreter,
    method: Method,
    target: ast.Subscript,
    value: Value,
    source: ast.expr | None,
) -> None:
    """Write through `.loc[rows, column]`."""
    receiver, key = run.load(method.receiver), target.slice
    if not isinstance(receiver, Data) or not isinstance(method.receiver, Ref):
        return
    name: str | None = None
    if isinstance(key, ast.Tuple) and len(key.elts) == 2:
        if gapless.writes_nothing(run, receiver, key.elts[0]):
            return
        given = run.load(run.eval(key.elts[1]))
        if isinstance(given, Constant) and isinstance(given.value, str):
            name = given.value
        name = name or texts.pattern(given)
    content = _reaching(run, receiver, target, order.without(run.data(value)))
    if method.name == "loc":
        content = gapless.unlabelled(run, [source], content)
    influences = merge_influences(receiver.influences, content.influences)
    if name is None:
        scores = choices.united(receiver.scores, content.scores)
        told = results.row(run, receiver, value)
        changed = receiver.but(influences=influences, scores=scores, results=told)
    else:
        entered = in_column(content.influences, name)
        tagged = merge_influences(receiver.influences, entered)
        changed = entering.set_column(receiver, name, content.but(name=None)).but(influences=tagged)
    constants = receiver.constants - {name} if name is not None else frozenset()
    run.state.heap[method.receiver.address] = changed.but(
        constants=constants,
        flags=flags.written(receiver, name, None),
        whole=gapless.written(receiver, name),
    )


def _reaching(run: Interpreter, receiver: Data, target: ast.Subscript, content: Data) -> Data:
    """Keep the statistics of rows that are written to: means of other folds tell no row its own.

    What is written into a named part does not reach others; into the gaps, it moves little.
    """
    key = target.slice
    rows = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
    text = run.text(rows)
    if splits.part_named(text) is not None:
        return content.but(influences=())
    kept = content.influences
    if "isna(" in text or "isnull(" in text:
        kept = tuple(map(weakened, kept))
    written = tables.chosen_rows(run, receiver, rows).rows
    if written != receiver.rows and not _by_own_values(run, target, written):
        kept = tuple(i for i in kept if _overlaps(i.rows, written))
    content = content.but(influences=kept)
    return content if written == receiver.rows else scaling.of_some(content)


def _by_own_values(run: Interpreter, target: ast.Subscript, written: Rows) -> bool:
    """Say whether values of the very column tell where it is written: the others fill these."""
    match target:
        case ast.Subscript(ast.Attribute(table), ast.Tuple([_, column])):
            subject = f"{run.text(table)}[{run.text(column)}]"
        case _:
            return False
    keys = [term.selector.key for term in written.terms]
    return all(isinstance(key, tuple) and key[0] in _COMPARED and key[1] == subject for key in keys)


def _overlaps(rows: RowSet, written: RowSet) -> bool:
    return bool(rows.overlap(written)) or not rows.known or not written.known


def delete(run: Interpreter, target: ast.expr) -> None:
    """Run `del`."""
    if isinstance(target, ast.Name):
        run.state.scope.put(target.id, None)
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            delete(run, element)
    elif isinstance(target, ast.Subscript):
        holder = subscripts.itself(run, target.value)
        inner = run.load(holder)
        key = run.eval(target.slice)
        if isinstance(inner, Data):
            names = tables.literal_names(run, key) or headings.at(run, target.slice)
            for each in (holder, *subscripts.any_of(run, target.value)):
                table = run.load(each)
                if isinstance(each, Ref) and isinstance(table, Data):
                    run.state.heap[each.address] = tables.drop_columns(table, names)
        elif isinstance(inner, Sequence | Dictionary):
            containers.deleted(run, holder, target, key)
    elif isinstance(target, ast.Attribute):
        holder = run.eval(target.value)
        inner = run.load(holder)
        if isinstance(inner, Data) and isinstance(holder, Ref):
            run.state.heap[holder.address] = tables.drop_columns(inner, frozenset({target.attr}))
