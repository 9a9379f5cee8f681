"""Checkpoints of the best epoch: what they keep decides nothing until somebody loads it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.values import UNKNOWN, Constant
from mlaudit.model.frozen import replace
from mlaudit.model.pattern import Pattern
from mlaudit.syntax.spelling import last_name, spelt
from mlaudit.trace.events import Among, Use, Watch

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Estimator, Value
    from mlaudit.syntax.nodes import Nodes
    from mlaudit.trace.events import Evaluate, Model

_LOADING = Pattern(r"(?i)^(re)?load_?(state|weight|model|check|ckpt|best|net)|^restore|resume")
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


def in_vain(run: Interpreter, event: Evaluate, nodes: Nodes) -> bool:
    """Say whether the best epoch is only saved to files that this document never loads.

    If the best number is not told either, whatever is told belongs to the last epoch.
    """
    if not event.saved or event.among is not Among.EPOCHS or event.selected_at is None:
        return False
    told = Use.REPORTED in event.uses and not event.drawn
    if told or event.selected_at.document is not run.document:
        return False
    return not any(_loads(call.func) for call in nodes.find(ast.Call))


def _loads(function: ast.expr) -> bool:
    """Say whether a function may load weights, rather than arrays of numbers."""
    name = last_name(function)
    if name == "load":
        return spelt(function).partition(".")[0] not in {"np", "numpy"}
    return name == "from_pretrained" or _LOADING.search(name) is not None


def _file(run: Interpreter, given: list[Value]) -> str | None:
    value = run.load(given[0] if given else UNKNOWN)
    file = value.value if isinstance(value, Constant) else None
    return file if isinstance(file, str) and "{" not in file else None
