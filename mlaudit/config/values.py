"""Turns the values of a configuration file into settings, by the types that these have.

So would pydantic, whose import takes longer than the review of a small file.
"""

from __future__ import annotations

import json
from datetime import date, time
from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from mlaudit.config.schema import Settings, key_of
from mlaudit.model.frozen import names_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_PLAIN = {bool: "true or false", str: "a string", int: "a whole number", float: "a number"}


class WrongValueError(ValueError):
    """A value that a setting cannot have: where it stands in the table, and what should be there.

    The place is the key, and below it the entry of a list or table, if the value is inside one.
    """

    def __init__(self, place: tuple[str, ...], wanted: str, given: object):
        super().__init__(f"should be {wanted}, not {json.dumps(given, default=str)}")
        self.place = place
        self.given = given


def settings(table: Mapping[str, Any]) -> Settings:
    """Read a table whose keys are known; raises WrongValueError for the first wrong value."""
    read: Settings = _entity(Settings, table, ())
    return read


def _entity(kind: Any, table: Mapping[str, Any], place: tuple[str, ...]) -> Any:
    kinds = get_type_hints(kind)
    values = {
        name: _value(kinds[name], table[key], (*place, key))
        for name in names_of(kind)
        if (key := key_of(name)) in table
    }
    known = [key_of(name) for name in names_of(kind)]
    for key in table:
        if key not in known:
            raise WrongValueError((*place, key), f"one of {', '.join(known)}", key)
    return kind(**values)


def _value(kind: Any, given: Any, place: tuple[str, ...]) -> Any:
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(given, list):
            raise WrongValueError(place, "a list of strings", given)
        kind = get_args(kind)[0]
        return tuple(_value(kind, item, (*place, str(number))) for number, item in enumerate(given))
    if origin is dict:
        if not isinstance(given, dict):
            raise WrongValueError(place, "a table", given)
        kind = get_args(kind)[1]
        return {key: _value(kind, item, (*place, key)) for key, item in given.items()}
    if issubclass(kind, StrEnum):
        return _choice(kind, given, place)
    if kind not in _PLAIN:
        if not isinstance(given, dict):
            raise WrongValueError(place, "a table", given)
        return _entity(kind, given, place)
    if kind is float and type(given) is int:
        return float(given)
    if kind in {int, float} and isinstance(given, bool):
        raise WrongValueError(place, _PLAIN[kind], given)
    if kind is str and isinstance(given, date | time):
        given = str(given)  # what stands without quotes and looks like a date
    if not isinstance(given, kind):
        raise WrongValueError(place, _PLAIN[kind], given)
    return given


def _choice(kind: type[StrEnum], given: Any, place: tuple[str, ...]) -> StrEnum:
    choices = [choice.value for choice in kind]
    if not isinstance(given, str) or given not in choices:
        *most, last = map(repr, choices)
        raise WrongValueError(place, f"{', '.join(most)} or {last}", given)
    return kind(given)
