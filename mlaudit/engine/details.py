"""What a document's trace tells beside the verdict: models, data, evaluation, and a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlaudit.engine.cards import TASKS, models
from mlaudit.engine.measures import measurements, schemes, spoken
from mlaudit.engine.parts import parts
from mlaudit.engine.picture import draw
from mlaudit.engine.splits import describe_splits
from mlaudit.engine.stored import stored
from mlaudit.model.review import DataSource
from mlaudit.trace.events import CrossValidate, Evaluate, Fit, Load, Role, Seed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlaudit.engine.description import Description
    from mlaudit.model.finding import Finding
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


def add_details(told: Description, module: Module, findings: Sequence[Finding]) -> None:
    """Tell more of what a document does, and draw it with its findings; nothing is invented."""
    trace = module.trace
    told.frameworks = _frameworks(module)
    told.tasks = _tasks(module)
    told.targets = _targets(trace)
    told.models = models(trace, parts(module))
    told.sources = _sources(trace)
    told.splits = describe_splits(module)
    told.schemes = schemes(trace, _splitters(module))
    told.metrics = _metrics(trace)
    told.measurements = measurements(trace)
    told.independent = [event.place.location for event in trace.reports if event.held_out]
    told.stored = stored(module)
    told.seeds = _unique(event.place.location for event in trace.of(Seed) if event.fixed)
    told.prepares = any(fit.model.role is Role.TRANSFORMER for fit in trace.of(Fit))
    told.pipeline = draw(trace, module.document.path, findings)
    told.brief = False


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
