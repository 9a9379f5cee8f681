"""Targets of classifiers that are quantities, whose classes are the numbers themselves."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Evaluate, Fit, Pattern, last_name
from mlaudit_rules.evaluation.repeated_splits import named_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_WORD = Pattern(r"[A-Z]?[a-z]+|[A-Z]+")
_QUANTITIES = frozenset(
    {"count", "counts", "cnt", "amount", "quantity", "qty", "price", "prices", "cost", "costs"}
    | {"sales", "revenue", "salary", "age", "ages", "passengers", "visitors", "riders", "rides"}
    | {"seconds", "minutes", "hours", "days", "weeks", "months", "years", "duration", "distance"}
    | {"kilometers", "kilometres", "miles", "temperature", "demand"}
)
# With these a name says that the quantity was cut into classes.
_CUT = frozenset(
    {"class", "classes", "category", "cat", "kind", "type", "label", "flag", "is", "has", "binary"}
    | {"range", "group", "bin", "bins", "bucket", "band", "bracket", "level", "tier", "quartile"}
    | {"high", "low", "over", "under", "above", "below", "up", "down", "direction", "rank"}
)
_LEARNING = ("fit", "partial_fit")
_REGRESSOR = "regressor"
_ENCODING = ("LabelEncoder", "OrdinalEncoder", "factorize")


def is_quantity(module: Module, event: Evaluate) -> bool:
    """Say whether a classifier has learnt a target that is a quantity, as far as can be told.

    Its name says so, or a regressor learns the same one: in this program, or in one beside it that
    reads the same file.  Where classes are encoded, or judged as such, the regressor tells nothing:
    some try one on them all the same.
    """
    columns = {fit.target for fit in event.fits if fit.target is not None}
    given = {name for fit in event.fits for name in _given(module, fit)}
    if any(map(_says_quantity, columns | given)):
        return True
    if _tells_classes(module):
        return False
    for fit in module.trace.of(Fit):
        if fit.model.task != _REGRESSOR:
            continue
        if fit.target in columns or (not columns and not given.isdisjoint(_given(module, fit))):
            return True
    return bool(columns) and _learnt_beside(module, columns)


def _says_quantity(name: str) -> bool:
    """Say whether a name says that something is counted or measured: `passengers`, `age_in_days`.

    A number alone may be that of a class, as those of digits are.
    """
    words = {word.lower() for word in _WORD.findall(name)}
    return not words.isdisjoint(_QUANTITIES) and words.isdisjoint(_CUT)


def _tells_classes(module: Module) -> bool:
    """Say whether a program gives numbers to classes, or judges a classifier by right and wrong."""
    return bool(module.calls_named(*_ENCODING)) or any(
        event.model.task == "classifier"
        and (event.metric == "score" or event.judges in {"labels", "scores"})
        for event in module.trace.of(Evaluate)
    )


def _given(module: Module, fit: Fit) -> Iterator[str]:
    """Give the name of the target that a fit is given in this document."""
    for named in module.calls_named(*_LEARNING):
        if module.place(named.node) != fit.place:
            continue
        given = [word.value for word in named.node.keywords if word.arg == "y"]
        for target in (*named.node.args[1:2], *given):
            if isinstance(target, ast.Name):
                yield target.id


def _learnt_beside(module: Module, columns: set[str]) -> bool:
    """Say whether a program near this one makes a regressor, and names the same file and target."""
    return any(
        _makes_regressor(module, tree) and columns <= _texts(tree)
        for name in named_files(module.nodes.find(ast.Constant))
        for tree in module.neighbours(name)
    )


def _texts(tree: ast.Module) -> set[str]:
    constants = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant))
    return {text for text in constants if isinstance(text, str)}


def _makes_regressor(module: Module, tree: ast.Module) -> bool:
    """Say whether a program calls what it imports as a regressor, by its own name."""
    called = {last_name(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    imported = (
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if (alias.asname or alias.name) in called
    )
    found = (module.catalogue.find(name) for name in imported)
    return any(entry and entry.kind == "predictor" and entry.task == _REGRESSOR for entry in found)
