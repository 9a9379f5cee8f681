"""How models are judged: the scheme in words, and every single measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.engine.cards import name
from mlaudit.model.review import Measurement
from mlaudit.trace.events import CrossValidate, Evaluate, Use
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Container

    from mlaudit.trace.trace import Trace

LONGEST_NAME = 80


def schemes(trace: Trace, splitters: Container[str] = ()) -> list[str]:
    """Say how models are judged; `splitters` are the names of what makes folds."""
    found: dict[str, None] = {}
    for event in trace.events:
        match event:
            case CrossValidate():
                found[_cross_validation(event)] = None
            case Evaluate() if event.metric is not None and event.held_out:
                found[_held_out(event, trace, splitters)] = None
            case _:
                continue
    judged = [event for event in trace.of(Evaluate) if event.metric is not None]
    if not found and judged:
        if any(_overlap(event) is Overlap.MUST for event in judged):
            found["training rows only"] = None
        else:
            found["judged on rows whose origin could not be followed"] = None
    return list(found)


def measurements(trace: Trace) -> list[Measurement]:
    """List every judgement of a model, in program order."""
    found: dict[Measurement, None] = {}
    for event in trace.events:
        match event:
            case Evaluate() if event.metric is not None:
                found[
                    Measurement(
                        name(event.model),
                        spoken(event.metric),
                        _rows(event),
                        _use(event),
                        event.place.location,
                    )
                ] = None
            case CrossValidate():
                metric = ", ".join(event.metrics) or _scoring(event)
                use = "selects" if event.search else "reported"
                rows = f"folds of {event.variable or event.rows.label}"
                place = event.place.location
                found[Measurement(name(event.model), metric, rows, use, place)] = None
            case _:
                continue
    return list(found)


def spoken(metric: str) -> str:
    """Name a metric; a number that the program works out itself is told by how it does."""
    operation = metric.removeprefix("own ")
    return metric if operation == metric else f"{operation} worked out by hand"


def _scoring(event: CrossValidate) -> str:
    """Name what cross-validation scores by, as far as it is written at the call."""
    given = event.arguments.get("scoring")
    if given is None or (given.known and given.value is None):
        return "default score"
    if isinstance(given.value, str):
        return given.value
    return f"scoring={' '.join(given.text.split())}"


def _cross_validation(event: CrossValidate) -> str:
    folds = event.arguments.get("cv")
    if folds is not None and folds.known and isinstance(folds.value, int):
        kind = f"{folds.value}-fold cross-validation"
    elif folds is not None and folds.text not in {"", "None"}:
        kind = f"cross-validation by {' '.join(folds.text.split())}"
    else:
        kind = "cross-validation"
    return (
        f"search with {kind} ({event.function})" if event.search else f"{kind} ({event.function})"
    )


def _held_out(event: Evaluate, trace: Trace, splitters: Container[str]) -> str:
    split = trace.split_of(event.rows)
    if split is None:
        return f"hold-out: rows of another source ({event.rows.label})"
    if split.function not in splitters:
        return f"hold-out: a part split off by {split.function}"
    number = split.arguments.get("n_splits")
    if number is not None and number.known and isinstance(number.value, int):
        return f"{number.value}-fold cross-validation in a loop ({split.function})"
    return f"cross-validation in a loop ({split.function})"


def _overlap(event: Evaluate) -> Overlap:
    return max((fit.rows.overlap(event.rows) for fit in event.fits), default=Overlap.DISJOINT)


def _rows(event: Evaluate) -> str:
    """Name the rows of a judgement, and say whether the model had been trained on them."""
    label = event.rows.label if event.rows.known else ""
    if not event.rows.known:
        state = "origin unknown"
    elif not event.fits:
        state = f"of {label}; training not seen"
    elif event.held_out:
        state = f"held out of {label}"
    elif _overlap(event) is Overlap.MUST:
        state = f"training rows of {label}"
    elif _overlap(event) is Overlap.MAY:
        state = f"may share rows with training, of {label}"
    else:
        state = f"of {label}; training rows unknown"
    name = " ".join(event.variable.split())
    return f"{name} ({state})" if name and len(name) <= LONGEST_NAME else state


def _use(event: Evaluate) -> str:
    words = [use.value for use in Use if use in event.uses]
    return " and ".join(words) or "no use recognised"
