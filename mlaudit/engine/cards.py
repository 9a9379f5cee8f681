"""One card a model: what it is, how it is set, where it is fitted and judged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.engine.overview import join
from mlaudit.model.review import Hyperparameter, ModelCard
from mlaudit.trace.events import CrossValidate, Evaluate, Fit, Model, Role

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from mlaudit.model.location import Location
    from mlaudit.trace.events import Argument
    from mlaudit.trace.trace import Trace

LONGEST_VALUE = 80
MOST_STEPS = 4
TASKS = {
    "classifier": "classification",
    "regressor": "regression",
    "cluster": "clustering",
    "outlier": "outlier detection",
}
# A class of the program's own is entered at its methods, too.
_NO_CONSTRUCTION = ("class ", "def ", "async def ", "super(")
_SHOWN_ROLES = {Role.PREDICTOR, Role.CLUSTERER}


def models(trace: Trace, parts: Container[int] = ()) -> list[ModelCard]:
    """Describe the models that are built, one card a place; steps of others are part of these.

    `parts` are the ids of models that are shown only if they are trained or judged.
    """
    inner = {id(step) for model in trace.models for step in _steps(model)}
    fitted: dict[int, list[Location]] = {}
    judged: dict[int, list[Location]] = {}
    known = {id(model): model for model in trace.models}
    for event in trace.events:
        if isinstance(event, Fit | Evaluate | CrossValidate):
            place = event.place.location
            known.setdefault(id(event.model), event.model)
            if isinstance(event, Fit):
                fitted.setdefault(id(event.model), []).append(place)
            elif isinstance(event, CrossValidate) or event.metric is not None:
                judged.setdefault(id(event.model), []).append(place)
    cards: dict[tuple[str, Location], ModelCard] = {}
    for key, model in known.items():
        idle = key not in fitted and key not in judged
        if idle and (key in inner or key in parts or _no_construction(model)):
            continue
        if model.role in _SHOWN_ROLES:
            card = _card(model, fitted.get(key, ()), judged.get(key, ()))
            where = (card.name, card.location)
            cards[where] = join(cards[where], card) if where in cards else card
    # Beside models in use, an idle one without a task is a part of one of them: a stack of layers.
    shown = (c for c in cards.values() if not fitted or c.fitted_at or c.evaluated_at or c.task)
    return sorted(shown, key=lambda card: card.location.sort_key)


def _no_construction(model: Model) -> bool:
    return model.place.text.startswith(_NO_CONSTRUCTION)


def name(model: Model) -> str:
    """Name a model; one that holds others names these."""
    if not model.steps:
        return model.name
    names = [step.name for step in model.steps[:MOST_STEPS]]
    more = ", …" if len(model.steps) > MOST_STEPS else ""
    return f"{model.name}({', '.join(names)}{more})"


def _card(model: Model, fitted: Iterable[Location], judged: Iterable[Location]) -> ModelCard:
    return ModelCard(
        name=name(model),
        library=model.qualified.split(".")[0] if "." in model.qualified else "",
        role=model.role.value,
        task=TASKS.get(model.task or ""),
        location=model.place.location,
        hyperparameters=tuple(_hyperparameters(model)),
        fitted_at=tuple(dict.fromkeys(fitted)),
        evaluated_at=tuple(dict.fromkeys(judged)),
    )


def _hyperparameters(model: Model) -> Iterator[Hyperparameter]:
    """Give the settings of a model and of its steps, those of steps as `Step.setting`."""
    held = {name for step in model.steps for name in (step.name, step.variable) if name}
    own = model.arguments
    if held:
        own = {
            name: argument
            for name, argument in own.items()
            if held.isdisjoint(re.findall(r"\w+", argument.text))
        }
    yield from _settings(own, "")
    for step in model.steps:
        yield from _settings(step.arguments, f"{step.name}.")
        for inner in step.steps:
            yield from _settings(inner.arguments, f"{step.name}.{inner.name}.")


def _settings(arguments: Mapping[str, Argument], prefix: str) -> Iterator[Hyperparameter]:
    for name, argument in arguments.items():
        if name.isdecimal() and not argument.known:
            continue  # layers, inputs, data: what stands without a name and is no literal
        shown = f"argument {int(name) + 1}" if name.isdecimal() else name
        text = " ".join(argument.text.split()) or "…"
        if len(text) > LONGEST_VALUE:
            text = f"{text[: LONGEST_VALUE - 1]}…"
        yield Hyperparameter(prefix + shown, text, argument.inline)


def _steps(model: Model) -> Iterator[Model]:
    for step in model.steps:
        yield step
        yield from _steps(step)
