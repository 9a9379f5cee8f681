"""Which trainings and evaluations of a document could be followed to their rows."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit.passed import is_passed
from mlaudit.syntax.gradients import only_read
from mlaudit.syntax.spelling import last_name
from mlaudit.trace.events import CrossValidate, Evaluate, Fit, Role

if TYPE_CHECKING:
    from mlaudit.model.location import Location
    from mlaudit.rulekit.module import Module
    from mlaudit.source.document import Place
    from mlaudit.syntax.names import NamedCall

_JUDGING = ("metric", "cross-validate")
_FITTING = "fit"
_GRADIENTS = "backward"
_GROUPS = "cluster"
# The steps of TensorFlow, and a command line that trains what it is given.
_STEPPING = ("minimize", "apply_gradients")
_COMMAND = "LightningCLI"


def evaluations(module: Module) -> dict[Location, bool]:
    """Say for each judgement whether its rows, and those of the training, are known.

    A metric that is called although the trace tells nothing of it was not followed either, unless
    it tells how far groups agree with labels: these are judged on the rows that were grouped.
    Where a setting rules the call out there is nothing to follow.
    """
    found: dict[Location, bool] = {}
    told: set[tuple[str, int, int, int]] = set()
    for event in module.trace.events:
        match event:
            case Evaluate():
                judges, known = event.metric is not None, event.rows.known and _trained(event)
            case CrossValidate():
                judges, known = True, event.rows.known
                for judged in event.judged_at:
                    found[judged.location] = known
                    told.add(judged.location.sort_key)
            case _:
                continue
        place = event.place.location
        told.add(place.sort_key)
        if judges:
            found[place] = found.get(place, True) and known
    for call in module.calls_of(*_JUDGING):
        place = call.place.location
        of_groups = call.entry is not None and call.entry.task == _GROUPS
        if place.sort_key not in told and not of_groups and not is_passed(module, call.node):
            found[place] = False
    return found


def trainings(module: Module) -> dict[Location, bool]:
    """Say for each training whether it is known which model learns there from which rows.

    A call of `fit`, one of `backward` beside a step, and a step of an optimizer of TensorFlow is a
    training even where the trace tells nothing of it; a gradient that nothing steps along is none
    even where it does.
    """
    found: dict[Location, bool] = {}
    steps = _steps(module)
    for event in module.trace.of(Fit):
        place = event.place.location
        if steps or event.operation != _GRADIENTS:
            known = event.rows.known and event.model.role is not Role.UNKNOWN
            found[place] = found.get(place, False) or known
    words = (_FITTING, _GRADIENTS, *(() if found else _STEPPING)) if steps else (_FITTING,)
    named = module.calls_named(*words, _COMMAND)
    told = {_start(event.place) for event in module.trace.events} if named else set()
    for each in named:
        function, here = each.node.func, module.place(each.node)
        if _start(here) in told or is_passed(module, each.node):
            continue
        if last_name(function) == _COMMAND:
            trains = _commands(each.node)
        elif last_name(function) == _GRADIENTS and _only_looks(each):
            continue
        else:
            trains = isinstance(function, ast.Attribute) and not module.names.resolve(function)
        if trains:
            found[here.location] = False
    return found


def _only_looks(gradients: NamedCall) -> bool:
    """Say whether the function around a `backward` looks at the gradients, and steps along none."""
    return gradients.function is not None and only_read(gradients.function)


def _commands(call: ast.Call) -> bool:
    """Say whether a command line trains at once: it does unless told not to."""
    told = [keyword.value for keyword in call.keywords if keyword.arg == "run"]
    return not any(isinstance(value, ast.Constant) and value.value is False for value in told)


def _start(place: Place) -> tuple[str, int, int]:
    return (place.document.path, place.line, place.column)


def _steps(module: Module) -> bool:
    """Say whether anything may change weights along gradients: an optimizer, or a step of one."""
    return "optimizer" in module.kinds or any(
        isinstance(named.node.func, ast.Attribute) for named in module.calls_named("step")
    )


def _trained(event: Evaluate) -> bool:
    return bool(event.fits) and all(fit.rows.known for fit in event.fits)
