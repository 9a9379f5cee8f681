"""What comes out of something opaque, as a call that nobody read: each thing may be of other rows.

Of what a function of another library divides, its parts have names, numbers, places or keys alone.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import handed, splits
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import Data, Value
from mlaudit.model.pattern import Pattern

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.interpreter import Interpreter

_NUMBERED = Pattern(r"(\w*?)_?(\d+)")
_FEWEST_FOLDS = 3
# A table that is taken apart is none: something that nobody knows was made of one.
_OPAQUE = frozenset({"table", "unknown"})


def by_name(
    run: Interpreter, target: ast.Tuple | ast.List, whole: Value, source: ast.expr | None
) -> list[Value] | None:
    """What is taken apart under names such as `X_train` and `X_test` was divided somewhere.

    So was what leaves only a test part, `_, _, test = parts`; two calls may divide in two ways.
    """
    if not isinstance(whole, Data) or not whole.rows.terms:
        return None
    texts = [run.text(element) for element in target.elts]
    names = [splits.part_named(text) for text in texts]
    kept = {name for name, text in zip(names, texts, strict=True) if text.strip("_")}
    if len(kept - {None}) < 2 and (None in kept or len(kept) == len({*names})):
        return None
    key = ("by name", id(target)) if isinstance(source, ast.Call) else "by name"
    found: list[Value] = []
    for name in names:
        rows = whole.rows.select(Selector("part", key, name)) if name else None
        select = Selector("rows", rows) if rows and whole.table is None else None
        found.append(whole.but(rows=rows, select=select) if rows else whole)
    return found


def by_number(
    run: Interpreter, target: ast.Tuple | ast.List, whole: Value, source: ast.expr | None
) -> list[Value] | None:
    """What something unknown gives under `fold1, fold2, fold3` may be as many parts of the rows.

    One function divides features and labels alike.
    """
    if not isinstance(source, ast.Call) or not isinstance(whole, Data) or not whole.rows.terms:
        return None
    found = [_NUMBERED.fullmatch(run.text(element)) for element in target.elts]
    names = [match.groups() for match in found if match is not None]
    stems, numbers = {stem for stem, _ in names}, {number for _, number in names}
    if len(names) < len(found) or len(stems) > 1 or not _FEWEST_FOLDS <= len(numbers) == len(names):
        return None
    divided = run.text(source.func)
    parts = [Selector("some", ("by number", divided, number)) for _, number in names]
    return [whole.but(rows=whole.rows.select(part)) for part in parts]


def at(run: Interpreter, part: Value, element: ast.expr, position: int, single: bool) -> Value:
    """Give the thing at a place of something opaque, of whose rows it has some.

    What is taken apart is a `single` thing, or one of several that are alike.
    """
    if not isinstance(part, Data):
        return part
    if part.kind == "archive":
        rows = part.rows.select(Selector("part", "by position", position))
        return part.but(rows=rows, kind="unknown")
    if len(part.rows.terms) < 2 and not handed.leads(part.rows):
        return one_of_several(part, position) if single and part.kind in _OPAQUE else part
    select = Selector("some", (id(element), position, run.context))
    return part.but(rows=part.rows.select(select))


def one_of_several(value: Data, place: Hashable) -> Data:
    """Give what stands at a place, or under a key, of what may hold several parts of some rows.

    At another place may stand other rows, and at the same one the same.
    """
    select = Selector("some", ("output", place))
    if not value.rows.terms or all(term.selector == select for term in value.rows.terms):
        return value
    return value.but(rows=value.rows.select(select))


def under_key(value: Data) -> Data:
    """Give what stands under a key, once it turns out that it has columns: no column has any."""
    if value.kind != "column" or value.name is None or value.table is not None:
        return value
    return one_of_several(value, value.name).but(kind="unknown", name=None)
