"""EVAL021: a regressor is judged as a classifier, or a classifier as a regressor."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Evaluate,
    Finding,
    Fix,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Words,
    last_name,
    named,
    quoted,
    spelt,
)
from mlaudit_rules.evaluation.branches import exclusive
from mlaudit_rules.evaluation.quantities import is_quantity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Module, Place

OF_LABELS = {
    "accuracy_score",
    "balanced_accuracy_score",
    "f1_score",
    "fbeta_score",
    "precision_score",
    "recall_score",
    "jaccard_score",
    "matthews_corrcoef",
    "classification_report",
    "confusion_matrix",
    "precision_recall_fscore_support",
}
OF_SPREAD = {"r2_score", "explained_variance_score"}
OF_DISTANCE = {
    "mean_squared_error",
    "root_mean_squared_error",
    "mean_absolute_error",
    "median_absolute_error",
}
DISCRETE = Pattern(
    r"round|rint|astype|\bint\(|[<>]|where|argmax|digitize|\bcut\(|\bmap\(|apply|threshold|sign\("
    r"|floor|ceil|trunc|\bto_|label|bins?\b"
)
REGRESSION_LOSS = Pattern(
    r"['\"](mse|mae|mape|msle|mean_(squared|absolute)\w*|huber\w*|log_?cosh)['\"]"
    r"|Mean(Squared|Absolute)\w*\(|Huber\(|LogCosh\("
)
DECODED = Pattern(r"\binverse_transform\(")
FRACTIONS = Pattern(r"\bfloat(32|64)?\b|\bto_numeric\(")
CLASSIFYING = Words(
    *("sigmoid", "softmax", "to_categorical", "tanh", "crossentropy", "autoencoder", "classif"),
    *("binary", "class_num", "num_class", "n_class", "nb_class"),
    any_case=True,
)


Problem = tuple[str, Confidence, str]


class MetricTaskMismatch(Rule):
    """Reports metrics that mean nothing for the kind of prediction that they are given."""

    meta = RuleMeta(
        code="EVAL021",
        name="metric-task-mismatch",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Judge classes by classification metrics and quantities by regression metrics.",
        impact="The number does not say how good the model is.",
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge metrics by what made their predictions."""
        calls = {call.place: call for call in module.calls_of("metric")}
        seen: set[Place] = set()
        for event in module.trace.of(Evaluate):
            problem = _problem(module, event, calls.get(event.place))
            if problem is None or event.place in seen:
                continue
            if _never_meet(module, event):
                continue
            seen.add(event.place)
            message, confidence, fix = problem
            yield self.report(
                event.place,
                message,
                evidence=[("predicts", event.model.place)],
                confidence=confidence,
                conditional=event.conditional,
                fix=Fix(fix),
            )
        yield from self._networks(module)

    def _networks(self, module: Module) -> Iterator[Finding]:
        """Judge networks compiled with a regression loss and accuracy."""
        compiling = [named.node for named in module.calls_named("compile")]
        if not compiling or CLASSIFYING.stand_in(_beside_imports(module)):
            return
        for node in compiling:
            given = {keyword.arg: keyword.value for keyword in node.keywords}
            if not isinstance(node.func, ast.Attribute):
                continue
            loss, metrics = given.get("loss"), given.get("metrics")
            if loss is None or metrics is None:
                continue
            accurate = re.search(r"['\"]acc(uracy)?['\"]", module.text(metrics))
            if accurate and REGRESSION_LOSS.search(module.text(loss)):
                yield self.report(
                    module.place(metrics),
                    f"the network is trained with {quoted(module.text(loss))} to predict a "
                    "quantity; its accuracy compares classes, and says nothing of quantities",
                    evidence=[("loss of a regression", module.place(loss))],
                    fix=Fix('Use metrics=["mae"] instead.'),
                )


def _never_meet(module: Module, event: Evaluate) -> bool:
    """Say whether a model is made where its metric is not called, or not bound to what is called.

    Of models and metrics that the same branches choose, only those of one branch meet.
    """
    places = [event.place]
    call = module.node_at(event.place.location, ast.Call)
    if call is not None and isinstance(call.func, ast.Name):
        bound = module.fact(_assigned).get(call.func.id, ())
        chosen = [module.place(node) for node in bound if _reads(node.value, event.metric)]
        places = chosen or places
    return all(exclusive(module, event.model.place, place) for place in places)


def _reads(value: ast.expr, name: str | None) -> bool:
    found = (node for node in ast.walk(value) if isinstance(node, ast.Name | ast.Attribute))
    return any(last_name(node) == name for node in found)


def _beside_imports(module: Module) -> str:
    """Leave out what is imported: it may have been copied from another program and never used."""
    lines = module.document.text.split("\n")
    for node in module.nodes.find(ast.Import, ast.ImportFrom):
        last = node.end_lineno or node.lineno
        lines[node.lineno - 1 : last] = [""] * (last - node.lineno + 1)
    return "\n".join(lines)


def _problem(module: Module, event: Evaluate, call: Call | None) -> Problem | None:
    """Say what is wrong, how surely, and the remedy; None where nothing is."""
    metric, task = event.metric or "", event.model.task
    if task == "regressor" and metric in OF_LABELS:
        if call is None or event.decided or _made_discrete(module, call):
            return None
        wrong = f"`{metric}` compares classes, but {named(event.model)} predicts a quantity"
        why = "it refuses fractions, and a whole number counts only if it is exactly right"
        return f"{wrong}: {why}", Confidence.HIGH, "Use mean_absolute_error or r2_score."
    if metric in OF_SPREAD and call is not None and _cut_into_classes(module, call):
        wrong = f"`{metric}` takes the classes that {named(event.model)} tells apart for quantities"
        why = "it was given a comparison or an argmax"
        return f"{wrong}: {why}", Confidence.HIGH, "Use classification_report."
    if task == "classifier" and _judged_by_distance(module, event):
        if is_quantity(module, event) or (call is not None and _decoded(module, call)):
            return None  # the classes are the numbers themselves, and lie as far apart
        wrong = f"`{metric}` takes the classes that {named(event.model)} predicts for quantities"
        return f"{wrong}: {_distance(metric)}", Confidence.MEDIUM, "Use classification_report."
    if task == "regressor" and metric == "score" and _called_accuracy(module, event):
        wrong = f"the score of a regressor such as {named(event.model)} is R², not accuracy"
        return f"{wrong}: it is no share of right predictions", Confidence.HIGH, "Call it R²."
    return None


def _made_discrete(module: Module, call: Call) -> bool:
    """Look along the operands' assignments for anything that makes classes of quantities."""
    texts, names = [module.text(call.node)], _names_in(call.node)
    assigned = module.fact(_assigned)
    texts += [
        _but_filters(module, node)
        for name in names
        for node in assigned.get(name, ())
        if not _other_column(node, texts[0])
    ]
    return any(DISCRETE.search(text) for text in texts)


def _decoded(module: Module, call: Call) -> bool:
    """Say whether a metric is given classes that were turned back into the fractions they name."""
    assigned = module.fact(_assigned)
    made = [
        [module.text(node.value) for node in assigned.get(name, ())]
        for name in _names_in(call.node)
    ]
    return any(
        any(map(DECODED.search, texts)) and any(map(FRACTIONS.search, texts)) for texts in made
    )


def _cut_into_classes(module: Module, call: Call) -> bool:
    """Say whether a metric is given what a threshold or `argmax` makes of predictions."""
    given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
    assigned = module.fact(_assigned)
    for node in given:
        values = [node]
        if isinstance(node, ast.Name):
            made = assigned.get(node.id, ())
            values = [one.value for one in made if spelt(_target(one)) == node.id]
        if any(map(_cuts, values)):
            return True
    return False


def _target(node: ast.Assign | ast.AugAssign) -> ast.expr:
    return node.targets[0] if isinstance(node, ast.Assign) else node.target


def _cuts(node: ast.expr) -> bool:
    """Say whether an expression is a comparison or an argmax, as another type perhaps."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "argmax":
            return True
        if node.func.attr not in {"astype", "int", "numpy", "cpu", "tolist"}:
            return False
        node = node.func.value
    ordered = ast.Lt | ast.Gt | ast.LtE | ast.GtE
    return isinstance(node, ast.Compare) and isinstance(node.ops[0], ordered)


def _assigned(module: Module) -> dict[str | None, list[ast.Assign | ast.AugAssign]]:
    """Map names to the assignments to them, to their parts and to their attributes."""
    found: dict[str | None, list[ast.Assign | ast.AugAssign]] = {}
    for node in module.nodes.find(ast.Assign, ast.AugAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            found.setdefault(_root(target), []).append(node)
    return found


def _other_column(node: ast.Assign | ast.AugAssign, metric: str) -> bool:
    """Say whether only a column is assigned to that a metric is not given."""
    target = _target(node)
    if not isinstance(target, ast.Subscript) or not isinstance(target.slice, ast.Constant):
        return False
    named = isinstance(target.slice.value, str)
    return named and "[" in metric and str(target.slice.value) not in metric


def _but_filters(module: Module, node: ast.Assign | ast.AugAssign) -> str:
    """Give the text of an assignment; of `table[table.day < last]` only that of the table."""
    value = node.value
    while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and not value.args:
        value = value.func.value
    if isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Compare):
        return module.text(value.value)
    return module.text(node)


def _names_in(node: ast.Call) -> set[str]:
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _judged_by_distance(module: Module, event: Evaluate) -> bool:
    """Look for distances between classes; beside a classification metric they may be meant so."""
    if event.prediction != "predict" or event.metric in OF_SPREAD:
        return event.prediction == "predict"
    return event.metric in OF_DISTANCE and not any(
        other.model is event.model and (other.metric in OF_LABELS or other.metric == "score")
        for other in module.trace.of(Evaluate)
    )


def _distance(metric: str) -> str:
    """Say what distances between the numbers of classes tell, be they two or more."""
    if metric in OF_SPREAD:
        return "it weighs how far their numbers lie apart, and is no share of right predictions"
    return "of two it tells at best how often they are wrong, of more it depends on their numbers"


def _called_accuracy(module: Module, event: Evaluate) -> bool:
    """Say whether the statement of a score names or prints it as an accuracy."""
    if event.place.document is not module.document:
        return False
    line = module.document.lines[event.place.line - 1].partition("#")[0]
    before = line[: event.place.column - 1].lower()
    if re.search(r"r[²2]|r[-_ ]squared|determination", before):
        return False  # it says what the number is, whatever else it calls it
    called = re.search(r"acc(uracy)?\w*\s*=|accuracy", before) is not None
    return called and not _kept_to_itself(module, event.place.line)


def _kept_to_itself(module: Module, line: int) -> bool:
    """Say whether what stands on a line is bound to a name that nothing reads."""
    bound = {
        target.id
        for node in module.nodes.find(ast.Assign)
        if node.lineno <= line <= (node.end_lineno or line)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return bool(bound) and not any(
        isinstance(node.ctx, ast.Load) and node.id in bound for node in module.nodes.find(ast.Name)
    )
