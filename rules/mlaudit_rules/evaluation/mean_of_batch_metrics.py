"""EVAL017: a metric that is no mean over rows is computed batch by batch and averaged."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Pattern, Rule, RuleMeta, Severity, Tier, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Call, Finding, Module

# The accuracy, the absolute and the squared error are means over rows; these are not.
METRICS = frozenset(
    {
        "f1_score",
        "fbeta_score",
        "precision_score",
        "recall_score",
        "precision_recall_fscore_support",
        "roc_auc_score",
        "average_precision_score",
        "balanced_accuracy_score",
        "matthews_corrcoef",
        "cohen_kappa_score",
        "jaccard_score",
        "r2_score",
    }
)
BATCHES = Pattern(r"(?i)loader|batch|(?<![a-z])(dl|dataiter|data_iter|generator)(?![a-z])")
MULTILABEL = Pattern(r"(?i)average\s*=\s*['\"]samples")
GATHERS = frozenset({"append", "extend", "update", "add", "write"})


class MeanOfBatchMetrics(Rule):
    """Reports metrics of single batches whose mean stands for the metric of all rows."""

    meta = RuleMeta(
        code="EVAL017",
        name="mean-of-batch-metrics",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Gather labels and predictions of all batches, and compute the metric once.",
        impact="The mean differs from the metric of all rows, and it depends on the batch size.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the metrics in loops over batches, one finding for a loop."""
        if module.is_test:
            return
        found: dict[ast.For, list[Call]] = {}
        for call in module.calls:
            loop = _over_batches(module, call) if _counts(call) else None
            if loop is not None and _gathered(module, call, loop):
                found.setdefault(loop, []).append(call)
        for loop, calls in found.items():
            yield self._judge(module, loop, calls)

    def _judge(self, module: Module, loop: ast.For, calls: list[Call]) -> Finding:
        metric = calls[0].name.rsplit(".", 1)[-1]
        return self.report(
            calls[0].place,
            f"`{metric}` is computed for each batch of {quoted(module.text(loop.iter))} and "
            "gathered; the mean over batches is not its value over all rows",
            evidence=[
                ("loop over batches", module.place(loop.iter)),
                *(("so is this", call.place) for call in calls[1:4]),
            ],
            fix=Fix(f"Append labels and predictions to lists and call `{metric}` after the loop."),
        )


def _counts(call: Call) -> bool:
    return (
        call.in_loop
        and call.name.startswith("sklearn.")
        and call.name.rsplit(".", 1)[-1] in METRICS
        and not MULTILABEL.search(call.place.text)
    )


def _over_batches(module: Module, call: Call) -> ast.For | None:
    """Find the innermost loop around a call, if it goes over batches."""
    node: ast.AST | None = call.node
    while node is not None and not isinstance(node, ast.FunctionDef | ast.Lambda):
        node = module.nodes.parents.get(node)
        if isinstance(node, ast.For):
            return node if BATCHES.search(module.text(node.iter)) else None
    return None


def _gathered(module: Module, call: Call, loop: ast.For) -> bool:
    """Say whether the values of all batches are summed or listed, and none is of rows so far."""
    operands = {name for argument in call.node.args for name in _names_in(argument)}
    if operands & _grown(module, loop):
        return False
    names = _assigned(module, call)
    for node in module.nodes.find(ast.AugAssign, ast.Call, within=loop):
        match node:
            case ast.AugAssign(op=ast.Add()):
                value: list[ast.expr] = [node.value]
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in GATHERS:
                value = node.args
            case _:
                continue
        if any(_holds(part, call.node, names) for part in value):
            return True
    return False


def _names_in(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _assigned(module: Module, call: Call) -> set[str]:
    """Name what the value of a call, or a number made of it, is bound to."""
    node: ast.AST = call.node
    while isinstance(node, ast.expr):
        node = module.nodes.parents[node]
    if not isinstance(node, ast.Assign):
        return set()
    return {name for target in node.targets for name in _names_in(target)}


def _holds(value: ast.expr, wanted: ast.Call, names: set[str]) -> bool:
    return any(
        node is wanted or (isinstance(node, ast.Name) and node.id in names)
        for node in ast.walk(value)
    )


def _grown(module: Module, loop: ast.For) -> set[str]:
    """Name what grows in a loop: lists that rows are appended to, arrays joined to themselves."""
    found = set()
    for node in module.nodes.find(ast.Call, ast.Assign, within=loop):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "extend")):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if name in _names_in(value):
                    found.add(name)
    return found
