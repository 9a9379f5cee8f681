"""Answers that lead a run of the program to a place, and those that one run cannot give both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Hashable


@frozen
class Guard:
    """An answer on the way to a place: whether what is asked for `holds`.

    Equal questions get one answer in a run, whatever stands between the places that ask them.
    """

    question: Hashable
    answer: Hashable
    holds: bool


Guards = tuple[Guard, ...]


def excluded(one: Guards, two: Guards) -> bool:
    """Say whether no run of the program meets both: to one question, they have other answers."""
    return any(_exclude(a, b) for a in one for b in two if a.question == b.question)


def _exclude(one: Guard, two: Guard) -> bool:
    if one.answer == two.answer:
        return one.holds is not two.holds
    return one.holds and two.holds


def common(one: Guards, two: Guards) -> Guards:
    """Give the answers that lead to both of two places."""
    return tuple([guard for guard in one if guard in two])
