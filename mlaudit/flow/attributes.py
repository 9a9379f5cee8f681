"""Attributes: of libraries, project modules, objects of the program, estimators and data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import functions, tables, trainers, tuning
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.values import (
    SCALAR,
    TRIAL,
    UNKNOWN,
    Choice,
    Class,
    Data,
    Dictionary,
    Estimator,
    Function,
    Instance,
    Method,
    ProjectModule,
    Ref,
    Symbol,
    Tuner,
    Value,
    combine,
)
from mlaudit.model.frozen import replace
from mlaudit.trace.events import Effect, Influence, Kind, Role

if TYPE_CHECKING:
    import ast

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import Fit


# What models keep that was measured on rows left out of a fit: of a search, or of their own.
_MEASURED = frozenset(
    {"best_score_", "cv_results_", "grid_scores_", "best_index_", "scores_", "mse_path_",
     "cv_values_", "oob_score_", "validation_scores_", "validation_score_"}
)  # fmt: skip
_OF_DICTS = frozenset(dir(dict))


def attribute(run: Interpreter, holder: Value, name: str, node: ast.AST) -> Value:
    """Read an attribute."""
    value = run.load(holder)
    if isinstance(value, Symbol):
        return Symbol(f"{value.name}.{name}")
    if isinstance(value, ProjectModule):
        return run.member(value, name) or UNKNOWN
    if isinstance(value, Instance):
        return _of_instance(run, holder, value, name, node)
    if isinstance(value, Class):
        return _of_class(run, holder, value, name)
    if isinstance(value, Data) and value.kind == TRIAL:
        return tuning.of_trial(value, name)
    if isinstance(value, Data) and functions.sets(value, name):
        return SCALAR
    if isinstance(value, Data):
        told = trainers.metrics(run, value, node) if name == "metrics" else None
        return told or tables.attribute(run, holder, value, name)
    if isinstance(value, Estimator):
        return _of_estimator(run, holder, value, name)
    if isinstance(value, Dictionary) and name in value.items and name not in _OF_DICTS:
        return value.items[name]  # a namespace, which keeps under names what a dict keeps
    if isinstance(value, Tuner):
        return tuning.attribute(holder, value, name)
    if isinstance(value, Choice):
        return _score_of_any(run, value, name) or Method(holder, name)
    return Method(holder, name)


def _score_of_any(run: Interpreter, value: Choice, name: str) -> Data | None:
    """Give the scores that several records of the program keep under a name."""
    records = [run.load(option) for option in value.options]
    kept = [r.attributes.get(name) for r in records if isinstance(r, Instance)]
    found = [run.data(part) for part in kept if part is not None]
    known = len(found) == len(records) and all(data.scores for data in found)
    return combine(found, "scalar") if known else None


def find_method(run: Interpreter, owner: Class, name: str) -> tuple[Value, Class] | None:
    """Look a class attribute up along the project's own base classes."""
    waiting, seen = [owner], set()
    while waiting:
        current = waiting.pop(0)
        if id(current.node) in seen:
            continue
        seen.add(id(current.node))
        value = current.scope.names.get(name)
        if value is not None:
            return value, current
        waiting.extend(base for base in map(run.load, current.bases) if isinstance(base, Class))
    return None


def _of_instance(
    run: Interpreter, holder: Value, value: Instance, name: str, node: ast.AST
) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    if name == "__class__":
        return value.owner
    found = find_method(run, value.owner, name)
    if found is None:
        return Method(holder, name)
    member, owner = found
    if not isinstance(member, Function):
        return member
    bound = functions.bound_to(member, holder, value.owner, owner)
    if "property" in functions.decorators(member):
        return functions.call(run, bound, Arguments(node))
    return bound


def _of_class(run: Interpreter, holder: Value, value: Class, name: str) -> Value:
    """Read what a class or a base of it defines; a method for classes knows whose it is."""
    found = find_method(run, value, name)
    if found is None:
        return Method(holder, name)
    member, owner = found
    if isinstance(member, Function) and "classmethod" in functions.decorators(member):
        return functions.bound_to(member, None, value, owner)
    return member


def _of_estimator(run: Interpreter, holder: Value, value: Estimator, name: str) -> Value:
    if name in value.attributes:
        return value.attributes[name]
    if name in _MEASURED:
        value.model.scores_read = True
    if name == "best_estimator_" and value.entry.kind == "search":
        return _best(run, holder, value)
    if name in {"estimator_", "model"} and value.entry.kind in {"search", "wrapper"}:
        return holder
    if name == "feature_importances_" and value.model.role is Role.PREDICTOR:
        return Data("scalar", influences=tuple(map(importances, value.fits)))
    if name.endswith("_") and not name.startswith("_"):
        return Data("scalar", influences=value.influences, chosen_by=value.chosen_by)
    return Method(holder, name)


def _best(run: Interpreter, holder: Value, search: Estimator) -> Value:
    """Give the model that a search has chosen: to fit it again is to search no more."""
    inner = run.load(search.inner[0]) if search.inner else None
    if not isinstance(inner, Estimator) or not isinstance(holder, Ref):
        return holder
    best = run.state.allocate(replace(search, entry=inner.entry, inner=inner.inner))
    attributes = {**search.attributes, "best_estimator_": best}
    run.state.heap[holder.address] = replace(search, attributes=attributes)
    return best


def importances(fit: Fit) -> Influence:
    """What a model found important it learnt from its rows and their labels."""
    return Influence(
        f"{fit.model.name}.{fit.operation}",
        Kind.SELECTION,
        Effect.HIGH,
        fit.rows,
        fit.place,
        True,
        "the importance of features",
        fit.conditional,
        units="ranked" if fit.model.compares_only else "",
        when=fit.when,
    )
