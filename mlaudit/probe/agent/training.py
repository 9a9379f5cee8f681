"""Steps of torch optimizers, and the losses that they follow."""

from __future__ import annotations

import functools
import sys
import time
import weakref
from types import ModuleType
from typing import Any

from .gradients import Gradients
from .hooks import PostImport
from .marks import Marks
from .places import Places, Spot
from .steps import Steps
from .stop import Stop
from .stream import Stream
from .tensors import Tensors


class Training:
    """Tells every step of every optimizer, and stops after as many as are allowed."""

    def __init__(
        self,
        stream: Stream,
        steps: Steps,
        places: Places,
        stop: Stop,
        tensors: Tensors | None,
        marks: Marks,
        gradients: Gradients,
    ):
        self._marks = marks
        self._stream = stream
        self._stop = stop
        self._tensors = tensors
        self._loss: float | None = None
        self._steps = steps
        # Where and by what steps are taken, by the optimizer and the place, which is held.
        self._kinds: dict[tuple[str, int], tuple[int, Any]] = {}
        # What the last step was taken by, where, and the number for both.
        self._last: tuple[Any, Any, int] = (None, None, 0)
        self._steps_at = Spot(places)
        gradients.before(self._taken)

    def attach(self, hooks: PostImport) -> None:
        """Wait for the optimizers, and where memory is followed for what computes gradients."""
        hooks.after("torch.optim.optimizer", self._optimizers)
        if self._tensors is not None:
            hooks.after("torch.autograd", functools.partial(self._autograd, self._tensors))
        hooks.after("keras.src.optimizers.base_optimizer", self._keras)

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

    def _keras(self, module: ModuleType) -> None:
        """Count steps of Keras, whose optimizers on torch are none of torch's."""
        optimizer = vars(module)["BaseOptimizer"]
        apply, views = optimizer.apply, weakref.WeakKeyDictionary[Any, OfKeras]()

        def applied(one: Any, gradients: Any, variables: Any = None) -> Any:
            if sys.modules["keras.src.backend"].backend() != "torch":
                return apply(one, gradients, variables)
            view = views.setdefault(one, OfKeras(one, variables or ()))
            if self._tensors is not None:
                self._tensors.begin()
                self._tensors.before_step(view)
            result = apply(one, gradients, variables)
            self._stepped(view)
            return result

        optimizer.apply = applied

    def _mark(self, optimizer: Any, *_: Any) -> None:
        self._marks.mark("loss", self._loss)
        groups = optimizer.param_groups
        self._marks.mark("gradients", [p.grad for group in groups for p in group["params"]])

    def _stepped(self, optimizer: Any, *_: Any) -> None:
        number = self._stop.count()
        loss, self._loss = self._loss, None
        place, stream = self._steps_at.here(), self._stream
        if stream.ours:
            known, where, which = self._last
            if place is not where or optimizer is not (known and known()):
                which = self._kind(optimizer, place)
            self._steps.put(time.monotonic() - stream.start, loss, which, number)
        if self._tensors is not None:
            try:
                self._tensors.after_step(optimizer, number)
            except Exception as error:
                self._tensors.give_up(error)
        self._stop.enough()

    def _kind(self, optimizer: Any, place: Any) -> int:
        """Give the number for an optimizer and a place, and tell of it the first time."""
        name = getattr(optimizer, "title", type(optimizer).__name__)
        found = self._kinds.get((name, id(place)))
        if found is None:
            found = self._kinds[name, id(place)] = (len(self._kinds), place)
            self._stream.emit("stepping", which=found[0], optimizer=name, place=place)
        self._last = (weakref.ref(optimizer), place, found[0])
        return found[0]

    def _taken(self, loss: Any) -> None:
        self._loss = _number(loss)

    def _autograd(self, tensors: Tensors, module: ModuleType) -> None:
        backward = vars(module)["backward"]

        def observed(*arguments: Any, **named: Any) -> Any:
            with tensors.backward():
                return backward(*arguments, **named)

        vars(module)["backward"] = observed


class OfKeras:
    """Shows an optimizer of Keras as one of torch."""

    def __init__(self, optimizer: Any, variables: Any):
        self.title = type(optimizer).__name__
        self.param_groups = [{"params": [variable.value for variable in variables]}]
        self._optimizer = weakref.ref(optimizer)

    @property
    def state(self) -> dict[str, Any]:
        """What the optimizer keeps for each weight."""
        optimizer = self._optimizer()
        kept = optimizer.variables if optimizer is not None else ()
        return {"": {number: variable.value for number, variable in enumerate(kept)}}


def _number(value: Any) -> float | None:
    """Read a loss of one number; one on another device would have to be waited for."""
    first = value[0] if isinstance(value, (tuple, list)) and value else value
    if getattr(first, "is_cpu", False) and first.numel() == 1:
        return float(first.item())
    return None
