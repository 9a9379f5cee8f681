"""IMBA008: a micro average of single labels is the accuracy under another name."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Fix,
    Needs,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Finding, Module, Place

METRICS = frozenset({"f1_score", "precision_score", "recall_score", "fbeta_score"})
SCORINGS = frozenset({"f1_micro", "precision_micro", "recall_micro"})
# Rows may have several labels, or none, or the averages are told apart by the author or a report.
SEVERAL_LABELS = Pattern(
    r"(?i)multi-?_? ?label|MultiLabelBinarizer|MultiOutput|ClassifierChain|OneVsRest"
    r"|BinaryRelevance|LabelPowerset|sigmoid|BCE|binary_crossentropy|label_binarize|to_categorical|hamming"
    r"|macro|classification_report"
)


class MicroAverageSingleLabel(Rule):
    """Reports micro averages where every row has one label and gets one prediction."""

    meta = RuleMeta(
        code="IMBA008",
        name="micro-average-single-label",
        family="imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Use average='macro' to count every class alike, or call the number accuracy.",
        impact="The number is the accuracy, which rare classes hardly move.",
    )
    needs = Needs(words=("micro",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the micro averages of a document, one finding for all of them."""
        if module.is_test:
            return
        found = list(dict.fromkeys([*_metrics(module), *_scorings(module)]))
        if found and not SEVERAL_LABELS.search(module.document.text):
            (place, metric), *others = found
            more = f" ({len(others)} more like it)" if others else ""
            yield self.report(
                place,
                f"{metric} averages over rows here, and where each row has one label that is the "
                f"accuracy: precision, recall and F1 are all the same number{more}",
                evidence=[("again here", other) for other, _ in others],
                fix=Fix("Use average='macro', or report the accuracy as such."),
            )


def _metrics(module: Module) -> Iterator[tuple[Place, str]]:
    calls = {call.place: call for call in module.calls_of("metric") if _is_micro(call)}
    for call in calls.values():
        if any(_holds_argmax(argument) for argument in call.node.args):
            yield call.place, quoted(call.place)
    for event in module.trace.of(Evaluate) if calls else ():
        labels = event.prediction in {"predict", "predict_classes"}
        if event.place in calls and labels and event.model.task == "classifier":
            yield event.place, quoted(event.place)


def _is_micro(call: Call) -> bool:
    if not call.name.startswith("sklearn.") or call.name.rsplit(".", 1)[-1] not in METRICS:
        return False
    average = call.arguments.get("average")
    micro = average is not None and average.known and average.value == "micro"
    return micro and not call.spread and "labels" not in call.arguments


def _holds_argmax(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr == "argmax" for part in ast.walk(node))


def _scorings(module: Module) -> Iterator[tuple[Place, str]]:
    for event in module.trace.of(CrossValidate):
        scoring = event.arguments.get("scoring")
        if scoring is None or event.model.task != "classifier":
            continue
        if isinstance(scoring.value, str) and scoring.value in SCORINGS:
            yield event.place, f"scoring={scoring.value!r}"
