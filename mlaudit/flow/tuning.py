"""Studies that try settings of a function, as Optuna, Hyperopt and their like do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import building, choices, sinks
from mlaudit.flow.arguments import Arguments, described
from mlaudit.flow.values import (
    TRIAL,
    UNKNOWN,
    Data,
    Estimator,
    Function,
    Instance,
    Method,
    Partial,
    Ref,
    Tuner,
    Value,
)
from mlaudit.trace.events import CrossValidate, Evaluate, Split, Use

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.choices import Scores
    from mlaudit.flow.interpreter import Interpreter

_TRIES = frozenset({"optimize", "maximize", "minimize"})
_BEST = frozenset({"best_value", "best_values", "value", "values"})
_FUNCTIONS = ("func", "fn", "f", "objective", "function")


def make(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Make a study; what is given its function, or its rows, tries settings at once."""
    function = _function(run, arguments)
    if function is None and entry.data:
        return _on_folds(run, name, entry, arguments)
    holder = run.state.allocate(Tuner(function))
    if function is not None:
        _try(run, holder, function, arguments.node)
    return holder


def method(run: Interpreter, holder: Value, tuner: Tuner, name: str, arguments: Arguments) -> Value:
    """Call a method of a study."""
    from mlaudit.flow import calls

    if name not in _TRIES:
        return calls.unknown_result(run, arguments, [])
    function = _function(run, arguments)
    if function is not None and isinstance(holder, Ref):
        _try(run, holder, function, arguments.node)
    return UNKNOWN


def attribute(holder: Value, tuner: Tuner, name: str) -> Value:
    """Read what a study has found: settings, chosen by the scores of its trials."""
    if name in _TRIES or not tuner.chosen_by:
        return Method(holder, name)
    if name == "best_trial":
        return Data(TRIAL, chosen_by=tuner.chosen_by)
    return _found(tuner.chosen_by, name)


def of_trial(trial: Data, name: str) -> Data:
    """Read what the best trial of a study has found."""
    return _found(trial.chosen_by, name)


def _found(scores: Scores, name: str) -> Data:
    return Data("scalar", scores=scores if name in _BEST else (), chosen_by=scores)


def _function(run: Interpreter, arguments: Arguments) -> Value | None:
    given = [*arguments.positional[:1], *(arguments.named.get(name) for name in _FUNCTIONS)]
    kinds = Function | Partial | Method | Instance
    return next((v for v in given if v is not None and isinstance(run.load(v), kinds)), None)


def _try(run: Interpreter, holder: Ref, function: Value, node: ast.AST) -> None:
    """Run the function once, with settings of which nothing is known."""
    from mlaudit.flow import calls

    given: list[Value] = [Data("scalar")] * _count(run.load(function))
    result = calls.call_value(run, function, Arguments(node, given))
    scores = run.data(result).scores
    sinks.select(run, result, node, "the best trial is kept")
    _note_trials(run, (*run.path, id(node)))
    run.state.heap[holder.address] = Tuner(function, scores)


def _note_trials(run: Interpreter, path: tuple[Hashable, ...]) -> None:
    """Note which rows the function divides in each trial, and which numbers it tells there.

    Nobody takes such a number for the result.
    """
    for key, event in run.events.items():
        if key[2][: len(path)] != path:
            continue
        if isinstance(event, Evaluate):
            event.of_trials = Use.REPORTED in event.uses
        elif isinstance(event, Split):
            event.in_trials = True


def _count(function: Value) -> int:
    """Count the arguments that the function must be given."""
    if not isinstance(function, Function):
        return 1
    spec = function.node.args
    return len(spec.args) - len(spec.defaults) - (function.this is not None)


def _on_folds(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Tune on folds of the rows given."""
    made = building.build(run, name, entry, arguments)
    built = run.load(made)
    assert isinstance(built, Estimator)
    parameter = entry.data[0]
    position = entry.parameters.index(parameter) if parameter in entry.parameters else None
    data = run.data(arguments.get(parameter, position) or UNKNOWN)
    expression = arguments.expression(parameter, position)
    event = run.emit(
        CrossValidate,
        arguments.node,
        model=built.model,
        function=name.rsplit(".", 1)[-1],
        rows=data.rows,
        influences=data.influences,
        search=True,
        variable=run.text(expression) if expression is not None else "",
        arguments=described(run, arguments, entry.parameters),
    )
    return run.state.allocate(Tuner(None, choices.united((event,))))
