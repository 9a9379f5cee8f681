"""IMBA002: the folds of a classification are made without regard to the classes."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    CrossValidate,
    Finding,
    Fit,
    Fix,
    Load,
    Role,
    Rule,
    RuleMeta,
    Severity,
    Split,
    Tier,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Module

SPLITTERS = {"KFold", "ShuffleSplit", "RepeatedKFold"}
CLASS_BY_CLASS = {"load_iris", "load_wine"}


class UnstratifiedFolds(Rule):
    """Reports plain folds under a classifier where some of them may lack a class."""

    meta = RuleMeta(
        code="IMBA002",
        name="unstratified-folds",
        family="imbalance",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Use the stratified splitter of the same kind.",
        impact="Folds differ in their share of the rare class, or have none of it at all.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the plain splitters under a classifier."""
        if module.is_test:
            return
        sorted_rows = _class_by_class(module)
        if not module.imbalance.evident and sorted_rows is None:
            return
        for call in module.calls:
            name = call.name.rsplit(".", 1)[-1]
            if name not in SPLITTERS or call.spread or not call.name.startswith("sklearn."):
                continue
            if not _under_classifier(module, call):
                continue
            if sorted_rows is not None and name == "KFold" and not _shuffles(call):
                yield self._judge(call, name, f"{sorted_rows} gives its rows class by class")
            elif module.imbalance.evident:
                yield self._judge(call, name, module.imbalance.words)

    def _judge(self, call: Call, name: str, why: str) -> Finding:
        stratified = name.replace("KFold", "StratifiedKFold").replace(
            "ShuffleSplit", "StratifiedShuffleSplit"
        )
        return self.report(
            call.place,
            f"`{name}` makes folds of a classifier without regard to its classes, although {why}",
            fix=Fix(f"Use {stratified} instead."),
        )


def _class_by_class(module: Module) -> str | None:
    for load in module.trace.of(Load):
        if load.reader in CLASS_BY_CLASS:
            return f"`{load.reader}`"
    return None


def _shuffles(call: Call) -> bool:
    shuffle = call.arguments.get("shuffle")
    return shuffle is not None and not (shuffle.known and shuffle.value is False)


def _under_classifier(module: Module, call: Call) -> bool:
    """Say whether a classifier is judged by the folds, and nothing else is."""
    tasks = set(_tasks(module, call))
    return tasks == {"classifier"}


def _tasks(module: Module, call: Call) -> Iterator[str | None]:
    text = call.place.text
    names = {
        target.id
        for node in module.nodes.find(ast.Assign)
        if node.value is call.node
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for event in module.trace.of(CrossValidate):
        cv = event.arguments.get("cv")
        if cv is not None and (cv.text == text or cv.text in names):
            yield event.model.task
    places = {call.place.location}
    for split in module.trace.of(Split):
        made_here = split.function == call.name.rsplit(".", 1)[-1] and (
            split.place.location in places
            or any(re.search(rf"\b{re.escape(name)}\b", split.place.text) for name in names)
        )
        if not made_here:
            continue
        for fit in module.trace.of(Fit):
            if fit.model.role is Role.PREDICTOR and any(
                fit.rows.within(part) for part in split.parts
            ):
                yield fit.model.task
