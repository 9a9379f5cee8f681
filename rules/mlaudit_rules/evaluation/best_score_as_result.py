"""EVAL015: the best score of a search is told, and the chosen model is judged by nothing else."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Fix,
    Needs,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    named,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module, Trace


class BestScoreAsResult(Rule):
    """Reports `best_score_` as the only number that a search leaves behind."""

    meta = RuleMeta(
        code="EVAL015",
        name="best-score-as-result",
        family="evaluation",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        tier=Tier.RESEARCH,
        help="Score the chosen model on rows apart from the search, or nest the search in folds.",
        impact="The best of many cross-validated scores is partly luck, more so the more settings.",
    )
    needs = Needs(trace=("CrossValidate",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the searches that are judged by nothing else, one finding a search."""
        searches = [event for event in module.trace.of(CrossValidate) if event.search]
        if not searches:
            return
        told = dict(reversed(list(best_scores(module))))
        for event in searches:
            node = told.pop(event.model.variable or "", None)
            if node is None or judged_apart(module.trace, event):
                continue
            yield self.report(
                module.place(node),
                f"{quoted(module.text(node))} is the best of all settings that "
                f"{named(event.model)} tried on the same folds, and no score on other rows stands "
                "beside it",
                evidence=[("searched here", event.place)],
                conditional=event.conditional,
                fix=Fix("Set a test part apart before the search and score the best model on it."),
            )


def best_scores(module: Module) -> Iterator[tuple[str, ast.Attribute]]:
    """Find `search.best_score_`, with the name of the search."""
    for node in module.nodes.find(ast.Attribute):
        if node.attr == "best_score_" and isinstance(node.value, ast.Name):
            yield node.value.id, node


def judged_apart(trace: Trace, search: CrossValidate) -> bool:
    """Say whether anything of the same data is judged on rows that the search has not seen.

    Rows of unknown origin may well be such rows.
    """
    return any(
        event.metric is not None and not event.rows.within(search.rows)
        for event in trace.of(Evaluate)
    ) or any(not event.search for event in trace.of(CrossValidate))
