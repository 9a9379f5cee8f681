"""Expressions: how values join, and what of a value is data."""

from __future__ import annotations

import ast
import builtins
import functools
import operator
from typing import TYPE_CHECKING, Any

from mlaudit.flow import (
    attributes,
    awaited,
    batches,
    calls,
    choices,
    compared,
    constancy,
    deciding,
    duplicates,
    growth,
    guards,
    headings,
    imports,
    keyed,
    lagged,
    loops,
    operands,
    order,
    removing,
    scaling,
    seams,
    sinks,
    stepping,
    stores,
    tables,
    targets,
    texts,
    weighing,
    worst,
)
from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.selectors import Length
from mlaudit.flow.values import (
    ANY,
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Sequence,
    Symbol,
    Value,
    combine,
    merge_influences,
)
from mlaudit.syntax.names import UNDERSTOOD
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.guards import Guards

_BUILTINS = {name: Symbol(f"builtins.{name}") for name in dir(builtins)}
_BUILTINS.update((name, Symbol(library)) for name, library in UNDERSTOOD.items())
_MOVING = (ast.Add, ast.Sub)
LONGEST_LITERAL = 64
_MOST_NAMES = 5000  # that a long list gives, such as that of all columns to leave out
_LARGEST = {"max", "amax", "nanmax"}
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def _name(run: Interpreter, node: ast.Name) -> Value:
    scope = run.state.scope
    value = scope.names.get(node.id) or run.find(node.id)
    if value is not None:
        return value
    value = _BUILTINS.get(node.id) or imports.from_stars(run, node.id)
    if value is None:
        awaited.read(run, node.id)
    return value or UNKNOWN


def _attribute(run: Interpreter, node: ast.Attribute) -> Value:
    value = attributes.attribute(run, run.eval(node.value), node.attr, node)
    return constancy.names(run, node, value) if node.attr == "index" else value


def _constant(run: Interpreter, node: ast.Constant) -> Value:
    return Constant(node.value) if node.value is not ... else UNKNOWN


def _sequence(run: Interpreter, node: ast.List | ast.Tuple | ast.Set) -> Value:
    if len(node.elts) > LONGEST_LITERAL and all(isinstance(e, ast.Constant) for e in node.elts):
        return run.state.allocate(_long(node))
    items: list[Value] = []
    rest: Value | None = None
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = run.load(run.eval(element.value))
            if isinstance(inner, Sequence) and inner.rest is None:
                items.extend(inner.items)
            else:
                rest = run.data(inner)
        else:
            items.append(run.eval(element))
    way = type(node).__name__.lower()
    value = Sequence(tuple(items), rest, way)
    return value if way == "tuple" else run.state.allocate(value)


def _long(node: ast.List | ast.Tuple | ast.Set) -> Sequence:
    """Read a long list of plain texts, as names of columns are; numbers are not told apart."""
    texts = [e.value for e in node.elts if isinstance(e, ast.Constant) and type(e.value) is str]
    if len(texts) != len(node.elts) or len(texts) > _MOST_NAMES:
        return Sequence(rest=Data("scalar"))
    return Sequence(tuple(map(Constant, texts)), way=type(node).__name__.lower())


def _dict(run: Interpreter, node: ast.Dict) -> Value:
    if len(node.keys) > LONGEST_LITERAL and all(isinstance(v, ast.Constant) for v in node.values):
        return run.state.allocate(Dictionary({}, Data("scalar")))
    items: dict[Any, Value] = {}
    rest: Value | None = None
    chosen_by: choices.Scores = ()
    for key, element in zip(node.keys, node.values, strict=True):
        value = run.eval(element)
        if key is None:
            inner = run.load(value)
            chosen_by = choices.united(chosen_by, choices.by(run, inner))
            if isinstance(inner, Dictionary):
                items.update(inner.items)
                rest = inner.rest or rest
            else:
                rest = rest or Data("scalar")  # it may say something else for any key
            continue
        name = run.load(run.eval(key))
        if isinstance(name, Constant):
            batches.kept_as(run, value, name.value)
            items[name.value] = value
        else:
            rest = value if rest is None else run.state.join(rest, value)
    return run.state.allocate(Dictionary(items, rest, chosen_by))


def binary(run: Interpreter, node: ast.BinOp) -> Value:
    """Evaluate arithmetic; chains such as `a + b + c` are walked without recursion."""
    chain = [node]
    while isinstance(chain[-1].left, ast.BinOp):
        chain.append(chain[-1].left)
    value = run.eval(chain[-1].left)
    for link in reversed(chain):
        value = _operate(run, link, value, run.eval(link.right))
    return value


def _which_rows(run: Interpreter, node: ast.BinOp, one: Data, two: Data) -> Data | None:
    """Join masks, or take positions out of others; None where values are reckoned with."""
    if removing.is_common(node, one, two):
        return removing.common(run, node, [one, two])
    if isinstance(node.op, ast.BitAnd | ast.BitOr) and (one.select or two.select):
        return compared.joined_masks(run, node, one, two)
    if removing.is_difference(node, one, two):
        return removing.without(run, one, two, node.right)
    return None


def _operate(run: Interpreter, node: ast.BinOp, left: Value, right: Value) -> Value:
    a, b = run.load(left), run.load(right)
    if isinstance(a, Constant) and isinstance(b, Constant):
        return _fold(node.op, a.value, b.value)
    if isinstance(node.op, ast.Add):
        longer = _joined(a, b)
        if longer is not None:
            return run.state.allocate(longer)
    if isinstance(a, Sequence) and isinstance(node.op, ast.Mult):
        several = duplicates.times(run, a, b)
        if several is not None:
            return several
    fewer = headings.taken_off(run, node, a, b)
    if fewer is not None:
        return fewer
    if isinstance(node.op, ast.Mod) and isinstance(a, Constant) and isinstance(a.value, str):
        return sinks.written(run, [run.data(b)], node)
    one, two = run.data(a), run.data(b)
    worst.turned(run, node.op, two, a)
    if isinstance(node.op, ast.Mult):
        worst.turned(run, node.op, one, b)
    if isinstance(a, Constant) or isinstance(b, Constant):
        one, two = _beside_number(node.op, a, b, one, two)
    which = _which_rows(run, node, one, two)
    if which is not None:
        return which
    one, two = weighing.weighed(run, node, one, two)
    known = isinstance(node.op, ast.Sub) or (one.rows.terms and two.rows.terms)
    if known and compared.judges(one, two):
        wrong = compared.error([one, two], type(node.op).__name__)
        return wrong.but(units=(two if one.predictions else one).units)
    units = growth.reckoned(run, node, one, two)
    one, two = operands.met(node, *scaling.moved(node.op, *_by_operator(run, node, one, two)))
    joined = combine([one, two], _kind(node, one, two))
    joined = joined if units is None else joined.but(units=units)
    for prediction in joined.predictions:
        prediction.mixed = True
    column, other = (one, b) if isinstance(b, Constant) else (two, a)
    joined = lagged.stepped(node, one, b, compared.still_named(joined, column, other))
    table = one if one.rows.terms else two
    if table.columns is not None and not (one.rows.terms and two.rows.terms):
        joined = joined.but(columns=table.columns, table=table.table)
    label = (one.label and (two.label or not two.rows.terms)) or (two.label and not one.rows.terms)
    text = texts.added(a, b) if isinstance(node.op, ast.Add) else None
    return joined.but(label=label) if text is None else _text(joined, text)


def _kind(node: ast.BinOp, one: Data, two: Data) -> str:
    """Tell what arithmetic gives: positions that a number moves, `index + 1`, stay positions."""
    by_number = one.kind == "array" and two.kind == "scalar" and not two.rows.terms
    return one.kind if one.rows.terms or (by_number and _moves_name(node)) else two.kind


def _moves_name(node: ast.expr) -> bool:
    """Say whether something is added to a name, or taken from it: `index + 1 - start`."""
    while isinstance(node, ast.BinOp) and isinstance(node.op, _MOVING):
        node = node.left
    return isinstance(node, ast.Name)


def _beside_number(op: ast.operator, a: Value, b: Value, one: Data, two: Data) -> tuple[Data, Data]:
    """Leave out what a number takes away: zero times all, and one more than the largest code.

    The latter tells how many codes there may be, and scales nothing.
    """
    if isinstance(op, ast.Mult) and Constant(0) in (a, b):
        return one.but(influences=()), two.but(influences=())
    if isinstance(op, ast.Add) and b == Constant(1) and not one.rows.terms:
        return _without_largest(one), two
    return one, two


def _joined(a: Value, b: Value) -> Sequence | None:
    """Join two lists, or one with what tells nothing but perhaps names of columns.

    These may stand before the list, as nobody asks names of columns for their positions.
    """
    if isinstance(a, Sequence) and isinstance(b, Sequence):
        return Sequence((*a.items, *b.items), a.rest or b.rest, a.way)
    listed, more = (a, b) if isinstance(a, Sequence) else (b, a)
    if not isinstance(listed, Sequence) or not isinstance(more, Data):
        return None
    if listed is b and more.kind != "columns":
        return None
    plain = Data(more.kind)
    unknown = more.but(columns=None, table=None) == plain
    return Sequence(listed.items, listed.rest or plain, listed.way) if unknown else None


def _by_operator(run: Interpreter, node: ast.BinOp, one: Data, two: Data) -> tuple[Data, Data]:
    """Leave out what operands do not bring to what an operator makes of them."""
    if isinstance(node.op, ast.Sub):
        return order.since(run, one, two)
    if isinstance(node.op, ast.Div):
        return one, _divisor(node.right, two)
    if isinstance(node.op, ast.Pow) and sinks.from_target(run, node.left):
        return one.but(scores=()), two
    return one, two


def _without_largest(number: Data) -> Data:
    kept = tuple(
        i
        for i in number.influences
        if i.kind is not Kind.STATISTIC or i.operation.rpartition(".")[2] not in _LARGEST
    )
    return number if len(kept) == len(number.influences) else number.but(influences=kept)


def _text(joined: Data, name: str | None) -> Data:
    """Say how a text begins and ends; it has no rows, whatever was written into it."""
    return joined.but(kind="scalar", rows=NO_ROWS, name=name)


def _divisor(node: ast.expr, value: Data) -> Data:
    """Leave out what a divisor does not bring: its scores to `1 / (1 - score)`, and its means.

    What inflates a variance tells how alike columns are.
    """
    if value.scores and _is_rest_of_one(node):
        value = value.but(scores=())
    return targets.as_measure(value)


def _is_rest_of_one(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub()):
            return True
        case _:
            return False


def _fold(op: ast.operator, a: Any, b: Any) -> Value:
    if isinstance(a, Length) and isinstance(b, Length):
        length = seams.reckoned(op, a, b)
        return Data("scalar") if length is None else Constant(length)
    fold = _ARITHMETIC.get(type(op))
    if fold is None or not isinstance(a, int | float | str) or not isinstance(b, int | float | str):
        return Data("scalar")
    if isinstance(a, str) != isinstance(b, str):
        return Data("scalar")
    if isinstance(a, str) and isinstance(b, str) and len(a) + len(b) > texts.LONGEST:
        return Data("scalar")
    try:
        result = fold(a, b)
        hash(result)
    except (ArithmeticError, TypeError, ValueError):
        return Data("scalar")
    return Constant(result)


def _unary(run: Interpreter, node: ast.UnaryOp) -> Value:
    value = run.eval(node.operand)
    inner = run.load(value)
    if isinstance(inner, Constant):
        if isinstance(node.op, ast.USub) and isinstance(inner.value, int | float):
            return Constant(-inner.value)
        return Data("scalar") if not isinstance(node.op, ast.Not) else Constant(not inner.value)
    data = run.data(inner)
    worst.turned(run, node.op, data, UNKNOWN)
    if isinstance(node.op, ast.Invert | ast.USub | ast.Not) and data.select is not None:
        return compared.opposite(run, data, run.text(node))
    if isinstance(node.op, ast.Invert):
        data = data.but(select=tables.marked(run, node.operand, data))
        return compared.opposite(run, data, run.text(node)) if data.select else combine([data])
    return combine([data])


def _boolean(run: Interpreter, node: ast.BoolOp) -> Value:
    """Evaluate the parts that may run: what stands behind one that may be enough, perhaps."""
    kept: list[Value] = []
    outer = run.conditions
    try:
        for part in node.values:
            value = run.eval(part)
            settled = part is node.values[-1] or deciding.settles(run, node, part)
            if settled is not False:
                kept.append(value)
            if settled:
                break
            run.conditions += settled is None
    finally:
        run.conditions = outer
    return functools.reduce(run.state.either, kept)


def _conditional(run: Interpreter, node: ast.IfExp) -> Value:
    known = deciding.truth(run, node.test)
    if known is not None:
        return run.eval(node.body if known else node.orelse)
    test = run.data(run.eval(node.test))
    better = sinks.tested(run, node, ())
    held, passed = guards.of(run, node)
    with run.conditionally():
        result = run.state.either(
            _side(run, node, held), _side(run, node, passed, False), (held, passed)
        )
    result = choices.mark(run, result, better)
    result = scaling.of_some(result) if isinstance(result, Data) else result
    inner = run.load(result)
    if test.predictions and not run.data(inner).rows.terms:
        return test.but(kind="mask" if test.kind != "error" else "error")
    if test.influences and isinstance(inner, Data):
        return inner.but(influences=merge_influences(inner.influences, test.influences))
    return result


def _side(run: Interpreter, node: ast.IfExp, answers: Guards, holds: bool = True) -> Value:
    before, around = keyed.narrow(run, node.test, holds), run.guards
    run.guards = (*around, *answers)
    value = run.eval(node.body if holds else node.orelse)
    keyed.widen(run, before)
    run.guards = around
    return value


def _subscript(run: Interpreter, node: ast.Subscript) -> Value:
    """Evaluate the first subscript: from then on, what knows them is asked at once."""
    from mlaudit.flow import subscripts

    HANDLERS[ast.Subscript] = subscripts.subscript
    return subscripts.subscript(run, node)


def _joined_string(run: Interpreter, node: ast.JoinedStr) -> Value:
    parts: list[Value] = []
    shown: list[Data] = []
    for each in node.values:
        if isinstance(each, ast.FormattedValue):
            value = run.load(run.eval(each.value))
            shown.append(run.data(value))
            parts.append(UNKNOWN if each.format_spec or each.conversion > 0 else value)
        elif isinstance(each, ast.Constant):
            parts.append(Constant(each.value))
    text = texts.joined(parts)
    if text is not None and ANY not in text:
        return Constant(text)
    return _text(sinks.written(run, shown, node), text)


def _lambda(run: Interpreter, node: ast.Lambda) -> Value:
    return run.function(node)


def _named(run: Interpreter, node: ast.NamedExpr) -> Value:
    value = run.eval(node.value)
    stores.assign(run, node.target, value, node.value)
    return value


def _await(run: Interpreter, node: ast.Await) -> Value:
    return run.eval(node.value)


def _yield(run: Interpreter, node: ast.Yield | ast.YieldFrom) -> Value:
    value = run.eval(node.value) if node.value is not None else Constant(None)
    if isinstance(node, ast.Yield):
        value = stepping.given(run, value)
    run.returned.append(value)
    return UNKNOWN


def _slice(run: Interpreter, node: ast.Slice) -> Value:
    for bound in (node.lower, node.upper, node.step):
        if bound is not None:
            run.eval(bound)
    return UNKNOWN


def _nothing(run: Interpreter, node: ast.expr) -> Value:
    return UNKNOWN


HANDLERS: dict[type[ast.expr], Callable[[Interpreter, Any], Value]] = {
    **dict.fromkeys(ast.expr.__subclasses__(), _nothing),
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Constant: _constant,
    ast.List: _sequence,
    ast.Tuple: _sequence,
    ast.Set: _sequence,
    ast.Dict: _dict,
    ast.BinOp: binary,
    ast.UnaryOp: _unary,
    ast.Compare: compared.compare,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Call: calls.call,
    ast.JoinedStr: _joined_string,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named,
    ast.Await: _await,
    ast.Yield: _yield,
    ast.YieldFrom: _yield,
    ast.Starred: lambda run, node: run.eval(node.value),
    ast.Slice: _slice,
    ast.ListComp: lambda run, node: loops.comprehension(run, node),
    ast.SetComp: lambda run, node: loops.comprehension(run, node),
    ast.GeneratorExp: lambda run, node: loops.comprehension(run, node),
    ast.DictComp: lambda run, node: loops.dict_comprehension(run, node),
}
