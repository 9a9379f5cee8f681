"""One document's trace, told as models, data and evaluation; nothing is invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlaudit.engine.description import Description
from mlaudit.engine.followed import evaluations, trainings
from mlaudit.engine.overview import join
from mlaudit.engine.splits import describe_splits
from mlaudit.engine.stored import stored
from mlaudit.model.review import DataSource, Hyperparameter, Measurement, ModelCard
from mlaudit.trace.events import CrossValidate, Evaluate, Fit, Load, Model, Role, Seed, Use
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from mlaudit.model.location import Location
    from mlaudit.rulekit.module import Module
    from mlaudit.trace.events import Argument
    from mlaudit.trace.trace import Trace

T = TypeVar("T")
LONGEST_VALUE = 80
_TASKS = {
    "classifier": "classification",
    "regressor": "regression",
    "cluster": "clustering",
    "outlier": "outlier detection",
}
_LEARNING = frozenset(
    word
    for words in (
        "predictor transformer selector encoder resampler clusterer wrapper search pipeline",
        "splitter split cross-validate train metric curve network trainer layer optimizer loss",
    )
    for word in words.split()
)
_SHOWN_ROLES = {Role.PREDICTOR, Role.CLUSTERER}


def describe(module: Module) -> Description:
    """Tell what a document does."""
    trace = module.trace
    told = Description(frameworks=_frameworks(module), tasks=_tasks(trace), targets=_targets(trace))
    told.models = models(trace)
    told.sources = _sources(trace)
    told.splits = describe_splits(module)
    told.schemes = schemes(trace, _splitters(module))
    told.metrics = _metrics(trace)
    told.measurements = measurements(trace)
    told.evaluations = evaluations(module)
    told.trainings = trainings(module)
    told.independent = [event.place.location for event in trace.reports if event.held_out]
    told.stored = stored(module)
    told.seeds = _unique(event.place.location for event in trace.of(Seed) if event.fixed)
    told.prepares = any(fit.model.role is Role.TRANSFORMER for fit in trace.of(Fit))
    told.learns = bool(told.models or told.measurements)
    return told


def models(trace: Trace) -> list[ModelCard]:
    """Describe the models that are built, one card a place; steps of others are part of these."""
    inner = {id(step) for model in trace.models for step in _steps(model)}
    used = [
        event.model for event in trace.events if isinstance(event, Fit | Evaluate | CrossValidate)
    ]
    cards: dict[tuple[str, Location], ModelCard] = {}
    for model in {id(model): model for model in (*trace.models, *used)}.values():
        if model.role not in _SHOWN_ROLES:
            continue
        is_used = any(model is one for one in used)
        if id(model) in inner and not is_used:
            continue
        key = (model.name, model.place.location)
        card = _card(model, trace)
        cards[key] = join(cards[key], card) if key in cards else card
    # A class of the program's own is mentioned in its own body before it is built and used.
    busy = {card.name for card in cards.values() if card.fitted_at or card.evaluated_at}
    shown = (c for c in cards.values() if c.fitted_at or c.evaluated_at or c.name not in busy)
    return sorted(shown, key=lambda card: card.location.sort_key)


def schemes(trace: Trace, splitters: Container[str] = ()) -> list[str]:
    """Say how models are judged; `splitters` are the names of what makes folds."""
    found: dict[str, None] = {}
    for event in trace.events:
        match event:
            case CrossValidate():
                found[_cross_validation(event)] = None
            case Evaluate() if event.metric is not None and event.held_out:
                found[_held_out(event, trace, splitters)] = None
            case _:
                continue
    judged = [event for event in trace.of(Evaluate) if event.metric is not None]
    if not found and judged:
        if any(_overlap(event) is Overlap.MUST for event in judged):
            found["training rows only"] = None
        else:
            found["judged on rows whose origin could not be followed"] = None
    return list(found)


def measurements(trace: Trace) -> list[Measurement]:
    """List every judgement of a model, in program order."""
    found: dict[Measurement, None] = {}
    for event in trace.events:
        match event:
            case Evaluate() if event.metric is not None:
                found[
                    Measurement(
                        event.model.name,
                        event.metric,
                        _rows(event),
                        _use(event),
                        event.place.location,
                    )
                ] = None
            case CrossValidate():
                metric = ", ".join(event.metrics) or "default score"
                use = "selects" if event.search else "reported"
                rows = f"folds of {event.variable or event.rows.label}"
                place = event.place.location
                found[Measurement(event.model.name, metric, rows, use, place)] = None
            case _:
                continue
    return list(found)


def _frameworks(module: Module) -> list[str]:
    """Name the libraries whose models, layers, splits or metrics are used."""
    used = (
        call.name.split(".")[0]
        for call in module.calls
        if call.entry is not None and call.entry.kind in _LEARNING
    )
    return sorted(set(used))


def _tasks(trace: Trace) -> list[str]:
    tasks = (
        _TASKS.get(event.model.task or "")
        for event in trace.events
        if isinstance(event, Fit | CrossValidate | Evaluate)
    )
    return list(dict.fromkeys(task for task in tasks if task))


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
            found[event.metric] = None
        elif isinstance(event, CrossValidate):
            found |= dict.fromkeys(event.metrics)
    return list(found)


def _card(model: Model, trace: Trace) -> ModelCard:
    fits = (fit.place.location for fit in trace.of(Fit) if fit.model is model)
    judged = (
        event.place.location
        for event in trace.events
        if (isinstance(event, Evaluate) and event.metric is not None)
        or isinstance(event, CrossValidate)
        if event.model is model
    )
    return ModelCard(
        name=model.name,
        library=model.qualified.split(".")[0] if "." in model.qualified else "",
        role=model.role.value,
        task=_TASKS.get(model.task or ""),
        location=model.place.location,
        hyperparameters=tuple(_hyperparameters(model)),
        fitted_at=tuple(_unique(fits)),
        evaluated_at=tuple(_unique(judged)),
    )


def _hyperparameters(model: Model) -> Iterator[Hyperparameter]:
    """Give the settings of a model and of its steps, those of steps as `Step.setting`."""
    if not model.steps:
        yield from _settings(model.arguments, "")
    for step in model.steps:
        yield from _settings(step.arguments, f"{step.name}.")
        for inner in step.steps:
            yield from _settings(inner.arguments, f"{step.name}.{inner.name}.")


def _settings(arguments: Mapping[str, Argument], prefix: str) -> Iterator[Hyperparameter]:
    for name, argument in arguments.items():
        shown = f"argument {int(name) + 1}" if name.isdecimal() else name
        text = " ".join(argument.text.split())
        if len(text) > LONGEST_VALUE:
            text = f"{text[: LONGEST_VALUE - 1]}…"
        yield Hyperparameter(prefix + shown, text, argument.inline)


def _steps(model: Model) -> Iterator[Model]:
    for step in model.steps:
        yield step
        yield from _steps(step)


def _cross_validation(event: CrossValidate) -> str:
    folds = event.arguments.get("cv")
    if folds is not None and folds.known and isinstance(folds.value, int):
        kind = f"{folds.value}-fold cross-validation"
    elif folds is not None and folds.text not in {"", "None"}:
        kind = f"cross-validation by {' '.join(folds.text.split())}"
    else:
        kind = "cross-validation"
    return (
        f"search with {kind} ({event.function})" if event.search else f"{kind} ({event.function})"
    )


def _held_out(event: Evaluate, trace: Trace, splitters: Container[str]) -> str:
    split = trace.split_of(event.rows)
    if split is None:
        return f"hold-out: rows of another source ({event.rows.label})"
    if split.function not in splitters:
        return f"hold-out: a part split off by {split.function}"
    number = split.arguments.get("n_splits")
    if number is not None and number.known and isinstance(number.value, int):
        return f"{number.value}-fold cross-validation in a loop ({split.function})"
    return f"cross-validation in a loop ({split.function})"


def _splitters(module: Module) -> set[str]:
    return {
        call.name.rsplit(".", 1)[-1]
        for call in module.calls
        if call.entry is not None and call.entry.kind == "splitter"
    }


def _overlap(event: Evaluate) -> Overlap:
    return max((fit.rows.overlap(event.rows) for fit in event.fits), default=Overlap.DISJOINT)


def _rows(event: Evaluate) -> str:
    """Name the rows of a judgement, and say whether the model had been trained on them."""
    label = event.rows.label if event.rows.known else ""
    if not event.rows.known:
        state = "origin unknown"
    elif not event.fits:
        state = f"of {label}; training not seen"
    elif event.held_out:
        state = f"held out of {label}"
    elif _overlap(event) is Overlap.MUST:
        state = f"training rows of {label}"
    elif _overlap(event) is Overlap.MAY:
        state = f"may share rows with training, of {label}"
    else:
        state = f"of {label}; training rows unknown"
    name = " ".join(event.variable.split())
    return f"{name} ({state})" if name and len(name) <= LONGEST_VALUE else state


def _use(event: Evaluate) -> str:
    words = [use.value for use in Use if use in event.uses]
    return " and ".join(words) or "neither shown nor used"


def _unique(items: Iterable[T]) -> list[T]:
    return list(dict.fromkeys(items))
