"""Rows between two bounds: those whose positions are drawn, or that windows are made of."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import tables
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Data

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value

_BOUNDS = ("start_index", "end_index")
_WHOLE_NUMBERS = frozenset({"randint", "integers", "random_integers"})


def drawn(run: Interpreter, name: str, arguments: Arguments) -> Selector | None:
    """Choose the rows between two bounds of which numbers are drawn.

    The bounds have names: up to a number that is written out, labels are made up as well.
    """
    bounds = [arguments.nodes.get(position) for position in range(2)]
    if name not in _WHOLE_NUMBERS or None in bounds or isinstance(bounds[1], ast.Constant):
        return None
    low, high = (tables.bound(run, node) for node in bounds)
    if not isinstance(low, int) or not isinstance(high, int):
        return None
    return among(Selector("slice", "rows", (low, high)), arguments)


def between(run: Interpreter, made: Value, arguments: Arguments) -> Value:
    """Leave what is made of rows, as windows are, those from `start_index` to `end_index`."""
    bounded = not arguments.named.keys().isdisjoint(_BOUNDS)
    if not bounded or not isinstance(made, Data) or not made.rows.terms:
        return made
    low, high = (tables.bound(run, arguments.nodes.get(name)) for name in _BOUNDS)
    if low in (None, 0) and high is None:
        return made
    return tables.chosen(made, Selector("slice", "rows", (low, high)))


def picked(given: Data, arguments: Arguments) -> Data:
    """Give some of plain numbers, which choose some of the rows that all of them choose."""
    if given.kind != "array" or given.rows.terms or given.select is None:
        return given
    return given.but(select=among(given.select, arguments))


def among(chosen: Selector, arguments: Arguments) -> Selector:
    """Choose at random, again and again, among rows that were chosen."""
    return chosen.then(Selector("some", ("picked", id(arguments.node))))
