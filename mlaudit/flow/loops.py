"""Loops and comprehensions: literal lists are unrolled, everything else is run twice."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    among,
    batches,
    carried,
    containers,
    flags,
    headings,
    members,
    sides,
    sorts,
    stores,
)
from mlaudit.flow.state import Scope
from mlaudit.flow.values import (
    UNKNOWN,
    Choice,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Function,
    Instance,
    Sequence,
    Value,
    merge_influences,
)
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.state import End
    from mlaudit.trace.events import Influence

MOST_TURNS = 16


def for_loop(run: Interpreter, node: ast.For | ast.AsyncFor) -> bool:
    """Run a `for`; its body is taken to run at least once."""
    iterated, broken = run.eval(node.iter), len(run.state.broken)
    _over_predictions(run, node, iterated)
    turns = unrolled(run, iterated)
    if turns is not None:
        for value in run.turns(node, node.target, turns):
            stores.assign(run, node.target, value, None)
            _body(run, node.body)
    else:
        outer = run.begin(node)
        try:
            _turns(run, node, lambda: _turn(run, node, iterated))
        finally:
            run.end(outer)
    _fill(run, broken)
    run.block(node.orelse)
    return False


def _over_predictions(run: Interpreter, loop: ast.AST, iterated: Value) -> None:
    """Note a loop each turn of which brings predictions of its own."""
    inner = run.load(iterated)
    if not isinstance(inner, Sequence):
        return
    turns = inner.items if inner.rest is None else (*inner.items, inner.rest)
    if any(_any_part(run, turn, _is_prediction) for turn in turns):
        run.over_predictions.add(id(loop))


def _is_prediction(value: Value) -> bool:
    return (
        isinstance(value, Data)
        and bool(value.predictions)
        and not value.scores
        and value.kind not in {"scalar", "row"}
    )


def _holds_model(run: Interpreter, value: Value) -> bool:
    """Say whether a turn of a loop brings a model of its own, alone or in a record."""
    return _any_part(run, value, _is_model)


def _any_part(run: Interpreter, value: Value, wanted: Callable[[Value], bool]) -> bool:
    """Say whether a value, a member of a record or one of several values is of a sort."""
    inner = run.load(value)
    if isinstance(inner, Sequence):
        return any(_any_part(run, part, wanted) for part in inner.items)
    if isinstance(inner, Choice):
        return any(_any_part(run, option, wanted) for option in inner.options)
    return wanted(inner)


def _is_model(inner: Value) -> bool:
    return isinstance(inner, Estimator) or (
        isinstance(inner, Instance) and inner.estimator is not None
    )


def while_loop(run: Interpreter, node: ast.While) -> bool:
    """Run a `while`; its body is taken to run at least once."""
    outer, broken = run.begin(node), len(run.state.broken)
    try:
        _turns(run, node, lambda: run.eval(node.test))
    finally:
        run.end(outer)
    _fill(run, broken)
    run.block(node.orelse)
    return False


def broken_off(run: Interpreter, body: list[ast.stmt], end: End) -> None:
    """Note what names stand for at the end of a path that breaks its loop off."""
    if isinstance(body[-1], ast.Break):
        scope = run.state.scope
        changed = ((scope, name, value) for name, value in end.names.items() if value is not None)
        run.state.broken.extend(changed)


def _fill(run: Interpreter, since: int) -> None:
    """Fill, behind a loop, the lists that are empty but where a path broke it off."""
    for scope, name, value in run.state.broken[since:]:
        held = run.load(scope.names.get(name, UNKNOWN))
        if isinstance(held, Sequence) and not held.items and held.rest is None:
            scope.bind(name, value)
    del run.state.broken[since:]


def passes_few_by(run: Interpreter, test: ast.expr) -> bool:
    """Say whether a test passes over the turns of a loop for a few names only: `name != "y"`."""
    if not run.loops or not isinstance(test, ast.Compare) or not isinstance(test.left, ast.Name):
        return False
    if not isinstance(test.ops[0], ast.NotEq | ast.NotIn):
        return False
    turns = [loop.target for loop in run.loops if isinstance(loop, ast.For)]
    return any(isinstance(turn, ast.Name) and turn.id == test.left.id for turn in turns)


def _turn(run: Interpreter, node: ast.For | ast.AsyncFor, iterated: Value) -> None:
    turn = containers.turn(run, iterated)
    if _holds_model(run, turn):
        run.over_models.add(id(node))
    stores.assign(run, node.target, turn, None)


def _turns(
    run: Interpreter, node: ast.For | ast.AsyncFor | ast.While, enter: Callable[[], object]
) -> None:
    """Run a loop twice where one turn leaves something to the next; an inner loop once a turn.

    The outer loop, which is among those that run now, brings the inner one its second turn.
    """
    first = carried.begin(run) if len(run.loops) == 1 else None
    enter()
    _body(run, node.body)
    if first is not None and carried.end(run, node, first):
        enter()
        _body(run, node.body)


def _body(run: Interpreter, body: list[ast.stmt]) -> None:
    """Run the body once; `continue` and `break` on one path leave the others' effects standing."""
    start, mark, around = run.state.fork(), len(run.sides), run.guards
    if run.block(body):
        run.state.merge(start, None)
    sides.leave(run, mark)
    run.guards = around


def unrolled(run: Interpreter, iterated: Value) -> list[Value] | None:
    """Give the turns of a loop over a literal container, None when they cannot be told apart."""
    inner = run.load(iterated)
    if isinstance(inner, Data):
        return flags.turns(inner) if inner.flags else None
    if isinstance(inner, Sequence) and inner.rest is None and len(inner.items) <= MOST_TURNS:
        if all(_plain(run, item) for item in inner.items) and len(inner.items) > 4:
            return None
        return list(inner.items)
    if not isinstance(inner, Dictionary) or inner.rest is not None:
        return None
    if len(inner.items) > MOST_TURNS or any(_plain(run, i) for i in inner.items.values()):
        return None
    return [Constant(key) for key in inner.items]


def _plain(run: Interpreter, value: Value) -> bool:
    """Whether a loop over such values gains nothing from being unrolled."""
    inner = run.load(value)
    if isinstance(inner, Sequence):
        return all(_plain(run, item) for item in inner.items)
    return (
        isinstance(inner, Constant)
        or inner is UNKNOWN
        or (isinstance(inner, Data) and inner.kind == "scalar")
    )


def comprehension(run: Interpreter, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
    """Evaluate a comprehension; over a literal container each item is told apart."""
    scope = Scope(run.document, run.state.scope)
    outer, run.state.scope = run.state.scope, scope
    try:
        first = node.generators[0]
        iterated = run.eval(first.iter)
        _over_predictions(run, node, iterated)
        names = headings.comprehended(run, node, iterated)
        if names is not None:
            return names
        turns = _turns_apart(run, node.generators, iterated)
        if turns is not None and first.ifs:
            turns = _passing(run, first, turns)
        if turns is not None:
            passes = _passes(run, node, node.generators, turns)
            return run.state.allocate(Sequence(tuple([run.eval(node.elt) for _ in passes])))
        running = run.begin(node)
        try:
            chosen_by = _generators(run, node.generators, iterated)
            element = sides.chosen(run, run.eval(node.elt), chosen_by)
            element = _written(run, node, iterated, element)
            if not any(turn.ifs for turn in node.generators):
                element = members.gathered(run, element)
        finally:
            run.end(running)
    finally:
        run.state.scope = outer
    if _as_numbers(node) and run.data(iterated).select is not None:
        return sides.filtered(run, iterated, node)
    return sides.filtered(run, _collected(run, iterated, element), node)


def _turns_apart(
    run: Interpreter, generators: list[ast.comprehension], iterated: Value
) -> list[Value] | None:
    """Give the turns of the outermost generator where those of all of them are told apart."""
    turns, bound = unrolled(run, iterated), _names(generators[0].target)
    most = MOST_TURNS // (len(turns) or 1) if turns is not None else 0
    for inner in generators[1:]:
        if turns is None or not (_is_display(inner) or _is_apart(run, inner, bound, most)):
            return None
        bound |= _names(inner.target)
    return turns


def _names(target: ast.expr) -> set[str]:
    return {each.id for each in walk(target) if isinstance(each, ast.Name)}


def _is_display(turn: ast.comprehension) -> bool:
    """Say whether items are written out that are gone through, as in `for row in [line[1:]]`."""
    written = _written_out(turn.iter)
    return bool(written) and not turn.ifs and not any(isinstance(e, ast.Starred) for e in written)


def _is_apart(run: Interpreter, turn: ast.comprehension, bound: set[str], most: int) -> bool:
    """Say whether few things are gone through, no plain ones, which are the same in every turn."""
    match turn.iter:
        case ast.Name() as held:
            pass
        case ast.Call(func=ast.Attribute(ast.Name() as held, "items" | "values"), args=[]):
            pass
        case _:
            return False
    if turn.ifs or held.id in bound:
        return False
    turns = unrolled(run, run.eval(turn.iter))
    return turns is not None and len(turns) <= most and not all(_plain(run, t) for t in turns)


def _passes(
    run: Interpreter, node: ast.AST, generators: list[ast.comprehension], turns: list[Value]
) -> Iterator[None]:
    """Bind the targets of all generators, for one turn of the innermost after the other."""
    first, *inner = generators
    for value in run.turns(node, first.target, turns):
        stores.assign(run, first.target, value, None)
        if inner:
            yield from _passes(run, node, inner, _told_apart(run, inner[0]))
        else:
            yield


def _told_apart(run: Interpreter, turn: ast.comprehension) -> list[Value]:
    if _is_display(turn):
        return [run.eval(each) for each in _written_out(turn.iter)]
    return unrolled(run, run.eval(turn.iter)) or []


def _written_out(items: ast.expr) -> list[ast.expr]:
    return items.elts if isinstance(items, ast.List | ast.Tuple) else []


def _as_numbers(node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> bool:
    """Say whether a comprehension makes plain numbers of positions: `int(i) for i in held`."""
    turn, made = node.generators[0], node.elt
    match made:
        case ast.Call(func=ast.Name(id="int" | "str"), args=[ast.Name(id=name)]):
            return isinstance(turn.target, ast.Name) and turn.target.id == name
        case _:
            return False


def _passing(
    run: Interpreter, generator: ast.comprehension, turns: list[Value]
) -> list[Value] | None:
    """Give the turns for which the conditions hold, None where that is not known of each."""
    kept = []
    for value in turns:
        stores.assign(run, generator.target, value, None)
        answers = [sorts.alike(run, condition) for condition in generator.ifs]
        if None in answers:
            return None
        if all(answers):
            kept.append(value)
    return kept


def sifted(run: Interpreter, test: Value, items: Value) -> Value | None:
    """Evaluate `filter(lambda step: …, steps)` where it is known of each item whether it passes."""
    if not isinstance(test, Function) or not isinstance(test.node, ast.Lambda):
        return None
    turns, given = unrolled(run, items), test.node.args.args
    if not turns or len(given) != 1:
        return None
    outer, run.state.scope = run.state.scope, Scope(test.document, test.scope)
    try:
        kept = []
        for value in turns:
            run.state.scope.bind(given[0].arg, value)
            passes = sorts.alike(run, test.node.body)
            if passes is None:
                return None
            kept += [value] if passes else []
    finally:
        run.state.scope = outer
    return run.state.allocate(Sequence(tuple(kept)))


def _collected(run: Interpreter, iterated: Value, element: Value) -> Value:
    """A list made row by row of data has the rows of that data."""
    source, made = run.load(iterated), run.load(element)
    if isinstance(source, Data) and isinstance(made, Data) and source.rows.terms:
        if made.kind in {"scalar", "mask"} and not made.rows.terms and not made.influences:
            return made
        if source.select is not None and not made.rows.terms:
            of_all = source.kind != "index"
            rows = source.rows.select(source.select) if of_all else source.rows
            return source.but(kind="index", rows=rows)
        if made.rows == source.rows and source.kind != "group":
            made = made.but(select=source.select if made.kind == "index" else None)
            return made.but(kind="unknown") if _listed_again(source, made) else made
    return run.state.allocate(Sequence(rest=element))


def _listed_again(source: Data, made: Data) -> bool:
    """Say whether what was made of single rows stands in a list that is of all rows again."""
    if made.predictions or made.scores:
        return False
    return made.kind == "row" and source.kind in containers.ROW_BY_ROW


def _written(
    run: Interpreter,
    node: ast.ListComp | ast.SetComp | ast.GeneratorExp,
    iterated: Value,
    element: Value,
) -> Value:
    """A text that is written for each row, `f"{title} {text}"`, is of that row.

    One that is written for each of the values that a column has may well name a column.
    """
    source, made = run.load(iterated), run.load(element)
    if not (isinstance(node.elt, ast.JoinedStr) and isinstance(source, Data)):
        return element
    if source.kind not in containers.ROW_BY_ROW or among.of_distinct(source.rows):
        return element
    told = {each.id for each in walk(node.elt) if isinstance(each, ast.Name)}
    turned = {each.id for each in walk(node.generators[0].target) if isinstance(each, ast.Name)}
    if not isinstance(made, Data) or made.rows.terms or told.isdisjoint(turned):
        return element
    return made.but(rows=source.rows, name=None)


def dict_comprehension(run: Interpreter, node: ast.DictComp) -> Value:
    """Evaluate a dict comprehension; keys are told apart over a literal container."""
    scope = Scope(run.document, run.state.scope)
    outer, run.state.scope = run.state.scope, scope
    try:
        iterated = run.eval(node.generators[0].iter)
        _over_predictions(run, node, iterated)
        turns = _turns_apart(run, node.generators, iterated)
        if turns is not None:
            first = node.generators[0]
            passing = _passing(run, first, turns) if first.ifs else turns
            return _literal_dict(run, node, turns if passing is None else passing)
        running = run.begin(node)
        try:
            _generators(run, node.generators, iterated)
            run.eval(node.key)
            made = sides.kept(run, run.eval(node.value), node)
            return run.state.allocate(Dictionary({}, _under_its_name(run, iterated, made)))
        finally:
            run.end(running)
    finally:
        run.state.scope = outer


def _under_its_name(run: Interpreter, iterated: Value, made: Value) -> Value:
    """Of groups that are gone through, each stands in a dict as a table of its own."""
    source, inner = run.load(iterated), run.load(made)
    if not isinstance(source, Data) or not isinstance(inner, Data):
        return made
    grouped = source.kind == inner.kind == "group"
    return run.state.allocate(inner.but(kind="table")) if grouped else made


def _literal_dict(run: Interpreter, node: ast.DictComp, turns: list[Value]) -> Value:
    items: dict[object, Value] = {}
    rest: Value | None = None
    for _ in _passes(run, node, node.generators, turns):
        key, content = run.load(run.eval(node.key)), run.eval(node.value)
        if isinstance(key, Constant):
            batches.kept_as(run, content, key.value)
            items[key.value] = content
        else:
            rest = content
    return run.state.allocate(Dictionary(items, rest))


def _generators(
    run: Interpreter, generators: list[ast.comprehension], iterated: Value
) -> tuple[Influence, ...]:
    """Run the generators; gives the selections that their conditions go by."""
    chosen_by: tuple[Influence, ...] = ()
    for position, generator in enumerate(generators):
        source = iterated if position == 0 else run.eval(generator.iter)
        stores.assign(run, generator.target, containers.turn(run, source), None)
        for condition in generator.ifs:
            chosen_by = merge_influences(chosen_by, run.data(run.eval(condition)).influences)
    return tuple(filter(sides.selects, chosen_by))
