"""Where a concatenation is cut: at the end of its first members, or some rows before or behind it.

Sums and differences of lengths tell the end: `both[len(train) + len(test) :]` are the members after
those two.  How many rows lie between is not known where a number is added to a length.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from mlaudit.flow.regions import MOST_TERMS, Region, Rows
from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import Constant
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_FURTHEST = 3  # names and numbers that stand between a bound and a length
_REACHED = Selector("maybe", "reached")


class Seam(NamedTuple):
    """The number of members before a bound; `off` is -1 for rows before that end, 1 behind it."""

    after: int
    off: int = 0


def reckoned(op: ast.operator, one: Length, two: Length) -> Length | None:
    """Add two lengths, or take the length of members from that of a whole."""
    if one.rows.perhaps or two.rows.perhaps:
        return None
    if isinstance(op, ast.Add) and one.rows.overlap(two.rows) is Overlap.DISJOINT:
        return Length(one.rows | two.rows)
    if isinstance(op, ast.Sub) and set(two.rows.terms) < set(one.rows.terms):
        return Length(Rows(tuple(t for t in one.rows.terms if t not in two.rows.terms)))
    return None


def between(run: Interpreter, rows: Rows, key: ast.Slice, select: Selector) -> Selector | None:
    """Choose the members between two bounds, and what a bound leaves or reaches of the next."""
    if not 1 < len(rows.terms) < MOST_TERMS or rows.perhaps or key.step is not None:
        return None
    low = Seam(0) if key.lower is None else _seam(run, rows, key.lower)
    high = Seam(len(rows.terms)) if key.upper is None else _seam(run, rows, key.upper)
    if low is None or high is None or low.after > high.after:
        return None
    taken = list(rows.terms[low.after : high.after])
    if taken and low.off > 0:
        taken[0] = Region(taken[0], select)
    if taken and high.off < 0:
        taken[-1] = Region(taken[-1], select)
    before, behind = low.after - 1, high.after
    if low.off < 0 <= before:
        taken.insert(0, Region(Region(rows.terms[before], _REACHED), select))
    if high.off > 0 and behind < len(rows.terms):
        taken.append(Region(Region(rows.terms[behind], _REACHED), select))
    return Selector("rows", Rows(tuple(taken))) if taken else None


def _seam(run: Interpreter, rows: Rows, node: ast.expr, depth: int = _FURTHEST) -> Seam | None:
    """Find the members that end at a bound, or near it; None where this is not known."""
    value = run.load(run.eval(node))
    if isinstance(value, Constant):
        return _end_of(rows, value.value)
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _end_of(rows, _rest(rows, run.load(run.eval(operand))))
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op) if depth:
            near = _seam(run, rows, left, depth - 1)
            if near is None or near.off or not 0 < near.after < len(rows.terms):
                return None  # so many rows from either end of the whole are no member's
            return Seam(near.after, 1 if isinstance(op, ast.Add) else -1)
        case ast.Name() if depth:
            origin = run.origin(node)
            made = run.operands.get(origin[0]) if origin is not None else None
            return _seam(run, rows, made, depth - 1) if made is not None else None
        case _:
            return None


def _rest(rows: Rows, counted: object) -> Length | None:
    """Give the length of what stands before the last rows, which a negative bound counts."""
    last = counted.value if isinstance(counted, Constant) else None
    return reckoned(ast.Sub(), Length(rows), last) if isinstance(last, Length) else None


def _end_of(rows: Rows, length: object) -> Seam | None:
    """Say how many members have just so many rows together, if they are the first ones."""
    if not isinstance(length, Length):
        return Seam(0) if length == 0 else None
    count = len(length.rows.terms)
    first = set(rows.terms[:count])
    return Seam(count) if first == set(length.rows.terms) else None
