"""What reading the program has told of a place, for the events of a run at that place."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mlaudit.trace.events import CrossValidate, Evaluate, Event, Fit, Influence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.source.document import Place
    from mlaudit.trace.trace import Trace

E = TypeVar("E", bound=Event)


class Reading:
    """The events of a static trace by their places."""

    def __init__(self, trace: Trace):
        self._events: dict[tuple[type, Place], list[Event]] = {}
        self._predicted: dict[Place, list[Evaluate]] | None = None
        self._influences: dict[Place, dict[str, Influence]] = {}
        for event in trace.events:
            self._events.setdefault((type(event), event.place), []).append(event)
            for influence in _influences(event):
                self._influences.setdefault(influence.place, {})[influence.operation] = influence

    def at(self, kind: type[E], place: Place, name: str = "") -> E | None:
        """Give the event of a kind at a place, of the model of this name if there are several."""
        found = [event for event in self._events.get((kind, place), ()) if isinstance(event, kind)]
        named = (event for event in found if _model_name(event) == name)
        return next(named, None) or next(iter(found), None)

    def predicted_at(self, place: Place) -> list[Evaluate]:
        """Give the judgements of what is predicted at a place."""
        if self._predicted is None:
            self._predicted = {}
            for (kind, _), events in self._events.items():
                for event in events if kind is Evaluate else ():
                    if isinstance(event, Evaluate) and event.predicted_at is not None:
                        self._predicted.setdefault(event.predicted_at, []).append(event)
        return self._predicted.get(place, [])

    def influences(self, place: Place) -> list[Influence]:
        """Give what was read of the statistics that are taken at a place."""
        return list(self._influences.get(place, {}).values())


def _model_name(event: Event) -> str:
    model = getattr(event, "model", None)
    return model.name if model is not None else ""


def _influences(event: Event) -> Iterator[Influence]:
    if isinstance(event, Fit | Evaluate | CrossValidate):
        yield from event.influences
