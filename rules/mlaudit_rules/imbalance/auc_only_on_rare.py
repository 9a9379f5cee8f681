"""IMBA010: the area under the ROC curve is the only judgement of a classifier of rare events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Fix,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    quoted,
)
from mlaudit_rules.imbalance.loaded import judged_where_loaded
from mlaudit_rules.imbalance.measured import measures

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Finding, Module, Place

KNOWN = frozenset({None, "accuracy", "roc_auc"})
OF_THE_RARE = Pattern(
    r"(?i)precision|recall|confusion|classification_?report|sensitivity|specificity|matthews|kappa"
    r"|brier|jaccard|balanced_?acc|log_?loss|auprc|pr_?auc|auc_?pr|g_?mean|geometric_mean|f_?beta"
    r"|likelihood_ratio|per_?class|threshold|lift|profit|gain|crossentropy"
    r"|(?<![a-z])(f_?1|mcc|tp|tn|iou|dice|gini)(?![a-z])|(?<![a-z])f[12]_?score"
)


class AucOnlyOnRare(Rule):
    """Reports the first area under a ROC curve where nothing looks at the rare class itself."""

    meta = RuleMeta(
        code="IMBA010",
        name="auc-only-on-rare",
        family="imbalance",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        help="Report the area under the precision-recall curve, or precision and recall, as well.",
        impact="Of what the model flags most may be wrong, and the area under the ROC curve high.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the document as a whole, at its first area under a ROC curve."""
        area = None if module.is_test else _area(module)
        if area is None or not module.imbalance.evident:
            return
        if measures(module, OF_THE_RARE, KNOWN) or judged_where_loaded(module):
            return
        yield self.report(
            area,
            f"the area under the ROC curve ({quoted(area)}) is the only judgement, although "
            f"{module.imbalance.words}: the many easy rows of the common class lift it, however "
            "many of the alarms are false",
            evidence=module.imbalance.evidence,
            fix=Fix("Add average_precision_score on the same scores."),
        )


def _area(module: Module) -> Place | None:
    for event in module.trace.events:
        if isinstance(event, Evaluate) and event.metric == "roc_auc_score":
            return event.place
        if isinstance(event, CrossValidate):
            scoring = event.arguments.get("scoring")
            if scoring is not None and scoring.known and scoring.value == "roc_auc":
                return event.place
    return None
