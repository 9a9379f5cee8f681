"""Trainers: objects that train a model on loaders, on data sets they hold, or on data modules."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import attributes, evaluation, fitting, sinks
from mlaudit.flow.arguments import Arguments
from mlaudit.flow.values import UNKNOWN, Constant, Data, Estimator, Function, Instance, Ref, Value

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter

_FITS = {"fit", "train", "fine_tune"}
_SCORES = {"test": "test_dataloader", "validate": "val_dataloader", "evaluate": "eval_dataset"}
_LOADERS = ("dataloaders", "test_dataloaders", "val_dataloaders", "eval_dataset")


def method(
    run: Interpreter, holder: Value, trainer: Estimator, name: str, arguments: Arguments
) -> Value | None:
    """Call a method of a trainer; None for those that neither train nor judge."""
    if name in _FITS:
        return fitting.fit(run, holder, name, _loaders(run, arguments))
    if name in _SCORES:
        value, expression = _judged(run, trainer, name, arguments)
        nodes: dict[int | str, ast.expr] = {0: expression} if expression is not None else {}
        given = Arguments(arguments.node, [value], {}, nodes)
        result = evaluation.score(run, holder, trainer, name, given)
        if name in {"test", "validate"}:
            sinks.report(run, result, arguments.node)  # it prints a table of its own
        return result
    return None


def _loaders(run: Interpreter, arguments: Arguments) -> Arguments:
    """Ask a data module for the loaders of training and validation."""
    module = _module(run, arguments)
    if module is None:
        return _named(arguments)
    _prepare(run, module, arguments.node)
    named = {
        "train_dataloaders": _ask(run, module, "train_dataloader", arguments.node),
        "val_dataloaders": _ask(run, module, "val_dataloader", arguments.node),
    }
    found = {key: value for key, value in named.items() if value is not None}
    return Arguments(arguments.node, arguments.positional[:1], found)


def _named(arguments: Arguments) -> Arguments:
    """Name the loaders that are given by position: model, training, validation."""
    named, nodes = dict(arguments.named), dict(arguments.nodes)
    if len(arguments.positional) > 2:
        named.setdefault("val_dataloaders", arguments.positional[2])
        if 2 in nodes:
            nodes["val_dataloaders"] = nodes[2]
    return Arguments(arguments.node, arguments.positional, named, nodes)


def _judged(
    run: Interpreter, trainer: Estimator, name: str, arguments: Arguments
) -> tuple[Value, ast.expr | None]:
    """Find the rows that are judged: given, of a data module, or held by the trainer."""
    module = _module(run, arguments)
    if module is not None:
        _prepare(run, module, arguments.node)
        return _ask(run, module, _SCORES[name], arguments.node) or UNKNOWN, None
    for key in _LOADERS:
        if key in arguments.named:
            return arguments.named[key], arguments.nodes.get(key)
    position = 0 if name == "evaluate" else 1
    if len(arguments.positional) > position:
        return arguments.positional[position], arguments.nodes.get(position)
    if name != "evaluate":
        return UNKNOWN, None
    return trainer.arguments.get("eval_dataset", UNKNOWN), _written(trainer, "eval_dataset")


def _written(trainer: Estimator, name: str) -> ast.expr | None:
    """Give the expression that a trainer was made with for an argument."""
    given = trainer.node.keywords if isinstance(trainer.node, ast.Call) else []
    return next((keyword.value for keyword in given if keyword.arg == name), None)


def metrics(run: Interpreter, predicted: Data, node: ast.AST) -> Value | None:
    """Judge by the numbers that a trainer puts beside what it predicts: `.predict(rows).metrics`.

    None for what no trainer has predicted.
    """
    by = [run.load(prediction.owner) for prediction in predicted.predictions]
    if not by or not all(isinstance(one, Estimator) and one.entry.kind == "trainer" for one in by):
        return None
    judged = enumerate(predicted.predictions)
    events = [evaluation.evaluated(run, node, one, one.method, i) for i, one in judged]
    return Data("scalar", scores=tuple(events))


def _module(run: Interpreter, arguments: Arguments) -> Ref | None:
    """Find the data module of the program, given by name or in place of a loader."""
    for value in (arguments.named.get("datamodule"), *arguments.positional[1:2]):
        inner = run.load(value) if value is not None else None
        if isinstance(inner, Instance) and isinstance(value, Ref):
            return value
    return None


def _prepare(run: Interpreter, module: Ref, node: ast.AST) -> None:
    """Let a data module load and divide its data, which it does once."""
    if module.address not in run.prepared:
        run.prepared.add(module.address)
        _ask(run, module, "prepare_data", node)
        _ask(run, module, "setup", node)


def _ask(run: Interpreter, module: Ref, name: str, node: ast.AST) -> Value | None:
    from mlaudit.flow import functions

    member = attributes.attribute(run, module, name, node)
    if not isinstance(member, Function):
        return None
    stage = [Constant(None)] if name == "setup" else []
    return functions.call(run, member, Arguments(node, list[Value](stage)))
