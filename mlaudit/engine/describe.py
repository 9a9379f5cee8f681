"""What the verdict must know of one document: whether something learns, and how it is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.engine.description import Description
from mlaudit.engine.followed import evaluations, trainings
from mlaudit.trace.events import CrossValidate, Evaluate

if TYPE_CHECKING:
    from mlaudit.rulekit.module import Module


def describe(module: Module) -> Description:
    """Tell of a document what the verdict needs; the rest are details."""
    trace = module.trace
    told = Description(brief=True)
    told.evaluations = evaluations(module)
    told.trainings = trainings(module)
    judged = (event for event in trace.of(Evaluate) if event.metric is not None and event.held_out)
    told.held_out = list(dict.fromkeys(event.place.location for event in judged))
    told.judged_apart = bool(told.held_out) or any(True for _ in trace.of(CrossValidate))
    missed = not all(told.trainings.values())
    told.learns = missed or bool(told.evaluations) or _has_models(module)
    told.is_test = module.is_test
    return told


def _has_models(module: Module) -> bool:
    from mlaudit.engine.cards import models
    from mlaudit.engine.parts import parts

    return bool(models(module.trace, parts(module)))
