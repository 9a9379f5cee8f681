"""What a document measures, as far as names, texts and the trace tell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import CrossValidate, Evaluate

if TYPE_CHECKING:
    from mlaudit.rulekit import Module, Pattern


_NAMED = (ast.Name, ast.Attribute, ast.FunctionDef)


def measures(module: Module, metrics: Pattern, known: frozenset[object]) -> bool:
    """Look for metrics of a pattern in names, texts and what the trace met elsewhere.

    A scoring that is none of the `known` ones may be any metric.
    """
    for event in module.trace.events:
        if isinstance(event, Evaluate) and event.metric and metrics.search(event.metric):
            return True
        if isinstance(event, CrossValidate) and _unclear(event, known):
            return True
    names = {_name(node) for node in module.nodes.find(*_NAMED)}
    written = (node.value for node in module.nodes.find(ast.Constant))
    texts = {text for text in written if isinstance(text, str) and "/" not in text}
    if any(metrics.search(text) for text in (*names, *texts)):
        return True
    return "crosstab" in names and _crosses_predictions(module)


def _unclear(event: CrossValidate, known: frozenset[object]) -> bool:
    scoring = event.arguments.get("scoring")
    if scoring is None:
        return False
    return not (scoring.known and isinstance(scoring.value, str | None) and scoring.value in known)


def _name(node: ast.Name | ast.Attribute | ast.FunctionDef) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else node.name


def _crosses_predictions(module: Module) -> bool:
    """Tell a confusion matrix by hand from other cross tables."""
    tables = (node for node in module.nodes.find(*_NAMED) if _name(node) == "crosstab")
    return any("pred" in module.document.lines[node.lineno - 1].lower() for node in tables)
