"""For tests of rules: the findings that a piece of code gives."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mlaudit.flow.builder import build
from mlaudit.rulekit.module import Module
from mlaudit.rulekit.registry import catalogue, rules
from mlaudit.source.script import from_text
from mlaudit.syntax.names import collect
from mlaudit.syntax.nodes import Nodes
from mlaudit.syntax.parse import parse

if TYPE_CHECKING:
    import ast

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.flow.builder import Project
    from mlaudit.model.finding import Finding
    from mlaudit.source.document import Document


@cache
def installed_catalogue() -> Catalogue:
    """The tables of all installed rule packs."""
    return catalogue()


class OneFile:
    """A project whose only other file is the module `name`."""

    def __init__(self, name: str, source: str):
        self._name = name
        self._document = from_text(source, f"{name}.py")
        self._tree = parse(self._document)

    def find_module(self, name: str, importer: Document) -> tuple[Document, ast.Module] | None:
        """Give the file to whoever imports it."""
        return (self._document, self._tree) if name == self._name else None

    def is_foreign(self, name: str) -> bool:
        """Know of no library."""
        return False


def examine(
    document: Document, profile: str = "exploration", project: Project | None = None
) -> Module:
    """Analyse one document, on its own or beside the other files of a project."""
    nodes = Nodes(parse(document))
    catalogue = installed_catalogue()
    trace = build(document, nodes, catalogue, project)
    return Module(document, nodes, collect(nodes), catalogue, trace, profile)


def findings(
    source: str | Document,
    *codes: str,
    profile: str = "exploration",
    project: Project | None = None,
) -> list[Finding]:
    """Run the rules of the given codes (default: all) over a script's text or a document."""
    document = from_text(source, "example.py") if isinstance(source, str) else source
    module = examine(document, profile, project)
    found: list[Finding] = []
    for code, registered in rules().items():
        if (not codes or code in codes) and registered.needs.met(module):
            found.extend(registered.rule.check_trace(module.trace))
            found.extend(registered.rule.check_module(module))
    return sorted(found, key=lambda finding: finding.sort_key)
