"""How long a prediction takes, measured when the program is done, on a batch that it has used."""

from __future__ import annotations

import sys
import time
import weakref
from typing import Any

from .calls import Calls
from .stream import Stream

_LONGEST = 0.4
_MOST_CALLS = 200
_LEAST_CALLS = 5
_MOST_ROWS = 256
_MOST_VALUES = 1_000_000


class Latency:
    """Keeps the last model that predicted, with rows for it."""

    def __init__(self, stream: Stream, calls: Calls):
        # A batch that is kept would count as memory where that is followed.
        self.of_networks = True
        self._stream = stream
        self._calls = calls
        self._model: weakref.ref[Any] | None = None
        self._batch: Any = None
        self._method = ""
        self._place: Any = None

    def predicted(self, estimator: Any, method: str, features: Any, place: Any) -> None:
        """Keep some rows of what a model of sklearn predicts."""
        known = self._model() if self._model is not None else None
        if known is estimator or method != "predict":
            return
        self._keep(estimator, method, _first(features), place)

    def called(self, network: Any, arguments: Any, named: Any, place: Any) -> None:
        """Keep what a network is called with where nothing is learnt by it."""
        known = self._model() if self._model is not None else None
        if self.of_networks and known is not network and not network.training:
            self._keep(network, "", (arguments, named), place)

    def _keep(self, model: Any, method: str, batch: Any, place: Any) -> None:
        self._model, self._method = weakref.ref(model), method
        self._batch, self._place = batch, place

    def measure(self) -> None:
        """Predict again and again, for a moment."""
        model = self._model() if self._model is not None else None
        if model is None or self._batch is None:
            return
        with self._calls.watching("latency"):
            if self._method:
                rows, one = len(self._batch), _first(self._batch, 1)
                single = _timed(lambda: model.predict(one))
                whole = _timed(lambda: model.predict(self._batch))
            else:
                rows, single, whole = self._network(model)
            self._tell(type(model).__name__, rows, single, whole)

    def _network(self, network: Any) -> tuple[int, list[float], list[float]]:
        torch = sys.modules["torch"]
        arguments, named = self._batch
        first = next(
            one for one in (*arguments, *named.values()) if hasattr(one, "untyped_storage")
        )
        single = [each[:1] if _per_row(each, first) else each for each in arguments]
        alone = {name: each[:1] if _per_row(each, first) else each for name, each in named.items()}
        training = network.training
        network.eval()
        try:
            with torch.no_grad():
                wait = torch.cuda.synchronize if first.is_cuda else None
                return (
                    len(first),
                    _timed(lambda: network(*single, **alone), wait),
                    _timed(lambda: network(*arguments, **named), wait),
                )
        finally:
            network.train(training)

    def _tell(self, model: str, rows: int, single: list[float], whole: list[float]) -> None:
        self._stream.emit(
            "latency",
            model=model,
            place=self._place,
            calls=len(single),
            p50=_percentile(single, 0.5),
            p95=_percentile(single, 0.95),
            p99=_percentile(single, 0.99),
            batch=rows,
            per_second=rows / max(_percentile(whole, 0.5), 1e-9),
        )


def _first(features: Any, count: int = _MOST_ROWS) -> Any:
    """Copy the first rows."""
    if hasattr(features, "iloc"):
        return features.iloc[:count].copy()
    if hasattr(features, "tocsr"):
        return features.tocsr()[:count]
    if hasattr(features, "shape"):
        return features[:count].copy() if hasattr(features, "copy") else features[:count]
    return list(features)[:count]


def _per_row(value: Any, first: Any) -> bool:
    return hasattr(value, "untyped_storage") and value.dim() > 0 and len(value) == len(first)


def _timed(call: Any, wait: Any = None) -> list[float]:
    """Call for a while; the first call, which may have to prepare things, does not count."""
    taken: list[float] = []
    call()
    until = time.perf_counter() + _LONGEST / 2
    while len(taken) < _MOST_CALLS:
        start = time.perf_counter()
        call()
        if wait is not None:
            wait()
        end = time.perf_counter()
        taken.append(end - start)
        if end > until and len(taken) >= _LEAST_CALLS:
            break
    return taken


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
