"""Answers that a model is told of by the name of their column: by a label, or by a formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import order
from mlaudit.flow.values import Constant, Data
from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Estimator, Value
    from mlaudit.trace.events import Influence

_NAME = Pattern(r"[^\W\d]\w*")


def held(run: Interpreter, estimator: Estimator, data: Data) -> tuple[Influence, ...]:
    """Give the influences of later rows on the columns of a table that a model learns from.

    Of a formula these are the ones behind the tilde; where only a label is told, all but that one.
    Of a text that is put together, nobody knows.
    """
    found = order.held(data)
    given = _given(run, estimator) if found else None
    if given is None or (isinstance(given, Data) and given.rows.terms):
        return found
    answer, tilde, features = _text(given).partition("~")
    if not tilde:
        return tuple(i for i in found if answer and i.column != answer)
    named = frozenset(_NAME.findall(features))
    return tuple(i for i in found if i.column in named)


def ahead(run: Interpreter, estimator: Estimator, data: Data, target: Data | None) -> bool:
    """Say whether the answers lie in later rows."""
    if target is not None:
        return target.later > 0 or bool(order.only(target))
    named = _NAME.findall(_text(_given(run, estimator)).partition("~")[0])
    return any(order.named(data, name) for name in named)


def _given(run: Interpreter, estimator: Estimator) -> Value | None:
    """Find what a model was told of its answers when it was made."""
    entry = estimator.entry
    if entry.target is None:
        return None
    given = dict(zip(entry.parameters, estimator.positional, strict=False))
    told = {**given, **estimator.arguments}.get(entry.target)
    return run.load(told) if told is not None else None


def _text(given: Value | None) -> str:
    return given.value if isinstance(given, Constant) and isinstance(given.value, str) else ""
