"""Draws of as many rows from each group: `groupby("kind").sample(n=900)`, or a function that does.

A share of each group leaves the groups as uneven as they were.  Groups that comparisons told apart
are evened out by hand: of one so many rows are drawn as another has, or the same number of all, or
most rows of it are left out at random.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import UNKNOWN, Constant
from mlaudit.syntax.nodes import walk
from mlaudit.syntax.spelling import last_name
from mlaudit.trace.evening import DrawnAlike

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.regions import Region, Rows
    from mlaudit.flow.values import Data, Function

_DRAWS = frozenset({"sample", "head", "tail", "resample"})
_COUNTS = ("n", "n_samples")
_SAMPLES = frozenset({"sample", "large sample"})
_MOST = 0.5  # who leaves out no more than this share of a class need not mean to even it out


def by_method(run: Interpreter, value: Data, name: str, arguments: Arguments) -> Data:
    """Take so many rows of each group, where a method of groups is told how many."""
    node = arguments.node
    if name not in _DRAWS or not isinstance(node, ast.Call) or not _is_count(_count(node), ""):
        return value
    return _drawn(run, value, arguments)


def by_function(run: Interpreter, value: Data, function: Function, arguments: Arguments) -> Data:
    """Take so many rows of each group, where the function that it is given to draws them."""
    given = function.node.args.args[1 if function.this is not None else 0 :]
    if not given or not any(_draws(call, given[0].arg) for call in walk(function.node)):
        return value
    return _drawn(run, value, arguments)


def to_size(run: Interpreter, name: str, taken: Data, arguments: Arguments) -> Data:
    """Note that so many rows are drawn as there are in another group: `rest.sample(len(rare))`."""
    if name not in _DRAWS:
        return taken
    count = run.load(arguments.get("n", 0) or UNKNOWN)
    if isinstance(count, Constant) and isinstance(count.value, Length):
        _note(run, arguments.node, taken.rows | count.value.rows)
    return taken


def put_together(run: Interpreter, node: ast.AST, joined: Data) -> None:
    """Note groups of which the same number of first rows is put together again."""
    terms = joined.rows.terms
    cuts = [term.selector.part for term in terms if term.selector.way == "slice"]
    numbers = [cut[1] for cut in cuts if isinstance(cut, tuple) and cut[0] is None]
    sizes = [number for number in numbers if isinstance(number, Length)]
    whole = [term for term in terms if any(size.rows.terms == (term,) for size in sizes)]
    if len(numbers) + len(whole) == len(terms) and None not in numbers and len({*numbers}) == 1:
        _note(run, node, joined.rows)


def thinned(run: Interpreter, node: ast.AST, left: Data, gone: Data) -> None:
    """Note that most rows of one group are left out at random: `t.drop(none.sample(n).index)`."""
    terms = gone.rows.terms
    if len(terms) != 1 or terms[0].parent is None or not _is_most(terms[0].selector.key):
        return
    column, _ = _told_by(terms[0].parent)
    if column is not None and terms[0].parent.selector.equal:
        by = frozenset({column} - {""})
        run.emit(DrawnAlike, node, rows=left.rows, result=left.rows, by=by)


def _is_most(key: Hashable) -> bool:
    """Say whether a draw takes most rows, or so many as somebody has worked out."""
    if not isinstance(key, tuple) or key[0] not in _SAMPLES:
        return False
    share = key[-1]
    return not isinstance(share, int | float) or share > _MOST


def _note(run: Interpreter, node: ast.AST, rows: Rows) -> None:
    """Note that rows are even where each term is of another value of one column."""
    told = [_told_by(term) for term in rows.terms]
    columns = {column for column, _ in told}
    if None not in columns and len(columns) == 1 and 1 < len({*told}) == len(rows.terms):
        by = frozenset(column for column in columns if column)
        run.emit(DrawnAlike, node, rows=rows, result=rows, by=by)


def _told_by(term: Region) -> tuple[str | None, Hashable]:
    """Give the column whose value chose the rows of a term last ("": unknown), and the value.

    None, where no comparison with one value did.
    """
    for step in reversed(term.chain):
        by, key = step.selector.by, step.selector.key
        if isinstance(key, tuple) and key[0] == "equals":
            return by or "", step.selector.part
    return None, None


def _drawn(run: Interpreter, value: Data, arguments: Arguments) -> Data:
    select = Selector("some", ("alike", id(arguments.node), run.context))
    rows: Rows = value.rows.select(select)
    if value.rows.terms:
        by = frozenset(value.by)
        run.emit(DrawnAlike, arguments.node, rows=value.rows, result=rows, by=by)
    return value.but(rows=rows)


def _draws(call: ast.AST, group: str) -> bool:
    """Say whether a call takes so many rows of a group: `part.sample(900)`, `resample(part, …)`."""
    if not isinstance(call, ast.Call) or last_name(call.func) not in _DRAWS:
        return False
    first = call.args[0] if call.args else None
    if isinstance(first, ast.Name) and first.id == group:
        return _is_count(_count(call, 2), group)
    of_group = isinstance(call.func, ast.Attribute) and any(
        isinstance(node, ast.Name) and node.id == group for node in walk(call.func)
    )
    return of_group and _is_count(_count(call), group)


def _count(call: ast.Call, position: int = 0) -> ast.expr | None:
    """Find how many rows a draw is told to take."""
    named = next((word.value for word in call.keywords if word.arg in _COUNTS), None)
    return named or (call.args[position] if len(call.args) > position else None)


def _is_count(count: ast.expr | None, group: str) -> bool:
    """Say whether a number is the same for all groups, or the size of a small group at most.

    One that is worked out from the size of the group is a share of it.
    """
    if count is None or (isinstance(count, ast.Call) and last_name(count.func) == "min"):
        return count is not None
    return all(not isinstance(node, ast.Name) or node.id != group for node in walk(count))
