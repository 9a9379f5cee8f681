"""Checkpoints of the best epoch: what they keep decides nothing until somebody loads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.values import UNKNOWN, Constant
from mlaudit.model.frozen import replace
from mlaudit.trace.events import Watch

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Estimator, Value
    from mlaudit.trace.events import Model

_NAMES = ("filepath", "path", "model_path")


def is_one(callback: Estimator) -> bool:
    """Say whether a callback writes the best epoch to a file, and leaves the network as it is."""
    return callback.entry.library == "keras" and callback.model.name == "ModelCheckpoint"


def file_of(run: Interpreter, callback: Estimator) -> str | None:
    """Give the file that a checkpoint goes to, if it is known and the same after each epoch."""
    given = [callback.arguments[name] for name in _NAMES if name in callback.arguments]
    return _file(run, [*callback.positional, *given])


def loaded(run: Interpreter, arguments: Arguments, model: Model | None = None) -> None:
    """Note that a file is loaded, into a model perhaps: a checkpoint that it may be has chosen."""
    given = [arguments.named[name] for name in _NAMES if name in arguments.named]
    file = _file(run, [*arguments.positional, *given])
    for key, watch in list(run.events.items()):
        if not isinstance(watch, Watch) or watch.keeps is None or (*key, loaded) in run.events:
            continue
        same = file is not None and file == watch.file
        if same or (None in {file, watch.file} and model in {None, watch.model}):
            run.told += 1
            kept = replace(watch, chooses=watch.keeps, keeps=None)
            run.events[(*key, loaded)] = kept
            run.happened_in[id(kept)] = run.happened_in[id(watch)]


def _file(run: Interpreter, given: list[Value]) -> str | None:
    value = run.load(given[0] if given else UNKNOWN)
    file = value.value if isinstance(value, Constant) else None
    return file if isinstance(file, str) and "{" not in file else None
