"""The arguments of a call, evaluated, with their source kept for messages."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import choices
from mlaudit.flow.values import Constant, Dictionary, Ref, Sequence, Value
from mlaudit.model.frozen import field, record
from mlaudit.trace.events import Argument

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.events import CrossValidate, Evaluate


@record
class Arguments:
    """Evaluated arguments; `nodes` has the expression of each, by position or name.

    `chosen_by` are the scores that chose the settings in `**settings`.
    """

    node: ast.AST
    positional: list[Value] = field(default_factory=list)
    named: dict[str, Value] = field(default_factory=dict)
    nodes: dict[int | str, ast.expr] = field(default_factory=dict)
    rest: Value | None = None
    spread: bool = False
    chosen_by: tuple[Evaluate | CrossValidate, ...] = ()

    def get(self, name: str, position: int | None = None) -> Value | None:
        """Find an argument by name, else by position."""
        if name in self.named:
            return self.named[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return None

    def expression(self, name: str, position: int | None = None) -> ast.expr | None:
        """Find the source of an argument."""
        if name in self.nodes:
            return self.nodes[name]
        return self.nodes.get(position) if position is not None else None

    def values(self) -> list[Value]:
        """All arguments in order."""
        if self.rest is not None:
            return [*self.positional, *self.named.values(), self.rest]
        return [*self.positional, *self.named.values()] if self.named else [*self.positional]

    def without_first(self, count: int = 1) -> Arguments:
        """Drop leading positional arguments."""
        nodes = {
            key - count if isinstance(key, int) else key: node
            for key, node in self.nodes.items()
            if not (isinstance(key, int) and key < count)
        }
        return Arguments(
            self.node,
            self.positional[count:],
            self.named,
            nodes,
            self.rest,
            self.spread,
            self.chosen_by,
        )

    def behind(self, value: Value) -> Arguments:
        """Give what a function is handed that is called as a method of a value."""
        nodes = {key + 1 if isinstance(key, int) else key: self.nodes[key] for key in self.nodes}
        positional = [value, *self.positional]
        return Arguments(
            self.node, positional, self.named, nodes, self.rest, self.spread, self.chosen_by
        )


def evaluate(run: Interpreter, node: ast.Call) -> Arguments:
    """Evaluate the arguments of a call, unpacking stars over known containers."""
    positional: list[Value] = []
    named: dict[str, Value] = {}
    nodes: dict[int | str, ast.expr] = {}
    arguments = Arguments(node, positional, named, nodes)
    for argument in node.args:
        if type(argument) is ast.Starred:
            _unpack_list(run, arguments, argument.value)
        else:
            nodes[len(positional)] = argument
            positional.append(run.eval(argument))
    for keyword in node.keywords:
        name = keyword.arg
        if name is None:
            _unpack_dict(run, arguments, keyword.value)
        else:
            named[name] = run.eval(keyword.value)
            nodes[name] = keyword.value
    return arguments


def _unpack_list(run: Interpreter, arguments: Arguments, starred: ast.expr) -> None:
    value = run.load(run.eval(starred))
    if isinstance(value, Sequence) and value.rest is None:
        arguments.positional.extend(value.items)
    else:
        arguments.rest, arguments.spread = run.data(value), True


def _unpack_dict(run: Interpreter, arguments: Arguments, starred: ast.expr) -> None:
    inner = run.load(run.eval(starred))
    arguments.chosen_by = choices.united(arguments.chosen_by, choices.by(run, inner))
    if isinstance(inner, Dictionary) and inner.rest is None:
        for name, item in inner.items.items():
            arguments.named.setdefault(str(name), item)
    else:
        arguments.spread = True


def described(
    run: Interpreter, arguments: Arguments, parameters: Iterable[str] = ()
) -> dict[str, Argument]:
    """Describe arguments for an event: source text and, where it is constant, the value.

    With an unknown `**settings`, any of the parameters may be given.
    """
    names = tuple(parameters)
    found: dict[str, Argument] = {}
    for position, value in enumerate(arguments.positional):
        name = names[position] if position < len(names) else str(position)
        found[name] = _argument(run, value, arguments.nodes.get(position))
    for name, value in arguments.named.items():
        found[name] = _argument(run, value, arguments.nodes.get(name))
    if arguments.spread and arguments.rest is None:
        found |= {name: Argument("") for name in names if name not in found}
    return found


def _argument(run: Interpreter, value: Value, node: ast.expr | None) -> Argument:
    inner = run.load(value) if type(value) is Ref else value
    text = run.text(node) if node is not None else ""
    if isinstance(inner, Constant):
        inline = isinstance(node, ast.Constant) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
        )
        return Argument(text or repr(inner.value), inner.value, known=True, inline=inline)
    return Argument(text)
