"""Calls of libraries, as rules see them: what is called, where, and with what arguments."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from mlaudit.model.frozen import entity
from mlaudit.model.once import once
from mlaudit.trace.events import Argument

if TYPE_CHECKING:
    from collections.abc import Iterator, KeysView

    from mlaudit.catalogue.entry import Entry
    from mlaudit.rulekit.unpacked import Unpacked
    from mlaudit.source.document import Document, Place
    from mlaudit.syntax.names import Names

_STATES = frozenset({"random_state", "randomstate", "rng"})


@entity
class Call:
    """A call of a library function or class; its place and arguments are read when asked for.

    `function` is what is around it (None: the module), `in_loop` says that a loop is.
    """

    __slots__ = ("__dict__",)  # where cached properties are kept

    node: ast.Call
    name: str
    entry: Entry | None
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    in_loop: bool
    _names: Names
    _document: Document
    _unpacked: Unpacked

    @once
    def place(self) -> Place:
        """The call's place."""
        return self._document.place(self.node)

    @once
    def spread(self) -> bool:
        """Whether `*args` or `**kwargs` may pass more than is written."""
        return any(isinstance(value, ast.Starred) for value in self.node.args) or any(
            keyword.arg is None and self._unpacked.keys(keyword.value) is None
            for keyword in self.node.keywords
        )

    @once
    def is_random(self) -> bool:
        """Whether the result varies, as the catalogue and the arguments tell."""
        entry = self.entry
        if entry is None or entry.default_seed or entry.random == "never":
            return False
        shuffle = self.arguments.get("shuffle")
        if shuffle is not None and (not shuffle.known or not shuffle.value):
            return False
        if entry.random == "always":
            return True
        return any(_holds(self.arguments.get(name), values) for name, values in entry.when.items())

    @once
    def lacks_seed(self) -> bool:
        """Whether it surely gets no seed of its own: none is given, or None is.

        By another name it takes the seed as well, or the program stops there.
        """
        if self.entry is None or self.entry.seed is None or self.spread:
            return False
        given = self.arguments.get(self.entry.seed)
        if given is None:
            return not any(map(_names_seed, self.arguments.keys()))
        return given.known and given.value is None

    @once
    def arguments(self) -> Given:
        """The arguments by parameter; by "0", "1", … where the catalogue knows no positions."""
        parameters = self.entry.parameters if self.entry else ()
        given: dict[str, ast.expr] = {}
        for position, value in enumerate(self.node.args):
            if not isinstance(value, ast.Starred):
                key = parameters[position] if position < len(parameters) else str(position)
                given[key] = value
        elsewhere: dict[str, ast.expr] = {}
        for keyword in self.node.keywords:
            if keyword.arg is None:
                elsewhere |= self._unpacked.keys(keyword.value) or {}
            else:
                given[keyword.arg] = keyword.value
        given |= elsewhere
        return Given(given, elsewhere.keys(), self._names, self._document)


class Given:
    """The arguments of a call, each read when it is first asked for.

    Those `elsewhere` are passed by `**settings`, and do not stand inline.
    """

    __slots__ = ("_document", "_elsewhere", "_names", "_nodes", "_read")

    def __init__(
        self,
        nodes: dict[str, ast.expr],
        elsewhere: KeysView[str],
        names: Names,
        document: Document,
    ):
        self._nodes = nodes
        self._elsewhere = elsewhere
        self._names = names
        self._document = document
        self._read: dict[str, Argument] = {}

    def __contains__(self, parameter: object) -> bool:
        return parameter in self._nodes

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __getitem__(self, parameter: str) -> Argument:
        if parameter not in self._read:
            made = argument(self._nodes[parameter], self._names, self._document)
            if parameter in self._elsewhere:
                made = Argument(made.text, made.value, known=made.known)
            self._read[parameter] = made
        return self._read[parameter]

    def get(self, parameter: str) -> Argument | None:
        """Give an argument, None where the call has none for the parameter."""
        return self[parameter] if parameter in self._nodes else None

    def keys(self) -> KeysView[str]:
        """Give the parameters that get an argument, in order."""
        return self._nodes.keys()

    def items(self) -> Iterator[tuple[str, Argument]]:
        """Give the parameters with their arguments, in order."""
        return ((parameter, self[parameter]) for parameter in self._nodes)


def _names_seed(parameter: str) -> bool:
    """Say whether a parameter asks for a seed, whatever the function calls its own."""
    asks = "seed" in parameter.lower() and not parameter.startswith("n_")  # not how many
    return asks or parameter in _STATES


def _holds(argument: Argument | None, values: tuple[object, ...]) -> bool:
    if argument is None:
        return False
    if "*" in values:
        return not (argument.known and argument.value is None)
    return argument.known and any(argument.value == value for value in values)


def argument(node: ast.expr, names: Names, document: Document) -> Argument:
    """Evaluate an argument as far as literals and names bound once to a literal go."""
    value, known = literal(node)
    if known:
        return Argument(document.text_of(node), value, known=True, inline=True)
    if isinstance(node, ast.Name) and node.id in names.literals:
        value, known = literal(names.literals[node.id])
        return Argument(node.id, value, known=known)
    return Argument(document.text_of(node))


def literal(node: ast.expr) -> tuple[Any, bool]:
    """Evaluate a literal expression; the flag says whether it is one."""
    if isinstance(node, ast.Constant):
        return node.value, True
    if isinstance(node, ast.Tuple | ast.List | ast.Dict | ast.Set | ast.UnaryOp | ast.BinOp):
        try:
            return ast.literal_eval(node), True
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return None, False
    return None, False
