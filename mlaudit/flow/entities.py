"""Entities: what is read anew in every turn of a loop, as one image, well or patient after another.

A statistic of one of them, taken in that turn, describes this entity alone: outside the loop, where
the entities are the rows, it is a feature of a row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows
    from mlaudit.trace.events import Influence

NO_LOOPS: frozenset[int] = frozenset()


def read(run: Interpreter, rows: Rows) -> None:
    """Note that rows were read in the loops that are running."""
    if run.loops:
        turns = frozenset(id(loop.node) for loop in run.loops)
        run.read_in.update(dict.fromkeys(rows.bases, turns))


def turns_of(run: Interpreter, rows: Rows) -> frozenset[int]:
    """Give the running loops of which every turn reads such rows anew."""
    if not run.loops or not run.read_in:
        return NO_LOOPS
    running = frozenset(id(loop.node) for loop in run.loops)
    for base in rows.bases:
        running &= run.read_in.get(base, NO_LOOPS)
    return running


def reaching(run: Interpreter, influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Leave out what described one entity each, where a model is given many of them."""
    if not any(influence.turns_of for influence in influences):
        return influences
    running = frozenset(id(loop.node) for loop in run.loops)
    return tuple(i for i in influences if i.turns_of <= running)
