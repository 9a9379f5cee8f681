"""How rows are divided, copied and judged by functions of sklearn."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any

from .calls import Calls
from .estimators import Estimators, traits
from .hooks import PostImport
from .lineage import Known, Lineage, told_apart
from .places import Places
from .stream import Stream

_VALIDATIONS = (
    "cross_val_score",
    "cross_validate",
    "cross_val_predict",
    "learning_curve",
    "validation_curve",
    "permutation_test_score",
)
_METRICS = ("_classification", "_regression", "_ranking")


class Selection:
    """Tells of splits, folds, validations, resamplings and metrics."""

    def __init__(
        self,
        stream: Stream,
        places: Places,
        calls: Calls,
        lineage: Lineage,
        estimators: Estimators,
    ):
        self._stream = stream
        self._places = places
        self._calls = calls
        self._lineage = lineage
        self._estimators = estimators

    def attach(self, hooks: PostImport) -> None:
        """Wait for the modules in which the functions are at home."""
        hooks.after("sklearn.model_selection._split", self._splits)
        hooks.after("sklearn.model_selection._validation", self._validations)
        hooks.after("sklearn.utils._indexing", self._resampling)
        for name in _METRICS:
            hooks.after(f"sklearn.metrics.{name}", self._metrics)

    def _splits(self, module: ModuleType) -> None:
        self._function(module, "train_test_split", self._split)
        for found in list(vars(module).values()):
            if isinstance(found, type) and found.__module__ == module.__name__:
                self._calls.method(found, "split", self._folds)

    def _validations(self, module: ModuleType) -> None:
        for name in _VALIDATIONS:
            self._function(module, name, self._validate)

    def _resampling(self, module: ModuleType) -> None:
        self._function(module, "resample", self._resample)
        self._function(module, "shuffle", self._reorder)

    def _metrics(self, module: ModuleType) -> None:
        for name, found in list(vars(module).items()):
            own = isinstance(found, FunctionType) and found.__module__ == module.__name__
            if own and not name.startswith("_") and _judges(found):
                self._function(module, name, self._judge)

    def _function(self, module: ModuleType, name: str, around: Any) -> None:
        found = getattr(module, name, None)
        if isinstance(found, FunctionType):
            setattr(module, name, self._calls.wrapped(found, around))

    def _split(self, function: Any, *arrays: Any, **options: Any) -> Any:
        """Divide positions along with the arrays, which draws no number more or less."""
        known = self._known(arrays)
        result, positions = self._with_positions(function, arrays, options)
        if positions is None:
            return result
        with self._calls.watching("a split"):
            first = next((rows for rows in known if rows is not None), None)
            if first is not None:
                parts = [first.part(part) for part in positions]
                for array, rows in enumerate(known):
                    for offset, part in enumerate(positions):
                        self._beside(result[2 * array + offset], parts[offset], rows, part, first)
                self._tell_split("train_test_split", first, parts, folds=False)
        return result

    def _beside(
        self, result: Any, part: Known, rows: Known | None, positions: Any, first: Known
    ) -> None:
        """Know a part of one array by the rows of the first, with which it was divided."""
        if rows is None:
            self._lineage.derive(result, part.shaped_by(frozenset()))
            return
        same = part if rows is first else part.shaped_by(rows.causes)
        same.now = rows.now[positions]
        self._lineage.adopt(result, same)

    def _with_positions(self, function: Any, arrays: Any, options: Any) -> tuple[Any, Any]:
        np = sys.modules["numpy"]
        with self._calls.inside():
            try:
                count = arrays[0].shape[0] if hasattr(arrays[0], "shape") else len(arrays[0])
                given = function(*arrays, np.arange(count), **options)
            except Exception:
                # Whatever is wrong, the program shall hear of it in the words meant for it.
                return function(*arrays, **options), None
        return given[:-2], given[-2:]

    def _tell_split(
        self, name: str, rows: Known, parts: list[Known], *, folds: bool, place: Any = None
    ) -> None:
        self._stream.emit(
            "split",
            number=self._estimators.number(),
            function=name,
            rows=self._lineage.tell(rows),
            parts=[self._lineage.tell(part) for part in parts],
            folds=folds,
            place=place or self._places.here(),
        )

    def _folds(self, function: Any, splitter: Any, *given: Any, **named: Any) -> Iterator[Any]:
        value = given[0] if given else named.get("X")
        rows, place, name = None, self._places.here(), type(splitter).__name__
        with self._calls.watching("folds"):
            rows = self._lineage.of(value)
        pairs = self._calls.run(function, splitter, *given, **named)
        return self._each(iter(pairs), rows, name, place)

    def _each(self, pairs: Iterator[Any], rows: Any, name: str, place: Any) -> Iterator[Any]:
        """Pass on the pairs; each is told when the program takes it."""
        while True:
            with self._calls.inside():
                pair = next(pairs, None)
            if pair is None:
                return
            with self._calls.watching("a fold"):
                if rows is not None:
                    parts = [rows.part(part) for part in pair]
                    for part in parts:
                        self._lineage.expect(part)
                    folds = not name.endswith("ShuffleSplit")
                    self._tell_split(name, rows, parts, folds=folds, place=place)
            yield pair

    def _validate(self, function: Any, *given: Any, **named: Any) -> Any:
        place = self._places.here()
        result = self._calls.run(function, *given, **named)
        with self._calls.watching("a validation"):
            beside: dict[str, float] = {}
            if function.__name__ == "cross_val_score":
                with self._calls.measuring:
                    beside = self._estimators.scores.beside_validation(function, given, named)
                beside["value"] = float(result.mean())
            estimator = given[0] if given else named["estimator"]
            value = given[1] if len(given) > 1 else named.get("X")
            rows, owner = self._lineage.of(value), type(estimator)
            self._stream.emit(
                "validate",
                number=self._estimators.number(),
                function=function.__name__,
                model=self._estimators.model(estimator),
                owner=f"{owner.__module__}.{owner.__qualname__}",
                traits=traits(estimator),
                rows=self._lineage.tell(rows),
                causes=sorted(rows.causes) if rows else [],
                place=place,
                **beside,
            )
        return result

    def _resample(self, function: Any, *arrays: Any, **options: Any) -> Any:
        return self._moved(function, arrays, options, copies=True)

    def _reorder(self, function: Any, *arrays: Any, **options: Any) -> Any:
        return self._moved(function, arrays, options, copies=False)

    def _moved(self, function: Any, arrays: Any, options: Any, *, copies: bool) -> Any:
        """Let positions be drawn along with the arrays."""
        np = sys.modules["numpy"]
        known = self._known(arrays)
        with self._calls.inside():
            try:
                given = function(*arrays, np.arange(len(arrays[0])), **options)
            except Exception:
                return function(*arrays, **options)
        *results, positions = given
        with self._calls.watching("a resampling"):
            self._told_moved(known, results, positions, copies=copies)
        return results[0] if len(results) == 1 else results

    def _told_moved(
        self, known: list[Any], results: list[Any], positions: Any, *, copies: bool
    ) -> None:
        np = sys.modules["numpy"]
        first = next((rows for rows in known if rows is not None), None)
        if first is not None:
            causes: frozenset[int] = frozenset()
            part = first.part(positions)
            part.ids = told_apart(part.ids)
            _, where, counts = np.unique(positions, return_inverse=True, return_counts=True)
            repeated = counts[where] > 1
            if copies and repeated.any():
                number = self._estimators.number()
                causes = frozenset([number])
                self._stream.emit(
                    "duplicate",
                    number=number,
                    function="resample",
                    rows=self._lineage.tell(part.part(repeated)),
                    place=self._places.here(),
                )
            for rows, result in zip(known, results, strict=False):
                own = rows.causes if rows is not None else frozenset()
                self._lineage.derive(result, part.shaped_by(own | causes))

    def _judge(self, function: Any, *given: Any, **named: Any) -> Any:
        result = self._calls.run(function, *given, **named)
        with self._calls.watching("a metric"):
            names = list(inspect.signature(function).parameters)[:2]
            first, second = (*given, *(named.get(name) for name in names[len(given) :]))[:2]
            found, swapped = self._estimators.prediction_of(second), False
            if found is None:
                found = self._estimators.prediction_of(first)
                swapped = found is not None
            rows = self._lineage.of(second if swapped else first)
            found = found or self._estimators.prediction_for(rows, first)
            made, beside = self._estimators.made(found), {}
            if found and made is not None and not swapped and isinstance(result, (int, float)):
                others = {name: value for name, value in named.items() if name not in names}
                pair = (first, second, *given[2:])
                scores = self._estimators.scores
                shape = self._estimators.answers.shape(found, second)
                with self._calls.measuring:
                    beside = scores.beside_metric(function, *made, shape, pair, others)
                beside["value"] = float(result)
                self._estimators.marks.mark("score", float(result))
            self._stream.emit(
                "metric",
                number=self._estimators.number(),
                function=function.__name__,
                prediction=found,
                swapped=swapped,
                place=self._places.here(),
                **beside,
            )
        return result

    def _known(self, arrays: Any) -> list[Any]:
        found: list[Any] = []
        with self._calls.watching("the rows given"):
            found += [self._lineage.of(array) for array in arrays]
        return found if len(found) == len(arrays) else [None] * len(arrays)


def _judges(function: FunctionType) -> bool:
    parameters = list(inspect.signature(function).parameters)
    return len(parameters) > 1 and parameters[0] == "y_true"
