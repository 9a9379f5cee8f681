"""IMBA005: class weights come from all rows, the test part among them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fit,
    Fix,
    Overlap,
    Pattern,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Split,
    Tier,
    Weigh,
    quoted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module, Place, Trace

WEIGHTS = frozenset({"class_weight", "class_weights", "scale_pos_weight", "pos_weight"})
COUNTS = Pattern(r"sum\(|count|\blen\(|Counter|\.shape|\.mean\(")
DEEP = 4


class WeightsFromAllRows(Rule):
    """Reports class frequencies of rows of which only a part is trained on."""

    meta = RuleMeta(
        code="IMBA005",
        name="weights-from-all-rows",
        family="imbalance",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help="Compute the class weights from the training labels.",
        impact="The test part's balance shapes the training, if only a little.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge every computation of weights by the splits of the same rows."""
        if module.is_test:
            return
        trace = module.trace
        splits = [split for split in trace.of(Split) if _trained(trace, split)]
        for weigh in trace.of(Weigh):
            split = next((split for split in splits if _divided(weigh, split)), None)
            if split is not None:
                yield self._judge(weigh.place, split, weigh.conditional)
        if splits:
            for node, split in _by_hand(module, splits):
                yield self._judge(module.place(node), split, split.conditional)

    def _judge(self, place: Place, split: Split, conditional: bool) -> Finding:
        return self.report(
            place,
            f"{quoted(place)} counts the classes of all rows, those included that are kept "
            "from the training",
            evidence=[("weights computed here", place), ("split here", split.place)],
            conditional=conditional,
            fix=Fix("Give it the labels of the training part only."),
        )


def _divided(weigh: Weigh, split: Split) -> bool:
    """Say whether the weighed rows hold all sides of a split."""
    if any(weigh.rows.overlap(part) is not Overlap.MUST for part in split.parts):
        return False
    return not any(weigh.rows.within(part) for part in split.parts)


def _trained(trace: Trace, split: Split) -> bool:
    """Say whether a predictor is trained on the first part of a split."""
    return len(split.parts) > 1 and any(
        fit.model.role is Role.PREDICTOR and fit.rows.within(split.parts[0])
        for fit in trace.near(Fit, split.parts[0])
    )


def _by_hand(module: Module, splits: list[Split]) -> Iterator[tuple[ast.expr, Split]]:
    """Find weights made of counts of an array that a split divides."""
    bound = _bound_once(module)
    seen = set()
    for node in module.nodes.find(ast.keyword):
        if node.arg not in WEIGHTS:
            continue
        for made in _made_of(node.value, bound):
            split = next((split for split in splits if _counts_divided(made, split, bound)), None)
            if split is not None and made not in seen:
                seen.add(made)
                yield made, split


def _bound_once(module: Module) -> dict[str, ast.expr]:
    """Give what names stand for that are bound by one assignment only."""
    found: dict[str, list[ast.expr]] = {}
    for node in module.nodes.find(ast.Assign):
        for target in node.targets:
            parts = target.elts if isinstance(target, ast.Tuple) else [target]
            for part in parts:
                if isinstance(part, ast.Name):
                    found.setdefault(part.id, []).append(node.value)
    return {name: values[0] for name, values in found.items() if len(values) == 1}


def _made_of(value: ast.expr, bound: dict[str, ast.expr]) -> list[ast.expr]:
    """Follow an expression through its names to what they are computed by."""
    found, waiting = [value], [value]
    for _ in range(DEEP):
        names = {name for each in waiting for name in _names(each)}
        waiting = [bound[name] for name in sorted(names) if name in bound]
        found.extend(each for each in waiting if each not in found)
    return found


def _counts_divided(made: ast.expr, split: Split, bound: dict[str, ast.expr]) -> bool:
    """Say whether an expression counts the array of labels that a split divides."""
    if len(split.arrays) < 2 or split.arrays[1] in split.outputs:
        return False
    labels = split.arrays[1]
    return labels in bound and labels in _names(made) and _is_count(made)


def _is_count(node: ast.expr) -> bool:
    text = ast.unparse(node)
    calls_split = "split(" in text or "compute_" in text
    return COUNTS.search(text) is not None and not calls_split


def _names(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
