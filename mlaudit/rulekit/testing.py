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
    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.model.finding import Finding
    from mlaudit.source.document import Document


@cache
def installed_catalogue() -> Catalogue:
    """The tables of all installed rule packs."""
    return catalogue()


def examine(document: Document, profile: str = "exploration") -> Module:
    """Analyse one document on its own."""
    nodes = Nodes(parse(document))
    catalogue = installed_catalogue()
    trace = build(document, nodes, catalogue)
    return Module(document, nodes, collect(nodes), catalogue, trace, profile)


def findings(source: str | Document, *codes: str, profile: str = "exploration") -> list[Finding]:
    """Run the rules of the given codes (default: all) over a script's text or a document."""
    document = from_text(source, "example.py") if isinstance(source, str) else source
    module = examine(document, profile)
    found: list[Finding] = []
    for code, registered in rules().items():
        if (not codes or code in codes) and registered.needs.met(module):
            found.extend(registered.rule.check_trace(module.trace))
            found.extend(registered.rule.check_module(module))
    return sorted(found, key=lambda finding: finding.sort_key)
