"""Rows that a loop over some of the positions reaches: `X[i] for i in range(100, 200)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import order, tables
from mlaudit.flow.selectors import Length, Selector

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Data

_WHOLE = ("len(", ".shape", ".size")  # up to some steps before the last row


def by_turns(run: Interpreter, value: Data, key: ast.expr) -> Data:
    """Take the rows that the turns of a loop reach by its number, or by windows that move with it.

    All of them where the numbers go from the first to the last.
    """
    if not run.loops or not value.rows.terms:
        return value
    first = key.lower if isinstance(key, ast.Slice) else key
    last = key.upper if isinstance(key, ast.Slice) else key
    for loop in reversed(run.loops):
        counted = order.counting(loop)
        if counted is None:
            listed = _listed(loop, {_stem(first), _stem(last)})
            if listed is not None and isinstance(key, ast.Slice):
                return _about(run, value, listed)
            if listed is not None and isinstance(key, ast.Name) and value.kind == "array":
                return _among(run, value, listed)
            continue
        if counted[0] not in (_stem(first), _stem(last)):
            continue
        if isinstance(key, ast.Name) and run.data(run.eval(key)).kind != "scalar":
            return value  # it knows by itself which rows it is of
        given = counted[1].args
        low = _moved(run, given[0], first) if len(given) > 1 else None
        high = _end(run, given[-1])
        return value if (low, high) == (None, None) else _taken(run, value, loop, (low, high))
    return value


def one(run: Interpreter, key: ast.expr) -> bool:
    """Say whether a key is the number or the label of the one row that a loop has reached."""
    return order.reaches(run, key) or (
        isinstance(key, ast.Name) and any(_labels(loop, key.id) for loop in run.loops)
    )


def numbered(run: Interpreter, value: Data, key: ast.expr) -> bool:
    """Say whether a key numbers the rows that a loop goes through: `for i, row in enumerate(rows)`.

    What is made as long as these rows has a row of its own for each.
    """
    if value.kind != "array" or not isinstance(key, ast.Name):
        return False
    return any(
        run.data(run.eval(rows)).rows == value.rows
        for rows in (_enumerated(loop, key.id) for loop in run.loops)
        if rows is not None
    )


def _enumerated(loop: ast.AST, name: str) -> ast.expr | None:
    """Give what a loop goes through, where it counts its turns from 0 by some name."""
    turn = loop.generators[0] if isinstance(loop, ast.ListComp | ast.GeneratorExp) else loop
    match turn:
        case (
            ast.For(
                target=ast.Tuple(elts=[ast.Name(id=number), *_]),
                iter=ast.Call(func=ast.Name(id="enumerate"), args=[rows], keywords=[]),
            )
            | ast.comprehension(
                target=ast.Tuple(elts=[ast.Name(id=number), *_]),
                iter=ast.Call(func=ast.Name(id="enumerate"), args=[rows], keywords=[]),
            )
        ) if number == name:
            return _inmost(rows)
        case _:
            return None


def _inmost(rows: ast.expr) -> ast.expr | None:
    """Give what `list`, `tqdm` and the like go through, where it has a name."""
    while isinstance(rows, ast.Call) and rows.args:
        rows = rows.args[0]
    return rows if isinstance(rows, ast.Name | ast.Attribute) else None


def _labels(loop: ast.AST, name: str) -> bool:
    """Say whether a loop goes through an index by some name: `for name in table.index`."""
    turn = loop.generators[0] if isinstance(loop, ast.ListComp | ast.GeneratorExp) else loop
    if not isinstance(turn, ast.For | ast.comprehension):
        return False
    labels = _inmost(turn.iter)
    own = isinstance(turn.target, ast.Name) and turn.target.id == name
    return own and isinstance(labels, ast.Attribute) and labels.attr == "index"


def _listed(loop: ast.AST, stems: set[str | None]) -> ast.Name | None:
    """Name the positions that a loop goes through, where it is by them that rows are taken."""
    turn = loop.generators[0] if isinstance(loop, ast.ListComp | ast.GeneratorExp) else loop
    match turn:
        case (
            ast.For(target=ast.Name(id=name), iter=ast.Name() as positions)
            | ast.comprehension(target=ast.Name(id=name), iter=ast.Name() as positions)
        ) if name in stems:
            return positions
        case _:
            return None


def _about(run: Interpreter, value: Data, positions: ast.Name) -> Data:
    """Take windows at some positions: those of other ones need not hold the same rows."""
    told = run.data(run.eval(positions))
    known = told.rows.terms or told.select
    if not known:
        return tables.narrowed(value, tables.chosen_by_text(run, positions))
    return tables.narrowed(value, Selector("some", ("windows", known)))


def _among(run: Interpreter, value: Data, positions: ast.Name) -> Data:
    """Take the rows at some positions, of which perhaps nothing is known but their name."""
    known = run.data(run.eval(positions))
    if known.rows.terms:
        return value
    if known.select is not None:
        return tables.chosen(value, known.select)
    return tables.narrowed(value, tables.chosen_by_text(run, positions))


def _taken(run: Interpreter, value: Data, loop: ast.AST, span: tuple[Hashable, Hashable]) -> Data:
    """Take a span of rows; one that each call of a function has another one of is not told."""
    if run.calls and any(isinstance(bound, str) for bound in span):
        return tables.narrowed(value, Selector("some", ("turns", id(loop), run.context)))
    return tables.narrowed(value, Selector("slice", "rows", span))


def _stem(end: ast.expr | None) -> str | None:
    """Name what an end moves with: of `i`, `i + 1` and `i - width` it is `i`."""
    stem = order.start_of(end)
    return stem.id if isinstance(stem, ast.Name) else None


def _moved(run: Interpreter, start: ast.expr, end: ast.expr | None) -> Hashable:
    """Give the first position that a window reaches: `i - width` for `i` from `width` on is 0."""
    low = tables.bound(run, start)
    if isinstance(end, ast.BinOp):
        step = tables.bound(run, end.right)
        if isinstance(low, int) and isinstance(step, int):
            low = low - step if isinstance(end.op, ast.Sub) else low + step
        elif isinstance(end.op, ast.Sub) and low == step:
            return None
    return low or None


def _end(run: Interpreter, stop: ast.expr) -> Hashable:
    """Give the position behind the last one, None at the end of the rows or close to it."""
    high = tables.bound(run, stop)
    whole = isinstance(high, str) and any(word in high for word in _WHOLE)
    return None if whole or isinstance(high, Length) else high
