"""IMBA007: a classifier of classes that are known to be imbalanced learns as if they were not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Fix,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    named,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module

# Anything that counters an imbalance, or judges by scores instead of labels.
COUNTERED = Pattern(
    r"(?i)class_?weight|sample_?weight|pos_weight|is_unbalance|sample_pos|smote|adasyn|imblearn"
    r"|(over|under|re|down|up)_?-?sampl|threshold|cut_?off|predict_proba|decision_function|focal"
    r"|\bcosts?\b|\bpriors?\b|WeightedRandom|roc_|auc|precision_recall_curve|average_precision"
    r"|['\"]balanced|Balanced(Rand|Bag)|EasyEnsemble|RUSBoost|\.sample\("
)
BASELINES = ("Dummy",)


class ImbalanceIgnored(Rule):
    """Reports the first classifier judged by its labels where nothing counters an imbalance."""

    meta = RuleMeta(
        code="IMBA007",
        name="imbalance-ignored",
        family="imbalance",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        help="Weigh the classes, resample the training part, or choose the threshold on scores.",
        impact="The model prefers the common class, and finds few rows of the rare one.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the document as a whole, at its first classifier."""
        if module.is_test or not (module.imbalance.evident and module.imbalance.shown):
            return
        judged = sorted(filter(_of_labels, module.trace.of(Evaluate)), key=_is_own)
        if judged and not COUNTERED.search(module.document.text):
            yield self._judge(module, judged[0])

    def _judge(self, module: Module, event: Evaluate) -> Finding:
        return self.report(
            event.model.place,
            f"{named(event.model)} learns from the classes as they come and answers with the "
            f"likelier one, although {module.imbalance.words}; no weights, no resampling and no "
            "threshold counter that",
            evidence=[*module.imbalance.evidence, ("judged here", event.place)],
            fix=Fix("Try class_weight='balanced', or choose the threshold on a validation part."),
        )


def _is_own(event: Evaluate) -> bool:
    """Say whether a metric is computed by hand; those of a library are better evidence."""
    return event.metric is not None and event.metric.startswith("own ")


def _of_labels(event: Evaluate) -> bool:
    """Say whether a classifier is judged by the labels that it gives rows kept from it."""
    return (
        event.metric is not None
        and event.held_out
        and event.model.task == "classifier"
        and event.prediction in {"predict", "score"}
        and not event.model.name.startswith(BASELINES)
    )
