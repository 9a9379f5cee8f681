"""Document → Trace: the one public call of the flow engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mlaudit.trace.trace import Trace

if TYPE_CHECKING:
    import ast

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.source.document import Document


class Project(Protocol):
    """The files that a document may import from."""

    def find_module(self, name: str, importer: Document) -> tuple[Document, ast.Module] | None:
        """Find and parse the module of the project that an import names, None if it is not ours."""
        ...


def build(
    document: Document, tree: ast.Module, catalogue: Catalogue, project: Project | None = None
) -> Trace:
    """Interpret a document abstractly and give the trace of what its program does."""
    return Trace([], [])
