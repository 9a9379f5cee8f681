"""IMBA007: a classifier of classes that are known to be imbalanced learns as if they were not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Fit,
    Fix,
    Pattern,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    named,
)
from mlaudit.rulekit.weighing import read_by_none, weights_of_classes

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module, Place

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
        """Judge weights that nobody reads, else the document, at its first classifier."""
        if module.is_test:
            return
        forgotten = _forgotten(module)
        if forgotten is not None:
            yield self._judge_weights(module, *forgotten)
            return
        if not (module.imbalance.evident and module.imbalance.shown):
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

    def _judge_weights(self, module: Module, name: str, value: ast.expr, fit: Fit) -> Finding:
        return self.report(
            module.place(value),
            f"`{name}` tells what each class should weigh, and nothing reads it but people: "
            f"{named(fit.model)} is trained as if all classes weighed the same",
            evidence=[("computed here", module.place(value)), ("trained here", fit.place)],
            confidence=Confidence.HIGH,
            fix=Fix(f"Give `{name}` to the training, as class_weight or sample_weight."),
        )


def _forgotten(module: Module) -> tuple[str, ast.expr, Fit] | None:
    """Find weights of classes that go into no training, and the first that could have had them."""
    found = weights_of_classes(module)
    if not found or _weighted(module):
        return None
    fits = list(filter(_of_classes, module.trace.of(Fit)))
    for name, value in found:
        if fits and read_by_none(module, name):
            place = module.place(value)
            fit = next((fit for fit in fits if _follows(fit, place)), None)
            return None if fit is None else (name, value, fit)
    return None


def _weighted(module: Module) -> bool:
    """Say whether any call is given weights, or an estimator resamples."""
    given = (keyword.arg or "" for call in module.names.calls for keyword in call.node.keywords)
    return any("weight" in name for name in given) or bool(module.calls_of("resampler"))


def _of_classes(fit: Fit) -> bool:
    return fit.model.role is Role.PREDICTOR and fit.model.task != "regressor"


def _follows(fit: Fit, place: Place) -> bool:
    """Say whether a training stands behind a place of the same document."""
    there, here = fit.place.location, place.location
    same = fit.place.document is place.document
    return same and (there.cell or 0, there.line) > (here.cell or 0, here.line)


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
