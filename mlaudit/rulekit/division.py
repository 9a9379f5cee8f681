"""The split that a repair moves work below: its arrays, and the names of their parts."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.rulekit.repair import NoRepair, block_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlaudit.rulekit.module import Module

_SPLITTER = "train_test_split"


@frozen
class Division:
    """`train, test, … = train_test_split(array, …)`, and the names of the two parts of each array.

    A part that nobody reads has no name.
    """

    statement: ast.Assign
    arrays: tuple[ast.expr, ...]
    outputs: tuple[tuple[str, str], ...]

    def parts_of(self, name: str) -> tuple[str, str] | None:
        """Give the names of the parts of an array."""
        for array, parts in zip(self.arrays, self.outputs, strict=True):
            if isinstance(array, ast.Name) and array.id == name:
                return parts
        return None

    def argument(self, name: str) -> ast.Name | None:
        """Find where the call is given an array."""
        found = (one for one in self.arrays if isinstance(one, ast.Name) and one.id == name)
        return next(found, None)


def divisions(module: Module, first: ast.stmt) -> Iterator[Division]:
    """Find the splits below a statement in its block."""
    calls = {call.node: call for call in module.calls}
    for statement in block_of(module, first):
        if statement.lineno <= first.lineno or not isinstance(statement, ast.Assign):
            continue
        call = calls.get(statement.value) if isinstance(statement.value, ast.Call) else None
        if call is not None and call.entry is not None and call.entry.name == _SPLITTER:
            found = _division(statement, call.node)
            if found is not None:
                yield found


def _division(statement: ast.Assign, call: ast.Call) -> Division | None:
    """Read a split; None where it is written in another way than into names."""
    target = statement.targets[0]
    if len(statement.targets) != 1 or not isinstance(target, ast.Tuple | ast.List):
        return None
    names = [one.id for one in target.elts if isinstance(one, ast.Name)]
    starred = any(isinstance(one, ast.Starred) for one in call.args)
    if starred or len(names) != len(target.elts) or len(names) != 2 * len(call.args):
        return None
    return Division(statement, tuple(call.args), tuple(zip(names[::2], names[1::2], strict=True)))


def same_block(module: Module, first: ast.stmt, last: ast.stmt) -> list[ast.stmt]:
    """Give the statements from one to another of the same block; raises `NoRepair` otherwise."""
    block = block_of(module, first)
    places = [next((i for i, one in enumerate(block) if one is s), -1) for s in (first, last)]
    if min(places) < 0 or places[0] >= places[1]:
        raise NoRepair
    return block[places[0] : places[1] + 1]


def rewritten(module: Module, node: ast.AST, news: Mapping[ast.AST, str]) -> str:
    """Give the text of a node with other texts for some nodes in it; of nested ones, the outer."""
    whole = module.place(node)
    inside = {below for outer in news for below in module.nodes.below(outer) if below is not outer}
    text, lines = whole.text, [0]
    for position, letter in enumerate(text):
        if letter == "\n":
            lines.append(position + 1)

    def offset(line: int, column: int) -> int:
        row = line - whole.line
        return lines[row] + column - (whole.column if row == 0 else 1)

    outermost = [one for one in news if one not in inside]
    for inner in sorted(outermost, key=lambda one: offset(*_start(module, one)), reverse=True):
        place = module.place(inner)
        start, end = offset(place.line, place.column), offset(place.end_line, place.end_column)
        text = text[:start] + news[inner] + text[end:]
    return text


def _start(module: Module, node: ast.AST) -> tuple[int, int]:
    place = module.place(node)
    return place.line, place.column
