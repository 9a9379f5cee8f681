"""What comparisons of one column with numbers or dates leave to each other: nothing, perhaps."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.selectors import Selector

    Number = float | str

_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")
_LONGEST = 24  # characters of a bound that is written out


@frozen
class _Span:
    """The values that a comparison lets through, from `low` to `high`, None for no bound."""

    low: Number | None
    high: Number | None
    with_low: bool
    with_high: bool


def apart(one: Selector, two: Selector) -> bool:
    """Say whether no row passes both of two comparisons: `year < 2015` and `year == 2015`."""
    first, second = one.key, two.key
    if not (isinstance(first, tuple) and isinstance(second, tuple) and first[1:3] == second[1:3]):
        return False
    mine, theirs = _span(first, one.part), _span(second, two.part)
    return (
        mine is not None and theirs is not None and (_before(mine, theirs) or _before(theirs, mine))
    )


def _span(key: tuple[Hashable, ...], part: Hashable) -> _Span | None:
    match key:
        case ("equals", _, _):
            value = _number(part if isinstance(part, int | float) else repr(part))
            return None if value is None else _Span(value, value, True, True)
        case ("below" | "above" as way, _, _, str() as bound):
            value = _number(bound)
            if value is None or not isinstance(part, bool):
                return None
            downwards = part is (way == "below")
            reached = not part  # a comparison that fails leaves the bound itself
            return (
                _Span(None, value, False, reached)
                if downwards
                else _Span(value, None, reached, False)
            )
        case _:
            return None


def _number(bound: str | float) -> Number | None:
    """Read a bound that is written out: a number, or a date in the order of its digits."""
    if not isinstance(bound, str):
        return None if isinstance(bound, bool) else float(bound)
    if len(bound) > _LONGEST:
        return None
    text = bound.strip("'\"")
    if text != bound:
        return text if _DATE.fullmatch(text) else None
    try:
        return float(bound)
    except ValueError:
        return None


def _before(one: _Span, two: _Span) -> bool:
    """Say whether all values of one span lie below those of another."""
    high, low = one.high, two.low
    if isinstance(high, str) and isinstance(low, str):
        if len(high) != len(low):
            return False
        below = high < low
    elif isinstance(high, float) and isinstance(low, float):
        below = high < low
    else:
        return False
    return below or (high == low and not (one.with_high and two.with_low))
