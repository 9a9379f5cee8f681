"""What goes wrong in a training without an error: gradients kept, weights that never change."""

from __future__ import annotations

import weakref
from types import ModuleType
from typing import Any

from .calls import Calls
from .gradients import Gradients
from .hooks import PostImport
from .places import Places
from .stream import Stream

_CLOSELY = 12
_NOW_AND_THEN = 100
_MOST_VALUES = 4096
_MOST_PARAMETERS = 64


class Followed:
    """What is known of one optimizer."""

    def __init__(self, number: int, name: str, made: Any):
        self.number = number
        self.name = name
        self.made = made
        self.place: Any = None
        self.steps = 0
        self.looked = 0
        self.received = False
        self.not_zero = False
        self.changed = False
        self.rates: set[float] = set()
        self.kept = 0
        self.cleared = 0
        self.left: tuple[Any, Any] | None = None
        self.seen_cleared = False
        self.seen_at_all = False
        self.before: list[tuple[Any, Any]] = []

    @property
    def closely(self) -> bool:
        """Whether the next step is one to look at."""
        return self.steps < _CLOSELY or self.steps % _NOW_AND_THEN == 0


class Faults:
    """Looks closely at the first steps of every optimizer, and at some of the later ones."""

    def __init__(self, stream: Stream, places: Places, calls: Calls, gradients: Gradients):
        self._stream = stream
        self._places = places
        self._calls = calls
        self._followed: weakref.WeakKeyDictionary[Any, Followed] = weakref.WeakKeyDictionary()
        self._ended: list[Followed] = []
        # Those whose gradients of the last step may still be there.
        self._left_by: list[Followed] = []
        self._torch: Any = None
        # Those whose next step is one to look at.
        self._closely: set[Followed] = set()
        # The optimizer of the last step, and what is known of it.
        self._last: tuple[Any, Any] = (None, None)
        gradients.before(self._look_at_left)

    def attach(self, hooks: PostImport) -> None:
        """Wait for optimizers."""
        hooks.after("torch.optim.optimizer", self._optimizers)

    def _optimizers(self, module: ModuleType) -> None:
        initialise = module.Optimizer.__init__
        self._torch = vars(module)["torch"]

        def begin(optimizer: Any, *arguments: Any, **named: Any) -> None:
            if optimizer not in self._followed:
                self._follow(optimizer)
            initialise(optimizer, *arguments, **named)

        module.Optimizer.__init__ = begin
        module.register_optimizer_step_pre_hook(self._before)
        module.register_optimizer_step_post_hook(self._after)

    def _look_at_left(self, _loss: Any) -> None:
        if self._left_by:
            with self._calls.watching("gradients"):
                for one in self._left_by:
                    self._look_at_gradients(one)
                self._left_by = [
                    one for one in self._left_by if not (one.left is None or one.seen_cleared)
                ]

    def _follow(self, optimizer: Any) -> Followed:
        place = self._places.here()
        one = Followed(len(self._ended), type(optimizer).__name__, place)
        self._followed[optimizer] = one
        self._ended.append(one)
        self._closely.add(one)
        return one

    def _before(self, optimizer: Any, *_: Any) -> None:
        """Keep some of the weights, to see whether the step changes them."""
        if not self._closely:
            return
        one = self._followed.get(optimizer) or self._follow(optimizer)
        if one not in self._closely:
            return
        with self._calls.watching("a step"):
            self._look_at_received(one, optimizer)
            one.before = [
                (parameter, _some(parameter))
                for parameter in _parameters(optimizer)[:_MOST_PARAMETERS]
            ]

    def _after(self, optimizer: Any, *_: Any) -> None:
        known, one = self._last
        if known is None or known() is not optimizer:
            one = self._followed.get(optimizer) or self._follow(optimizer)
            self._last = (weakref.ref(optimizer), one)
        one.steps += 1
        if not self._closely and one.place and one.steps % _NOW_AND_THEN:
            return
        if one in self._closely:
            with self._calls.watching("a step"):
                self._look_after(one, optimizer)
        (self._closely.add if one.closely else self._closely.discard)(one)
        one.place = one.place or self._places.here()

    def _look_after(self, one: Followed, optimizer: Any) -> None:
        equal = self._torch.equal
        self._look_at_received(one, optimizer)
        one.looked += 1
        one.rates |= {float(group.get("lr", 1.0)) for group in optimizer.param_groups}
        one.changed = one.changed or any(
            not equal(_some(parameter), kept) for parameter, kept in one.before
        )
        one.before = []
        if one.left is not None and one.seen_at_all:
            if one.seen_cleared:
                one.cleared += 1
            else:
                one.kept += 1
        one.left, one.seen_at_all, one.seen_cleared = self._left(optimizer), False, False
        if one.left is not None and one not in self._left_by:
            self._left_by.append(one)
        if one.looked == _CLOSELY:
            self._tell(one)

    def _left(self, optimizer: Any) -> tuple[Any, Any] | None:
        """Remember a gradient that the step has left, of the smallest parameter that has one."""
        received = [p for p in _parameters(optimizer) if p.grad is not None]
        for parameter in sorted(received, key=lambda each: int(each.numel())):
            gradient = parameter.grad
            if gradient.is_sparse or gradient.numel() > _MOST_VALUES:
                return None
            if bool(gradient.any()):
                return weakref.ref(parameter), gradient.detach().clone()
        return None

    def _look_at_gradients(self, one: Followed) -> None:
        """See, before gradients are computed, whether those of the last step are still there.

        A gradient that is another by now may have been cleared and computed meanwhile.
        """
        if one.left is None:
            return
        reference, gradient = one.left
        parameter = reference()
        one.seen_at_all = True
        there = parameter is not None and parameter.grad is not None
        one.seen_cleared = not there or not self._torch.equal(parameter.grad, gradient)

    def _look_at_received(self, one: Followed, optimizer: Any) -> None:
        for parameter in _parameters(optimizer):
            if parameter.grad is not None:
                one.received = True
                if not one.not_zero:
                    gradient = parameter.grad
                    values = gradient._values() if gradient.is_sparse else gradient
                    one.not_zero = bool(values.any())

    def tell(self) -> None:
        """Tell what has been seen of every optimizer."""
        for one in self._ended:
            if one.steps:
                self._tell(one)

    def _tell(self, one: Followed) -> None:
        self._stream.emit(
            "optimizer",
            number=one.number,
            name=one.name,
            made=one.made,
            place=one.place,
            steps=one.steps,
            looked=one.looked,
            received=one.received,
            not_zero=one.not_zero,
            changed=one.changed,
            still=one.rates == {0.0},
            kept=one.kept,
            cleared=one.cleared,
        )


def _parameters(optimizer: Any) -> list[Any]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _some(parameter: Any) -> Any:
    """Copy a parameter, of a large one only values here and there."""
    values = parameter.detach().reshape(-1)
    return values[:: max(1, len(values) // _MOST_VALUES)].clone()
