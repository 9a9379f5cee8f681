"""Class weights, and whether the model that has them learns from a part of a split."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import CrossValidate, Fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mlaudit.rulekit import Model, Module, Place, Split

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def weights_near(module: Module, split: Split) -> list[Place]:
    """List the class weights of models that learn the rows of a split, or that may do so.

    Where no training of an estimator is known, its weights count in the function where it is made.
    """
    trained: list[Fit | CrossValidate] = [*module.trace.of(Fit)]
    trained += module.trace.of(CrossValidate)
    return [one for one in module.imbalance.weighted if _may_concern(module, one, split, trained)]


def _may_concern(
    module: Module, weights: Place, split: Split, trained: Sequence[Fit | CrossValidate]
) -> bool:
    fits = [fit for fit in trained if _gets(fit, weights)]
    if fits:
        return any(fit.rows.kin(split.rows) for fit in fits)
    made = (call.node for call in module.calls_of("predictor", "wrapper"))
    around = [node for node in made if _within(weights, module.place(node))]
    here, there = _function(module, weights), _function(module, split.place)
    if around or here is there:
        return here is there
    return None in (here, there) or _calls(module, here, there) or _calls(module, there, here)


def _calls(module: Module, caller: Definition | None, called: Definition | None) -> bool:
    named = module.calls_named(called.name) if called is not None else ()
    return any(call.function is caller for call in named)


def _gets(fit: Fit | CrossValidate, weights: Place) -> bool:
    """Say whether weights are given to a model where it is made, or where it is trained."""
    return any(_within(weights, place) for place in (fit.place, *_made(fit.model)))


def _made(model: Model) -> Iterator[Place]:
    yield model.place
    for step in model.steps:
        yield from _made(step)


def _within(inner: Place, outer: Place) -> bool:
    if inner.document is not outer.document:
        return False
    return outer.line <= inner.line and inner.end_line <= outer.end_line


def _function(module: Module, place: Place) -> Definition | None:
    """Find the innermost function around a place, None at the top level and in other files."""
    if place.document is not module.document:
        return None
    around: list[Definition] = [
        node
        for node in module.nodes.find(*_FUNCTIONS)
        if node.lineno <= place.line <= (node.end_lineno or node.lineno)
    ]
    return around[-1] if around else None
