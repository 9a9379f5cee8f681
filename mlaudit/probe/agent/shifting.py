"""Other seeds than those that the program sets, to see how much its results owe to them."""

from __future__ import annotations

import random
from types import ModuleType
from typing import Any

from .hooks import PostImport

_RANGE = 2**32


class Shifting:
    """Adds a number to every seed that is given to a generator."""

    def __init__(self, by: int):
        self._by = by

    def attach(self, hooks: PostImport) -> None:
        """Change what sets seeds: of Python at once, of libraries when they are there."""
        self._shift(random, "seed")
        hooks.after("numpy.random", lambda module: self._shift(module, "seed", "default_rng"))
        hooks.after("sklearn.utils.validation", lambda m: self._shift(m, "check_random_state"))
        hooks.after("torch.random", lambda module: self._shift(module, "manual_seed"))

    def _shift(self, module: ModuleType, *names: str) -> None:
        for name in names:
            setattr(module, name, self._shifted(module.__name__, vars(module)[name]))

    def _shifted(self, module: str, function: Any) -> Any:
        by = self._by

        def shifted(*given: Any, **named: Any) -> Any:
            if given and type(given[0]) is int:
                given = ((given[0] + by) % _RANGE, *given[1:])
            named = {k: (v + by) % _RANGE if type(v) is int else v for k, v in named.items()}
            return function(*given, **named)

        shifted.__name__ = shifted.__qualname__ = function.__name__
        shifted.__module__ = module
        return shifted
