"""Entities: what is read anew in every turn of a loop, as one image, well or patient after another.

A statistic of one of them, taken in that turn, describes this entity alone: outside the loop, where
the entities are the rows, it is a feature of a row.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Rows
    from mlaudit.trace.events import Influence

NO_LOOPS: frozenset[int] = frozenset()


@contextmanager
def one_by_one(run: Interpreter, node: ast.AST) -> Iterator[None]:
    """Run a function that is called for one item after another, as `map` does."""
    run.each.append(node)
    try:
        yield
    finally:
        run.each.pop()


def _turns(run: Interpreter) -> frozenset[int]:
    return frozenset((*map(id, run.loops), *map(id, run.each)))


def read(run: Interpreter, rows: Rows) -> None:
    """Note that rows were read in the loops that are running."""
    if run.loops or run.each:
        run.read_in.update(dict.fromkeys(rows.bases, _turns(run)))


def turns_of(run: Interpreter, rows: Rows) -> frozenset[int]:
    """Give the running loops of which every turn reads such rows anew."""
    if not run.read_in or not (run.loops or run.each):
        return NO_LOOPS
    turns = _turns(run)
    for base in rows.bases:
        turns &= run.read_in.get(base, NO_LOOPS)
    return turns


def reaching(run: Interpreter, influences: tuple[Influence, ...]) -> tuple[Influence, ...]:
    """Leave out what described one entity each, where a model is given many of them."""
    if not influences or not any(influence.turns_of for influence in influences):
        return influences
    turns = _turns(run)
    return tuple(i for i in influences if i.turns_of <= turns)
