"""One document's trace, told as models, data and evaluation; nothing is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlaudit.engine.cards import TASKS, models
from mlaudit.engine.description import Description
from mlaudit.engine.followed import evaluations, trainings
from mlaudit.engine.measures import measurements, schemes, spoken
from mlaudit.engine.parts import parts
from mlaudit.engine.splits import describe_splits
from mlaudit.engine.stored import stored
from mlaudit.model.review import DataSource
from mlaudit.trace.events import CrossValidate, Evaluate, Fit, Load, Role, Seed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit.module import Module
    from mlaudit.trace.trace import Trace

T = TypeVar("T")
_LEARNING = frozenset(
    word
    for words in (
        "predictor transformer selector encoder resampler clusterer wrapper search pipeline",
        "splitter split cross-validate train metric curve network trainer layer optimizer loss",
    )
    for word in words.split()
)


def describe(module: Module) -> Description:
    """Tell what a document does."""
    trace = module.trace
    told = Description(
        frameworks=_frameworks(module), tasks=_tasks(module), targets=_targets(trace)
    )
    told.models = models(trace, parts(module))
    told.sources = _sources(trace)
    told.splits = describe_splits(module)
    told.schemes = schemes(trace, _splitters(module))
    told.metrics = _metrics(trace)
    told.measurements = measurements(trace)
    told.evaluations = evaluations(module)
    told.trainings = trainings(module)
    told.independent = [event.place.location for event in trace.reports if event.held_out]
    told.held_out = _unique(
        event.place.location
        for event in trace.of(Evaluate)
        if event.metric is not None and event.held_out
    )
    told.judged_apart = bool(told.held_out) or any(True for _ in trace.of(CrossValidate))
    told.stored = stored(module)
    told.seeds = _unique(event.place.location for event in trace.of(Seed) if event.fixed)
    told.prepares = any(fit.model.role is Role.TRANSFORMER for fit in trace.of(Fit))
    missed = not all(told.trainings.values())
    told.learns = missed or bool(told.models or told.measurements or told.evaluations)
    told.is_test = module.is_test
    return told


def _frameworks(module: Module) -> list[str]:
    """Name the libraries whose models, layers, splits or metrics are used."""
    used = (
        call.name.split(".")[0]
        for call in module.calls
        if call.entry is not None and call.entry.kind in _LEARNING
    )
    return sorted(set(used))


def _tasks(module: Module) -> list[str]:
    """Name the tasks of the models that are used, or else those that the metrics are made for."""
    models = [
        event.model.task
        for event in module.trace.events
        if isinstance(event, Fit | CrossValidate | Evaluate)
    ]
    metrics = [
        call.entry.task
        for call in module.calls
        if call.entry is not None and call.entry.kind == "metric"
    ]
    known = [task for task in models if task in TASKS] or metrics
    return list(dict.fromkeys(TASKS[task] for task in known if task in TASKS))


def _targets(trace: Trace) -> list[str]:
    fits = (fit.target for fit in trace.of(Fit) if fit.model.role is Role.PREDICTOR)
    return list(dict.fromkeys(target for target in fits if target))


def _sources(trace: Trace) -> list[DataSource]:
    sources = (
        DataSource(event.source, event.reader, event.place.location) for event in trace.of(Load)
    )
    return _unique(sources)


def _metrics(trace: Trace) -> list[str]:
    found: dict[str, None] = {}
    for event in trace.events:
        if isinstance(event, Evaluate) and event.metric is not None:
            found[spoken(event.metric)] = None
        elif isinstance(event, CrossValidate):
            found |= dict.fromkeys(event.metrics)
    return list(found)


def _splitters(module: Module) -> set[str]:
    return {
        call.name.rsplit(".", 1)[-1]
        for call in module.calls
        if call.entry is not None and call.entry.kind == "splitter"
    }


def _unique(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))
