"""Joins what single files say to the sections of the review."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlaudit.model.review import Data, Evaluation, ModelCard, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlaudit.engine.description import Description
    from mlaudit.model.location import Location

T = TypeVar("T")
MOST_WORDS = 6
_WITHOUT_TARGET = frozenset({"clustering", "outlier detection"})


def problem(told: Sequence[Description]) -> Problem:
    """Say what the code sets out to learn; what it does not tell becomes a question."""
    tasks = _joined(one.tasks for one in told)
    targets = _joined(one.targets for one in told)
    return Problem(
        task=", ".join(tasks) or None,
        target=_first(targets, ", ") or None,
        frameworks=tuple(_joined(one.frameworks for one in told)),
        questions=tuple(_questions(told, tasks, targets)),
    )


def models(told: Sequence[Description]) -> tuple[ModelCard, ...]:
    """List all models; one that several files speak of has one card."""
    cards: dict[tuple[str, Location], ModelCard] = {}
    for card in (card for one in told for card in one.models):
        key = (card.name, card.location)
        cards[key] = join(cards[key], card) if key in cards else card
    return tuple(sorted(cards.values(), key=lambda card: (*card.location.sort_key, card.name)))


def join(one: ModelCard, other: ModelCard) -> ModelCard:
    """Join two cards of what one place builds in several turns, calls or files."""
    return ModelCard(
        one.name,
        one.library,
        one.role,
        one.task or other.task,
        one.location,
        one.hyperparameters or other.hyperparameters,
        tuple(_joined(((*one.fitted_at, *other.fitted_at),))),
        tuple(_joined(((*one.evaluated_at, *other.evaluated_at),))),
    )


def data(told: Sequence[Description]) -> Data:
    """List the sources and the splits of all files."""
    return Data(
        sources=tuple(_joined(one.sources for one in told)),
        splits=tuple(_joined(one.splits for one in told)),
    )


def evaluation(told: Sequence[Description]) -> Evaluation:
    """Say how models are judged, by what, and where."""
    schemes = _joined(one.schemes for one in told)
    if not schemes and any(one.evaluations for one in told):
        schemes = ["models are judged, but on which rows could not be followed"]
    if not schemes and any(card.fitted_at for one in told for card in one.models):
        schemes = ["none: models are trained, and no evaluation of them was recognised"]
    return Evaluation(
        scheme=_first(schemes, "; ") or "none found",
        metrics=tuple(_joined(one.metrics for one in told)),
        measurements=tuple(_joined(one.measurements for one in told)),
    )


def _questions(told: Sequence[Description], tasks: list[str], targets: list[str]) -> Iterable[str]:
    if not any(one.asks for one in told):
        return
    if not tasks:
        yield "What is predicted: a class, a number, an order, something else?"
    if not targets and not (tasks and _WITHOUT_TARGET.issuperset(tasks)):
        yield "What is the target, and when does its value become known?"
    yield "What is the business metric, and which value of it would be good enough?"
    splits = [split for one in told for split in one.splits]
    if any(split.shuffled is not False for split in splits):
        yield "Is the data ordered in time? A random split then tests on the past."
        yield "Do several rows belong to one person or device? They must not be split apart."
    if "classification" in tasks:
        yield "How rare is the rarest class that matters?"
    names = _joined([card.name for card in one.models] for one in told)
    if len(names) == 1:
        yield f"Why {names[0]}, and which simpler models has it been compared with?"
    yield "Which of the features are available at the time of prediction?"


def _first(words: list[str], between: str) -> str:
    """Join the first few words and count the rest."""
    more = [f"and {len(words) - MOST_WORDS} more"] if len(words) > MOST_WORDS else []
    return between.join([*words[:MOST_WORDS], *more])


def _joined(lists: Iterable[Iterable[T]]) -> list[T]:
    return list(dict.fromkeys(item for items in lists for item in items))
