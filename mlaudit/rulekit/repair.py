"""How a rule mends what it found: edits of statements and expressions, in the code's own layout."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mlaudit.source import splices

if TYPE_CHECKING:
    from mlaudit.rulekit.module import Module
    from mlaudit.source.splices import Change
    from mlaudit.syntax.concrete import Concrete

_USUAL_NAMES = {"numpy": "np", "tensorflow": "tf"}
_BLOCKS = ("body", "orelse", "finalbody")


class NoRepair(Exception):  # noqa: N818 - nothing went wrong
    """The code is written in a way that this edit does not suit."""


class Repair:
    """Edits that together mend one finding.

    A rule makes it; it is offered only after the edited file was reviewed again.  What cannot be
    edited raises `NoRepair`, and the rule's next repair is tried.  An unsafe one may change more
    than what was found, or needs its author's eye.
    """

    def __init__(self, module: Module, *, safe: bool = True):
        self.module = module
        self.safe = safe
        self._changes: list[Change] = []

    @cached_property
    def _concrete(self) -> Concrete:
        from mlaudit.syntax.concrete import Concrete

        return Concrete(self.module.document)

    @property
    def changes(self) -> list[Change]:
        """The edits in their order."""
        return sorted(self._changes, key=lambda change: (change.start, change.end))

    def replace(self, node: ast.AST, text: str) -> None:
        """Write another text in the place of an expression."""
        place = self.module.place(node)
        self._narrowed((place.line, place.column), place.text, text)

    def argument(self, call: ast.Call, name: str, value: str) -> None:
        """Give a call a keyword argument, in the place of the one that it has by that name."""
        from mlaudit.syntax.rewriting import with_keyword

        for keyword in call.keywords:
            if keyword.arg == name:
                self.replace(keyword.value, value)
                return
        text = with_keyword(self.module.text(call), name, value)
        if text is None:
            raise NoRepair
        self.replace(call, text)

    def swap(self, one: ast.AST, other: ast.AST) -> None:
        """Let two expressions change places."""
        texts = self.module.text(one), self.module.text(other)
        self.replace(one, texts[1])
        self.replace(other, texts[0])

    def remove(self, statement: ast.stmt) -> None:
        """Take a statement away, with the comments right above it."""
        first, last = self._rows(statement)
        if len(block_of(self.module, statement)) == 1:
            raise NoRepair
        self._take(first, last)

    def above(self, statement: ast.stmt, *lines: str) -> None:
        """Write lines above a statement and its comments, as far to the right as it stands."""
        first, _ = self._rows(statement)
        indent = self._indent(statement)
        text = "".join(f"{indent}{line}\n" if line else "\n" for line in lines)
        self._changes.append(splices.Change(first, 1, first, 1, text))

    def below(self, statement: ast.stmt, *lines: str) -> None:
        """Write lines below a statement, as far to the right as it stands."""
        _, last = self._rows(statement)
        indent = self._indent(statement)
        end = len(self.module.document.lines[last - 1]) + 1
        text = "".join(f"\n{indent}{line}" if line else "\n" for line in lines)
        self._changes.append(splices.Change(last, end, last, end, text))

    def comments(self, statement: ast.stmt) -> list[str]:
        """Give the lines of the comments right above a statement."""
        first, _ = self._rows(statement)
        lines = self.module.document.lines[first - 1 : statement.lineno - 1]
        return [line.strip() for line in lines]

    def trailing(self, statement: ast.stmt) -> str:
        """Give the comment behind a statement, with what stands before it; "" where none is."""
        end = self.module.place(statement)
        return self.module.document.lines[end.end_line - 1][end.end_column - 1 :].rstrip()

    def imported(self, package: str, name: str, user: ast.AST) -> str:
        """Give the name by which `user` can call what a package has, importing it where needed."""
        qualified = f"{package}.{name}"
        line = self.module.place(user).line
        imports = [one for one in self._top_imports() if one.lineno <= line]
        for local, meant in self.module.names.aliases.items():
            if meant == qualified and any(_binds(statement, local) for statement in imports):
                return local
        if not imports or not self.is_free(name):
            raise NoRepair
        self._import(imports, package, f"from {package} import {name}")
        return name

    def library(self, name: str, user: ast.AST) -> str:
        """Give the name by which `user` can speak of a library of which something is imported."""
        line = self.module.place(user).line
        imports = [one for one in self._top_imports() if one.lineno <= line]
        for statement in imports:
            for alias in statement.names:
                if isinstance(statement, ast.ImportFrom):
                    if alias.name == name and statement.module == "tensorflow":
                        return alias.asname or name
                elif alias.name == name or (not alias.asname and alias.name.startswith(f"{name}.")):
                    return alias.asname or name
        known = {_package(one).partition(".")[0] for one in imports}
        short = _USUAL_NAMES.get(name, name)
        if name not in known or not self.is_free(short):
            raise NoRepair
        self._import(imports, name, f"import {name}" + (f" as {short}" if short != name else ""))
        return short

    def is_free(self, name: str) -> bool:
        """Say whether a name means nothing in the document."""
        names = self.module.names
        if name in names.bound or name in names.aliases:
            return False
        return not any(node.id == name for node in self.module.nodes.find(ast.Name))

    def _top_imports(self) -> list[ast.Import | ast.ImportFrom]:
        body = self.module.tree.body
        return [one for one in body if isinstance(one, ast.Import | ast.ImportFrom)]

    def _import(self, imports: list[ast.Import | ast.ImportFrom], package: str, line: str) -> None:
        """Import something more, among what is imported of the same library, by the alphabet."""
        root = package.partition(".")[0]
        near = [one for one in imports if _package(one).partition(".")[0] == root]
        before = [one for one in near if _package(one) <= package]
        if near and not before:
            self.above(near[0], line)
        else:
            self.below((before or imports)[-1], line)

    def _rows(self, statement: ast.stmt) -> tuple[int, int]:
        """Give the first and the last line that a statement has for itself, comments included."""
        place = self.module.place(statement)
        lines = self.module.document.lines
        before = lines[place.line - 1][: place.column - 1]
        behind = lines[place.end_line - 1][place.end_column - 1 :].strip()
        owner = self._concrete.statement_at(place.line)
        if before.strip() or (behind and not behind.startswith("#")) or owner is None:
            raise NoRepair
        if lines[place.end_line - 1].endswith("\\"):
            raise NoRepair
        return min(owner.first, place.line), place.end_line

    def _indent(self, statement: ast.stmt) -> str:
        place = self.module.place(statement)
        return self.module.document.lines[place.line - 1][: place.column - 1]

    def _take(self, first: int, last: int) -> None:
        """Take whole lines away, with the line end before or behind them."""
        document = self.module.document
        unit = document.unit_at(first)
        end = len(document.lines[last - 1]) + 1
        if last < unit.last_line:
            self._changes.append(splices.Change(first, 1, last + 1, 1, ""))
        elif first > unit.first_line:
            above = len(document.lines[first - 2]) + 1
            self._changes.append(splices.Change(first - 1, above, last, end, ""))
        else:
            self._changes.append(splices.Change(first, 1, last, end, ""))

    def _narrowed(self, start: tuple[int, int], old: str, new: str) -> None:
        """Leave out of an edit what stays the same at its ends."""
        if old == new:
            raise NoRepair
        same = _shared(old, new)
        tail = _shared(old[same:][::-1], new[same:][::-1])
        first = _advanced(start, old[:same])
        last = _advanced(start, old[: len(old) - tail])
        self._changes.append(splices.Change(*first, *last, new[same : len(new) - tail]))


def block_of(module: Module, statement: ast.stmt) -> list[ast.stmt]:
    """Give the statements among which a statement stands."""
    around: Any = module.nodes.parents[statement]
    for name in _BLOCKS:
        block = getattr(around, name, None)
        if isinstance(block, list) and any(one is statement for one in block):
            return block
    raise NoRepair


def statement_of(module: Module, node: ast.AST) -> ast.stmt:
    """Find the innermost statement that holds a node."""
    while not isinstance(node, ast.stmt):
        node = module.nodes.parents[node]
    return node


def _package(statement: ast.Import | ast.ImportFrom) -> str:
    """Name what is imported, or what from."""
    if isinstance(statement, ast.ImportFrom):
        return statement.module or "."
    return statement.names[0].name


def _binds(statement: ast.Import | ast.ImportFrom, name: str) -> bool:
    return any((alias.asname or alias.name) == name for alias in statement.names)


def _shared(one: str, other: str) -> int:
    """Count the characters with which both texts begin."""
    for position, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return position
    return min(len(one), len(other))


def _advanced(start: tuple[int, int], text: str) -> tuple[int, int]:
    line, column = start
    above, _, last = text.rpartition("\n")
    if not above and "\n" not in text:
        return line, column + len(text)
    return line + text.count("\n"), len(last) + 1
