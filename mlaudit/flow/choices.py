"""Choices by scores: what they chose carries them on, into settings and models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.values import (
    Choice,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Ref,
    Sequence,
    Symbol,
    Value,
)
from mlaudit.model.frozen import replace

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import CrossValidate, Evaluate

    Scores = tuple[Evaluate | CrossValidate, ...]


def united(*groups: Scores) -> Scores:
    """Unite scores, each once, in order."""
    if not any(groups):
        return ()
    filled = [group for group in groups if group]
    if len(filled) < 2:
        return filled[0] if filled else ()
    return tuple({id(score): score for group in filled for score in group}.values())


def by(run: Interpreter, value: Value) -> Scores:
    """Give the scores that are in a value, and those that chose it."""
    inner = run.load(value)
    if isinstance(inner, Constant | Symbol):
        return ()
    if isinstance(inner, Estimator):
        return inner.chosen_by
    data = run.data(inner)
    return united(data.scores, data.chosen_by) if data.scores or data.chosen_by else ()


def settings(run: Interpreter, arguments: Arguments) -> Scores:
    """Give the scores that chose any argument of a call."""
    found = [by(run, value) for value in arguments.values() if type(value) is not Constant]
    return united(arguments.chosen_by, *found)


def mark(run: Interpreter, value: Value, scores: Scores) -> Value:
    """Say that scores chose a value: a number, settings, a model, or any of several."""
    inner = run.load(value)
    if not scores:
        return value
    if isinstance(inner, Constant):
        return Data("scalar", chosen_by=scores)
    if isinstance(inner, Data) and not (inner.rows.terms or inner.predictions):
        return inner.but(chosen_by=united(inner.chosen_by, scores))
    if isinstance(inner, Sequence) and inner.way == "tuple":
        items = tuple(mark(run, item, scores) for item in inner.items)
        return replace(inner, items=items)
    if isinstance(inner, Choice):
        for option in inner.options:
            mark(run, option, scores)
    if isinstance(value, Ref) and isinstance(inner, Dictionary | Estimator):
        marked = replace(inner, chosen_by=united(inner.chosen_by, scores))
        run.state.heap[value.address] = marked
    return value
