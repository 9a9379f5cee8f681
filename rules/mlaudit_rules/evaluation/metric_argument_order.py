"""EVAL010: a metric is given predictions in the place of labels and labels as predictions."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Finding,
    Fix,
    Needs,
    Pattern,
    Repair,
    Rule,
    RuleMeta,
    Severity,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Module, Place

EFFECTS = {
    "precision_score": "it gives the recall",
    "recall_score": "it gives the precision",
    "precision_recall_fscore_support": "precision and recall change places",
    "classification_report": "precision and recall change places, and support counts predictions",
    "confusion_matrix": "rows are predictions and columns are classes",
    "multilabel_confusion_matrix": "false positives and false negatives change places",
    "fbeta_score": "precision and recall change places in it",
    "balanced_accuracy_score": "it averages over predicted classes, not true ones",
    "class_likelihood_ratios": "it judges the labels by the predictions",
    "roc_auc_score": "predictions are taken for classes",
    "average_precision_score": "predictions are taken for classes",
    "roc_curve": "predictions are taken for classes",
    "precision_recall_curve": "predictions are taken for classes",
    "log_loss": "predictions are taken for classes",
    "brier_score_loss": "predictions are taken for classes",
    "r2_score": "the error is compared with the spread of the predictions",
    "explained_variance_score": "the error is compared with the spread of the predictions",
    "mean_absolute_percentage_error": "errors are shares of the predictions",
    "d2_absolute_error_score": "the error is compared with the spread of the predictions",
    "mean_poisson_deviance": "the deviance is taken the wrong way round",
    "mean_gamma_deviance": "the deviance is taken the wrong way round",
    "mean_tweedie_deviance": "the deviance is taken the wrong way round",
    "mean_pinball_loss": "too high and too low change places",
}
_OPERANDS = ("y_true", "y_pred", "y_score", "y_prob", "y_proba")
# What these do when classes are weighted; a weighted recall is the accuracy in either order.
WEIGHTED = {
    "f1_score": "classes are weighted by how often they are predicted",
    "jaccard_score": "classes are weighted by how often they are predicted",
    "fbeta_score": "precision and recall of each class change places in it, and classes are "
    "weighted by how often they are predicted",
    "precision_score": "it gives the recall of each class, weighted by how often it is predicted",
    "precision_recall_fscore_support": "precision and recall of each class change places, and "
    "classes are weighted by how often they are predicted",
}
DRAWN_WITHIN = 12
ACROSS = Pattern(r"(?i)xlabel\([^)]*(true|actual|truth|real)")
UPWARDS = Pattern(r"(?i)ylabel\([^)]*predict")
AVERAGED = frozenset({*WEIGHTED, "recall_score"})
SYMMETRIC = frozenset({"f1_score", "jaccard_score"})
# Of tables that have a single one in each row, these are the same in either order.
OF_TABLES = frozenset({"roc_auc_score", "average_precision_score"})
BY_ONES = frozenset({"micro", "samples"})
ONES = ("LabelBinarizer", "label_binarize", "OneHotEncoder", "get_dummies", "to_categorical")
UNKNOWN = "?"  # a setting that is not written out
# With these values, or these defaults, a metric gives the same number in either order.
EVEN = {
    "fbeta_score": ("beta", None, 1),
    "mean_pinball_loss": ("alpha", 0.5, 0.5),
    "mean_tweedie_deviance": ("power", 0, 0),
}


class MetricArgumentOrder(Rule):
    """Reports swapped operands of metrics that are not symmetric."""

    meta = RuleMeta(
        code="EVAL010",
        name="metric-argument-order",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Give the labels first, then the predictions.",
        impact="The printed number is another one than its name says.",
    )
    needs = Needs(trace=("Evaluate",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge evaluations whose operands are swapped."""
        swapped = [event for event in module.trace.of(Evaluate) if event.swapped]
        calls = {call.place: call for call in module.calls} if swapped else {}
        seen: set[Place] = set()
        for event in swapped:
            place = event.swapped or event.place
            effect = _effect(event, calls.get(event.place))
            if effect is None or place in seen or _drawn_so(event):
                continue
            if _counts_ones_alike(module, event):
                continue
            seen.add(place)
            own = place == event.place
            what = "has the predictions first and the labels second"
            passed = f"exchanges labels and predictions on their way to {quoted(event.place)}"
            yield self.report(
                place,
                f"{quoted(place)} {what if own else passed}: {effect}",
                severity=Severity.INFO if event.metric == "confusion_matrix" else None,
                conditional=event.conditional,
                evidence=[] if own else [("the metric that is given both", event.place)],
                fix=Fix(
                    "Exchange the first two arguments." if own else "Exchange the two arguments."
                ),
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Exchange the operands; the axes of a confusion matrix may be labelled the way it is."""
        call = module.node_at(finding.location, ast.Call)
        if call is None or finding.evidence:  # a function of the program may take them otherwise
            return
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        operands = [*call.args[:2], *(named[name] for name in _OPERANDS if name in named)]
        if len(operands) == 2:
            repair = Repair(module, safe=finding.severity is not Severity.INFO)
            repair.swap(*operands)
            yield repair


def _counts_ones_alike(module: Module, event: Evaluate) -> bool:
    """Say whether both orders come to the same, as of tables with a single one in each row.

    Curves refuse anything but zeros and ones in the place of labels, so that both are such tables
    where one is made of classes.  With as many ones in both, misses and false alarms are as many.
    """
    if event.metric not in OF_TABLES or event.averaged not in BY_ONES:
        return False
    return bool(module.calls_named(*ONES))


def _drawn_so(event: Evaluate) -> bool:
    """Say whether a matrix is drawn with the classes along its x-axis, as it was asked for."""
    if event.metric != "confusion_matrix":
        return False
    line = event.place.line
    near = "\n".join(event.place.document.lines[line - 1 : line + DRAWN_WITHIN])
    return ACROSS.search(near) is not None and UPWARDS.search(near) is not None


def _effect(event: Evaluate, call: Call | None) -> str | None:
    """Say what the exchange does; None where nothing changes, or it hangs on an unknown average."""
    metric = event.metric or ""
    if metric not in AVERAGED:
        return None if _is_even(event, call, metric) else EFFECTS.get(metric)
    average = _setting(event, call, "average")
    if average == "weighted":
        return WEIGHTED.get(metric)
    if average in {"micro", UNKNOWN}:
        return None
    even = metric in SYMMETRIC or _is_even(event, call, metric)
    return None if even else EFFECTS[metric]


def _is_even(event: Evaluate, call: Call | None, metric: str) -> bool:
    """Say whether a setting makes the order of the operands indifferent."""
    if metric not in EVEN:
        return False
    name, usual, even = EVEN[metric]
    given = _setting(event, call, name)
    return (usual if given is None else given) == even


def _setting(event: Evaluate, call: Call | None, name: str) -> object:
    """Read a setting, also where the metric is computed in another file."""
    if call is not None:
        given = call.arguments.get(name)
        return None if given is None else given.value if given.known else UNKNOWN
    try:
        node = ast.parse(event.place.text.strip(), mode="eval").body
    except SyntaxError:
        return UNKNOWN
    keywords = (
        {each.arg: each.value for each in node.keywords} if isinstance(node, ast.Call) else {}
    )
    value = keywords.get(name)
    if value is None:
        return UNKNOWN if None in keywords else None
    return value.value if isinstance(value, ast.Constant) else UNKNOWN
