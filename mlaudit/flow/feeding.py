"""Features and labels that are fed together: what labels alone take from later rows is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import order
from mlaudit.flow.values import Data, Sequence
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value
    from mlaudit.trace.events import Influence


def together(run: Interpreter, value: Value) -> Data:
    """See as data what a model is to learn from: of a pair, or a list of pairs, the features lead.

    Later rows are looked ahead at only where these are told of them.
    """
    joined = run.data(value)
    if not order.only(joined):
        return joined
    pair = run.load(value)
    if isinstance(pair, Sequence) and pair.rest is not None and not pair.items:
        pair = run.load(pair.rest)
    if not isinstance(pair, Sequence) or pair.way != "tuple" or len(pair.items) < 2:
        return joined
    return _told(joined, [run.data(pair.items[0])])


def shared(joined: Data, members: list[Data]) -> Data:
    """Give what was joined of several: which are labels is not known, but no feature is one alone.

    So later rows are looked ahead at only where each that has rows is told of them.
    """
    return _told(joined, members) if order.only(joined) else joined


def _told(joined: Data, members: list[Data]) -> Data:
    """Leave out the look ahead at later rows of which not every member with rows is told."""
    known = [_places(member) for member in members if member.rows.terms]
    left = [
        i
        for i in joined.influences
        if i.kind is not Kind.LOOK_AHEAD or all(i.place in places for places in known)
    ]
    return joined.but(influences=tuple(left))


def _places(member: Data) -> set[object]:
    found: tuple[Influence, ...] = (*order.only(member), *order.held(member))
    return {influence.place for influence in found}
