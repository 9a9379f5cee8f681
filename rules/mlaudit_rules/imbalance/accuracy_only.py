"""IMBA003: accuracy is the only judgement of a classifier of imbalanced classes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Finding,
    Fit,
    Fix,
    Pattern,
    Resample,
    Role,
    Rule,
    RuleMeta,
    Severity,
    quoted,
    spelt,
)
from mlaudit_rules.imbalance.balanced import balanced
from mlaudit_rules.imbalance.by_class import judged_by_class
from mlaudit_rules.imbalance.loaded import SAVED, judged_where_imported, judged_where_loaded
from mlaudit_rules.imbalance.measured import measures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Model, Module, Place

SUITABLE = Pattern(
    r"precision|recall|confusion|classification_?report|sensitivity|specificity|matthews|kappa"
    r"|brier|jaccard|balanced_?acc|log_?loss|auroc|auprc|rocauc|roc_?auc|roc_?curve|g_?mean"
    r"|geometric_mean|fbeta|f_?beta|likelihood_ratio|per_?class|class_(acc|correct|total)"
    r"|(?<![a-z])(f_?1|auc|roc|mcc|tp|tn|tpr|fpr|iou|dice|lift|profit)(?![a-z])"
    r"|(?<![a-z])f[12]_?score",
    re.IGNORECASE,
)
ACCURACY = {"accuracy_score", "accuracy"}
MOST_PLACES = 4
SCORED = {"score", "evaluate", "evaluate_generator"}
_JUDGING = (Evaluate, CrossValidate)
_WITH_WEIGHTS = 3
KNOWN = frozenset({None, "accuracy"})


class AccuracyOnly(Rule):
    """Reports the first accuracy where the classes are imbalanced and nothing else is measured."""

    meta = RuleMeta(
        code="IMBA003",
        name="accuracy-only",
        family="imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Report precision and recall, or the area under the precision-recall curve, as well.",
        impact="A model that never finds the rare class can have a high accuracy.",
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the document as a whole, at its first accuracy."""
        if module.is_test or not module.imbalance.evident_beyond_habit:
            return
        if measures(module, SUITABLE, KNOWN) or _weighs_what_it_judges(module):
            return
        if module.imbalance.resampled and not _resampling_is_followed(module):
            return  # nobody knows which rows were balanced
        places = [place for place in _accuracies(module) if not _stands_by_more(module, place)]
        if not places or _judged_by_more(module):
            return
        measured, *others = places
        imbalance = module.imbalance
        yield self.report(
            measured,
            f"accuracy ({quoted(measured)}) is the only judgement of the classifier, although "
            f"{imbalance.words}: how well the rare classes are told hardly moves it",
            evidence=[
                *imbalance.evidence,
                *(("again here", place) for place in others[:MOST_PLACES]),
            ],
            confidence=Confidence.HIGH if imbalance.shown else Confidence.MEDIUM,
            fix=Fix("Add classification_report, or average_precision_score on the probabilities."),
        )


def _judged_by_more(module: Module) -> bool:
    """Say whether the classes are told apart by hand, or by another file that has the model."""
    return judged_by_class(module) or judged_where_loaded(module) or judged_where_imported(module)


def _stands_by_more(module: Module, place: Place) -> bool:
    """Say whether an accuracy is that of another file, which measures more of its models."""
    if place.document is module.document:
        return False
    return measures(module.beside(place.document), SUITABLE, KNOWN)


def _resampling_is_followed(module: Module) -> bool:
    """Say whether rows are known that are resampled, in the open or by a step of a pipeline."""
    if any(module.trace.of(Resample)):
        return True
    events: list[Fit | CrossValidate] = [*module.trace.of(Fit)]
    events += module.trace.of(CrossValidate)
    return any(_resamples(event.model) for event in events)


def _resamples(model: Model) -> bool:
    return model.role is Role.RESAMPLER or any(map(_resamples, model.steps))


def _accuracies(module: Module) -> list[Place]:
    """Find where accuracy is measured, first on held-out rows or folds if there are any."""
    compiled = _compiled(module)
    found = [
        event
        for event in module.trace.events
        if isinstance(event, _JUDGING)
        and _measures_accuracy(event, compiled is not None)
        and not balanced(module.trace, event.rows)
    ]
    found.sort(key=lambda event: isinstance(event, Evaluate) and not event.held_out)
    places = list(dict.fromkeys(event.place for event in found))
    if places or compiled is None or module.calls_named(*SAVED):
        return places  # what is only trained and saved here is judged elsewhere
    return [compiled]


def _measures_accuracy(event: Evaluate | CrossValidate, compiled: bool) -> bool:
    if isinstance(event, CrossValidate):
        return _validates_accuracy(event)
    if event.conditional and not event.reported:
        return False  # a function hands it to whoever calls it, who may judge by more
    return event.metric in ACCURACY or _scores_accuracy(event, compiled)


def _scores_accuracy(event: Evaluate, compiled: bool) -> bool:
    if event.metric not in SCORED:
        return False
    return event.model.task == "classifier" or (compiled and event.metric != "score")


def _validates_accuracy(event: CrossValidate) -> bool:
    if event.search and not event.model.scores_read:
        return False  # it has chosen settings, but its score is told to nobody
    scoring = event.arguments.get("scoring")
    if scoring is None or (scoring.known and scoring.value is None):
        return event.model.task == "classifier"
    return scoring.known and scoring.value == "accuracy"


def _weighs_what_it_judges(module: Module) -> bool:
    """Say whether validation rows are given with weights, as `validation_data=(X, y, weights)`."""
    return any(
        keyword.arg == "validation_data"
        and isinstance(keyword.value, ast.Tuple)
        and len(keyword.value.elts) == _WITH_WEIGHTS
        for named in module.calls_named("fit", "fit_generator")
        for keyword in named.node.keywords
    )


def _compiled(module: Module) -> Place | None:
    """Find `compile(metrics=["accuracy"])`, of several models that of one with class weights."""
    found = [
        (call.func, call)
        for call in (named.node for named in module.calls_named("compile"))
        if isinstance(call.func, ast.Attribute) and _counts_accuracy(module, call)
    ]
    if not found:
        return None
    weighted = module.fact(_weighted) if len(found) > 1 else set()
    return module.place(min(found, key=lambda one: spelt(one[0].value) not in weighted)[1])


def _weighted(module: Module) -> set[str]:
    """Name what some method is given class weights."""
    return {
        spelt(call.func.value)
        for call in module.nodes.find(ast.Call)
        if isinstance(call.func, ast.Attribute)
        and any(keyword.arg == "class_weight" for keyword in call.keywords)
    }


def _counts_accuracy(module: Module, call: ast.Call) -> bool:
    return any(
        keyword.arg == "metrics" and re.search(r"['\"]acc", module.text(keyword.value))
        for keyword in call.keywords
    )
