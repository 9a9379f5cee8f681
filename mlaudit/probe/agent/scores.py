"""Beside every score: what a guess without features would reach, and what is reached in training.

The guess is the most frequent class or the mean of the training targets, judged by the same metric
on the same rows; the training score is taken on a sample of the training rows.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import warnings
import weakref
from collections.abc import Callable, Iterator
from typing import Any

from .answers import Shape
from .calls import Calls

_MOST_ROWS = 2_000
_MOST_TARGETS = 5_000_000
_MANY_CLASSES = 100
_NUMBERS = "biuf"
_GUESSING = "a guess to hold a score against"
_AGAIN = "the score on rows of the training"


class Sample:
    """Rows of a training at even distances; `shape` makes of them what the model takes."""

    def __init__(self, features: Any, target: Any, shape: Callable[[Any], Any] | None = None):
        np = sys.modules["numpy"]
        values = np.asarray(target)
        self.values = values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
        stride = max(1, len(self.values) // _MOST_ROWS)
        self._features = _some(features, stride)
        self._shape = shape
        self.target = values[::stride].copy()

    def features(self) -> Any:
        """Give the features of the sample."""
        return self._features if self._shape is None else self._shape(self._features)


class Learnt:
    """What is kept of a training: a sample of its rows, and what its targets are like."""

    def __init__(self, estimator: Any, sample: Sample, *, classifier: bool):
        np = sys.modules["numpy"]
        self.estimator = weakref.ref(estimator)
        self.features = sample.features
        self.target = sample.target
        self.classifier = classifier
        if classifier:
            found, counts = np.unique(sample.values, return_counts=True)
            self.classes, self.shares = found, counts / counts.sum()
        else:
            self.mean = float(sample.values.mean())


class Scores:
    """Works out, when something is judged, what else it should be held against."""

    def __init__(self, calls: Calls):
        self._calls = calls
        self._learnt: dict[int, Learnt] = {}

    def fitted(self, told: dict[str, Any], estimator: Any, features: Any, target: Any) -> None:
        """Remember a training of one target."""
        self._learnt.pop(told["model"], None)
        if target is None or "predict" not in told["traits"] or told["method"] != "fit":
            return
        shape: Any = getattr(target, "shape", None) or (len(target),)
        if len(shape) > 2 or (len(shape) == 2 and shape[1] != 1) or shape[0] > _MOST_TARGETS:
            return
        with self._calls.watching("keeping rows to judge the training by"):
            sample, classifier = Sample(features, target), hasattr(estimator, "classes_")
            self._learnt[told["model"]] = Learnt(estimator, sample, classifier=classifier)

    def trained(self, model: int, estimator: Any, sample: Sample, *, classifier: bool) -> None:
        """Remember a training on rows of which a sample was taken before."""
        self._learnt[model] = Learnt(estimator, sample, classifier=classifier)

    def beside_metric(
        self,
        function: Any,
        model: int,
        method: str,
        shape: Shape | None,
        given: tuple[Any, ...],
        named: dict[str, Any],
    ) -> dict[str, float]:
        """Give the scores of the guess and of the training rows by a metric.

        Without a known `shape` of what is judged it may be no answer of the model at all, or be in
        other units than those that were learnt.
        """
        learnt, found = self._learnt.get(model), {}
        if (
            learnt is None
            or shape is None
            or len(given) < 2
            or any(map(_per_row, named.values()))
            or given[2:]
        ):
            return {}
        truth, answer = given[0], given[1]
        with self._quietly(_GUESSING):
            guess = _guess(learnt, truth, answer)
            if guess is not None:
                found["guess"] = _number(function(truth, guess, **named))
        with self._quietly(_AGAIN):
            again = _again(learnt, method, shape)
            if again is not None:
                found["train"] = _number(function(learnt.target, again, **named))
        return {name: value for name, value in found.items() if value is not None}

    def beside_score(self, function: Any, model: int, arguments: Any) -> dict[str, float]:
        """Give the same of an estimator's own `score`: the share of right answers, or R²."""
        learnt, np = self._learnt.get(model), sys.modules["numpy"]
        if learnt is None or len(arguments) != 3 or getattr(arguments[0], "scoring", None):
            return {}
        truth = np.asarray(arguments[2]).reshape(-1)
        found: dict[str, float | None] = {}
        with self._quietly(_GUESSING):
            if learnt.classifier:
                most = learnt.classes[learnt.shares.argmax()]
                found["guess"] = float((truth == most).mean())
            elif _is_regressor(arguments[0]) and float(truth.std()) > 0:
                error = float(((truth - learnt.mean) ** 2).mean())
                found["guess"] = 1.0 - error / float(truth.var())
        with self._quietly(_AGAIN):
            estimator = learnt.estimator()
            if estimator is arguments[0]:
                found["train"] = _number(function(estimator, learnt.features(), learnt.target))
        return {name: value for name, value in found.items() if value is not None}

    def beside_validation(self, function: Any, given: Any, named: Any) -> dict[str, float]:
        """Give the mean score of the guess on the same folds."""
        estimator = given[0] if given else named.get("estimator")
        folds = named.get("cv")
        if hasattr(folds, "__next__") or len(given) > 3:
            return {}
        np = sys.modules["numpy"]
        base = importlib.import_module("sklearn.base")
        dummy = importlib.import_module("sklearn.dummy")
        if base.is_classifier(estimator):
            guess = dummy.DummyClassifier(strategy="prior")
        elif base.is_regressor(estimator):
            guess = dummy.DummyRegressor()
        else:
            return {}
        state = np.random.get_state()
        try:
            with self._quietly(_GUESSING):
                if given:
                    result = function(guess, *given[1:], **named)
                else:
                    result = function(**{**named, "estimator": guess})
                if not np.isfinite(result).all():
                    raise ValueError("it has no score on some of the folds")
                return {"guess": float(np.mean(result))}
        finally:
            np.random.set_state(state)
        return {}

    @contextlib.contextmanager
    def _quietly(self, what: str) -> Iterator[None]:
        """Let no warning about the guess reach the user; of an error, it is told that it was."""
        with self._calls.watching(what), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield


def _some(features: Any, stride: int) -> Any:
    """Copy rows at even distances."""
    if hasattr(features, "iloc"):
        return features.iloc[::stride].copy()
    if hasattr(features, "tocsr"):
        return features.tocsr()[::stride]
    return sys.modules["numpy"].asarray(features)[::stride].copy()


def _guess(learnt: Learnt, truth: Any, answer: Any) -> Any:
    """Answer as the model has answered, by labels, probabilities or values, but always the same."""
    np = sys.modules["numpy"]
    answers, count = np.asarray(answer), len(truth)
    if not learnt.classifier:
        return np.full(answers.shape, learnt.mean) if answers.ndim == 1 else None
    if answers.ndim == 2:
        fits = answers.shape == (count, len(learnt.shares))
        return np.tile(learnt.shares, (count, 1)) if fits else None
    if _labels(np, learnt, answers):
        return np.full(count, learnt.classes[learnt.shares.argmax()])
    return np.full(count, learnt.shares[-1])


def _labels(np: Any, learnt: Learnt, answers: Any) -> bool:
    if answers.dtype.kind not in _NUMBERS:
        return True
    found = np.unique(answers[:_MOST_ROWS])
    return len(found) <= _MANY_CLASSES and bool(np.isin(found, learnt.classes).all())


def _again(learnt: Learnt, method: str, shape: Shape) -> Any:
    """Predict the sample of the training rows in the way that the judged rows were predicted."""
    np, estimator = sys.modules["numpy"], learnt.estimator()
    if estimator is None:
        return None
    return shape(np.asarray(getattr(estimator, method)(learnt.features())))


def _is_regressor(estimator: Any) -> bool:
    last = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    return any(base.__name__ == "RegressorMixin" for base in type(last).__mro__)


def _per_row(value: Any) -> bool:
    return hasattr(value, "__len__") and not isinstance(value, str)


def _number(value: Any) -> float | None:
    """Give a score that is one number."""
    if isinstance(value, (bool, str)) or (hasattr(value, "shape") and value.shape != ()):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
