"""Rows that a program makes of others, drawn one by one, to put them below the whole table.

Noise as wide as a deviation, or a bound that tells which rows are drawn, shapes these alone: the
rows that they are made of stay as they were.  What is wrong with them is that they are copies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import duplicates
from mlaudit.flow.regions import Rows
from mlaudit.trace.events import Kind

if TYPE_CHECKING:
    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Region
    from mlaudit.flow.values import Data
    from mlaudit.trace.events import Influence

_SAMPLES = frozenset({"sample", "large sample"})


def below(
    run: Interpreter, entry: Entry, arguments: Arguments, parts: list[Data], joined: Data
) -> Data | None:
    """Give a table with rows below it that were drawn of it; None where none were changed so."""
    if run.loops or len(parts) != 2 or not duplicates.along_rows(run, entry, arguments):
        return None
    for whole, made in (parts, parts[::-1]):
        drawn = {term for term in made.rows.terms if _is_drawn_of(term, whole.rows)}
        shaping = [i for i in made.influences if _shapes_alone(i, whole)]
        if drawn and shaping:
            left = tuple(i for i in joined.influences if i not in shaping)
            key = ("copies", whole.rows.terms, made.rows.terms)
            data = joined.but(rows=whole.rows, influences=left)
            copies = duplicates.copied(run, arguments, "concat", data, key)
            others = Rows(tuple(term for term in made.rows.terms if term not in drawn))
            return copies.but(rows=copies.rows | others)
    return None


def _is_drawn_of(term: Region, whole: Rows) -> bool:
    """Say whether rows were drawn of others at random, or of some of them."""
    around = next((each for each in whole.terms if term.within(each)), None)
    if around is None:
        return False
    keys = (step.selector.key for step in term.chain[len(around.chain) :])
    return any(isinstance(key, tuple) and key[0] in _SAMPLES for key in keys)


def _shapes_alone(influence: Influence, whole: Data) -> bool:
    """Say whether a statistic has reached the rows that were made, and not those of the whole."""
    known = {other.place for other in whole.influences}
    return influence.kind is Kind.STATISTIC and influence.place not in known
