"""Runs a program again, and says what differed first."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen, replace
from mlaudit.model.measured import Repeats
from mlaudit.probe.ending import How
from mlaudit.probe.launch import running

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.probe.job import Job
    from mlaudit.probe.launch import Event, Run
    from mlaudit.probe.places import Resolver
    from mlaudit.source.document import Document

BIT_EQUAL, METRIC_EQUAL, DIFFERENT = "bit-equal", "metric-equal", "different"
OTHER_SEED = 101
_NOISE = 1e-6
_REASONS = {
    "rows": "the rows of a training, or their order",
    "weights": "the initial weights of a network",
    "batch": "the rows of a batch, or their order",
    "loss": "a loss of the same batch: draws inside the network, or its kernels",
    "gradients": "gradients of the same loss: its kernels",
    "answers": "what a model predicts: its training draws numbers, or its kernels differ",
    "score": "a score of the same answers",
}


@frozen
class Again:
    """The events of a second run, and of a third with other seeds, where they came to an end."""

    same: Sequence[Event] | None
    other: Sequence[Event] | None


def again(job: Job, document: Document, first: Run) -> Again | None:
    """Run a program twice more, if it came to an end."""
    if (
        not job.repeat
        or first.job.simulated is not None
        or first.ending.how not in {How.FINISHED, How.STOPPED}
    ):
        return None
    return Again(_events(job, document), _events(replace(job, seed_shift=OTHER_SEED), document))


def _events(job: Job, document: Document) -> Sequence[Event] | None:
    with running(job, document) as run:
        return run.events if run.ending.how in {How.FINISHED, How.STOPPED} else None


def compare(first: Sequence[Event], later: Again | None, places: Resolver) -> Repeats | None:
    """Say whether a run was repeated to the last bit, in its scores, or not at all."""
    if later is None or later.same is None:
        return None
    spread = _moved(first, later.other) if later.other is not None else {}
    mark = _first_difference(first, later.same)
    if mark is None:
        return Repeats(BIT_EQUAL, spread=spread)
    moved = _moved(first, later.same)
    place = places(mark["place"])
    return Repeats(
        METRIC_EQUAL if moved and not any(moved.values()) else DIFFERENT,
        _REASONS.get(str(mark["what"]), "the way through the program"),
        place.location if place is not None else None,
        moved,
        spread,
    )


def _first_difference(first: Sequence[Event], second: Sequence[Event]) -> Event | None:
    one = [event for event in first if event["event"] == "mark"]
    other = [event for event in second if event["event"] == "mark"]
    for mark, twin in zip(one, other, strict=False):
        if mark["what"] != twin["what"] or mark["place"] != twin["place"]:
            return {**mark, "what": "way"}
        if mark["value"] != twin["value"]:
            return mark
    if len(one) != len(other):
        longer = max(one, other, key=len)
        return {**longer[min(len(one), len(other))], "what": "way"}
    return None


def _moved(first: Sequence[Event], second: Sequence[Event]) -> dict[str, float]:
    """Give by how much each score, and the last loss, differs."""
    one, other = _scores(first), _scores(second)
    found = {}
    for name in one.keys() & other.keys():
        apart = abs(one[name] - other[name])
        noise = apart <= _NOISE * max(1.0, abs(one[name]))
        found[name] = 0.0 if noise or math.isnan(apart) else apart
    return dict(sorted(found.items()))


def _scores(events: Sequence[Event]) -> dict[str, float]:
    """Give the last score by each metric, and the last loss."""
    found: dict[str, float] = {}
    for event in events:
        if event["event"] in {"metric", "score", "validate"} and "value" in event:
            found[str(event.get("function", "score"))] = float(event["value"])
        elif event["event"] == "step" and event.get("loss") is not None:
            found["loss"] = float(event["loss"])
    return found
