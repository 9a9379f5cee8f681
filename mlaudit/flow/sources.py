"""Columns that no model is to predict in earnest: of one value for each data set, or by chance.

The former tell of a row whether it is of train or test.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import splits
from mlaudit.flow.values import UNKNOWN, Constant

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data, Estimator

ITSELF = frozenset({""})
"""What the constants of a column are that is one itself."""

_FILLED = frozenset({"zeros", "ones", "full"})


def filled(name: str) -> frozenset[str]:
    """Tell whether a function gives an array of one value."""
    return ITSELF if name.rpartition(".")[2] in _FILLED else frozenset()


def written(table: Data, name: str | None, content: Data) -> frozenset[str]:
    """Name the columns of one value once a column is written, or, without a name, any of them."""
    if name is None:
        return frozenset()
    one = content.kind == "scalar" and not (content.rows.terms or content.influences)
    return table.constants | {name} if one else table.constants - {name}


def united(parts: list[Data]) -> frozenset[str]:
    """Name the columns that have one value in each of several tables that are put together."""
    found = [part.constants for part in parts if part.rows.terms]
    return frozenset.intersection(*found) if found else frozenset()


def asked(estimator: Estimator, target: Data | None) -> None:
    """Note that a model is to tell the rows of training from those of a test, or labels by chance.

    It is asked whether the two are alike, or how much is worth nothing; of new data, nobody wants
    to know.  One that has learnt the labels in earnest before is of use.
    """
    if target is None:
        return
    model = estimator.model
    if target.constants >= ITSELF and len(target.rows.terms) > 1:
        parts = {splits.part_named(term.base.label) for term in target.rows.terms}
        model.no_use = {"tr", "te"} <= parts
    elif model.no_use is None:
        model.no_use = target.name is not None and target.name in target.by_chance


def reordered(
    run: Interpreter, table: Data, name: str | None, target: ast.Subscript, source: ast.expr | None
) -> Data:
    """Note what a written column, of values that go by a name, tells of its rows by chance only."""
    if name is not None and _in_new_order(run, target, source):
        return table.but(by_chance=table.by_chance | {name})
    return table.but(by_chance=table.by_chance - {_key(target)}) if table.by_chance else table


def _key(column: ast.Subscript) -> object:
    return column.slice.value if isinstance(column.slice, ast.Constant) else None


def _in_new_order(run: Interpreter, target: ast.Subscript, source: ast.expr | None) -> bool:
    """Say whether a column is written over with its own values in another order.

    Those that `sample` gives go back to their rows by the index, unless this is left behind.
    """
    match source:
        case ast.Call(ast.Attribute(attr="permutation" | "permuted"), args=[given]):
            return _is_of(run, given, target)
        case ast.Attribute(value=ast.Call() as drawn, attr="values") | ast.Call(
            ast.Attribute(ast.Call() as drawn, attr="to_numpy" | "tolist" | "reset_index")
        ):
            pass
        case _:
            return False
    match drawn:
        case ast.Call(ast.Attribute(given, attr="sample")) if _all(run, drawn):
            return _is_of(run, given, target)
    return False


def _all(run: Interpreter, drawn: ast.Call) -> bool:
    """Say whether all values are drawn, each once."""
    given = {keyword.arg: keyword.value for keyword in drawn.keywords}
    share, again = (run.load(run.eval(given.get(name))) for name in ("frac", "replace"))
    return share == Constant(1) and again in (UNKNOWN, Constant(False))


def _is_of(run: Interpreter, given: ast.expr, column: ast.Subscript) -> bool:
    """Say whether something is a column, or a copy of it."""
    while True:
        match given:
            case ast.Call(ast.Attribute(value, attr="copy" | "to_numpy"), args=[]):
                given = value
            case ast.Attribute(value, attr="values"):
                given = value
            case _:
                return run.text(given) == run.text(column)
