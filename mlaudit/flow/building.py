"""Estimators are made: from catalogued classes, of unknown ones, around others, as networks."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mlaudit.catalogue.entry import Entry
from mlaudit.flow import choices, handed, several, splits
from mlaudit.flow.arguments import Arguments, described
from mlaudit.flow.state import MOST_CHOICES
from mlaudit.flow.values import (
    Choice,
    Class,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Ref,
    Sequence,
    Symbol,
    Value,
)
from mlaudit.trace.events import (
    Model,
    Role,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Argument

_ROLES = {
    "predictor": Role.PREDICTOR,
    "wrapper": Role.PREDICTOR,
    "search": Role.PREDICTOR,
    "network": Role.PREDICTOR,
    "trainer": Role.PREDICTOR,
    "transformer": Role.TRANSFORMER,
    "selector": Role.TRANSFORMER,
    "encoder": Role.TRANSFORMER,
    "clusterer": Role.CLUSTERER,
    "resampler": Role.RESAMPLER,
}
_UNKNOWN = Entry("unknown", "unknown")


def build(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Make an estimator from a call of its class."""
    key = (id(arguments.node), run.context)
    short = _class_name(name)
    inner = tuple(_wrapped(run, entry, arguments)) if entry.wraps is not None else ()
    model = run.models.get(key)
    if model is None:
        model = run.models[key] = Model(short, name, run.place(arguments.node))
        run.happened_in[id(model)] = run.running
    parts = [part for part in map(run.load, inner) if isinstance(part, Estimator)] if inner else []
    chosen_by = choices.settings(run, arguments)
    if parts:
        chosen_by = choices.united(chosen_by, *(part.chosen_by for part in parts))
    model.role = _role(entry, parts)
    model.task = None if _of_either_task(run, arguments) else _task(entry, parts)
    model.units, model.ordinal = entry.units, _is_ordinal(run, entry, arguments)
    scored = ("scoring",) if entry.kind == "search" and arguments.spread else ()
    model.arguments = described(run, arguments, (*entry.parameters, *scored))
    model.affine = _is_affine(entry, parts, arguments, model.arguments)
    model.steps = tuple([part.model for part in parts if not _holds(part.model, model)])
    return run.state.allocate(
        Estimator(
            model,
            entry,
            inner=inner,
            arguments=dict(arguments.named),
            key=key,
            node=arguments.node,
            positional=tuple(arguments.positional),
            chosen_by=chosen_by,
        )
    )


def _is_affine(
    entry: Entry, parts: list[Estimator], arguments: Arguments, settings: Mapping[str, Argument]
) -> bool:
    """Say whether a model makes up for any shift and stretch of columns; a search may end that."""
    if parts and entry.kind in {"pipeline", "wrapper"}:
        return all(part.model.affine or part.model.units == "scaled" for part in parts)
    if not entry.affine or arguments.spread:
        return False
    given = [settings[name] for name in entry.affine if name in settings]
    return all(one.known and _as_ever(one.value) for one in given)


def _is_ordinal(run: Interpreter, entry: Entry, arguments: Arguments) -> bool:
    """Say whether only the order of a column's values counts to a model that is set so."""
    if not (entry.ordinal and entry.linear):
        return entry.ordinal
    inner = [run.load(value) for value in arguments.values()]
    settings: list[Mapping[Any, Value]] = [arguments.named]
    settings += [one.items for one in inner if isinstance(one, Dictionary)]
    return not any(
        name in each and run.load(each[name]) == Constant(value)
        for name, value in entry.linear
        for each in settings
    )


def _as_ever(value: object) -> bool:
    """Say whether a setting has an intercept in, or a penalty or a smoothing out."""
    return value is True or value is None or (value is not False and value == 0)


def _holds(model: Model, other: Model) -> bool:
    """Say whether a model is another or has it within: so does what a turn of a loop made of it."""
    return model is other or any(_holds(step, other) for step in model.steps)


@lru_cache
def _class_name(name: str) -> str:
    """Name what a call makes: `Net.from_pretrained` makes a Net."""
    owner, _, made = f".{name}".rpartition(".")
    owner = owner.rpartition(".")[2]
    return owner if made[:1].islower() and owner[:1].isupper() else made


def build_unknown(run: Interpreter, name: str, arguments: Arguments) -> Value:
    """Make an object of a class that no table knows; its use will tell what it is."""
    made = build(run, name, _UNKNOWN, arguments)
    values = arguments.values()
    data = [run.data(value) for value in values]
    taken = handed.to_class(run, splits.apart(run, arguments, data), arguments)
    parts = zip(values, data, taken, strict=True)
    inner = tuple(value if part is whole else part for value, whole, part in parts)
    estimator = run.load(made)
    if isinstance(made, Ref) and isinstance(estimator, Estimator):
        run.state.heap[made.address] = Estimator(
            estimator.model,
            _UNKNOWN,
            inner=inner,
            arguments=dict(arguments.named),
            key=estimator.key,
            chosen_by=estimator.chosen_by,
        )
    return made


def unknown(run: Interpreter, node: ast.expr, name: str) -> Value:
    """Make an estimator of something of unknown origin that is fitted."""
    return build(run, name, _UNKNOWN, Arguments(node))


def as_estimator(run: Interpreter, node: ast.expr | None, receiver: Value) -> Value:
    """Something unknown that is fitted, or judged on folds, is an estimator from then on."""
    inner = run.load(receiver)
    if not isinstance(node, ast.Name) or not isinstance(inner, Data):
        return receiver
    if inner.kind != "unknown" or inner.predictions:
        return receiver
    made = unknown(run, node, node.id)
    run.state.scope.bind(node.id, made)
    return made


def _task(entry: Entry, parts: list[Estimator]) -> str | None:
    """Tell what is predicted: what the last part predicts, unless a wrapper says otherwise."""
    if not parts:
        return entry.task if entry.task != "any" else None
    inner = next((part.model.task for part in reversed(parts) if part.model.task), None)
    if entry.task in {None, "any"}:
        return inner
    known = {entry.task, inner} - {None, "any"}
    return entry.task if len(known) == 1 else None


def _of_either_task(run: Interpreter, arguments: Arguments) -> bool:
    """Whether one of several estimators goes in, and they do not all predict the same kind."""
    given = (*arguments.positional, *arguments.named.values())
    return any(_mixed(run, value, 0) for value in given if type(value) is not Constant)


def _mixed(run: Interpreter, value: Value, depth: int) -> bool:
    inner = run.load(value)
    if isinstance(inner, Choice):
        options = [run.load(option) for option in inner.options]
        tasks = {option.model.task for option in options if isinstance(option, Estimator)}
        return bool(tasks) and (len(tasks) > 1 or len(options) >= MOST_CHOICES)
    if isinstance(inner, Sequence) and depth < 2:
        return any(_mixed(run, item, depth + 1) for item in inner.items)
    return False


def _role(entry: Entry, parts: list[Estimator]) -> Role:
    if entry.kind == "pipeline":
        if entry.wraps in {"steps", "*"} and parts:
            last = parts[-1].model.role
            return last if entry.name != "make_column_transformer" else Role.TRANSFORMER
        return Role.TRANSFORMER
    return _ROLES.get(entry.kind, Role.UNKNOWN)


def _wrapped(run: Interpreter, entry: Entry, arguments: Arguments) -> Iterator[Value]:
    """Find the estimators in the argument that holds them."""
    if entry.wraps is None:
        return
    if entry.wraps == "*":
        values = list(arguments.positional)
    else:
        position = entry.parameters.index(entry.wraps) if entry.wraps in entry.parameters else 0
        value = arguments.get(entry.wraps, position)
        if value is None and entry.wraps == "estimator":
            value = arguments.named.get("base_estimator")
        values = [value] if value is not None else []
    for value in values:
        yield from estimators_in(run, value, 0)


def estimators_in(run: Interpreter, value: Value, depth: int) -> Iterator[Value]:
    """Find the estimators in a value: itself, or what containers hold."""
    inner = run.load(value)
    if isinstance(inner, Estimator):
        yield value
    elif isinstance(inner, Choice):
        yield from estimators_in(run, several.foremost(run, inner), depth + 1)
    elif isinstance(inner, Sequence) and depth < 4:
        for item in (*inner.items, *([inner.rest] if inner.rest else [])):
            yield from estimators_in(run, item, depth + 1)
    elif isinstance(inner, Dictionary) and depth < 4:
        for item in inner.items.values():
            yield from estimators_in(run, item, depth + 1)


def is_network(run: Interpreter, owner: Class) -> bool:
    """Whether a class of the program derives from a library's network class."""
    waiting, seen = list(owner.bases), 0
    while waiting and seen < 20:
        seen += 1
        parent = run.load(waiting.pop())
        if isinstance(parent, Class):
            waiting.extend(parent.bases)
        elif isinstance(parent, Choice):
            waiting.extend(parent.options)
        elif isinstance(parent, Symbol):
            entry = run.catalogue.find(parent.name)
            if entry is not None and entry.kind in {"network", "layer", "predictor"}:
                return True
    return False


def make_network(run: Interpreter, instance: Ref, owner: Class, node: ast.AST) -> None:
    """Give an object of a network class its part as a model."""
    from mlaudit.flow.values import Instance

    key = (id(node), run.context)
    model = run.models.get(key)
    if model is None:
        model = run.models[key] = Model(
            owner.node.name,
            owner.node.name,
            run.place(node),
            Role.PREDICTOR,
            home=owner.document,
        )
        run.happened_in[id(model)] = run.running
    estimator = run.state.allocate(Estimator(model, Entry(owner.node.name, "network"), key=key))
    made = run.load(instance)
    if isinstance(made, Instance):
        run.state.heap[instance.address] = Instance(made.owner, made.attributes, estimator)
