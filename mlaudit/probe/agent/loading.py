"""The batch size of loaders: told, and changed where another one is to be tried."""

from __future__ import annotations

import inspect
from types import ModuleType
from typing import Any

from .hooks import PostImport
from .places import Places
from .stream import Stream


class Loading:
    """Tells the loaders of the program, and multiplies their batches by a ratio."""

    def __init__(self, stream: Stream, places: Places, ratio: list[int] | None):
        self._stream = stream
        self._places = places
        self._ratio = ratio

    def attach(self, hooks: PostImport) -> None:
        """Wait for the loaders."""
        hooks.after("torch.utils.data.dataloader", self._loaders)

    def _loaders(self, module: ModuleType) -> None:
        loader = vars(module)["DataLoader"]
        begin = loader.__init__
        signature = inspect.signature(begin)

        def scaled(one: Any, *arguments: Any, **named: Any) -> None:
            try:
                bound = signature.bind(one, *arguments, **named)
                self._tell(bound.arguments)
            except TypeError:
                begin(one, *arguments, **named)
            else:
                begin(*bound.args, **bound.kwargs)

        loader.__init__ = scaled

    def _tell(self, given: dict[str, Any]) -> None:
        size = given.get("batch_size", 1)
        if type(size) is not int or size < 2:
            return
        if self._ratio is not None:
            times, parts = self._ratio
            size = given["batch_size"] = max(1, size * times // parts)
        try:
            rows = len(given["dataset"])
        except (TypeError, NotImplementedError):
            rows = None
        shuffled = bool(given.get("shuffle")) or given.get("sampler") is not None
        self._stream.emit(
            "loader", size=size, rows=rows, shuffled=shuffled, place=self._places.here()
        )
