"""Boosters of xgboost and lightgbm that train by functions, on matrices of their own."""

from __future__ import annotations

import inspect
import sys
import time
import weakref
from types import FunctionType, ModuleType
from typing import Any

from .calls import Calls
from .estimators import Estimators, index_of
from .hooks import PostImport
from .lineage import Known, Lineage
from .quality import looked_at
from .scores import Sample
from .watched import by_train

_MATRICES = {"xgboost.core": "DMatrix QuantileDMatrix", "lightgbm.basic": "Dataset"}
_FUNCTIONS = ("xgboost.training", "lightgbm.engine")
_PARTS = {"slice": "rindex", "subset": "used_indices"}
_TRAINED_ON = ("dtrain", "train_set")
_OBJECTIVES = ("objective", "application", "app")
_CLASSES = ("binary", "multi")
# Options of a prediction that leave it the model's plain answer.
_PLAIN = {"data", "num_iteration", "validate_features"}


class Held:
    """What is known of a matrix: its rows, and what was seen of the data that it was made of."""

    def __init__(self, rows: Known | None, index: bytes | None = None, *, answered: bool = False):
        self.rows = rows
        self.index = index
        self.answered = answered
        self.sample: Sample | None = None
        self.facts: dict[str, Any] | None = None


class Boosters:
    """Tells of trainings by `train` and `cv`, of what they watch, and of predictions."""

    def __init__(self, calls: Calls, lineage: Lineage, estimators: Estimators):
        self._calls = calls
        self._lineage = lineage
        self._estimators = estimators
        self._matrices: weakref.WeakKeyDictionary[Any, Held] = weakref.WeakKeyDictionary()
        self._makers: dict[int, str] = {}

    def attach(self, hooks: PostImport) -> None:
        """Wait for the modules in which matrices, boosters and functions are at home."""
        for module in _MATRICES:
            hooks.after(module, self._classes)
        for module in _FUNCTIONS:
            hooks.after(module, self._functions)
            hooks.after(module.split(".")[0], lambda _: None)  # which tells its version

    def _classes(self, module: ModuleType) -> None:
        for name in _MATRICES[module.__name__].split():
            matrix = vars(module).get(name)
            if isinstance(matrix, type):
                self._calls.method(matrix, "__init__", self._made)
                for part in _PARTS:
                    self._calls.method(matrix, part, self._part)
        for name in ("predict", "inplace_predict"):
            self._calls.method(vars(module)["Booster"], name, self._predict)

    def _functions(self, module: ModuleType) -> None:
        for name, around in (("train", self._train), ("cv", self._validate)):
            found = vars(module).get(name)
            if isinstance(found, FunctionType):
                setattr(module, name, self._calls.wrapped(found, around))

    def _made(self, function: Any, matrix: Any, *given: Any, **named: Any) -> None:
        held = None
        with self._calls.watching("a matrix"):
            arguments = _arguments(function, matrix, *given, **named)
            held = self._held(type(matrix), arguments.get("data"), arguments.get("label"))
        self._calls.run(function, matrix, *given, **named)
        if held is not None:
            self._matrices[matrix] = held

    def _held(self, kind: type, data: Any, label: Any) -> Held | None:
        """Look at the data as it is given: the matrix does not show it any more."""
        rows = self._lineage.of(data)
        if rows is None:
            return None
        held = Held(rows, index_of(data), answered=label is not None)
        if label is not None:
            held.facts = looked_at(data, label, rows.now)
            held.sample = Sample(data, label, kind if kind.__name__ != "Dataset" else None)
        return held

    def _part(self, function: Any, matrix: Any, *given: Any, **named: Any) -> Any:
        """Know a matrix that is cut from another."""
        part = self._calls.run(function, matrix, *given, **named)
        with self._calls.watching("a part of a matrix"):
            whole = self._matrices.get(matrix)
            positions = given[0] if given else named[_PARTS[function.__name__]]
            if whole is not None and whole.rows is not None:
                rows = whole.rows.part(sys.modules["numpy"].asarray(positions, int))
                self._matrices[part] = Held(rows, answered=whole.answered)
        return part

    def _rows(self, data: Any) -> Known | None:
        """Give the rows of a matrix, or of what may stand in its place."""
        held = self._of(data)
        return self._lineage.of(data) if held is None else held.rows

    def _of(self, data: Any) -> Held | None:
        return self._matrices.get(data) if type(data).__hash__ is not None else None

    def _train(self, function: Any, *given: Any, **named: Any) -> Any:
        start = time.monotonic()
        booster = self._calls.run(function, *given, **named)
        seconds = round(time.monotonic() - start, 4)
        with self._calls.watching("a training"):
            arguments = _arguments(function, *given, **named)
            matrix, owner = _one(arguments, _TRAINED_ON), _public(function)
            held = self._of(matrix) or Held(None)
            facts = {"target": held.answered, "seconds": seconds}
            told = self._estimators.tell("fit", "train", booster, held.rows, owner, **facts)
            self._makers[told["model"]] = owner
            self._looked_at(told, booster, held, classes=_classifies(arguments.get("params")))
            for one in by_train(booster, arguments):
                if one.features is not matrix:
                    rows = self._rows(one.features)
                    self._estimators.tell("watch", "train", booster, rows, owner, **one.facts)
        return booster

    def _looked_at(self, told: dict[str, Any], booster: Any, held: Held, *, classes: bool) -> None:
        if held.facts is not None:
            self._estimators.quality.trained(told, held.facts, classes=classes)
        if held.sample is not None:
            scores = self._estimators.scores
            scores.trained(told["model"], booster, held.sample, classifier=classes)

    def _predict(self, function: Any, booster: Any, *given: Any, **named: Any) -> Any:
        held, data = Held(None), given[0] if given else named.get("data")
        with self._calls.watching("the rows given"):
            held = self._of(data) or Held(self._lineage.of(data), index_of(data))
        result = self._calls.run(function, booster, *given, **named)
        with self._calls.watching("predict"):
            name, owner = function.__name__, self._makers.get(self._estimators.model(booster), "")
            told = self._estimators.predicted(name, booster, held.rows, result, held.index, owner)
            if len(given) < 2 and named.keys() <= _PLAIN:
                self._estimators.follow(told)
            if self._of(data) is None:
                self._estimators.latency.predicted(booster, name, data, told["place"])
        return result

    def _validate(self, function: Any, *given: Any, **named: Any) -> Any:
        result = self._calls.run(function, *given, **named)
        with self._calls.watching("a validation"):
            matrix = _one(_arguments(function, *given, **named), _TRAINED_ON)
            rows, owner = self._rows(matrix), _public(function)
            self._estimators.tell("validate", "cv", matrix, rows, owner, function="cv")
        return result


def _arguments(function: Any, *given: Any, **named: Any) -> dict[str, Any]:
    """Give the arguments of a call by their names."""
    return dict(inspect.signature(function).bind(*given, **named).arguments)


def _public(function: Any) -> str:
    """Give the name by which a program calls a function: `xgboost.train`."""
    return f"{function.__module__.split('.')[0]}.{function.__name__}"


def _one(arguments: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next(arguments[name] for name in names if name in arguments)


def _classifies(params: Any) -> bool:
    """Say whether what is trained tells classes apart."""
    settings = dict(params or {})
    told = next((str(settings[name]) for name in _OBJECTIVES if name in settings), "")
    return told.startswith(_CLASSES)
