"""Steps of torch optimizers."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from .hooks import PostImport
from .places import Places
from .stop import Stop
from .stream import Stream


def observe_training(hooks: PostImport, stream: Stream, places: Places, stop: Stop) -> None:
    """Tell every step of every optimizer, and stop after as many as are allowed."""

    def step(optimizer: Any, *_: Any) -> None:
        number = stop.count()
        stream.emit("step", number=number, optimizer=type(optimizer).__name__, place=places.here())
        stop.enough()

    def attach(module: ModuleType) -> None:
        module.register_optimizer_step_post_hook(step)

    hooks.after("torch.optim.optimizer", attach)
