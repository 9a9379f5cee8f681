"""Texts that a program puts together: of a computed name it is known how it begins and ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.values import ANY, Constant, Data, Value

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

LONGEST = 2000


def joined(parts: Iterable[Value]) -> str | None:
    """Join parts of a text, with `*` for what is not known; None where nothing of it is known."""
    text = "".join(map(_part, parts))
    while ANY + ANY in text:
        text = text.replace(ANY + ANY, ANY)
    return text if text != ANY and len(text) <= LONGEST else None


def added(one: Value, two: Value) -> str | None:
    """Join two texts, of which one is known to be a text, and the other may be one."""
    if any(isinstance(value, Data) and _has_rows(value) for value in (one, two)):
        return None
    return joined([one, two]) if _is_text(one) or _is_text(two) else None


def pattern(value: Value) -> str | None:
    """Give the name that a program has put together of parts of which some are not known."""
    if not isinstance(value, Data) or value.rows.terms or value.name is None:
        return None
    return value.name if ANY in value.name else None


def given(value: Value) -> str | None:
    """Give what stands for a name that a function is given and that nothing is known of."""
    name = _parameter(value) if isinstance(value, Data) else None
    return None if name is None else f"{ANY}{{{name}}}"


def _has_rows(value: Data) -> bool:
    return bool(value.rows.terms) and _parameter(value) is None


def _parameter(value: Data) -> Hashable:
    """Give the name of the parameter of which nothing else is known than that it is one."""
    if value.kind != "unknown" or len(value.rows.terms) != 1 or value.influences:
        return None
    selector = value.rows.terms[0].selector
    match selector.way, selector.key:
        case "base", ("parameter", _, name):
            return name
    return None


def _is_text(value: Value) -> bool:
    if isinstance(value, Constant):
        return isinstance(value.value, str)
    return pattern(value) is not None


def _part(value: Value) -> str:
    if isinstance(value, Constant) and isinstance(value.value, str | int):
        return str(value.value)
    return pattern(value) or ANY
