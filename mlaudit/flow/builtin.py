"""Python's own functions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import (
    attributes,
    choices,
    containers,
    evaluation,
    files,
    headings,
    mapping,
    members,
    ranking,
    scaling,
    sinks,
    stepping,
    tables,
)
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import (
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Function,
    Instance,
    Sequence,
    Value,
    combine,
)
from mlaudit.syntax.unreached import is_empty_range

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.flow.interpreter import Interpreter

_CONVERSIONS = frozenset({"float", "int", "round", "abs", "str", "bool", "repr", "format"})


def call(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Call a built-in function."""
    handler = _HANDLERS.get(name)
    if handler is not None:
        return handler(run, name, arguments)
    if name in _CONVERSIONS and arguments.positional:
        data = combine([run.data(value) for value in arguments.positional])
        data = data if name == "float" else scaling.mixed(data)
        return data if data.kind in {"unknown", "error", "prediction"} else data.but(kind="scalar")
    return Data("scalar")


def _print(run: Interpreter, name: str, arguments: Arguments) -> Value:
    for value in arguments.values():
        sinks.report(run, value, arguments.node)
    return Constant(None)


def _len(run: Interpreter, name: str, arguments: Arguments) -> Value:
    return containers.length_of(run, _first(arguments))


def _sum(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Add up: right answers make a score, rows a statistic that is rarely one."""
    data = run.data(_first(arguments))
    if data.predictions and (data.kind == "error" or not data.scores):
        judged = evaluation.custom(run, arguments.node, data, "sum")
        if judged is not None:
            return judged
    return combine([data], "scalar")


def _sorted(run: Interpreter, name: str, arguments: Arguments) -> Value:
    inner = run.load(_first(arguments))
    data = run.data(inner)
    if data.scores and isinstance(inner, Sequence):
        return run.state.allocate(ranking.ranked(run, inner, arguments))
    if data.scores:
        return data.but(kind="ranked")
    return _copied(run, "list", arguments)


def _enumerate(run: Interpreter, name: str, arguments: Arguments) -> Value:
    given = members.each(run, _first(arguments), arguments.node)
    inner, start = run.load(given), run.load(arguments.get("start", 1) or Constant(0))
    numbers: Value = Data("scalar")
    if isinstance(inner, Sequence) and inner.rest is None and isinstance(start, Constant):
        first = start.value if isinstance(start.value, int) else 0
        numbers = Sequence(tuple(Constant(first + n) for n in range(len(inner.items))))
    return zipped(run, [numbers, given])


def _zip(run: Interpreter, name: str, arguments: Arguments) -> Value:
    return zipped(run, [members.each(run, one, arguments.node) for one in arguments.positional])


def _next(run: Interpreter, name: str, arguments: Arguments) -> Value:
    return stepping.advanced(run, arguments)


def _getattr(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Give what a model has under a name that is written out, or what is given in its place."""
    match [run.load(value) for value in arguments.positional]:
        case [Estimator(), Constant(value=str() as wanted), *given]:
            found = attributes.attribute(run, arguments.positional[0], wanted, arguments.node)
            return run.state.either(found, given[0]) if given else found
    return UNKNOWN


def _first(arguments: Arguments) -> Value:
    return arguments.positional[0] if arguments.positional else UNKNOWN


def _range(run: Interpreter, name: str, arguments: Arguments) -> Value:
    bounds = [run.load(value) for value in arguments.positional]
    last = bounds[1] if len(bounds) > 1 else bounds[0] if bounds else UNKNOWN
    if isinstance(last, Constant) and isinstance(last.value, Length):
        rows = last.value.rows
        span = tables.span(run, arguments) if len(bounds) > 1 else None
        if span is not None and isinstance(span.part, tuple) and span.part[0]:
            return Data("index", rows.select(span), select=span)
        return Data("index", rows, select=Selector("rows", rows))
    if _is_empty(run, bounds):
        return Sequence()
    only = _only_number(arguments)
    if only is not None:
        return Sequence((Constant(only),))
    return Data("scalar", select=tables.span(run, arguments))


def _only_number(arguments: Arguments) -> int | None:
    """Give the number of a range that is written out and has one only, such as `range(1)`."""
    given = [arguments.nodes.get(position) for position in range(len(arguments.positional))]
    literals = [node.value for node in given if isinstance(node, ast.Constant)]
    bounds = [bound for bound in literals if isinstance(bound, int)]
    if len(bounds) < len(given) or not 0 < len(bounds) < 3:
        return None
    numbers = range(*bounds)
    return numbers[0] if len(numbers) == 1 else None


def _is_empty(run: Interpreter, bounds: list[Value]) -> bool:
    """Say whether a range has no numbers, whatever happened before and whoever calls."""
    known = [bound.value for bound in bounds if isinstance(bound, Constant)]
    decided = len(known) == len(bounds) and not run.loops and not run.conditions
    return decided and is_empty_range(known)


def _slice(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Make a slice: where both of its bounds are computed, nobody knows which rows it takes."""
    bounds = [run.load(value) for value in arguments.positional]
    values = [bound.value for bound in bounds if isinstance(bound, Constant)]
    if arguments.spread or len(values) < len(bounds) or not 0 < len(values) <= 2:
        return Data("index", select=tables.span(run, arguments))
    low, high = (None, *values) if len(values) == 1 else values
    return Data("index", select=Selector("slice", "rows", (low, high)))


def _copied(run: Interpreter, name: str, arguments: Arguments) -> Value:
    if not arguments.positional:
        return run.state.allocate(Sequence(way="list" if name != "tuple" else name))
    inner = run.load(arguments.positional[0])
    if isinstance(inner, Sequence):
        copy = Sequence(inner.items, inner.rest, name)
        return copy if name == "tuple" else run.state.allocate(copy)
    if isinstance(inner, Dictionary):
        return run.state.allocate(Sequence(tuple(Constant(key) for key in inner.items), inner.rest))
    if name in {"list", "tuple"} and _is_range(arguments):
        numbers = run.data(inner)
        return numbers if numbers.rows.terms else numbers.but(kind="array")
    return run.data(headings.listed(inner))


def _is_range(arguments: Arguments) -> bool:
    match arguments.nodes.get(0):
        case ast.Call(func=ast.Name(id="range")):
            return True
    return False


def _extreme(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Apply `max` and `min`: of scores, they choose."""
    data = [run.data(value) for value in arguments.positional]
    joined = combine(data) if data else UNKNOWN
    if not joined.scores and "key" in arguments.named:
        return _best_by_key(run, name, joined, arguments)
    bounded = any(isinstance(run.load(value), Constant) for value in arguments.positional)
    settled = bounded or _keeps_curve(joined) or containers.alone(run, arguments)
    if joined.scores and not settled:
        keys = _keys(run, arguments)
        for value in arguments.positional if keys is None else keys:
            sinks.select(run, value, arguments.node, f"{name} of the scores is taken")
        if keys:
            return _record(run, arguments, keys)
    if _of_column(joined, data, arguments):
        return _statistic(run, name, joined, arguments)
    if len(data) == 1 and isinstance(run.load(arguments.positional[0]), Dictionary):
        return choices.mark(run, Data("scalar"), joined.scores)  # a key, and not its score
    return joined.but(kind="scalar", select=None)


def _of_column(joined: Data, data: list[Data], arguments: Arguments) -> bool:
    """Say whether the values of a column are gone through, and no scores or predictions."""
    plain = not (joined.scores or joined.predictions or arguments.named or arguments.spread)
    return plain and len(data) == 1 and data[0].kind == "column" and bool(data[0].rows.terms)


def _statistic(run: Interpreter, name: str, joined: Data, arguments: Arguments) -> Value:
    """Take the largest or the smallest value of a column, as its method of that name would."""
    from mlaudit.flow import library

    entry = run.catalogue.method(name)
    if entry is None:
        return joined.but(kind="scalar", select=None)
    return library.reduced(run, arguments.node, joined, name, entry, joined)


def _keys(run: Interpreter, arguments: Arguments) -> list[Data] | None:
    """Give the scores that records are compared by, where one of several is picked.

    None where it is not known what they are compared by.
    """
    if len(arguments.positional) != 1:
        return None
    found = ranking.compared(run, run.load(arguments.positional[0]), arguments)
    # What is compared is a number of a report.
    keys = [data.but(kind="scalar") for data in found or () if data.scores]
    known = bool(found) and all(data is not UNKNOWN for data in found or ())
    return keys if keys or known else None


def _record(run: Interpreter, arguments: Arguments, keys: list[Data]) -> Value:
    """Give the record that was picked, with each number under its own key."""
    part = containers.element(run, arguments.positional[0])
    return choices.mark(run, part, choices.united(*(key.scores for key in keys)))


def _best_by_key(run: Interpreter, name: str, joined: Data, arguments: Arguments) -> Value:
    """Take the one for which a function of the program gives the best score."""
    from mlaudit.flow import calls

    key, result = run.load(arguments.named["key"]), joined.but(kind="scalar", select=None)
    if not isinstance(key, Function) or not arguments.positional:
        return result
    part = containers.element(run, arguments.positional[0])
    running = run.begin(arguments.node)
    try:
        scores = run.data(calls.call_value(run, key, Arguments(arguments.node, [part]))).scores
    finally:
        run.end(running)
    if scores and sinks.idle(run, arguments.node):
        return result
    for_scores = Data("scalar", scores=scores)
    sinks.select(run, for_scores, arguments.node, f"{name} of the scores is taken")
    return choices.mark(run, part, scores) if scores else result


def _keeps_curve(data: Data) -> bool:
    return data.kind == "classes" or (len(data.scores) == 1 and data.kind == "scalar")


def zipped(run: Interpreter, values: list[Value]) -> Value:
    """Pair containers item by item; literal ones keep their items apart, up to the shortest end."""
    inner = [containers.as_listed(run.load(value)) for value in values]
    lengths = {
        len(part.items) for part in inner if isinstance(part, Sequence) and part.rest is None
    }
    others = [p for p in inner if not (isinstance(p, Sequence) and p.rest is None)]
    if lengths and all(isinstance(p, Data) and not p.rows.terms for p in others):
        count = min(lengths)
        pairs = []
        for position in range(count):
            pair = tuple(
                part.items[position]
                if isinstance(part, Sequence) and part.rest is None
                else Data("scalar")
                for part in inner
            )
            pairs.append(Sequence(pair, way="tuple"))
        return Sequence(tuple(pairs))
    elements = tuple(containers.turn(run, value) for value in values)
    return Sequence(rest=Sequence(elements, way="tuple"))


def _map(run: Interpreter, name: str, arguments: Arguments) -> Value:
    return mapping.mapped(run, arguments)


def _filter(run: Interpreter, name: str, arguments: Arguments) -> Value:
    from mlaudit.flow import calls, loops

    if len(arguments.positional) < 2:
        return UNKNOWN
    function, source = arguments.positional[:2]
    known = loops.sifted(run, run.load(function), source)
    if known is not None:
        return known
    if isinstance(run.load(function), Function | Instance):
        item = containers.element(run, source)
        calls.call_value(run, function, Arguments(arguments.node, [item]))
    names = headings.listed(run.load(source))
    if isinstance(names, Data) and names.kind == "columns":
        return headings.filtered(run, run.load(function), names)
    passing = Selector("some", ("passing", id(arguments.node), run.context))
    kept = run.data(members.narrowed(run, source, passing))
    return kept if kept.kind == "index" else kept.but(select=None)


def string_method(run: Interpreter, value: Constant, name: str, arguments: Arguments) -> Value:
    """Call a method of a literal string: formatting carries what is formatted."""
    if name in {"format", "join"}:
        data = [run.data(argument) for argument in arguments.values()]
        return sinks.written(run, data, arguments.node)
    return Data("scalar")


def _type(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Give the class of an object of the program, which makes others of its kind."""
    inner = run.load(_first(arguments))
    alone = len(arguments.positional) == 1
    return inner.owner if alone and isinstance(inner, Instance) else Data("scalar")


def _open(run: Interpreter, name: str, arguments: Arguments) -> Value:
    return files.opened(run, arguments)


_HANDLERS: dict[str, Callable[[Interpreter, str, Arguments], Value]] = {
    "print": _print,
    "open": _open,
    "type": _type,
    "len": _len,
    "range": _range,
    "slice": _slice,
    "sum": _sum,
    "sorted": _sorted,
    "zip": _zip,
    "enumerate": _enumerate,
    "dict": lambda run, name, given: containers.dictionary(run, given),
    "map": _map,
    "reduce": lambda run, name, given: mapping.folded(run, given),
    "filter": _filter,
    "next": _next,
    "getattr": _getattr,
    **dict.fromkeys(("max", "min"), _extreme),
    **dict.fromkeys(("list", "tuple", "set", "iter", "reversed", "frozenset"), _copied),
}
