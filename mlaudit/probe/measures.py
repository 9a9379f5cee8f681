"""From the events of a run to what was measured in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mlaudit.model.measured import Latency, Matrix, Measured, Score, Seeding
from mlaudit.probe.ending import How
from mlaudit.probe.faults import faults
from mlaudit.probe.repeats import compare
from mlaudit.probe.rows import Files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.model.budgets import Budgets
    from mlaudit.model.location import Location
    from mlaudit.probe.launch import Event, Run
    from mlaudit.probe.places import Resolver
    from mlaudit.probe.repeats import Again

_ERRORS = ("error", "loss", "deviance")
_BY_DESIGN = ("Forest", "ExtraTree", "Bagging", "Neighbors", "GaussianProcess", "LabelPropagation")


def measure(run: Run, budgets: Budgets, places: Resolver, later: Again | None = None) -> Measured:
    """Gather what was measured; scores of a training that was cut short are none."""
    files = Files(run.folder / "rows")
    whole = run.ending.how is How.FINISHED
    seconds, place = _training(run, places)
    return Measured(
        budgets=budgets,
        matrices=tuple(_matrices(run, places)),
        scores=tuple(_scores(run, places, files)) if run.ending.how is not How.STOPPED else (),
        faults=faults(run, places, files),
        latency=next(_latencies(run, places), None),
        training_seconds=round(seconds, 3) if whole else 0.0,
        training=place if whole else None,
        seeding=tuple(_seeding(run, places)),
        repeats=compare(run.events, later, places),
    )


def _matrices(run: Run, places: Resolver) -> Iterator[Matrix]:
    """Give the matrices; copies that were made on purpose are none of theirs."""
    copied = {told["number"] for kind in ("resample", "duplicate") for told in run.of(kind)}
    for told in run.of("matrix"):
        place = places(told["place"])
        if place is not None:
            yield Matrix(
                location=place.location,
                model=told["model"],
                rows=told["count"],
                columns=told["width"],
                sampled=told["sampled"],
                missing=told["missing"],
                far=told["far"],
                constant=tuple(told["constant"]),
                repeated=0 if copied.intersection(told["causes"]) else told["repeated"],
                classes=told["classes"],
                telling=told["telling"],
            )


def _scores(run: Run, places: Resolver, files: Files) -> Iterator[Score]:
    """Give the scores that have something beside them."""
    fits: dict[int, list[Any]] = {}
    predictions: dict[int, Event] = {}
    for told in run.events:
        kind = told["event"]
        if kind == "fit":
            before = fits.get(told["model"], []) if told["method"] != "fit" else []
            fits[told["model"]] = [*before, told["rows"]]
        elif kind == "predict":
            predictions[told["number"]] = told
        elif kind in {"metric", "score", "validate", "judged"} and "value" in told:
            judged = predictions.get(told.get("prediction") or 0, told)
            place = places(told["place"])
            if place is not None and "model" in judged and math.isfinite(told["value"]):
                yield _score(told, judged, place.location, fits, files)


def _score(
    told: Event, judged: Event, location: Location, fits: dict[int, list[Any]], files: Files
) -> Score:
    metric = told.get("function", "score")
    rows = files.rows(judged["rows"])
    trained = [files.rows(each) for each in fits.get(judged["model"], [])]
    apart = rows.known and all(fit.known and not fit.overlap(rows) for fit in trained)
    owner = judged["owner"]
    owner = owner if owner.endswith(".train") else owner.rsplit(".", 1)[-1]
    return Score(
        location=location,
        model=owner,
        metric=metric,
        value=told["value"],
        rows=rows.count,
        held_out=told["event"] == "validate" or (bool(trained) and apart),
        number=judged["model"],
        error=any(word in metric for word in _ERRORS),
        guess=_finite(told.get("guess")),
        train=_finite(told.get("train")),
        memorises=any(word in owner for word in _BY_DESIGN),
    )


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _latencies(run: Run, places: Resolver) -> Iterator[Latency]:
    for told in run.of("latency"):
        place = places(told["place"])
        if place is not None:
            facts = {key: told[key] for key in ("model", "calls", "batch", "per_second")}
            shares = {key: told[key] for key in ("p50", "p95", "p99")}
            yield Latency(location=place.location, **facts, **shares)


def _seeding(run: Run, places: Resolver) -> Iterator[Seeding]:
    """Give the first draw from each generator, and the seed that came after it, if any."""
    for told in run.of("draw"):
        place = places(told["place"])
        seeds = (s for s in run.of("seed") if s["generator"] == told["generator"])
        later = next((places(seed["place"]) for seed in seeds if not told["seeded"]), None)
        if place is not None:
            yield Seeding(
                told["generator"],
                place.location,
                told["function"],
                told["seeded"],
                later.location if later is not None else None,
            )


def _training(run: Run, places: Resolver) -> tuple[float, Location | None]:
    """Add up the time that trainings took, and give the place of the longest."""
    taken: dict[str, float] = {}
    positions: dict[str, Any] = {}
    for told in run.of("fit"):
        if "seconds" in told and "predict" in told["traits"]:
            key = repr(told["place"])
            taken[key] = taken.get(key, 0.0) + told["seconds"]
            positions[key] = told["place"]
    steps = list(run.of("step"))
    if len(steps) > 1:
        key = repr(steps[-1]["place"])
        taken[key] = taken.get(key, 0.0) + steps[-1]["at"] - steps[0]["at"]
        positions[key] = steps[-1]["place"]
    if not taken:
        return 0.0, None
    place = places(positions[max(taken, key=lambda key: taken[key])])
    return sum(taken.values()), place.location if place is not None else None
