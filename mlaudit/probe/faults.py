"""From what was seen of optimizers and networks to the faults of a training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlaudit.model.measured import Fault, FaultKind
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.location import Location
    from mlaudit.probe.launch import Run
    from mlaudit.probe.places import Resolver
    from mlaudit.probe.rows import Files

_LEAST_STEPS = 3

Told = dict[str, Any]


def faults(run: Run, places: Resolver, files: Files) -> tuple[Fault, ...]:
    """Name the faults of a run, in the order of their kinds."""
    found = [*_optimizers(run, places), *_losses(run, places), *_modes(run, places, files)]
    return tuple(found)


def _optimizers(run: Run, places: Resolver) -> Iterator[Fault]:
    """Judge what was last told of each optimizer."""
    last = {told["number"]: told for told in run.of("optimizer")}
    for told in last.values():
        made, step = _at(places, told["made"]), _at(places, told["place"])
        if told["looked"] < _LEAST_STEPS or step is None:
            continue
        name, steps = told["name"], told["steps"]
        if not told["received"]:
            detail = f"no parameter of `{name}` ever has a gradient"
            yield Fault(FaultKind.OPTIMIZER_MISSES, made or step, detail, steps)
        elif not told["changed"]:
            yield Fault(FaultKind.WEIGHTS_UNCHANGED, step, _why_unchanged(told), steps)
        if told["kept"] >= _LEAST_STEPS - 1 and not told["cleared"]:
            detail = f"the gradients of every step of `{name}` are added to those of the last"
            yield Fault(FaultKind.GRADIENTS_KEPT, step, detail, steps)


def _why_unchanged(told: Told) -> str:
    if told["still"]:
        return f"the learning rate of `{told['name']}` is 0"
    if not told["not_zero"]:
        return f"all gradients that `{told['name']}` gets are 0"
    return f"`{told['name']}` changes no weight though it gets gradients"


def _losses(run: Run, places: Resolver) -> Iterator[Fault]:
    """Find, for each line that takes steps, the step from which on no loss was a number."""
    by_place: dict[str, list[Told]] = {}
    for told in run.of("step"):
        if told.get("loss") is not None:
            by_place.setdefault(repr(told["place"]), []).append(told)
    for steps in by_place.values():
        first = len(steps)
        while first and not math.isfinite(steps[first - 1]["loss"]):
            first -= 1
        place = _at(places, steps[0]["place"])
        if len(steps) - first >= _LEAST_STEPS - 1 and place is not None:
            detail = f"from step {steps[first]['number']:,} on the loss is {steps[first]['loss']}"
            yield Fault(FaultKind.LOSS_NOT_FINITE, place, detail, len(steps))


def _modes(run: Run, places: Resolver, files: Files) -> Iterator[Fault]:
    """Find networks that are judged, on rows they do not learn, while switched to training."""
    seen: set[Location] = set()
    for told in list(run.of("forward")):
        place = _at(places, told["place"])
        if not told["unsteady"] or place is None or place in seen or told["rows"] is None:
            continue
        trained = [fit["rows"] for fit in run.of("fit") if fit["model"] == told["model"]]
        if not trained or any(each is None for each in trained):
            continue
        rows, learnt = files.rows(told["rows"]), [files.rows(each) for each in trained]
        if not told["loaded"] and not any(each.kin(rows) for each in learnt):
            continue  # noise, say, from which a network makes something
        if all(each.overlap(rows) is Overlap.DISJOINT for each in learnt):
            seen.add(place)
            layers = ", ".join(f"`{layer}`" for layer in told["unsteady"])
            yield Fault(FaultKind.TRAINING_MODE, place, layers, 0)


def _at(places: Resolver, position: Any) -> Location | None:
    place = places(position)
    return place.location if place is not None else None
