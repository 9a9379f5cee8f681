"""The events of a run become a trace, of the same kinds of events as reading a program gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlaudit.catalogue.entry import Entry
from mlaudit.model.frozen import replace
from mlaudit.probe.reading import Reading
from mlaudit.probe.rows import Files
from mlaudit.trace.events import (
    CrossValidate,
    Effect,
    Evaluate,
    Event,
    Fit,
    Influence,
    Kind,
    Model,
    Resample,
    Role,
    Split,
    Watch,
)
from mlaudit.trace.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.probe.launch import Run
    from mlaudit.probe.places import Resolver
    from mlaudit.probe.rows import HashedRows
    from mlaudit.source.document import Place

_KINDS = {"selector": Kind.SELECTION, "encoder": Kind.TARGET_ENCODING}
_GOING_ON = frozenset({"partial_fit", "backward"})
_UNKNOWN = Entry("unknown", "unknown")
_ROUNDS = "the number of rounds to keep"

Told = dict[str, Any]


def observe(run: Run, read: Trace, catalogue: Catalogue, places: Resolver) -> Trace:
    """Build the trace of a run.

    What a run cannot see (names of variables, where a number goes) is taken over from what was
    `read` of the same place.
    """
    builder = _Builder(Files(run.folder / "rows"), Reading(read), catalogue, places)
    for told in run.events:
        builder.take(told)
    return builder.trace()


class _Builder:
    """Makes event after event."""

    def __init__(self, files: Files, read: Reading, catalogue: Catalogue, places: Resolver):
        self._files = files
        self._read = read
        self._catalogue = catalogue
        self._places = places
        self._events: list[Event] = []
        self._models: dict[int, Model] = {}
        self._fits: dict[int, tuple[Fit, ...]] = {}
        self._causes: dict[int, list[Influence]] = {}
        self._predictions: dict[int, Told] = {}
        self._judged: set[int] = set()
        self._makers = {
            "fit": self._fit,
            "watch": self._watch,
            "forward": self._forward,
            "predict": self._predict,
            "score": self._score,
            "metric": self._metric,
            "split": self._split,
            "validate": self._validate,
            "resample": self._resample,
            "duplicate": self._duplicate,
        }

    def take(self, told: Told) -> None:
        """Make the events of something that was observed, if it happened in known code."""
        make = self._makers.get(told["event"])
        place = self._places(told.get("place"))
        if make is not None and place is not None:
            make(told, place)

    def trace(self) -> Trace:
        """Give the trace; predictions that nothing judged stand at its end."""
        for number, told in self._predictions.items():
            place = self._places(told["place"])
            if number not in self._judged and place is not None:
                self._evaluate(told, place, None)
        return Trace(self._events, list(self._models.values()))

    def _fit(self, told: Told, place: Place) -> None:
        model, rows = self._model(told, place), self._files.rows(told["rows"])
        read = self._read.at(Fit, place, model.name)
        fit = Fit(
            place,
            model=model,
            operation=told["method"],
            rows=rows,
            target_rows=rows if told["target"] else None,
            influences=self._influences(told["causes"]),
            variable=read.variable if read else "",
            goes_on=told["method"] in _GOING_ON,
        )
        self._events.append(fit)
        before = self._fits.get(told["model"], ()) if fit.goes_on else ()
        self._fits[told["model"]] = (*before, fit)
        self._causes[told["number"]] = self._learnt(told, place, model, rows)
        if "BaseSearchCV" in told["traits"]:
            self._search(told, place, model)

    def _watch(self, told: Told, place: Place) -> None:
        """Judge what was watched by whether it decided, and name it as it was read."""
        model, read = self._model(told, place), self._read.at(Watch, place)
        same = read is not None and told["last"]
        self._events.append(
            Watch(
                place,
                model=model,
                rows=self._files.rows(told["rows"]),
                argument=told["argument"],
                chooses=_chosen(told["decides"], read.chooses if read else None),
                variable=read.variable if read and same else "",
            )
        )

    def _search(self, told: Told, place: Place, model: Model) -> None:
        self._events.append(
            CrossValidate(
                place,
                model=model,
                function=model.name,
                rows=self._files.rows(told["rows"]),
                influences=self._influences(told["causes"]),
                search=True,
            )
        )

    def _learnt(self, told: Told, place: Place, model: Model, rows: HashedRows) -> list[Influence]:
        """Tell what a fit brings into whatever is transformed by it."""
        if model.role is Role.PREDICTOR:
            return []
        read = self._read.influences(place)
        if read:
            return [replace(influence, rows=rows, conditional=False) for influence in read]
        entry = self._entry(told)
        if entry.stateless:
            return []
        kind = _KINDS.get(entry.kind, Kind.FIT)
        return [
            Influence(
                f"{model.name}.{told['method']}",
                kind if kind is not Kind.TARGET_ENCODING or entry.supervised else Kind.FIT,
                Effect(entry.effect),
                rows,
                place,
                entry.supervised,
                entry.statistic,
            )
        ]

    def _predict(self, told: Told, place: Place) -> None:
        self._predictions[told["number"]] = told

    def _score(self, told: Told, place: Place) -> None:
        self._evaluate(told, place, "score")

    def _forward(self, told: Told, place: Place) -> None:
        """Judge what a network was only given as it was read to be judged, if it was."""
        read = self._read.predicted_at(place)
        for judged in read:
            event = self._evaluated(told, place, judged.metric)
            event.place = judged.place
            _take_over(judged, event)
            self._events.append(event)
        if not read and told["apart"]:
            self._events.append(self._evaluated(told, place, "score"))

    def _metric(self, told: Told, place: Place) -> None:
        prediction = self._predictions.get(told["prediction"])
        if prediction is not None:
            self._judged.add(told["prediction"])
            self._evaluate(prediction, place, told["function"], swapped=told["swapped"])

    def _evaluate(
        self, told: Told, place: Place, metric: str | None, *, swapped: bool = False
    ) -> None:
        event = self._evaluated(told, place, metric)
        event.swapped = place if swapped else None
        read = self._read.at(Evaluate, place, event.model.name)
        if read is not None:
            _take_over(read, event)
        self._events.append(event)

    def _evaluated(self, told: Told, place: Place, metric: str | None) -> Evaluate:
        return Evaluate(
            place,
            model=self._model(told, place),
            metric=metric,
            rows=self._files.rows(told["rows"]),
            fits=self._fits.get(told["model"], ()),
            influences=self._influences(told["causes"]),
            predicted_at=self._places(told["place"]),
            prediction=told["method"],
        )

    def _split(self, told: Told, place: Place) -> None:
        read = self._read.at(Split, place)
        event = Split(
            place,
            function=told["function"],
            rows=self._files.rows(told["rows"]),
            parts=tuple(map(self._files.rows, told["parts"])),
            folds=told["folds"],
        )
        if read is not None:
            event.outputs, event.arrays = read.outputs, read.arrays
            event.arguments, event.order = read.arguments, read.order
            event.cut = read.cut
        self._events.append(event)

    def _validate(self, told: Told, place: Place) -> None:
        model = self._model(told, place)
        read = self._read.at(CrossValidate, place, model.name)
        self._events.append(
            CrossValidate(
                place,
                model=model,
                function=told["function"],
                rows=self._files.rows(told["rows"]),
                influences=self._influences(told["causes"]),
                variable=read.variable if read else "",
                arguments=read.arguments if read else {},
                metrics=read.metrics if read else (),
            )
        )

    def _resample(self, told: Told, place: Place) -> None:
        model, rows = self._model(told, place), self._files.rows(told["rows"])
        self._events.append(Resample(place, model=model, rows=rows, result=rows))
        operation = f"{model.name}.{told['method']}"
        self._cause(told, place, Kind.RESAMPLING, operation, rows, supervised=True)

    def _duplicate(self, told: Told, place: Place) -> None:
        rows = self._files.rows(told["rows"])
        self._cause(told, place, Kind.DUPLICATION, told["function"], rows)

    def _cause(
        self,
        told: Told,
        place: Place,
        kind: Kind,
        operation: str,
        rows: HashedRows,
        *,
        supervised: bool = False,
    ) -> None:
        made = Influence(operation, kind, Effect.HIGH, rows, place, supervised)
        read = [known for known in self._read.influences(place) if known.kind is kind]
        found = [replace(known, rows=rows, conditional=False) for known in read]
        self._causes[told["number"]] = found or [made]

    def _influences(self, causes: Iterable[int]) -> tuple[Influence, ...]:
        return tuple(one for cause in causes for one in self._causes.get(cause, ()))

    def _model(self, told: Told, place: Place) -> Model:
        number = told["model"]
        if number not in self._models:
            qualified, entry = _public(told["owner"]), self._entry(told)
            name = qualified if entry.kind == "train" else qualified.rsplit(".", 1)[-1]
            read = self._read.at(Fit, place, name) or self._read.at(CrossValidate, place, name)
            made = Model(name, qualified, place, _role(told["traits"]), entry.task)
            same = read is not None and read.model.name == name
            self._models[number] = replace(read.model, role=made.role) if read and same else made
        return self._models[number]

    def _entry(self, told: Told) -> Entry:
        return self._catalogue.find(_public(told["owner"])) or _UNKNOWN


def _chosen(decides: str, read: str | None) -> str | None:
    """Tell what was chosen by watched rows, in the words that were read where there are any."""
    if decides == "yes":
        return read or _ROUNDS
    return read if decides == "as read" else None


def _take_over(read: Evaluate, event: Evaluate) -> None:
    """Take over what only reading can tell: names, and where the number goes."""
    event.uses, event.among = set(read.uses), read.among
    event.variable, event.judges, event.within = read.variable, read.judges, read.within
    if any(
        fit.variable == event.variable and not event.rows.within(fit.rows) for fit in event.fits
    ):
        event.variable = ""  # the reader could not tell the two parts apart
    event.reported_at, event.selected_at = read.reported_at, read.selected_at
    event.selected_by = read.selected_by


def _public(owner: str) -> str:
    """Leave out the private modules of a class's full name."""
    return ".".join(part for part in owner.split(".") if not part.startswith("_"))


def _role(traits: list[str]) -> Role:
    if "fit_resample" in traits:
        return Role.RESAMPLER
    if "ClusterMixin" in traits:
        return Role.CLUSTERER
    if "predict" in traits:
        return Role.PREDICTOR
    return Role.TRANSFORMER if "transform" in traits else Role.UNKNOWN
