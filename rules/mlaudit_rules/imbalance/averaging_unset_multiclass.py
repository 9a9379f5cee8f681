"""IMBA009: a metric of two classes judges more than two without being told how to average."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Evaluate,
    Fix,
    Load,
    Needs,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    quoted,
)

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

METRICS = frozenset({"f1_score", "precision_score", "recall_score", "fbeta_score", "jaccard_score"})
SCORINGS = frozenset({"f1", "precision", "recall", "jaccard", "roc_auc"})
SEVERAL = {
    "load_iris": 3,
    "load_wine": 3,
    "load_digits": 10,
    "fetch_covtype": 7,
    "fetch_olivetti_faces": 40,
}
# A comparison, a choice of rows or a setting may leave two classes of many.
MADE_BINARY = Pattern(
    r"(?i)(y|target|labels?|class(es)?|species|digit)\w*(\[[^\]\n]*\])?\)?\s*"
    r"(==|!=|<=?|>=?)\s*[\w'\"(\[]|n_class\b|binarize|OneVs|isin\(|\[:\s*100\]|\[\s*50\s*:|np\.where"
    r"|\.map\(|\.replace\(|lambda|MultiLabel|get_dummies|OutputCode|setosa|versicolor|virginica"
)


class AveragingUnsetMulticlass(Rule):
    """Reports metrics without an average on data whose classes are surely more than two."""

    meta = RuleMeta(
        code="IMBA009",
        name="averaging-unset-multiclass",
        family="imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Say how the classes are averaged: average='macro' counts each alike.",
        impact="The metric stops with an error; in a search every score is missing.",
    )
    needs = Needs(trace=("Load",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge metrics and scorings that need two classes."""
        loads = [load for load in module.trace.of(Load) if load.reader in SEVERAL]
        if not loads or module.is_test:
            return
        judged: list[tuple[Evaluate | CrossValidate, str]] = [*_metrics(module)]
        judged.extend(_scorings(module))
        found = [
            (event, what, load)
            for event, what in judged
            for load in [load for load in loads if event.rows.kin(load.rows)][:1]
        ]
        if found and not MADE_BINARY.search(_code(module)):
            yield from (self._judge(*one) for one in found)

    def _judge(self, event: Evaluate | CrossValidate, what: str, load: Load) -> Finding:
        classes = SEVERAL[load.reader]
        if isinstance(event, Evaluate):
            happens = "so it stops with an error"
            remedy = "Pass average='macro'."
        else:
            happens = "so every score is missing (nan) and nothing is compared"
            remedy = "Use a scoring for several classes: f1_macro, roc_auc_ovr."
        return self.report(
            event.place,
            f"{what} in {quoted(event.place)} is made for two classes and `{load.reader}` has "
            f"{classes}, {happens}",
            evidence=[("the classes come from here", load.place)],
            conditional=event.conditional,
            fix=Fix(remedy),
        )


def _code(module: Module) -> str:
    """Give the code alone: text about the data may speak of anything."""
    return "\n".join(line.partition("#")[0] for line in module.document.lines)


def _metrics(module: Module) -> Iterator[tuple[Evaluate, str]]:
    metrics = module.calls_of("metric")
    calls = {call.place: call for call in metrics if _is_unset(call.name, call.node)}
    seen = set()
    for event in module.trace.of(Evaluate):
        call = calls.get(event.place)
        labels = event.prediction == "predict" and event.model.task == "classifier"
        if call is not None and labels and not call.spread and event.place not in seen:
            seen.add(event.place)
            yield event, f"`{event.metric}`"


def _is_unset(name: str, node: ast.Call) -> bool:
    given = {keyword.arg for keyword in node.keywords}
    return (
        name.startswith("sklearn.")
        and name.rsplit(".", 1)[-1] in METRICS
        and "average" not in given
        and len(node.args) <= 2
    )


def _scorings(module: Module) -> Iterator[tuple[CrossValidate, str]]:
    for event in module.trace.of(CrossValidate):
        scoring = event.arguments.get("scoring")
        if scoring is None or not scoring.known or event.model.task != "classifier":
            continue
        if isinstance(scoring.value, str) and scoring.value in SCORINGS:
            yield event, f"scoring={scoring.value!r}"
