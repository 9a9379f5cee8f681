"""EVAL011: a metric of scores or probabilities is given predicted classes."""

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
    named,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Module, Place, Trace

SCORING = Pattern(r"prediction_type|output_margin|raw_score|proba|pred_leaf|pred_contrib")
PREDICTED = "predicted here"
BY_SCORES = {
    "roc_curve": "the curve has one corner, at the default threshold",
    "precision_recall_curve": "the curve has one point, at the default threshold",
    "det_curve": "the curve has one point, at the default threshold",
    "roc_auc_score": "with two classes that is the balanced accuracy at the default threshold",
    "average_precision_score": "all rows of a predicted class share one rank",
}
_DEFAULT = "the default threshold"
BY_PROBABILITIES = "every wrong class counts as an error made with full certainty"


class HardLabelsToRankingMetric(Rule):
    """Reports rankings and losses of probabilities that are computed from `predict`."""

    meta = RuleMeta(
        code="EVAL011",
        name="hard-labels-to-ranking-metric",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Give the metric predict_proba or decision_function instead of predict.",
        impact="The number is not what its name says, and mostly worse than the model.",
    )
    needs = Needs(trace=("Evaluate",))

    def check_trace(self, trace: Trace) -> Iterable[Finding]:
        """Judge metrics of scores by how their predictions were made, one finding a prediction."""
        found: dict[Place, list[Evaluate]] = {}
        for event in trace.of(Evaluate):
            if event.predicted_at is not None and takes_classes(event):
                found.setdefault(event.predicted_at, []).append(event)
        for place, events in found.items():
            yield self._judge(place, events)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Give the metric the probability of the second class; more classes need another form."""
        predicted = next(
            (one.location for one in finding.evidence if one.role == PREDICTED), finding.location
        )
        prediction = module.node_at(predicted, ast.Call)
        if prediction is None or not isinstance(prediction.func, ast.Attribute):
            return
        model = module.text(prediction.func.value)
        given = ", ".join(module.text(one) for one in prediction.args)
        repair = Repair(module, safe=False)
        for event in module.trace.of(Evaluate):
            if event.predicted_at is None or event.predicted_at.location != predicted:
                continue
            call = module.node_at(event.place.location, ast.Call)
            if call is None or len(call.args) < 2 or event.decided or not takes_classes(event):
                continue
            if event.swapped:  # the second argument is not the prediction
                continue
            column = "" if event.judges == "probabilities" else "[:, 1]"
            repair.replace(call.args[1], f"{model}.predict_proba({given}){column}")
        yield repair

    def _judge(self, place: Place, events: list[Evaluate]) -> Finding:
        event = events[0]
        metric = event.metric or ""
        wants = "probabilities" if event.judges == "probabilities" else "scores"
        effect = BY_PROBABILITIES if wants == "probabilities" else BY_SCORES.get(metric)
        judged = dict.fromkeys(each.place for each in events)
        how = f"{quoted(place)} gives the classes that {named(event.model)} decides on"
        if event.decided:
            how = f"what {quoted(place)} gives was turned into classes before"
            effect = effect and effect.replace(_DEFAULT, "that decision")
        if event.swapped:  # EVAL010 says what the number is then
            effect = None
        return self.report(
            event.place,
            f"`{metric}` takes {wants}, but {how}" + (f": {effect}" if effect else ""),
            evidence=[(PREDICTED, place), *(("judged here", other) for other in judged)],
            conditional=event.conditional,
            fix=Fix(
                "Pass the probability of the positive class, predict_proba(...)[:, 1], or where "
                "the model has none its decision_function(...)."
            ),
        )


def takes_classes(event: Evaluate) -> bool:
    """Say whether a metric of scores surely gets classes that were decided on."""
    if event.judges not in {"scores", "probabilities"}:
        return False
    return event.decided or (
        not event.blend
        and event.prediction == "predict"
        and event.model.task == "classifier"
        and not event.model.qualified.startswith("statsmodels.")
        and not (event.predicted_at and SCORING.search(event.predicted_at.text))
    )
