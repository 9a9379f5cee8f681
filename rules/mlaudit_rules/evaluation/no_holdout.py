"""EVAL007: a model is trained and asked for predictions, and nothing says how good they are."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Fit,
    Fix,
    Needs,
    Pattern,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    Watch,
    named,
    quoted,
)
from mlaudit_rules.evaluation.trends import is_trend

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module, Trace

JUDGING = Pattern(
    r"(?i)eval|scor|metric|valid|accura|cross_?val|error|rmse|mse|mae|(?<![a-z])r_?2|auc|confusion"
    r"|report|test|fold|deviance|residual|summary|pvalue|anova"
)

# Names of a contest, whose labels are elsewhere.
_HANDED_IN = Pattern(r"(?i)submi(t|ssion)")


class NoHoldout(Rule):
    """Reports supervised models that predict, in programs that judge nothing at all."""

    meta = RuleMeta(
        code="EVAL007",
        name="no-holdout",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        tier=Tier.RESEARCH,
        help="Keep rows from the training and score the model on them, or cross-validate it.",
        impact="Nobody knows whether the predictions are better than a guess.",
    )
    needs = Needs(trace=("Evaluate",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the document as a whole, at the training of the first model that predicts."""
        if module.is_test or module.document.problems or judges(module.trace):
            return
        predicted = [event for event in module.trace.of(Evaluate) if taught(event)]
        if not predicted or sounds_judged(module):
            return
        predicted = [event for event in predicted if not is_trend(module, event)]
        if not predicted:
            return
        event = predicted[0]
        fit = event.fits[-1]
        yield self.report(
            fit.place,
            f"{named(event.model)} learns from {quoted(fit.variable or fit.place)} and predicts, "
            "and nothing here says how good it is on rows that it has not learnt: no rows are "
            "kept from the training, and there is no cross-validation",
            evidence=[("trained here", fit.place), ("predicts here", event.place)],
            conditional=fit.conditional or event.conditional,
            fix=Fix("Split the rows before training and score the model on the other part."),
        )


def judges(trace: Trace) -> bool:
    """Say whether anything is scored or watched, or rows are predicted that were not trained on."""
    return (
        any(event.metric is not None or _elsewhere(event) for event in trace.of(Evaluate))
        or any(True for _ in trace.of(CrossValidate))
        or any(True for _ in trace.of(Watch))
    )


def _elsewhere(event: Evaluate) -> bool:
    """Say whether the rows predicted are others: a contest's test file, a part set apart.

    A row written out by hand is neither.
    """
    if event.variable.startswith("["):
        return False
    return event.rows.known and not all(event.rows.within(fit.rows) for fit in event.fits)


def taught(event: Evaluate) -> bool:
    """Say whether the model that predicts is a library's and learned from a target."""
    return (
        event.model.role is Role.PREDICTOR
        and event.model.task not in {"cluster", "outlier"}
        and not event.model.qualified.startswith("statsmodels.")
        and any(isinstance(fit, Fit) and fit.target_rows is not None for fit in event.fits)
    )


def sounds_judged(module: Module) -> bool:
    """Look for any name that sounds like judging, here or by those who hold a contest.

    What it does may not have been followed.
    """
    nodes = module.nodes
    names = {
        *(node.attr for node in nodes.find(ast.Attribute)),
        *(node.id for node in nodes.find(ast.Name)),
        *(node.arg or "" for node in nodes.find(ast.keyword)),
        *module.names.functions,
    }
    return any(JUDGING.search(name) or _HANDED_IN.search(name) for name in names)
