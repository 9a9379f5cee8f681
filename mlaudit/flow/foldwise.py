"""Cross-validation that keeps groups whole: what was taken of one group never crosses its folds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import containers, groups
from mlaudit.flow.values import UNKNOWN, Dictionary, Estimator, Sequence

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data, Value
    from mlaudit.trace.events import Influence

_ROUTED = ("params", "fit_params")


def crossing(
    run: Interpreter, data: Data, folds: Value | None, arguments: Arguments
) -> tuple[Influence, ...]:
    """Give what was learnt of rows that the folds of a cross-validation may divide."""
    if not any(map(groups.in_groups, data.influences)):
        return data.influences
    by = _key(run, run.load(folds), arguments) if folds is not None else None
    return groups.spanning(data, by)


def _key(run: Interpreter, folds: Value, arguments: Arguments) -> str | None:
    """Name the column that folds go by: those of a splitter, or pairs that one has given."""
    if isinstance(folds, Estimator):
        return groups.key(run, folds.model.name, _given(run, arguments))
    pair = run.load(containers.element(run, folds)) if isinstance(folds, Sequence) else UNKNOWN
    if not isinstance(pair, Sequence) or not pair.items:
        return None
    select = run.data(pair.items[0]).select
    return select.by if select is not None else None


def _given(run: Interpreter, arguments: Arguments) -> Value | None:
    """Find the groups that are handed on to the splitter."""
    if "groups" in arguments.named:
        return arguments.named["groups"]
    routed = (run.load(arguments.named[name]) for name in _ROUTED if name in arguments.named)
    held = (given.items.get("groups") for given in routed if isinstance(given, Dictionary))
    return next((value for value in held if value is not None), None)
