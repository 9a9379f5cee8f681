"""Functions of a notebook that it neither calls nor names: what they would do, it does not."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.trace.events import CrossValidate, Evaluate, Fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Function
    from mlaudit.syntax.nodes import Nodes

_WORK = (Fit, Evaluate, CrossValidate)
# By these a program may call functions that it does not name.
_BY_TEXT = frozenset({"getattr", "globals", "locals", "eval", "exec"})


def told(run: Interpreter, nodes: Nodes, waiting: list[Function]) -> list[Function]:
    """Leave out, of functions that nobody calls, those that a notebook at work never names.

    No file imports a notebook.  One that only defines functions is there to be read for them, and
    what decorates a function, or stands in for one of another class, may call it.
    """
    if not waiting or not run.document.is_notebook or not _works(run):
        return waiting
    if any(one.id in _BY_TEXT for one in nodes.find(ast.Name)):
        return waiting
    named = set(_named(nodes, waiting))
    kept: list[Function] = []
    others = waiting
    while found := [each for each in others if _may_run(each, named)]:
        kept += found
        others = [each for each in others if each not in found]
        for each in found:
            named.update(_below(nodes, each.node))
    for each in others:
        _pass(run, each)
    return [each for each in waiting if each in kept]


def _pass(run: Interpreter, function: Function) -> None:
    """Note the body of a function among what is passed over, so that nobody misses it."""
    node = function.node
    if not isinstance(node, ast.Lambda):
        run.passed[function.document.path, node.body[0].lineno, node.body[0].col_offset] = True


def _works(run: Interpreter) -> bool:
    return any(isinstance(event, _WORK) for event in run.events.values())


def _may_run(function: Function, named: set[str]) -> bool:
    node = function.node
    if isinstance(node, ast.Lambda) or node.decorator_list:
        return True
    derived = function.owner is not None and bool(function.owner.node.bases)
    return derived or node.name.startswith("__") or node.name in named


def _named(nodes: Nodes, waiting: list[Function]) -> Iterator[str]:
    """Name what is named outside some functions."""
    inside = {id(node) for each in waiting for node in nodes.below(each.node)}
    for node in nodes.find(ast.Name, ast.Attribute, ast.Constant):
        if id(node) not in inside:
            yield from _name(node)


def _below(nodes: Nodes, function: ast.AST) -> Iterator[str]:
    for node in nodes.below(function):
        yield from _name(node)


def _name(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.Constant(value=str() as name):
            yield name
