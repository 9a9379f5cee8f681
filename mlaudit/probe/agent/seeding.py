"""Whether the global generators were seeded before the first number was drawn from them."""

from __future__ import annotations

import functools
import random
from types import ModuleType
from typing import Any

from .hooks import PostImport
from .places import Places
from .stream import Stream

_DRAWS = {
    "python": "random randint randrange uniform gauss shuffle choice choices sample",
    "numpy": "rand randn randint random random_sample normal uniform permutation shuffle choice "
    "standard_normal binomial poisson exponential",
    "torch": "uniform_ normal_ trunc_normal_ xavier_uniform_ xavier_normal_ kaiming_uniform_ "
    "kaiming_normal_ orthogonal_",
}
_SEEDS = {"python": "seed", "numpy": "seed", "torch": "manual_seed"}


class Seeding:
    """Tells of the first draw from each generator, and of the seeds before and after it."""

    def __init__(self, stream: Stream, places: Places):
        self._stream = stream
        self._places = places
        self._seeded: set[str] = set()
        self._drawn: set[str] = set()

    def attach(self, hooks: PostImport) -> None:
        """Watch Python's generator at once, and those of libraries when they are there."""
        self._watch("python", random, _SEEDS["python"], self._seed)
        for name in _DRAWS["python"].split():
            self._watch("python", random, name, self._draw)
        hooks.after("numpy.random", functools.partial(self._module, "numpy"))
        hooks.after("torch.nn.init", functools.partial(self._module, "torch"))
        hooks.after(
            "torch.random", lambda module: self._watch("torch", module, "manual_seed", self._seed)
        )

    def _module(self, generator: str, module: ModuleType) -> None:
        for name in _DRAWS[generator].split():
            self._watch(generator, module, name, self._draw)
        if hasattr(module, _SEEDS[generator]):
            self._watch(generator, module, _SEEDS[generator], self._seed)

    def _watch(self, generator: str, module: ModuleType, name: str, note: Any) -> None:
        function = vars(module).get(name)
        if function is None:
            return

        @functools.wraps(function)
        def watched(*arguments: Any, **named: Any) -> Any:
            note(generator, name)
            return function(*arguments, **named)

        # Pickles find a function by these.
        watched.__module__, watched.__qualname__ = module.__name__, name
        setattr(module, name, watched)

    def _seed(self, generator: str, name: str) -> None:
        place = self._places.here() if self._stream.ours else None
        if place is not None:
            self._seeded.add(generator)
            self._stream.emit("seed", generator=generator, place=place)

    def _draw(self, generator: str, name: str) -> None:
        if generator in self._drawn or not self._stream.ours:
            return
        place = self._places.here()
        if place is not None:
            self._drawn.add(generator)
            seeded = generator in self._seeded
            self._stream.emit(
                "draw", generator=generator, function=name, seeded=seeded, place=place
            )
