"""Python's own functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import containers, sinks
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.regions import Length, Selector
from mlaudit.flow.values import (
    UNKNOWN,
    Constant,
    Data,
    Dictionary,
    Function,
    Instance,
    Sequence,
    Value,
    combine,
)

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_CONVERSIONS = {"float", "int", "round", "abs", "str", "bool", "repr", "format", "sum"}


def call(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Call a built-in function."""
    given = arguments.positional
    first = given[0] if given else UNKNOWN
    if name == "print":
        for value in arguments.values():
            sinks.report(run, value)
        return Constant(None)
    if name == "len":
        return containers.length_of(run, first)
    if name == "range":
        return _range(run, given)
    if name in {"list", "tuple", "set", "iter", "reversed", "frozenset"}:
        return _copied(run, name, first if given else None)
    if name == "sorted":
        data = run.data(first)
        return data.but(kind="ranked") if data.scores else _copied(run, "list", first)
    if name in {"max", "min"}:
        return _extreme(run, name, arguments)
    if name == "zip":
        return zipped(run, given)
    if name == "enumerate":
        return zipped(run, [Data("scalar"), first])
    if name == "dict":
        return _dict(run, arguments)
    if name in {"map", "filter"}:
        return _mapped(run, name, arguments)
    if name in {"getattr"} and len(given) > 1:
        return UNKNOWN
    if name == "next":
        return containers.element(run, first)
    if name in _CONVERSIONS:
        data = combine([run.data(value) for value in given]) if given else UNKNOWN
        return data.but(kind="scalar") if data.kind != "unknown" or name != "abs" else data
    if name in {
        "isinstance",
        "hasattr",
        "type",
        "id",
        "callable",
        "input",
        "open",
        "super",
        "any",
        "all",
    }:
        return Data("scalar")
    return Data("scalar")


def _range(run: Interpreter, given: list[Value]) -> Value:
    bounds = [run.load(value) for value in given]
    last = bounds[1] if len(bounds) > 1 else bounds[0] if bounds else UNKNOWN
    if isinstance(last, Constant) and isinstance(last.value, Length):
        rows = last.value.rows
        return Data("index", rows, select=Selector("rows", rows))
    return Data("scalar")


def _copied(run: Interpreter, name: str, value: Value | None) -> Value:
    if value is None:
        return run.state.allocate(Sequence(way="list" if name != "tuple" else name))
    inner = run.load(value)
    if isinstance(inner, Sequence):
        copy = Sequence(inner.items, inner.rest, name)
        return copy if name == "tuple" else run.state.allocate(copy)
    if isinstance(inner, Dictionary):
        return run.state.allocate(Sequence(tuple(Constant(key) for key in inner.items), inner.rest))
    return run.data(inner)


def _extreme(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Apply `max` and `min`: of scores, they choose."""
    data = [run.data(value) for value in arguments.positional]
    joined = combine(data) if data else UNKNOWN
    if joined.scores and not _keeps_curve(joined):
        for value in arguments.positional:
            sinks.select(run, value, arguments.node, f"{name} of the scores is taken")
    return joined.but(kind="scalar", select=None)


def _keeps_curve(data: Data) -> bool:
    return len(data.scores) == 1 and data.kind == "scalar"


def zipped(run: Interpreter, values: list[Value]) -> Value:
    """Pair containers item by item; literal ones keep their items apart."""
    inner = [run.load(value) for value in values]
    lengths = {
        len(part.items) for part in inner if isinstance(part, Sequence) and part.rest is None
    }
    others = [p for p in inner if not (isinstance(p, Sequence) and p.rest is None)]
    if len(lengths) == 1 and all(isinstance(p, Data) and not p.rows.terms for p in others):
        count = lengths.pop()
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
    elements = tuple(containers.element(run, value) for value in values)
    return Sequence(rest=Sequence(elements, way="tuple"))


def _dict(run: Interpreter, arguments: Arguments) -> Value:
    items: dict[object, Value] = dict(arguments.named)
    rest: Value | None = None
    if arguments.positional:
        inner = run.load(arguments.positional[0])
        if isinstance(inner, Dictionary):
            items = {**inner.items, **items}
            rest = inner.rest
        elif isinstance(inner, Sequence) and inner.rest is None:
            for pair in map(run.load, inner.items):
                if isinstance(pair, Sequence) and len(pair.items) == 2:
                    key = run.load(pair.items[0])
                    if isinstance(key, Constant):
                        items[key.value] = pair.items[1]
        else:
            rest = run.data(inner)
    return run.state.allocate(Dictionary(items, rest))  # type: ignore[arg-type]


def _mapped(run: Interpreter, name: str, arguments: Arguments) -> Value:
    from mlaudit.flow import calls

    if len(arguments.positional) < 2:
        return UNKNOWN
    function, source = arguments.positional[0], arguments.positional[1]
    element = containers.element(run, source)
    inner = run.load(function)
    if isinstance(inner, Function | Instance):
        result = calls.call_value(run, function, Arguments(arguments.node, [element]))
        if name == "map":
            made = run.data(result)
            return made if made.rows.terms else Sequence(rest=result)
    return run.data(source).but(select=None)


def string_method(run: Interpreter, value: Constant, name: str, arguments: Arguments) -> Value:
    """Call a method of a literal string: formatting carries what is formatted."""
    if name in {"format", "join"}:
        data = [run.data(argument) for argument in arguments.values()]
        return combine(data, "scalar") if data else Data("scalar")
    return Data("scalar")
