"""The concrete tree, built on first use and only as large as needed: one statement of a document.

It knows what `ast` forgets: which comment belongs to which statement, where `else:` stands, where a
header ends.
"""

from __future__ import annotations

import ast
import warnings
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.syntax.nesting import make_room, prune

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import libcst
    from libcst import CSTNode
    from libcst.metadata import CodeRange

    from mlaudit.source.document import Document, Unit

# Beyond this size a statement is a table of data, over which a concrete tree takes seconds.
MAX_CHARACTERS = 100_000


@frozen
class Extent:
    """The first and the last document line of a statement; comments right above belong to it.

    The extent of a compound statement is its header; its body consists of other statements.
    """

    first: int
    last: int

    @property
    def length(self) -> int:
        """The number of its lines."""
        return self.last - self.first + 1

    def __contains__(self, line: int) -> bool:
        return self.first <= line <= self.last


class Concrete:
    """The statements of one document as they are written."""

    def __init__(self, document: Document):
        self._document = document
        self._groups: dict[int, list[list[ast.stmt]]] = {}
        self._extents: dict[int, list[Extent]] = {}

    def statement_at(self, line: int) -> Extent | None:
        """Find the smallest statement that owns a document line; None: no statement does."""
        unit = self._document.unit_at(line)
        groups = self._groups.get(unit.first_line)
        if groups is None:
            groups = self._groups[unit.first_line] = _sharing_lines(_statements(unit))
        above = unit.first_line - 1
        for group in groups:
            last = _last_line(group[-1])
            if line <= last:
                owners = [extent for extent in self._in(group, above) if line in extent]
                return min(owners, key=lambda extent: (extent.length, -extent.first), default=None)
            above = last
        return None

    def _in(self, group: list[ast.stmt], above: int) -> list[Extent]:
        """List the statements in a group, whose comments stand below the line `above`."""
        if above not in self._extents:
            text = "\n".join(self._document.lines[above : _last_line(group[-1])]) + "\n"
            is_large = len(text) > MAX_CHARACTERS or self._is_deep(group)
            found = None if is_large else _concrete(text)
            self._extents[above] = (
                [_with_comments(self._document, extent) for extent in _abstract(group)]
                if found is None
                else [Extent(extent.first + above, extent.last + above) for extent in found]
            )
        return self._extents[above]

    def _is_deep(self, group: list[ast.stmt]) -> bool:
        """Tell what would overflow the stack of libcst's parser, which is not written in Python."""
        return bool(prune(ast.Module(body=list(group), type_ignores=[]), self._document.lines))


def _statements(unit: Unit) -> list[ast.stmt]:
    """Parse a unit once more; its nodes get document lines."""
    make_room()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(unit.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return ast.increment_lineno(tree, unit.first_line - 1).body


def _sharing_lines(statements: list[ast.stmt]) -> list[list[ast.stmt]]:
    """Group the statements that semicolons put on common lines."""
    groups: list[list[ast.stmt]] = []
    for statement in statements:
        if groups and statement.lineno <= _last_line(groups[-1][-1]):
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _concrete(text: str) -> list[Extent] | None:
    """List the extents of a text's statements, None where libcst cannot read it."""
    import libcst
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        wrapper = MetadataWrapper(libcst.parse_module(text), unsafe_skip_copy=True)
        positions = wrapper.resolve(PositionProvider)
        return [
            _extent(node, wrapper.module, positions)
            for node in positions
            if isinstance(node, _owners())
        ]
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError, KeyError):
        # The provider of positions turns a RecursionError into a KeyError.
        return None


def _owners() -> tuple[type[CSTNode], ...]:
    import libcst

    return (
        libcst.SimpleStatementLine,
        libcst.BaseCompoundStatement,
        libcst.Else,
        libcst.ExceptHandler,
        libcst.ExceptStarHandler,
        libcst.Finally,
        libcst.MatchCase,
    )


def _extent(node: CSTNode, module: libcst.Module, positions: Mapping[CSTNode, CodeRange]) -> Extent:
    import libcst

    span = positions[node]
    first, last = span.start.line, span.end.line
    for decorator in getattr(node, "decorators", ()):
        first = min(first, positions[decorator].start.line)
    body = getattr(node, "body", None)
    if isinstance(body, libcst.IndentedBlock):
        last = positions[body.header].start.line
    elif isinstance(body, libcst.SimpleStatementSuite):
        last = positions[body].end.line
    elif isinstance(node, libcst.Match):
        last = positions[node.whitespace_after_colon].start.line
    above = list(getattr(node, "leading_lines", ()))
    if module.body and node is module.body[0]:
        above = [*module.header, *above]
    while above and above.pop().comment is not None:
        first -= 1
    return Extent(first, last)


def _abstract(statements: list[ast.stmt]) -> Iterator[Extent]:
    """List the extents that `ast` knows of."""
    pending: list[ast.AST] = [*statements]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.stmt | ast.ExceptHandler):
            yield _header(node)
        pending.extend(
            child
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.stmt | ast.ExceptHandler | ast.match_case)
        )


def _header(node: ast.stmt | ast.ExceptHandler) -> Extent:
    last = _last_line(node)
    if isinstance(node, ast.Match):
        last = node.cases[0].pattern.lineno - 1
    elif body := getattr(node, "body", None):
        last = min(last, _first_line(body[0]) - 1)
    return Extent(_first_line(node), max(node.lineno, last))


def _first_line(node: ast.stmt | ast.ExceptHandler) -> int:
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _last_line(node: ast.stmt | ast.ExceptHandler) -> int:
    return node.end_lineno or node.lineno


def _with_comments(document: Document, extent: Extent) -> Extent:
    first = extent.first
    top = document.unit_at(first).first_line
    while first > top and document.lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return Extent(first, extent.last)
