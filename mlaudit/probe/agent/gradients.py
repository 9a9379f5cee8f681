"""The one function by which torch computes gradients, and what is to be done around each call."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

from .hooks import PostImport


class Gradients:
    """Stands around the function once for all who have something to do."""

    def __init__(self) -> None:
        self._before: list[Callable[[Any], None]] = []
        self._after: list[Callable[[], None]] = []

    def attach(self, hooks: PostImport) -> None:
        """Wait for the function."""
        hooks.after("torch.autograd", self._autograd)

    def before(self, action: Callable[[Any], None]) -> None:
        """Have something done before each call, with what gradients are taken of."""
        self._before.append(action)

    def after(self, action: Callable[[], None]) -> None:
        """Have something done when a call has come to its end, whatever that is."""
        self._after.append(action)

    def _autograd(self, module: ModuleType) -> None:
        backward, before, after = vars(module)["backward"], self._before, self._after

        def observed(*arguments: Any, **named: Any) -> Any:
            loss = arguments[0] if arguments else named.get("tensors")
            for action in before:
                action(loss)
            try:
                return backward(*arguments, **named)
            finally:
                for done in after:
                    done()

        vars(module)["backward"] = observed
