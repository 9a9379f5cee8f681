"""Rows that a training watches without learning from them, and whether they decide anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Watched:
    """A set that is watched: the argument that gave it, and whether it is the `last` of those."""

    def __init__(self, model: Any, argument: str, features: Any, *, last: bool):
        self.features = features
        self.facts: dict[str, Any] = {
            "argument": argument,
            "last": last,
            "decides": "yes" if _decides(model, last=last) else "no",
        }


def by_fit(model: Any, named: dict[str, Any]) -> Iterator[Watched]:
    """Give what `fit` of a booster built like sklearn is told to watch."""
    pairs = named.get("eval_set")
    listed = pairs if isinstance(pairs, list) else [] if pairs is None else [pairs]
    given = [("eval_set", pair[0]) for pair in listed]
    features = named.get("eval_X")
    parts = features if isinstance(features, tuple) else [] if features is None else [features]
    given += [("eval_X", part) for part in parts]
    for position, (argument, part) in enumerate(given):
        yield Watched(model, argument, part, last=position == len(given) - 1)


def by_train(model: Any, arguments: dict[str, Any]) -> Iterator[Watched]:
    """Give what `train` of a booster is told to watch."""
    argument = next((name for name in ("evals", "valid_sets") if arguments.get(name)), "")
    given = arguments.get(argument, ())
    sets = given if isinstance(given, (list, tuple)) else [given]
    for position, one in enumerate(sets):
        matrix = one[0] if isinstance(one, tuple) else one
        yield Watched(model, argument, matrix, last=position == len(sets) - 1)


def _decides(model: Any, *, last: bool) -> bool:
    """Say whether a watched set has decided when to stop.

    xgboost goes by the last set alone, and has a best round only where it may stop early;
    lightgbm goes by all of them, and its best round is 0 or less where it may not.
    """
    library = type(model).__module__.split(".")[0]
    if library == "xgboost":
        return last and getattr(model, "best_iteration", None) is not None
    best = getattr(model, "best_iteration_", None) or getattr(model, "best_iteration", None)
    return library == "lightgbm" and best is not None and best > 0
