"""The text of a program as a tree, and edits of it that keep everything else as it is."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Node = TypeVar("Node", bound=ast.AST)


@dataclass(frozen=True)
class Edit:
    """Text that takes the place of a stretch of the original."""

    start: int
    end: int
    text: str


class Source:
    """A text, its tree, and questions about both."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = ast.parse(text)
        self._starts = [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]
        self._parents = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }

    def find(self, kind: type[Node], within: ast.AST | None = None) -> list[Node]:
        """Find the nodes of a kind in the order of the text."""
        found = [node for node in ast.walk(within or self.tree) if isinstance(node, kind)]
        return sorted(found, key=lambda node: self.span(node))

    def calls(self, *names: str, within: ast.AST | None = None) -> list[ast.Call]:
        """Find the calls of functions or methods by their last name."""
        return [call for call in self.find(ast.Call, within) if called(call) in names]

    @cached_property
    def imported(self) -> frozenset[str]:
        """The names that imports bind, and the packages that they come from."""
        names: set[str] = set()
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names.update(alias.asname or alias.name for alias in node.names)
                modules = [alias.name for alias in node.names]
                origin = node.module if isinstance(node, ast.ImportFrom) else None
                names.update(name.split(".")[0] for name in [origin or "", *modules])
        return frozenset(names)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Give the stretch of the text that a node covers."""
        if not isinstance(node, ast.expr | ast.stmt | ast.keyword | ast.arg | ast.alias):
            return (0, len(self.text))
        last = node.end_lineno or node.lineno
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(last, node.end_col_offset or 0),
        )

    def _offset(self, line: int, column: int) -> int:
        start = self._starts[line - 1]
        return start + len(self.text[start:].split("\n", 1)[0].encode()[:column].decode())

    def code(self, node: ast.AST) -> str:
        """Give the text of a node."""
        if isinstance(node, ast.Name):
            return node.id
        start, end = self.span(node)
        return self.text[start:end]

    def parent(self, node: ast.AST) -> ast.AST:
        """Give the node that holds another."""
        return self._parents.get(node, self.tree)

    def statement(self, node: ast.AST) -> ast.stmt:
        """Give the innermost statement around a node."""
        while not isinstance(node, ast.stmt):
            node = self._parents[node]
        return node

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """Give the nodes around a node, the innermost first."""
        while node in self._parents:
            node = self._parents[node]
            yield node

    def scope(self, node: ast.AST) -> ast.AST:
        """Give the function around a node, or the module."""
        functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
        return next((one for one in self.around(node) if isinstance(one, functions)), self.tree)

    def block(self, statement: ast.stmt) -> list[ast.stmt]:
        """Give the list of statements that a statement stands in."""
        for _, value in ast.iter_fields(self.parent(statement)):
            if isinstance(value, list) and statement in value:
                return value
        return [statement]

    def following(self, statement: ast.stmt) -> list[ast.stmt]:
        """Give the statements after one in its block."""
        block = self.block(statement)
        return block[block.index(statement) + 1 :]

    def names(self, node: ast.AST) -> set[str]:
        """Give the names that a node reads."""
        found = self.find(ast.Name, node)
        return {name.id for name in found if isinstance(name.ctx, ast.Load)}

    def stores(self, name: str, within: ast.AST | None = None) -> list[ast.Name]:
        """Find the places that bind a name."""
        return [
            node
            for node in self.find(ast.Name, within)
            if node.id == name and isinstance(node.ctx, ast.Store)
        ]

    # Edits.

    def replace(self, node: ast.AST, text: str) -> Edit:
        """Put other text in the place of a node."""
        return Edit(*self.span(node), text)

    def before(self, statement: ast.stmt, text: str) -> Edit:
        """Put statements before one, as deep as it stands."""
        decorators = getattr(statement, "decorator_list", [])
        line = min([statement.lineno, *(one.lineno for one in decorators)])
        return self._insert(line, statement.col_offset, text)

    def after(self, statement: ast.stmt, text: str) -> Edit:
        """Put statements after one, as deep as it stands."""
        return self._insert((statement.end_lineno or 0) + 1, statement.col_offset, text)

    def _insert(self, line: int, indent: int, text: str) -> Edit:
        start = self._starts[min(line, len(self._starts)) - 1]
        lines = textwrap.indent(textwrap.dedent(text).strip("\n"), " " * indent)
        gap = "" if start == 0 or self.text[start - 1] == "\n" else "\n"
        return Edit(start, start, f"{gap}{lines}\n")

    def delete(self, statement: ast.stmt) -> Edit:
        """Take a statement out; a block that would be empty gets a `pass`."""
        start = self._starts[statement.lineno - 1]
        end = self._starts[min(statement.end_lineno or 0, len(self._starts) - 1)]
        alone = len(self.block(statement)) == 1 and self.parent(statement) is not self.tree
        return Edit(start, end, " " * statement.col_offset + "pass\n" if alone else "")

    def drop_keyword(self, call: ast.Call, name: str) -> Edit | None:
        """Take a keyword argument out of a call."""
        keyword = next((one for one in call.keywords if one.arg == name), None)
        if keyword is None:
            return None
        return self._drop(keyword, [*call.args, *call.keywords])

    def drop_item(self, item: ast.AST, items: Sequence[ast.AST]) -> Edit:
        """Take an item out of a list of items with commas between."""
        return self._drop(item, items)

    def _drop(self, item: ast.AST, items: Sequence[ast.AST]) -> Edit:
        place = list(items).index(item)
        start, end = self.span(item)
        if place + 1 < len(items):
            return Edit(start, self.span(items[place + 1])[0], "")
        if place > 0:
            return Edit(self.span(items[place - 1])[1], end, "")
        trailing = self.text[end:].lstrip()
        comma = end + self.text[end:].index(",") + 1 if trailing.startswith(",") else end
        return Edit(start, comma, "")

    def add_keyword(self, call: ast.Call, text: str) -> Edit:
        """Put a keyword argument at the end of a call."""
        arguments = [*call.args, *call.keywords]
        if not arguments:
            end = self.span(call)[1] - 1
            return Edit(end, end, text)
        end = max(self.span(one)[1] for one in arguments)
        return Edit(end, end, f", {text}")

    def imports(self, *lines: str) -> list[Edit]:
        """Import what is not imported yet, before the first import of the text."""
        found = (node for node in self.tree.body if isinstance(node, ast.Import | ast.ImportFrom))
        first = next(found, self.tree.body[1])
        missing = [line for line in lines if line.split()[-1] not in self._bound]
        return [self.before(first, "\n".join(missing))] if missing else []

    @cached_property
    def _bound(self) -> set[str]:
        return {
            alias.asname or alias.name
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        }


def called(call: ast.Call) -> str:
    """Give the last name of what is called."""
    match call.func:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name
        case _:
            return ""


def argument(call: ast.Call, position: int | None, *names: str) -> ast.expr | None:
    """Give an argument by its position or its names."""
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    if position is not None and position < len(call.args):
        value = call.args[position]
        return None if isinstance(value, ast.Starred) else value
    return None


def apply(text: str, edits: Iterable[Edit]) -> tuple[str, set[int]]:
    """Edit a text; give the result and the lines of it that were touched."""
    parts: list[str] = []
    touched: set[int] = set()
    done, line = 0, 1
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        if edit.start < done:
            raise ValueError(f"edits overlap at {edit.start}")
        parts += [text[done : edit.start], edit.text]
        line += parts[-2].count("\n")
        last = line + edit.text.removesuffix("\n").count("\n")
        touched.update(range(line, last + 1))
        line += edit.text.count("\n")
        done = edit.end
    return "".join([*parts, text[done:]]), touched
