"""Scores of one model on portions of the rows: whichever is the best or the worst, none is chosen.

The model and its settings are the same for all of them; what differs from turn to turn is the rows.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.trace.events import Evaluate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Prediction
    from mlaudit.syntax.nodes import Nodes
    from mlaudit.trace.rows import RowSet

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Portions:
    """The loops of a document, by their ids, and the rows that are judged at each place."""

    def __init__(self, run: Interpreter, nodes: Nodes):
        self._run = run
        self._loops = {id(loop): loop for loop in nodes.find(ast.For, *_COMPREHENSIONS)}
        self._rows: dict[object, list[RowSet]] = {}
        for event in run.events.values():
            if isinstance(event, Evaluate):
                self._rows.setdefault(event.place, []).append(event.rows)

    def judged_apart(self, event: Evaluate, predictions: list[Prediction]) -> bool:
        """Say whether a model from outside all loops is judged on other rows in every turn."""
        run, loops = self._run, self._run.happened_in[id(event)]
        made = (run.happened_in.get(id(thing), frozenset()) for thing in (event.model, *event.fits))
        if not event.fits or loops & run.over_models or any(loops & turns for turns in made):
            return False
        if any(p.mixed or p.cut_in or p.chosen_by for p in predictions):
            return False
        names = {number for term in _terms(event.rows) for number in _numbers(term)}
        rows = self._rows[event.place]
        distinct = len(loops) == 1 < len(rows) and len(set(rows)) == len(rows)
        return distinct or all(self._divides(loop, names) for loop in loops)

    def _divides(self, loop: int, names: set[int]) -> bool:
        """Say whether a loop goes over groups, or a name that it binds tells the rows apart."""
        node = self._loops.get(loop)
        match node:
            case ast.For(target=target, iter=source):
                pass
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                target, source = node.generators[0].target, node.generators[0].iter
            case _:
                return False
        over_groups = any(_groups(part) for part in ast.walk(source))
        return over_groups or any(id(name) in names for name in ast.walk(target))


def _groups(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "groupby"


def _terms(rows: RowSet) -> Iterator[object]:
    """Give what told how each set of rows was chosen."""
    for term in getattr(rows, "terms", ()):
        for region in term.chain:
            yield region.selector.key


def _numbers(key: object) -> Iterator[int]:
    """Give the numbers in a key, among them the ids of the names that bounds hang on."""
    if isinstance(key, tuple):
        for part in key:
            yield from _numbers(part)
    elif type(key) is int:
        yield key
