"""Steps of torch optimizers, and the losses that they follow."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

from .hooks import PostImport
from .marks import Marks
from .places import Places
from .stop import Stop
from .stream import Stream
from .tensors import Tensors


class Training:
    """Tells every step of every optimizer, and stops after as many as are allowed."""

    def __init__(
        self,
        stream: Stream,
        places: Places,
        stop: Stop,
        tensors: Tensors | None,
        marks: Marks,
    ):
        self._marks = marks
        self._stream = stream
        self._places = places
        self._stop = stop
        self._tensors = tensors
        self._loss: float | None = None
        # What is the same in every event of an optimizer at one place, as JSON.
        self._always: dict[tuple[type, int], str] = {}

    def attach(self, hooks: PostImport) -> None:
        """Wait for the optimizers, and for what computes gradients."""
        hooks.after("torch.optim.optimizer", self._optimizers)
        hooks.after("torch.autograd", self._autograd)

    def _optimizers(self, module: ModuleType) -> None:
        module.register_optimizer_step_post_hook(self._stepped)
        if self._marks.left:
            module.register_optimizer_step_pre_hook(self._mark)
        if self._tensors is None:
            return
        tensors, initialise = self._tensors, module.Optimizer.__init__

        def begin(*arguments: Any, **named: Any) -> None:
            tensors.begin()
            initialise(*arguments, **named)

        module.Optimizer.__init__ = begin
        module.register_optimizer_step_pre_hook(
            lambda optimizer, *_: tensors.before_step(optimizer)
        )

    def _mark(self, optimizer: Any, *_: Any) -> None:
        self._marks.mark("loss", self._loss)
        groups = optimizer.param_groups
        self._marks.mark("gradients", [p.grad for group in groups for p in group["params"]])

    def _stepped(self, optimizer: Any, *_: Any) -> None:
        number = self._stop.count()
        loss, self._loss = self._loss, None
        place = self._places.here()
        always = self._always.get((type(optimizer), id(place)))
        if always is None:
            facts = {"optimizer": type(optimizer).__name__, "place": place}
            always = self._always[type(optimizer), id(place)] = json.dumps(facts)[1:-1]
        said = json.dumps(loss)
        self._stream.emit_encoded("step", f'"number": {number}, "loss": {said}, {always}')
        if self._tensors is not None:
            try:
                self._tensors.after_step(optimizer, number)
            except Exception as error:
                self._tensors.give_up(error)
        self._stop.enough()

    def _autograd(self, module: ModuleType) -> None:
        backward = vars(module)["backward"]

        def observed(*arguments: Any, **named: Any) -> Any:
            self._loss = _number(arguments[0] if arguments else named.get("tensors"))
            if self._tensors is None:
                return backward(*arguments, **named)
            with self._tensors.backward():
                return backward(*arguments, **named)

        vars(module)["backward"] = observed


def _number(value: Any) -> float | None:
    """Read a loss of one number; one on another device would have to be waited for."""
    first = value[0] if isinstance(value, (tuple, list)) and value else value
    if getattr(first, "is_cpu", False) and first.numel() == 1:
        return float(first.item())
    return None
