"""Rows that a function judges where its caller gives them, and that this caller does not give."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.regions import NO_ROWS
from mlaudit.flow.values import NONE, Estimator
from mlaudit.syntax.nodes import walk
from mlaudit.trace.events import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter

_JUDGES = frozenset({"predict", "predict_proba", "decision_function", "score", "evaluate"})


def passed_over(run: Interpreter, node: ast.If) -> None:
    """Note models that a branch passed over would judge: its training stands not alone."""
    names = {name for name in _tested(node.test) if run.state.scope.names.get(name) == NONE}
    for statement in node.body if names and run.calls else ():
        for method, name in _judged(statement, names):
            model = run.load(run.eval(method.value))
            if isinstance(model, Estimator) and model.fits:
                run.emit(Watch, method, model=model.model, rows=NO_ROWS, argument="", variable=name)


def _tested(test: ast.expr) -> Iterator[str]:
    """Give the names that must not be None, in `X_val is not None and y_val is not None`."""
    match test:
        case ast.BoolOp(op=ast.And(), values=values):
            for value in values:
                yield from _tested(value)
        case ast.Compare(
            left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]
        ):
            yield name


def _judged(statement: ast.stmt, names: set[str]) -> Iterator[tuple[ast.Attribute, str]]:
    for node in walk(statement):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr) as method, args=[ast.Name(id=name), *_]):
                if attr in _JUDGES and name in names:
                    yield method, name
