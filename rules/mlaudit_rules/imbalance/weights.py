"""Class weights, and whether the model that has them learns from a part of a split."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeVar

from mlaudit.rulekit import CrossValidate, Fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Model, Module, Place, Split

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

T = TypeVar("T")
if TYPE_CHECKING:
    # What stands on a line of a document (by its id), each with the line where it ends.
    Lines = dict[tuple[int, int], list[tuple[int, T]]]

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def weights_near(module: Module, split: Split) -> list[Place]:
    """List the class weights of models that learn the rows of a split, or that may do so.

    Where no training of an estimator is known, its weights count in the function where it is made.
    """
    return [one for one in module.imbalance.weighted if _may_concern(module, one, split)]


def _may_concern(module: Module, weights: Place, split: Split) -> bool:
    fits = list(_at(module.fact(_trained), weights))
    if fits:
        return any(fit.rows.kin(split.rows) for fit in fits)
    here, there = _function(module, weights), _function(module, split.place)
    if here is there:
        return True
    if any(_at(module.fact(_estimators), weights)):
        return False
    return None in (here, there) or _calls(module, here, there) or _calls(module, there, here)


def _trained(module: Module) -> Lines[Fit | CrossValidate]:
    """List trainings by the lines where they stand, and where what is trained is made."""
    found: Lines[Fit | CrossValidate] = {}
    trained: list[Fit | CrossValidate] = [*module.trace.of(Fit)]
    trained += module.trace.of(CrossValidate)
    for fit in trained:
        for place in (fit.place, *_made(fit.model)):
            _put(found, place, fit)
    return found


def _estimators(module: Module) -> Lines[object]:
    """List the lines where estimators are made."""
    found: Lines[object] = {}
    for call in module.calls_of("predictor", "wrapper"):
        _put(found, module.place(call.node), True)
    return found


def _put(found: Lines[T], place: Place, what: T) -> None:
    for line in range(place.line, place.end_line + 1):
        found.setdefault((id(place.document), line), []).append((place.end_line, what))


def _at(found: Lines[T], inner: Place) -> Iterator[T]:
    """Give what stands around a place."""
    for end, what in found.get((id(inner.document), inner.line), ()):
        if inner.end_line <= end:
            yield what


def _calls(module: Module, caller: Definition | None, called: Definition | None) -> bool:
    named = module.calls_named(called.name) if called is not None else ()
    return any(call.function is caller for call in named)


def _made(model: Model) -> Iterator[Place]:
    yield model.place
    for step in model.steps:
        yield from _made(step)


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
