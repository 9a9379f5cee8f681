"""Predictions as they are seen from the code that judges or chooses: their rows and their call.

A function that predicts calls its rows by a parameter, and one that judges knows no rows at all.
What a reader looks for is the name that the caller uses, and the call that brings predictions in.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import functions
from mlaudit.flow.values import Constant, Data, Estimator, Instance
from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlaudit.flow.functions import Frame
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows
    from mlaudit.flow.values import Prediction, Value
    from mlaudit.source.document import Place

_NUMBERS = frozenset({"scalar", "index"})
_NAME = Pattern(r"[A-Za-z_]\w*")
_HELD = Pattern(r"([A-Za-z_]\w*)((?:\.\w+|\[(?:\"[^\"]*\"|'[^']*'|\d+)\])*)")


def named(run: Interpreter, prediction: Prediction) -> str:
    """Name the predicted rows as the running code does, or one that called both; else not at all.

    From the function that predicts outwards, each parameter becomes what its call gave for it.
    """
    return _from(run, prediction, _shared(prediction.frames, run.calls))


def outermost(run: Interpreter, prediction: Prediction) -> str:
    """Name the predicted rows as the outermost code does that gives them a name, "" where none."""
    text = ""
    for frame in reversed(prediction.frames):
        outside = _outside(run, frame, text or prediction.variable, prediction)
        if not outside:
            break
        text = outside
    return text


def left_to_callers(run: Interpreter, predictions: Iterable[Prediction]) -> bool:
    """Say whether nobody calls the running function, nor another one that was given such rows.

    Whoever calls both knows what the rows are, and need not call both.
    """
    here = _uncalled(run.calls)
    apart = [here is not None and _given_elsewhere(each, here) for each in predictions]
    return bool(apart) and all(apart)


def _uncalled(frames: Sequence[Frame]) -> ast.AST | None:
    """Give the function in which all these calls run, if it was entered without a call."""
    first = frames[0] if frames else None
    entered = first is not None and not isinstance(first.given.node, ast.Call)
    return first.function.node if first is not None and entered else None


def _given_elsewhere(prediction: Prediction, here: ast.AST) -> bool:
    there = _uncalled(prediction.frames)
    if there is None or there is here:
        return False
    keys = [term.base.selector.key for term in prediction.rows.terms]
    return bool(keys) and all(
        isinstance(key, tuple) and key[:2] == ("parameter", id(there)) for key in keys
    )


def functions_around(prediction: Prediction) -> tuple[str, ...]:
    """Name the functions that ran when a prediction was made, from the outermost."""
    nodes = (frame.function.node for frame in prediction.frames)
    return tuple([node.name for node in nodes if not isinstance(node, ast.Lambda)])


def _from(run: Interpreter, prediction: Prediction, first: int) -> str:
    text = prediction.variable
    for frame in reversed(prediction.frames[first:]):
        text = _outside(run, frame, text, prediction) if text else ""
    return text


def brought(run: Interpreter, prediction: Prediction) -> Place | None:
    """Give the outermost running call that is given a prediction, but not the model itself.

    What it enters sees labels and predictions alone.
    """
    first = _shared(prediction.frames, run.calls)
    for frame in run.calls[first:]:
        if isinstance(frame.given.node, ast.Call) and _gives(run, frame, prediction):
            return frame.caller.place(frame.given.node)
    return None


def _shared(one: tuple[Frame, ...], other: list[Frame]) -> int:
    """Count the calls that run in both, from the outermost."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine.given.node is not theirs.given.node or mine.entered != theirs.entered:
            break
        count += 1
    return count


def _gives(run: Interpreter, frame: Frame, prediction: Prediction) -> bool:
    given = [frame.function.this, *frame.given.values()]
    values = [run.load(value) for value in given if value is not None]
    if any(isinstance(value, Estimator) or _is_network(value) for value in values):
        return False
    parts = (part for value in values for part in run.data(value).predictions)
    return any(part.model is prediction.model for part in parts)


def _is_network(value: Value) -> bool:
    return isinstance(value, Instance) and value.estimator is not None


def _outside(run: Interpreter, frame: Frame, text: str, prediction: Prediction) -> str:
    """Name the rows as the caller of a function does, given how the function names them."""
    spec = frame.function.node.args
    parameters = {each.arg for each in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    anew = functions.bound(run, frame.function)
    if (parameters | anew).isdisjoint(_NAME.findall(text)):
        return text
    found = _HELD.fullmatch(text)
    root, member = found.groups() if found else ("", "")
    if member and frame.function.this is not None and root == spec.args[0].arg:
        return text  # an attribute of the object, which goes by this name wherever it is
    given, value = frame.came(root), frame.value(root)
    if root not in parameters or given is None or value is None:
        return _by_rows(run, frame, prediction)
    name, rows = frame.caller.text_of(given), run.data(value).rows
    if member and not isinstance(run.load(value), Data):
        return name + member  # one of several things that are given together
    others = rows.terms and (not prediction.rows.kin(rows) or _divided(rows, prediction.rows))
    return "" if root in anew and others else name


def _by_rows(run: Interpreter, frame: Frame, prediction: Prediction) -> str:
    """Name the argument of a call that the rows came in by, or that is alone and no number."""
    given = [run.load(value) for value in frame.given.values()]
    if len(given) == 1 == len(frame.given.nodes) and not _is_number(given[0]):
        known = run.data(given[0]).rows.terms or not prediction.rows.terms
        return frame.caller.text_of(*frame.given.nodes.values()) if known else ""
    for key, node in frame.given.nodes.items():
        name = key if isinstance(key, str) else ""
        value = frame.given.get(name, key if isinstance(key, int) else None)
        if value is None or isinstance(run.load(value), Estimator):
            continue
        rows = run.data(value).rows
        if rows.terms and prediction.rows.within(rows) and not _divided(rows, prediction.rows):
            return frame.caller.text_of(node)
    return ""


def _divided(whole: Rows, rows: Rows) -> bool:
    """Say whether a call was given more than the part that is predicted, and divided it itself."""
    given = {step for term in whole.terms for step in term.chain}
    steps = (step for term in rows.terms for step in term.chain)
    return any(step.selector.way in {"part", "fold"} for step in steps if step not in given)


def _is_number(value: Value) -> bool:
    return isinstance(value, Constant) or (isinstance(value, Data) and value.kind in _NUMBERS)
