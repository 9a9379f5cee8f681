"""Import aliases become qualified names, and the calls of a document are listed."""

from __future__ import annotations

import ast
import builtins
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from mlaudit.model.frozen import field, record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.syntax.nodes import Nodes

# What a file takes for granted that another one runs, by `exec` or `%run`, or after `%pylab`.
UNDERSTOOD = {"np": "numpy"}
_BUILTINS = frozenset(dir(builtins))
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LITERALS = (ast.Constant, ast.UnaryOp)


@record
class NamedCall:
    """A call, the function or method around it (None: module level), and whether a loop is."""

    node: ast.Call
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    in_loop: bool


class Calls(Sequence[NamedCall]):
    """The calls of a document, in source order; each is described when somebody looks at it.

    `nodes` are the calls themselves, and `functions` and `looped` tell what is around each.
    """

    def __init__(
        self,
        nodes: Sequence[ast.Call] = (),
        functions: Sequence[ast.FunctionDef | ast.AsyncFunctionDef | None] = (),
        looped: Sequence[int] = (),
    ):
        self.nodes = nodes
        self._functions = functions
        self._looped = looped

    def __len__(self) -> int:
        return len(self.nodes)

    @overload
    def __getitem__(self, place: int) -> NamedCall: ...

    @overload
    def __getitem__(self, place: slice) -> list[NamedCall]: ...

    def __getitem__(self, place: int | slice) -> NamedCall | list[NamedCall]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return NamedCall(self.nodes[place], self._functions[place], bool(self._looped[place]))

    def __iter__(self) -> Iterator[NamedCall]:
        return map(NamedCall, self.nodes, self._functions, map(bool, self._looped))


@record
class Names:
    """What the names of one document stand for, wherever in the document they are imported.

    `assigned` counts how often each name is bound as a variable or a parameter; `granted` are
    those that a document reads as a library's without an import.
    """

    aliases: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    assigned: Counter[str] = field(default_factory=Counter)
    bound: set[str] = field(default_factory=set)
    literals: dict[str, ast.expr] = field(default_factory=dict)
    calls: Calls = field(default_factory=Calls)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    own: set[ast.expr] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    granted: set[str] = field(default_factory=set)

    def resolve(self, node: ast.expr) -> str | None:
        """Give the qualified name of an expression such as `np.random.rand`, None if local."""
        head = node
        while isinstance(head, ast.Attribute):
            head = head.value
        if not isinstance(head, ast.Name) or (self.own and head in self.own):
            return None
        name = self.aliases.get(head.id)
        if name is not None:
            return name if head is node else f"{name}{_below(node)}"
        if head is not node or head.id in self.bound or head.id not in _BUILTINS:
            return None
        return f"builtins.{head.id}"

    def candidates(self, node: ast.expr) -> list[str]:
        """Give the names that an expression may stand for; star imports allow several."""
        resolved = self.resolve(node)
        if resolved is not None:
            return [resolved]
        if node in self.own:
            return []
        if isinstance(node, ast.Name) and node.id not in self.bound:
            return [f"{star}.{node.id}" for star in self.stars]
        return []


def _below(node: ast.expr) -> str:
    """Write the attributes of an expression: `.b.c` of `a.b.c`."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(f".{node.attr}")
        node = node.value
    return "".join(reversed(parts))


def collect(nodes: Nodes) -> Names:
    """Note the names of a document, and list its calls."""
    names = Names(calls=_calls(nodes))
    for imported in nodes.find(ast.Import, ast.ImportFrom):
        if isinstance(imported, ast.Import):
            _import(names, imported)
        else:
            _import_from(names, imported)
    for function in nodes.find(*_FUNCTIONS):
        names.functions.setdefault(function.name, function)
    for owner in nodes.find(ast.ClassDef):
        names.classes.setdefault(owner.name, owner)
    assigned = names.assigned = _assigned(names, nodes)
    names.bound.update(assigned, names.functions, names.classes)
    for name in () if names.stars else names.read & UNDERSTOOD.keys():
        if name not in names.bound and name not in names.aliases:
            names.aliases[name] = UNDERSTOOD[name]
            names.granted.add(name)
    for node in nodes.find(ast.Assign):
        target = node.targets[0]
        literal = len(node.targets) == 1 and isinstance(node.value, _LITERALS)
        if literal and isinstance(target, ast.Name) and assigned[target.id] == 1:
            names.literals[target.id] = node.value
    if not names.functions.keys().isdisjoint(names.aliases):
        names.own.update(_calls_of_own(names, nodes))
    return names


def _calls_of_own(names: Names, nodes: Nodes) -> Iterator[ast.expr]:
    """Find calls of functions of the document that bear a name imported inside others only."""
    functions = list(nodes.stretches(*_FUNCTIONS))
    places: dict[str, set[ast.AST | None]] = {}
    for node, start, _ in nodes.stretches(ast.ImportFrom):
        around = [function for function, first, end in functions if first <= start < end]
        for alias in node.names:
            places.setdefault(alias.asname or alias.name, set()).add(around[-1] if around else None)
    for call in names.calls:
        called = call.node.func
        if isinstance(called, ast.Name) and called.id in names.functions:
            imported = places.get(called.id)
            if imported and None not in imported and call.function not in imported:
                yield called


def _calls(nodes: Nodes) -> Calls:
    """List the calls; of what is around one, the innermost is the last to say so."""
    count = len(nodes)
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef | None] = [None] * count
    looped = bytearray(count)
    for node, start, end in nodes.stretches(*_FUNCTIONS, *_LOOPS):
        looped[start:end] = bytes([isinstance(node, _LOOPS)]) * (end - start)
        if isinstance(node, _FUNCTIONS):
            functions[start:end] = [node] * (end - start)
    calls, starts = nodes.standing(ast.Call)
    return Calls(calls, [functions[start] for start in starts], [looped[start] for start in starts])


def _assigned(names: Names, nodes: Nodes) -> Counter[str]:
    """Count how often each name is bound as a variable or parameter, and note those read."""
    stored = [node.arg for node in nodes.find(ast.arg)]
    for node in nodes.find(ast.Name):
        if node.ctx.__class__ is ast.Load:
            names.read.add(node.id)
        elif node.ctx.__class__ is ast.Store:
            stored.append(node.id)
    return Counter(stored)


def _import(names: Names, node: ast.Import) -> None:
    for alias in node.names:
        name = alias.asname or alias.name.split(".")[0]
        names.aliases[name] = alias.name if alias.asname else name


def _import_from(names: Names, node: ast.ImportFrom) -> None:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            names.stars.append(module)
        else:
            dot = "" if module.endswith(".") else "."
            names.aliases[alias.asname or alias.name] = f"{module}{dot}{alias.name}"
