"""What a document measures, as far as names, texts and the trace tell."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import CrossValidate, Evaluate

if TYPE_CHECKING:
    from mlaudit.rulekit import Module, Pattern


def measures(module: Module, metrics: Pattern, known: frozenset[object]) -> bool:
    """Look for metrics of a pattern in names, texts and what the trace met elsewhere.

    A scoring that is none of the `known` ones may be any metric.
    """
    for event in module.trace.events:
        if isinstance(event, Evaluate) and event.metric and metrics.search(event.metric):
            return True
        if isinstance(event, CrossValidate) and _unclear(event, known):
            return True
    return any(_mentions(module, node, metrics) for node in module.nodes.below())


def _unclear(event: CrossValidate, known: frozenset[object]) -> bool:
    scoring = event.arguments.get("scoring")
    if scoring is None:
        return False
    return not (scoring.known and isinstance(scoring.value, str | None) and scoring.value in known)


def _mentions(module: Module, node: ast.AST, metrics: Pattern) -> bool:
    match node:
        case ast.Name(id=text) | ast.Attribute(attr=text) | ast.FunctionDef(name=text):
            return metrics.search(text) is not None or (
                text == "crosstab" and _crosses_predictions(module, node)
            )
        case ast.Constant(value=str() as text):
            return "/" not in text and metrics.search(text) is not None
        case _:
            return False


def _crosses_predictions(module: Module, node: ast.AST) -> bool:
    """Tell a confusion matrix by hand from other cross tables."""
    line = module.document.lines[module.place(node).line - 1]
    return "pred" in line.lower()
