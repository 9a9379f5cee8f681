"""All nodes of a tree, walked once for everybody who looks for some of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, TypeVar, overload

from mlaudit.model.once import once

if TYPE_CHECKING:
    from collections.abc import Sequence

N = TypeVar("N", bound=ast.AST)
M = TypeVar("M", bound=ast.AST)

_CHILDLESS = (ast.Constant, ast.Name, ast.Global, ast.Nonlocal, ast.MatchSingleton)
_OPERATORS = {"ctx", "op", "ops"}
_TEXT = {"arg", "asname", "attr", "kwd_attrs", "module", "rest", "str", "type_comment"}
_NUMBERS = {"conversion", "is_async", "level", "simple", "type_ignores"}
_NO_NODES = _OPERATORS | _TEXT | _NUMBERS


class _Fields(dict[type, tuple[str, ...] | None]):
    """The fields of a class of nodes that can hold nodes; operators and contexts do not count.

    None for a class of anything else.
    """

    def __missing__(self, kind: type) -> tuple[str, ...] | None:
        names = () if kind in _CHILDLESS else getattr(kind, "_fields", ())
        own = tuple(name for name in names if name not in _NO_NODES)
        self[kind] = fields = own if issubclass(kind, ast.AST) else None
        return fields


_FIELDS = _Fields()


class _Kinds(dict[type, tuple[tuple[str, ...] | None, list[int]]]):
    """The classes of the nodes of a tree: the fields of each, and where its nodes stand."""

    def __missing__(self, kind: type) -> tuple[tuple[str, ...] | None, list[int]]:
        known: tuple[tuple[str, ...] | None, list[int]] = (_FIELDS[kind], [])
        self[kind] = known
        return known


def children(node: ast.AST) -> list[ast.AST]:
    """Give the nodes directly below a node, as `ast.iter_child_nodes` does, but four times faster.

    Operators and the contexts Load, Store and Del, which `ast` shares between trees, are left out.
    """
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)] or ():
        value = getattr(node, name, None)
        if type(value) is list:
            found += value if None not in value else [item for item in value if item is not None]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


class Parents:
    """What holds each node of a tree; few are asked for, so that none is worked out before."""

    __slots__ = ("_above", "_all", "_starts")

    def __init__(self, nodes: list[ast.AST], starts: dict[ast.AST, int], above: list[int]):
        self._all = nodes
        self._starts = starts
        self._above = above

    def __contains__(self, node: ast.AST) -> bool:
        return bool(self._starts.get(node))

    def __getitem__(self, node: ast.AST) -> ast.AST:
        start = self._starts[node]
        if not start:
            raise KeyError(node)
        return self._all[self._above[start]]

    def get(self, node: ast.AST | None) -> ast.AST | None:
        """Give what holds a node, None of the root and of what is not in the tree."""
        start = self._starts.get(node) if node is not None else None
        return self._all[self._above[start]] if start else None


class Nodes:
    """The nodes below and including a root in source order, each before its children.

    So a subtree is one slice.  What `children` leaves out is left out.
    """

    def __init__(self, root: ast.Module):
        self.root = root
        self._all: list[ast.AST] = [root]
        self._ends: list[int] = [0]
        self._above: list[int] = [0]
        self._kinds = _Kinds()
        fields, positions = self._kinds[root.__class__]
        positions.append(0)
        self._visit(root, fields or (), 0)

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def find(self, kind: type[N], /, *, within: ast.AST | None = None) -> list[N]: ...

    @overload
    def find(
        self, kind: type[N], other: type[M], /, *, within: ast.AST | None = None
    ) -> list[N | M]: ...

    @overload
    def find(self, *kinds: type[ast.AST], within: ast.AST | None = None) -> list[Any]: ...

    def find(self, *kinds: type[ast.AST], within: ast.AST | None = None) -> list[Any]:
        """Find the nodes of exactly these classes, in source order.

        With `within`, a node of the tree, only at or below it.
        """
        if within is None:
            return list(map(self._all.__getitem__, self._positions(kinds)))
        return [node for node in self.below(within) if node.__class__ in kinds]

    def below(self, node: ast.AST | None = None) -> list[ast.AST]:
        """Give a node of the tree (default: the root) and all nodes below it, in source order."""
        if node is None:
            return list(self._all)
        start = self._starts.get(node)
        return walk(node) if start is None else self._all[start : self._ends[start]]

    def stretch(self, node: ast.AST) -> tuple[int, int]:
        """Give where the subtree of a node of the tree starts and ends in `below()`."""
        start = self._starts[node]
        return start, self._ends[start]

    def standing(self, kind: type[N]) -> tuple[list[N], Sequence[int]]:
        """Give the nodes of exactly this class, and the position of each in `below()`."""
        places = self._positions((kind,))
        found: list[Any] = list(map(self._all.__getitem__, places))
        return found, places

    def stretches(self, *kinds: type[N]) -> list[tuple[N, int, int]]:
        """Give the nodes of exactly these classes, each with where its subtree starts and ends.

        Starts and ends are positions in `below()`; the end is the first position behind.
        """
        found: list[Any] = self._all
        return [(found[start], start, self._ends[start]) for start in self._positions(kinds)]

    @once
    def parents(self) -> Parents:
        """What holds each node; the root is held by nothing."""
        return Parents(self._all, self._starts, self._above)

    @once
    def _starts(self) -> dict[ast.AST, int]:
        return dict(zip(self._all, range(len(self._all)), strict=True))

    def _positions(self, kinds: tuple[type[ast.AST], ...]) -> list[int]:
        if len(kinds) == 1:
            return self._kinds[kinds[0]][1]
        found: list[int] = []
        for kind in kinds:
            found += self._kinds[kind][1]
        found.sort()
        return found

    def _visit(self, node: ast.AST, names: tuple[str, ...], start: int) -> int:
        """List all nodes below a node, by its fields, and give the first position behind them.

        Only nodes that can hold others are visited in turn.
        """
        found, ends, above, kinds = self._all, self._ends, self._above, self._kinds
        end = start + 1
        for name in names:
            value: Any = getattr(node, name, None)
            for child in value if value.__class__ is list else (value,):
                fields, positions = kinds[child.__class__]
                if fields is None:
                    continue
                found.append(child)
                above.append(start)
                positions.append(end)
                if fields:
                    ends.append(end)
                    end = self._visit(child, fields, end)
                else:
                    end += 1
                    ends.append(end)
        ends[start] = end
        return end


def walk(node: ast.AST) -> list[ast.AST]:
    """Give a node and all nodes below it in source order, but for those that `children` omits."""
    found: list[ast.AST] = []
    waiting = [node]
    while waiting:
        found.append(waiting.pop())
        waiting += reversed(children(found[-1]))
    return found
