"""What estimators learn, change, predict and judge."""

from __future__ import annotations

import contextlib
import time
import weakref
from types import ModuleType
from typing import Any

from .answers import Answers
from .calls import Calls
from .hashing import digest, hashes
from .hooks import PostImport
from .latency import Latency
from .lineage import Known, Lineage
from .marks import Marks
from .places import Places
from .quality import Quality
from .scores import Scores
from .stream import Stream
from .watched import by_fit

_FITS = ("fit", "partial_fit")
_TRANSFORMS = ("transform",)
_BOTH = ("fit_transform", "fit_predict")
_PREDICTS = ("predict", "predict_proba", "predict_log_proba", "decision_function")
_TRAITS = ("predict", "transform", "fit_resample")
_OWNERS = (
    "BaseEstimator",
    "ClassifierMixin",
    "RegressorMixin",
    "TransformerMixin",
    "ClusterMixin",
    "OutlierMixin",
)


class Estimators:
    """Tells of every estimator that the user's code calls, of any library built like sklearn."""

    def __init__(
        self, stream: Stream, places: Places, calls: Calls, lineage: Lineage, marks: Marks
    ):
        self.marks = marks
        self._stream = stream
        self._places = places
        self._calls = calls
        self._lineage = lineage
        self._numbers: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._done: set[type] = set()
        self._models = 0
        self._events = 0
        self._learnt: dict[int, frozenset[int]] = {}
        self._predicted: dict[int, tuple[weakref.ref[Any], int]] = {}
        self._by_rows: dict[bytes, int] = {}
        self._by_index: dict[bytes, int] = {}
        self.answers = Answers()
        self._made: dict[int, tuple[int, str]] = {}
        self.scores = Scores(calls)
        self.latency = Latency(stream, calls)
        self.quality = Quality(stream)

    def attach(self, hooks: PostImport) -> None:
        """Wait for the base classes."""
        hooks.after("sklearn.base", self._bases)

    def _bases(self, module: ModuleType) -> None:
        base = module.BaseEstimator
        old = base.__init_subclass__.__func__
        observe = self._observe

        def subclassed(cls: type, /, **options: Any) -> None:
            old(cls, **options)
            observe(cls)

        base.__init_subclass__ = classmethod(subclassed)
        for name in _OWNERS:
            if hasattr(module, name):
                self._observe(getattr(module, name))

    def _observe(self, cls: type) -> None:
        """Observe what a class inherits as well: many methods are at home in mixins."""
        for owner in cls.__mro__:
            if owner.__module__ not in {"builtins", "abc", "typing"} and owner not in self._done:
                self._done.add(owner)
                self._observe_own(owner)

    def _observe_own(self, owner: type) -> None:
        for name in _FITS:
            self._calls.method(owner, name, self._around(self._fit, name))
        for name in _TRANSFORMS:
            self._calls.method(owner, name, self._around(self._transform, name))
        for name in _BOTH:
            self._calls.method(owner, name, self._around(self._fit_and_apply, name))
        for name in _PREDICTS:
            self._calls.method(owner, name, self._around(self._predict, name))
        self._calls.method(owner, "score", self._around(self._score, "score"))
        self._calls.method(owner, "fit_resample", self._around(self._resample, "fit_resample"))

    def _around(self, observer: Any, name: str) -> Any:
        def around(function: Any, *arguments: Any, **named: Any) -> Any:
            if not arguments:
                return function(*arguments, **named)
            return observer(function, name, arguments, named)

        return around

    def number(self) -> int:
        """Give the number of a new event."""
        self._events += 1
        return self._events

    def model(self, estimator: Any) -> int:
        """Give the number of a model, the same as long as it lives."""
        known = self._numbers.get(id(estimator))
        if known is not None and known[0]() is estimator:
            return known[1]
        self._models += 1
        self._numbers[id(estimator)] = (weakref.ref(estimator), self._models)
        return self._models

    def _fit(self, function: Any, name: str, arguments: Any, named: Any) -> Any:
        seen, start = self._before(arguments, named), time.monotonic()
        result = self._calls.run(function, *arguments, **named)
        self._told_fit(name, arguments, named, seen, time.monotonic() - start)
        return result

    def _transform(self, function: Any, name: str, arguments: Any, named: Any) -> Any:
        seen = self._before(arguments, named)
        result = self._calls.run(function, *arguments, **named)
        self._shaped(arguments[0], seen, result)
        return result

    def _fit_and_apply(self, function: Any, name: str, arguments: Any, named: Any) -> Any:
        seen, start = self._before(arguments, named), time.monotonic()
        result = self._calls.run(function, *arguments, **named)
        self._told_fit(name, arguments, named, seen, time.monotonic() - start)
        if name == "fit_transform":
            self._shaped(arguments[0], seen, result)
        return result

    def _predict(self, function: Any, name: str, arguments: Any, named: Any) -> Any:
        seen = self._before(arguments, named)
        result = self._calls.run(function, *arguments, **named)
        with self._calls.watching(name):
            features = _given(arguments, named, 1, "X")
            told = self.predicted(name, arguments[0], seen, result, index_of(features))
            self.follow(told)
            self.latency.predicted(arguments[0], name, features, told["place"])
        return result

    def predicted(
        self,
        name: str,
        estimator: Any,
        seen: Known | None,
        result: Any,
        index: bytes | None,
        owner: str = "",
    ) -> dict[str, Any]:
        """Tell of a prediction, and know it again when it is judged."""
        told = self.tell("predict", name, estimator, seen, owner)
        self.marks.mark("answers", result, told["place"])
        self._keep(result, told["number"], seen)
        if index is not None:
            self._by_index[index] = told["number"]
        return told

    def _score(self, function: Any, name: str, arguments: Any, named: Any) -> Any:
        seen = self._before(arguments, named)
        result = self._calls.run(function, *arguments, **named)
        with self._calls.watching(name):
            beside: dict[str, Any] = {}
            if isinstance(result, float) and not named:
                model = self.model(arguments[0])
                with self._calls.measuring:
                    beside = self.scores.beside_score(function, model, arguments)
                beside["value"] = float(result)
            self.tell("score", name, arguments[0], seen, **beside)
        return result

    def _resample(self, function: Any, name: str, arguments: Any, named: Any) -> Any:
        seen = self._before(arguments, named)
        result = self._calls.run(function, *arguments, **named)
        with self._calls.watching(name):
            number = self.tell("resample", name, arguments[0], seen)["number"]
            causes = frozenset([number]) | (seen.causes if seen else frozenset())
            if isinstance(result, tuple):
                for part in result[:1]:
                    self._lineage.shape(part, causes)
        return result

    def _before(self, arguments: Any, named: Any) -> Known | None:
        """Look at the rows before the call, which may change them."""
        with self._calls.watching("the rows given"):
            return self._lineage.of(_given(arguments, named, 1, "X"))
        return None

    def _told_fit(
        self, name: str, arguments: Any, named: Any, seen: Known | None, seconds: float
    ) -> None:
        with self._calls.watching(name):
            estimator = arguments[0]
            features, target = _given(arguments, named, 1, "X"), _given(arguments, named, 2, "y")
            told = self.tell(
                "fit", name, estimator, seen, target=target is not None, seconds=round(seconds, 4)
            )
            if seen is not None and self.marks.left:
                self.marks.mark("rows", digest(seen.now).hex(), told["place"])
            model = told["model"]
            before = self._learnt.get(model, frozenset()) if name == "partial_fit" else frozenset()
            shaped = seen.causes if seen else frozenset()
            self._learnt[model] = before | shaped | {told["number"]}
            with self._calls.measuring:
                self.scores.fitted(told, estimator, features, target)
                self.quality.fitted(told, estimator, features, target, seen)
            for one in by_fit(estimator, named):
                self.tell("watch", name, estimator, self._lineage.of(one.features), **one.facts)

    def _shaped(self, estimator: Any, seen: Known | None, result: Any) -> None:
        with self._calls.watching("a transformation"):
            if seen is not None:
                learnt = self._learnt.get(self.model(estimator), frozenset())
                self._lineage.derive(result, seen, learnt)

    def tell(
        self,
        event: str,
        method: str,
        estimator: Any,
        seen: Known | None,
        owner: str = "",
        **facts: Any,
    ) -> dict[str, Any]:
        """Tell of a call, and give what was told; `owner` is the class, or what made the model."""
        kind = type(estimator)
        told = {
            "number": self.number(),
            "method": method,
            "model": self.model(estimator),
            "owner": owner or f"{kind.__module__}.{kind.__qualname__}",
            "traits": traits(estimator),
            "rows": self._lineage.tell(seen),
            "causes": sorted(seen.causes) if seen else [],
            "place": self._places.here(),
            **facts,
        }
        self._stream.emit(event, **told)
        return told

    def _keep(self, result: Any, number: int, seen: Known | None) -> None:
        """Remember a prediction, by itself and by the rows that it is of."""
        with contextlib.suppress(TypeError):  # of a list, say
            self._predicted[id(result)] = (weakref.ref(result), number)
        if seen is not None:
            self._by_rows[digest(seen.ids)] = number
        self.answers.keep(number, result)

    def follow(self, told: dict[str, Any]) -> None:
        """Know that a prediction is the plain answer of a model, which may be asked again."""
        self._made[told["number"]] = (told["model"], told["method"])

    def made(self, prediction: int | None) -> tuple[int, str] | None:
        """Tell which model made a prediction, and by which method."""
        return None if prediction is None else self._made.get(prediction)

    def prediction_of(self, value: Any) -> int | None:
        """Find the prediction that a value is, or is a part of."""
        step = value
        while step is not None:
            known = self._predicted.get(id(step))
            if known is not None and known[0]() is step:
                return known[1]
            step = getattr(step, "base", None)
        return None

    def prediction_for(self, rows: Known | None, truth: Any) -> int | None:
        """Find the last prediction of just these rows, or of a table with this index."""
        found = None if rows is None else self._by_rows.get(digest(rows.ids))
        index = index_of(truth) if found is None else None
        return found if index is None else self._by_index.get(index)


def index_of(value: Any) -> bytes | None:
    """Tell the index of a table or a column, unless it only counts the rows."""
    index: Any = getattr(value, "index", None)
    if not hasattr(index, "to_numpy") or type(index).__name__ == "RangeIndex":
        return None
    found = hashes(index.to_numpy())
    return None if found is None else digest(found)


def _given(arguments: Any, named: Any, position: int, name: str) -> Any:
    return arguments[position] if len(arguments) > position else named.get(name)


def traits(estimator: Any) -> list[str]:
    """Tell what an estimator can do, which tells what it is."""
    found = [name for name in _TRAITS if hasattr(estimator, name)]
    bases = {base.__name__ for base in type(estimator).__mro__}
    return found + [name for name in ("ClusterMixin", "BaseSearchCV") if name in bases]
