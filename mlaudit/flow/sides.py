"""Lists filled in branches of a loop, or under a condition: each holds rows of its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import keyed, members, sorts, unfollowed
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import (
    Choice,
    Constant,
    Data,
    Dictionary,
    Sequence,
    Value,
    merge_influences,
)
from mlaudit.syntax.nodes import walk
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Influence


def enter(run: Interpreter, node: ast.If, side: bool) -> int:
    """Note that a branch runs now, of a loop's body perhaps; give the mark to leave it by."""
    sorts.narrow(run, node.test, side)
    keyed.narrow(run, node.test, side)
    mark = len(run.sides)
    if run.loops:
        run.sides.append((node, side))
    return mark


def leave(run: Interpreter, mark: int) -> None:
    """Forget the branches entered since a mark."""
    del run.sides[mark:]


def collected(run: Interpreter, value: Value) -> Value:
    """Give what a list collects in the running branch: of the rows of a turn only some, or all."""
    if not run.loops:
        return value
    if not run.sides:
        return members.gathered(run, value)
    value = _by_tests(run, value)
    selectors = [Selector("filter", _key(run, node), side) for node, side in run.sides]
    return _narrowed(run, value, selectors, 2)


def _by_tests(run: Interpreter, value: Value) -> Value:
    """Give a name that a list collects what chose it: the statistics that the branch goes by."""
    made = run.load(value)
    if not isinstance(made, Data) or made.rows.terms:
        return value
    tests = [node.test for node, _ in run.sides if _runs_here(run, node)]
    found = merge_influences(*[run.data(run.eval(test)).influences for test in tests])
    return chosen(run, value, tuple(filter(selects, found)))


def _runs_here(run: Interpreter, node: ast.If) -> bool:
    """Say whether a branch is one of the running function, so that its names are known here."""
    if not run.calls:
        return True
    function = run.calls[-1].function
    first, last = function.node.lineno, function.node.end_lineno or 0
    return function.document is run.document and first <= node.lineno <= last


def selects(influence: Influence) -> bool:
    """Say whether names chosen by an influence are a selection of features, not mere tidying."""
    return (
        influence.supervised
        or influence.kind is Kind.SELECTION
        or influence.statistic == "correlations"
    )


def chosen(run: Interpreter, element: Value, chosen_by: tuple[Influence, ...]) -> Value:
    """A name that was chosen by a statistic carries it to what the name selects."""
    made = run.load(element)
    if not chosen_by or not isinstance(made, Data) or made.rows.terms:
        return element
    return made.but(influences=merge_influences(made.influences, chosen_by))


def _key(run: Interpreter, node: ast.If) -> tuple[Hashable, ...]:
    """Tell a condition from others: one on what a function is given is another in each call."""
    given = [run.signatures[frame.function.node.args].keywords for frame in run.calls]
    names = {n.id for n in walk(node.test) if isinstance(n, ast.Name)} if given else frozenset()
    if all(map(names.isdisjoint, given)):
        return ("side", id(node))
    run.contextual += 1
    return ("side", id(node), run.path)


def filtered(
    run: Interpreter, value: Value, node: ast.ListComp | ast.SetComp | ast.GeneratorExp
) -> Value:
    """Give what a comprehension keeps where it has conditions."""
    selectors = [_selector(run, test) for test in _tests(node)]
    if selectors and _counts(node) and not run.data(value).rows.terms:
        return Data("index", select=selectors[0])
    return _narrowed(run, value, selectors, 2) if selectors else value


def kept(run: Interpreter, value: Value, node: ast.DictComp) -> Value:
    """Give what a dict keeps under any name: of all turns, or of those that its conditions pass."""
    tests = _tests(node)
    if not tests:
        return members.gathered(run, value)
    return _narrowed(run, value, [_selector(run, test) for test in tests], 2)


def _tests(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> list[ast.expr]:
    return [test for generator in node.generators for test in generator.ifs]


def _counts(node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> bool:
    """Say whether a comprehension gives numbers of a range, which may number rows."""
    first = node.generators[0]
    return (
        isinstance(first.iter, ast.Call)
        and isinstance(first.iter.func, ast.Name)
        and first.iter.func.id in {"range", "enumerate"}
        and isinstance(node.elt, ast.Name)
        and any(isinstance(n, ast.Name) and n.id == node.elt.id for n in ast.walk(first.target))
    )


def _narrowed(run: Interpreter, value: Value, selectors: list[Selector], depth: int) -> Value:
    """Take some of the rows of a value, of each part of it, or of each thing that it may be."""
    inner = run.load(value)
    if isinstance(inner, Choice):
        options = tuple([_narrowed(run, each, selectors, depth) for each in inner.options])
        return Choice(options, inner.parted)
    if isinstance(inner, Data):
        return members.some(inner, selectors) if inner.rows.terms else value
    if depth and isinstance(inner, Dictionary):
        items = {k: _narrowed(run, v, selectors, depth - 1) for k, v in inner.items.items()}
        return run.state.allocate(Dictionary(items, inner.rest))
    if depth and isinstance(inner, Sequence):
        parts = tuple(_narrowed(run, item, selectors, depth - 1) for item in inner.items)
        rest = inner.rest and _narrowed(run, inner.rest, selectors, depth - 1)
        return run.state.allocate(Sequence(parts, rest, inner.way))
    return value


def _selector(run: Interpreter, test: ast.expr) -> Selector:
    """Say what a condition chooses, so that its opposite chooses the other rows."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        chosen = _selector(run, test.operand)
        return chosen.flipped() or chosen
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return Selector("filter", _when(run, test, test), True)
    operator, left, right = type(test.ops[0]), test.left, test.comparators[0]
    wanted = run.load(run.eval(right)) if operator in {ast.Eq, ast.NotEq} else None
    if isinstance(wanted, Constant):
        part = wanted.value if operator is ast.Eq else ("not", wanted.value)
        return Selector("filter", _when(run, left, left), part)
    for one, other in _OPPOSITES:
        if operator in {one, other}:
            key = (*_when(run, left, test), one.__name__, ast.dump(right))
            return Selector("filter", key, operator is one)
    return Selector("filter", _when(run, test, test), True)


def _when(run: Interpreter, subject: ast.expr, test: ast.expr) -> tuple[Hashable, ...]:
    """Tell a condition by its subject, and by all that the names in it stand for."""
    return ("when", ast.dump(subject), unfollowed.meaning(run, test))


_OPPOSITES = (
    (ast.Eq, ast.NotEq),
    (ast.In, ast.NotIn),
    (ast.Is, ast.IsNot),
    (ast.Lt, ast.GtE),
    (ast.Gt, ast.LtE),
)
