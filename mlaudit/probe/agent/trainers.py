"""Trainers that drive a network for the program: of Lightning, of transformers, of Keras on torch.

The batches of such a training are followed like those of any other; what is added here is where
the program calls the trainer, what it watches, and what it is given by a prediction.
"""

from __future__ import annotations

import inspect
import weakref
from types import ModuleType
from typing import Any

from .batches import Batches
from .calls import Calls
from .estimators import Estimators
from .hooks import PostImport
from .lineage import Known, Lineage
from .networks import Networks
from .reported import Learnt, kept, learnt

_LIGHTNING = ("lightning.pytorch.trainer.trainer", "pytorch_lightning.trainer.trainer")
_STOPPING = ("EarlyStopping", "EarlyStoppingCallback")
_KEEPING = ("ModelCheckpoint",)
_APART = ("val", "test", "eval", "dev")


class Trainers:
    """Tells what is watched and predicted by the methods of trainers."""

    def __init__(
        self,
        calls: Calls,
        lineage: Lineage,
        estimators: Estimators,
        networks: Networks,
        batches: Batches,
    ):
        self._calls = calls
        self._lineage = lineage
        self._estimators = estimators
        self._networks = networks
        self._batches = batches
        self._learnt: weakref.WeakKeyDictionary[Any, Learnt] = weakref.WeakKeyDictionary()

    def attach(self, hooks: PostImport) -> None:
        """Wait for the trainers."""
        for module in _LIGHTNING:
            hooks.after(module, self._lightning)
        hooks.after("transformers.trainer", self._transformers)
        hooks.after("keras.src.backend.torch.trainer", self._keras)
        for library in ("lightning", "pytorch_lightning", "transformers", "keras"):
            hooks.after(library, lambda _: None)  # which tells its version

    def _lightning(self, module: ModuleType) -> None:
        trainer = vars(module)["Trainer"]
        self._calls.method(trainer, "fit", self._lightning_fit)
        for name in ("validate", "test", "predict"):
            self._calls.method(trainer, name, self._lightning_run)

    def _transformers(self, module: ModuleType) -> None:
        trainer = vars(module)["Trainer"]
        self._calls.method(trainer, "train", self._transformers_train)
        self._calls.method(trainer, "evaluate", self._transformers_evaluate)
        self._calls.method(trainer, "predict", self._transformers_predict)

    def _keras(self, module: ModuleType) -> None:
        trainer = vars(module)["TorchTrainer"]
        self._calls.method(trainer, "fit", self._keras_fit)
        self._calls.method(trainer, "evaluate", self._keras_evaluate)
        self._calls.method(trainer, "predict", self._keras_predict)

    def _followed(self, network: Any, function: Any, *given: Any, **named: Any) -> Any:
        """Take what the trainer does for calls of its network, and tell of it when it is done."""
        with self._networks.within(network):
            result = function(*given, **named)
        self._networks.tell()
        return result

    def _lightning_run(self, function: Any, trainer: Any, *given: Any, **named: Any) -> Any:
        model = given[0] if given else named.get("model") or trainer.lightning_module
        return self._followed(model, function, trainer, *given, **named)

    def _lightning_fit(self, function: Any, trainer: Any, *given: Any, **named: Any) -> Any:
        result = self._lightning_run(function, trainer, *given, **named)
        with self._calls.watching("what is watched"):
            sets = [getattr(one, "dataset", None) for one in _values(trainer.val_dataloaders)]
            known = [self._of_dataset(one) for one in sets]
            decides = _decides(trainer.callbacks)
            self._watched(trainer.lightning_module, known, "val_dataloaders", "fit", decides)
        return result

    def _transformers_run(self, function: Any, trainer: Any, *given: Any, **named: Any) -> Any:
        return self._followed(trainer.model, function, trainer, *given, **named)

    def _transformers_evaluate(self, function: Any, trainer: Any, *given: Any, **named: Any) -> Any:
        result = self._transformers_run(function, trainer, *given, **named)
        with self._calls.watching("what is reported"):
            self._networks.reported(trainer.model, result)
        return result

    def _transformers_train(self, function: Any, trainer: Any, *given: Any, **named: Any) -> Any:
        result = self._transformers_run(function, trainer, *given, **named)
        with self._calls.watching("what is watched"):
            sets = trainer.eval_dataset
            listed = list(sets.values()) if isinstance(sets, dict) else [sets]
            known = [self._of_dataset(one) for one in listed if one is not None]
            best = bool(trainer.args.load_best_model_at_end)
            decides = "yes" if best else _decides(trainer.callback_handler.callbacks)
            self._watched(trainer.model, known, "eval_dataset", "train", decides)
        return result

    def _transformers_predict(self, function: Any, trainer: Any, *given: Any, **named: Any) -> Any:
        known = None
        with self._calls.watching("the rows given"):
            known = self._of_dataset(given[0] if given else named.get("test_dataset"))
        return self._predict(
            self._transformers_run, trainer.model, known, function, trainer, *given, **named
        )

    def _keras_run(self, function: Any, model: Any, *given: Any, **named: Any) -> Any:
        return self._followed(model, function, model, *given, **named)

    def _keras_fit(self, function: Any, model: Any, *given: Any, **named: Any) -> Any:
        self._learnt.pop(model, None)
        result = self._keras_run(function, model, *given, **named)
        with self._calls.watching("what is watched"):
            arguments = inspect.signature(function).bind(model, *given, **named).arguments
            data = arguments.get("validation_data")
            known = [self._lineage.of(data[0])] if isinstance(data, (tuple, list)) else []
            decides = _decides(arguments.get("callbacks"))
            self._watched(model, known, "validation_data", "fit", decides)
        with self._calls.watching("what is reported"):
            self._keras_learnt(model, result.history, arguments)
        return result

    def _keras_learnt(self, model: Any, history: Any, arguments: dict[str, Any]) -> None:
        """Remember how well a model has answered in its training, and tell of its validation."""
        at = kept(history, arguments.get("callbacks"))
        found, data = learnt(history, at, arguments.get("y")), arguments.get("validation_data")
        if found is None:
            return
        self._learnt[model] = found
        watched = history.get(f"val_{found.name}", ())
        if len(watched) == len(history[found.name]) and isinstance(data, tuple) and len(data) == 2:
            self._reported(model, "fit", found, watched[at], data)

    def _keras_evaluate(self, function: Any, model: Any, *given: Any, **named: Any) -> Any:
        result = self._keras_run(function, model, *given, **named)
        found = self._learnt.get(model)
        if found is not None:
            with self._calls.watching("what is reported"):
                arguments = inspect.signature(function).bind(model, *given, **named).arguments
                value = model.get_metrics_result().get(found.name)
                data = arguments.get("x"), arguments.get("y")
                if value is not None:
                    self._reported(model, "evaluate", found, float(value), data)
        return result

    def _reported(self, model: Any, method: str, found: Learnt, value: float, data: Any) -> None:
        """Tell of an accuracy that the model itself has reported for known rows."""
        beside = None if data[1] is None else found.beside(value, data[1])
        if beside is not None:
            self._estimators.tell("judged", method, model, self._lineage.of(data[0]), **beside)

    def _keras_predict(self, function: Any, model: Any, *given: Any, **named: Any) -> Any:
        known = None
        with self._calls.watching("the rows given"):
            known = self._lineage.of(given[0] if given else named.get("x"))
        return self._predict(self._keras_run, model, known, function, model, *given, **named)

    def _predict(
        self,
        run: Any,
        network: Any,
        known: Known | None,
        function: Any,
        *given: Any,
        **named: Any,
    ) -> Any:
        """Tell of a prediction for known rows; the batches of others are followed."""
        if known is None:
            return run(function, *given, **named)
        result = self._calls.run(function, *given, **named)
        with self._calls.watching("predict"):
            found = getattr(result, "predictions", result)
            self._estimators.predicted("predict", network, known, found, None)
        return result

    def _of_dataset(self, dataset: Any) -> Known | None:
        return self._batches.of_dataset(dataset) if hasattr(dataset, "__getitem__") else None

    def _watched(
        self, model: Any, sets: list[Known | None], argument: str, method: str, decides: str
    ) -> None:
        for position, rows in enumerate(sets):
            facts: dict[str, Any] = {"argument": argument, "decides": decides}
            facts |= {"last": position == len(sets) - 1, "traits": ["predict"]}
            self._estimators.tell("watch", method, model, rows, **facts)


def _decides(callbacks: Any) -> str:
    """Say whether callbacks go by what is watched; what is kept by it may never be used."""
    watching = [one for one in _values(callbacks) if any(map(_named(one).__contains__, _APART))]
    if any(type(one).__name__ in _STOPPING for one in watching):
        return "yes"
    return "as read" if any(type(one).__name__ in _KEEPING for one in watching) else "no"


def _values(given: Any) -> list[Any]:
    """Give one thing, or several of them, as a list."""
    if isinstance(given, (list, tuple)):
        return list(given)
    return [] if given is None else [given]


def _named(callback: Any) -> str:
    """Give the name of the number that a callback goes by."""
    return str(getattr(callback, "monitor", None) or "")
