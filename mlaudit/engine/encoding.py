"""Outcomes as JSON text and back, each value exactly as it was."""

from __future__ import annotations

import json
from enum import Enum  # noqa: TC003 - the tables below are made of these
from typing import TYPE_CHECKING, Any

from mlaudit.engine.anchors import Anchor, Anchored
from mlaudit.engine.description import Description
from mlaudit.engine.outcome import Outcome
from mlaudit.model import finding, review
from mlaudit.model.frozen import names_of
from mlaudit.model.location import Location

if TYPE_CHECKING:
    from collections.abc import Callable

_RECORDS: tuple[type, ...] = (
    Anchor,
    Anchored,
    Description,
    Location,
    Outcome,
    finding.Edit,
    finding.Evidence,
    finding.Excerpt,
    finding.Finding,
    finding.Fix,
    finding.Stored,
    review.DataSource,
    review.DataSplit,
    review.Failure,
    review.FileCoverage,
    review.Flow,
    review.Hyperparameter,
    review.Measurement,
    review.ModelCard,
    review.Pipeline,
    review.Step,
)
_ENUMS: tuple[type[Enum], ...] = (
    finding.Certainty,
    finding.Confidence,
    finding.Safety,
    finding.Severity,
)
_PLAIN = frozenset({str, int, float, bool, type(None)})


def encode(value: object) -> str:
    """Write a value; raises KeyError for one that holds something of an unknown class."""
    return json.dumps(_told(value), separators=(",", ":"))


def decode(text: str) -> Any:
    """Read a value that `encode` wrote; raises ValueError, TypeError or KeyError for other text."""
    return json.loads(text, object_hook=_remade)


def _told(value: Any) -> Any:
    """Put a value as JSON has it; what JSON has not is an object of one key, which names the kind.

    Lists stand for themselves, records for the list of their values.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is list:
        return [_told(item) for item in value]
    name = _NAMES[kind]
    if kind in _FIELDS:
        return {name: [_told(getattr(value, field)) for field in _FIELDS[kind]]}
    if kind is tuple:
        return {name: [_told(item) for item in value]}
    if kind is set:
        return {name: sorted(value)}
    if kind is dict:
        return {name: [[_told(key), _told(item)] for key, item in value.items()]}
    return {name: value.value}


def _remade(told: dict[str, Any]) -> Any:
    ((name, body),) = told.items()
    return _MAKERS[name](body)


def _maker(kind: type) -> Callable[[Any], Any]:
    return lambda values: kind(*values)


_FIELDS = {kind: names_of(kind) for kind in _RECORDS}
_NAMES: dict[type, str] = {kind: kind.__name__ for kind in (*_RECORDS, *_ENUMS)} | {
    tuple: "t",
    set: "s",
    dict: "d",
}
_MAKERS: dict[str, Callable[[Any], Any]] = (
    {kind.__name__: _maker(kind) for kind in _RECORDS}
    | {kind.__name__: {one.value: one for one in kind}.__getitem__ for kind in _ENUMS}
    | {"t": tuple, "s": set, "d": dict}
)
