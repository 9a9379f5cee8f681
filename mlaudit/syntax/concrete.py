"""The concrete tree, built on first use and only as large as needed: one statement of a document.

It knows what `ast` forgets: which comment belongs to which statement, where `else:` stands, where a
header ends.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import libcst
    from libcst import CSTNode
    from libcst.metadata import CodeRange

    from mlaudit.source.document import Document

# Beyond this size a statement is a table of data, over which a concrete tree takes seconds.
MAX_CHARACTERS = 100_000


class Extent(NamedTuple):
    """The first and the last document line of a statement; comments right above belong to it.

    The extent of a compound statement is its header; its body consists of other statements.
    """

    first: int
    last: int


class Concrete:
    """The statements of one document as they are written."""

    def __init__(self, document: Document, tree: ast.Module):
        self._document = document
        self._groups = _sharing_lines(tree.body)
        self._ends = [_last_line(group[-1]) for group in self._groups]
        self._extents: dict[int, list[Extent]] = {}

    def statement_at(self, line: int) -> Extent | None:
        """Find the smallest statement that owns a document line; None: no statement does."""
        index = bisect_left(self._ends, line)
        if index == len(self._ends):
            return None
        if index not in self._extents:
            self._extents[index] = self._extents_of(index)
        owners = [extent for extent in self._extents[index] if extent.first <= line <= extent.last]
        return min(
            owners, key=lambda extent: (extent.last - extent.first, -extent.first), default=None
        )

    def _extents_of(self, index: int) -> list[Extent]:
        """List the statements of a group and the statements in them."""
        group = self._groups[index]
        above = self._ends[index - 1] if index else 0
        before = max(above, self._document.unit_at(group[0].lineno).first_line - 1)
        text = "\n".join(self._document.lines[before : self._ends[index]]) + "\n"
        extents = _concrete(text) if len(text) <= MAX_CHARACTERS else None
        if extents is None:
            return [_with_comments(self._document, extent) for extent in _abstract(group)]
        return [Extent(first + before, last + before) for first, last in extents]


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
    except (libcst.ParserSyntaxError, libcst.CSTValidationError, RecursionError):
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
