"""Calls: who is called, and with what."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from mlaudit.flow import (
    attributes,
    building,
    builtin,
    containers,
    estimators,
    feeding,
    functions,
    guards,
    handed,
    library,
    methods,
    networks,
    several,
    sinks,
    splits,
    subscripts,
    tuning,
)
from mlaudit.flow.arguments import Arguments, evaluate
from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.values import (
    UNKNOWN,
    Choice,
    Class,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Function,
    Instance,
    Method,
    Partial,
    ProjectModule,
    Ref,
    Sequence,
    Symbol,
    Tuner,
    Value,
    combine,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.flow.interpreter import Interpreter


def call(run: Interpreter, node: ast.Call) -> Value:
    """Evaluate a call."""
    function = node.func
    if isinstance(function, ast.Attribute):
        name = function.attr
        if isinstance(function.value, ast.Call) and _is_super(function.value):
            return functions.superclass_call(run, name, evaluate(run, node))
        receiver = _receiver(run, node, function)
        arguments = evaluate(run, node)
        if name in estimators.FITTING:
            receiver = building.as_estimator(run, function.value, receiver)
        value = call_method(run, receiver, name, arguments)
        for member in subscripts.any_of(run, function.value) if _changes(node, function) else ():
            call_method(run, member, name, arguments)
        return sinks.distance(run, node, value) if name in sinks.DISTANCES else value
    target = run.eval(function)
    value = call_value(run, target, evaluate(run, node))
    named = isinstance(function, ast.Name) and function.id in sinks.DISTANCES
    return sinks.distance(run, node, value) if named else value


def _receiver(run: Interpreter, node: ast.Call, function: ast.Attribute) -> Value:
    """Evaluate what a method is called of: where it changes a member of a list, that very one."""
    if _changes(node, function):
        return subscripts.itself(run, function.value)
    return run.eval(function.value)


def _changes(node: ast.Call, function: ast.Attribute) -> bool:
    """Say whether a method changes a member of a list or dict."""
    return isinstance(function.value, ast.Subscript) and (
        function.attr in containers.CHANGING
        or any(given.arg == "inplace" for given in node.keywords)
    )


def _is_super(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == "super"


def call_value(run: Interpreter, target: Value, arguments: Arguments) -> Value:
    """Call a value with evaluated arguments."""
    inner = run.load(target) if type(target) is Ref else target
    handler = _CALLED.get(type(inner))
    if handler is not None:
        return handler(run, target, inner, arguments)
    return unknown_result(run, arguments, [handed.called(run, run.data(inner), arguments)])


def _completed(partial: Partial, given: Arguments) -> Arguments:
    named = {**dict(partial.named), **given.named}
    positional = [*partial.positional, *given.positional]
    return Arguments(
        given.node, positional, named, given.nodes, given.rest, given.spread, given.chosen_by
    )


def _call_instance(run: Interpreter, target: Value, inner: Instance, arguments: Arguments) -> Value:
    if inner.estimator is not None:
        return networks.forward(run, target, inner, arguments)
    found = attributes.find_method(run, inner.owner, "__call__")
    if found is not None and isinstance(found[0], Function):
        method = found[0]
        bound = Function(method.node, method.scope, method.document, target, found[1])
        return functions.call(run, bound, arguments)
    return unknown_result(run, arguments, [run.data(inner)])


def call_method(run: Interpreter, receiver: Value, name: str, arguments: Arguments) -> Value:
    """Call a method of a value."""
    inner = run.load(receiver) if type(receiver) is Ref else receiver
    handler = _METHODS.get(type(inner))
    if handler is not None:
        return handler(run, receiver, inner, name, arguments)
    return unknown_result(run, arguments, [])


def _method_of_choice(
    run: Interpreter, receiver: Value, inner: Choice, name: str, arguments: Arguments
) -> Value:
    splitters = _splitters(run, inner) if name == "split" else []
    if splitters:
        return splits.folds(run, splitters, arguments)
    if inner.parted:
        several.leave_open(run, inner)
    able = several.able(run, inner, name, arguments)
    return _each(run, able, lambda option: call_method(run, option, name, arguments))


def _member(
    run: Interpreter, receiver: Value, inner: Instance | Class, name: str, arguments: Arguments
) -> Value:
    member = attributes.attribute(run, receiver, name, arguments.node)
    if isinstance(member, Method) and isinstance(inner, Instance):
        return networks.inherited(run, receiver, inner, name, arguments)
    if isinstance(member, Method):
        return unknown_result(run, arguments, [])
    if isinstance(inner, Instance) and inner.estimator is not None and name == "forward":
        return networks.forward(run, receiver, inner, arguments)
    return call_value(run, member, arguments)


def _splitters(run: Interpreter, choice: Choice) -> list[Estimator]:
    """Give the options that are splitters of a library; one of the program divides as they do."""
    options = [run.load(option) for option in choice.options]
    found = [each for each in options if isinstance(each, Estimator)]
    whole = all(isinstance(each, Estimator | Instance) for each in options)
    return found if whole and all(each.entry.kind == "splitter" for each in found) else []


def _each(run: Interpreter, choice: Choice, action: object) -> Value:
    merged: Value | None = None
    with run.conditionally():
        for option in choice.options:
            result = action(option)  # type: ignore[operator]
            merged = result if merged is None else run.state.join(merged, result)
    return merged if merged is not None else UNKNOWN


def _any(run: Interpreter, choice: Choice, given: Arguments) -> Value:
    """Call each of several things; where the program takes a path for each, a run calls one."""
    if not choice.parted:
        return _each(run, choice, lambda option: call_value(run, option, given))
    numbers = {id(option): position for position, option in enumerate(choice.options)}
    around = run.guards

    def call(option: Value) -> Value:
        run.guards = (*around, *guards.of_option(run, given.node, numbers[id(option)]))
        try:
            return call_value(run, option, given)
        finally:
            run.guards = around

    return _each(run, choice, call)


def call_symbol(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Call a name of a library."""
    if name.startswith("builtins."):
        return builtin.call(run, name[9:], arguments)
    if name in _DRESSING:
        return UNKNOWN
    if name in _NAMESPACES:
        return containers.dictionary(run, arguments)
    if name in _LIKE_BUILTIN:
        return builtin.call(run, _LIKE_BUILTIN[name], arguments)
    if name == "functools.partial" and arguments.positional:
        named = tuple(arguments.named.items())
        return Partial(arguments.positional[0], tuple(arguments.positional[1:]), named)
    if name.endswith(".delayed") and arguments.positional:
        return Partial(arguments.positional[0], (), ())
    entry = run.catalogue.find(name)
    if entry is not None:
        return library.call(run, name, entry, arguments)
    last = name.rsplit(".", 1)[-1]
    if last[:1].isupper() and not last.isupper():
        return building.build_unknown(run, name, arguments)
    return unknown_result(run, arguments, [])


def unknown_result(run: Interpreter, arguments: Arguments, more: list[Data]) -> Value:
    """A call of which nothing is known: what goes in may come out; callables given are entered.

    What tells a number, as `n_splits=` does, shapes none of the values that stand beside it.
    """
    found = [*more, *[run.data(value) for value in arguments.values()]]
    numbers = [run.data(arguments.named[name]) for name in arguments.named if name[:2] == "n_"]
    found = [d for d in found if d.rows.terms or d.influences or d.predictions]
    found = [d for d in found if d not in numbers or d.rows.terms] if numbers else found
    callbacks(run, arguments, found)
    if not found:
        return UNKNOWN
    apart = splits.apart(run, arguments, _without_rows_of_numbers(found))
    part = splits.part_asked(run, arguments)
    alone = part is None and not any(data.rows.terms for data in more)
    apart = handed.to_function(run, apart, arguments) if alone else apart
    of_one = all(data.kind == "row" for data in apart if data.rows.terms)
    kind = "row" if of_one and any(data.rows.terms for data in apart) else "unknown"
    joined = feeding.shared(combine(apart, kind), found).but(scores=(), predictions=())
    return joined if part is None else joined.but(rows=joined.rows.select(part))


def _without_rows_of_numbers(found: list[Data]) -> list[Data]:
    """Of a number beside tables and arrays, as a width, only what is in it may come out."""
    if all(data.kind == "scalar" or not data.rows.terms for data in found):
        return found
    return [data.but(rows=NO_ROWS) if data.kind == "scalar" else data for data in found]


def callbacks(run: Interpreter, arguments: Arguments, data: list[Data]) -> list[Value]:
    """Functions of the program given to an unknown one are called with the data beside them."""
    results: list[Value] = []
    for value in arguments.values():
        inner = run.load(value)
        if isinstance(inner, Function) and id(inner.node) not in run.entered:
            run.told += 1
            spec = inner.node.args
            count = len(spec.args) - (inner.this is not None)
            given = combine(data, "unknown").but(select=None) if data else UNKNOWN
            results.append(
                functions.call(run, inner, Arguments(inner.node, [given] * max(count, 0)))
            )
    return results


# These copy the name of a function that they are given, and do not call it.
_DRESSING = frozenset({"functools.wraps", "functools.update_wrapper"})
# These give what a function of Python itself gives, as far as it is known here.
_LIKE_BUILTIN = {
    "collections.deque": "list",
    "itertools.starmap": "map",
    "functools.reduce": "reduce",
}
# These keep under names, as attributes, what a dict keeps.
_NAMESPACES = frozenset({"types.SimpleNamespace", "argparse.Namespace", "sklearn.utils.Bunch"})
# What stands in another module is called by a function, so that nothing is loaded before its turn.
_CALLED: dict[type[Value], Callable[[Interpreter, Value, Any, Arguments], Value]] = {
    Symbol: lambda run, _, inner, given: call_symbol(run, inner.name, given),
    Function: lambda run, _, inner, given: functions.call(run, inner, given),
    Class: lambda run, _, inner, given: functions.instantiate(run, inner, given),
    Method: lambda run, _, inner, given: call_method(run, inner.receiver, inner.name, given),
    Partial: lambda run, _, inner, given: call_value(run, inner.target, _completed(inner, given)),
    Instance: _call_instance,
    Estimator: lambda run, value, inner, given: networks.call_estimator(run, value, inner, given),
    Choice: lambda run, _, inner, given: _any(run, inner, given),
}
_METHODS: dict[type[Value], Callable[[Interpreter, Value, Any, str, Arguments], Value]] = {
    Symbol: lambda run, _, inner, name, given: call_symbol(run, f"{inner.name}.{name}", given),
    ProjectModule: lambda run, _, inner, name, given: call_value(
        run, run.member(inner, name) or UNKNOWN, given
    ),
    Instance: _member,
    Class: _member,
    Estimator: estimators.method,
    Tuner: lambda run, value, inner, name, given: tuning.method(run, value, inner, name, given),
    Data: lambda run, value, inner, name, given: methods.call(run, value, inner, name, given),
    Sequence: lambda run, value, inner, name, given: containers.sequence_method(
        run, value, inner, name, given
    ),
    Dictionary: lambda run, value, inner, name, given: containers.dictionary_method(
        run, value, inner, name, given
    ),
    Constant: lambda run, _, inner, name, given: builtin.string_method(run, inner, name, given),
    Choice: _method_of_choice,
    Method: lambda run, _, inner, name, given: unknown_result(
        run, given, [run.data(inner.receiver)]
    ),
}
