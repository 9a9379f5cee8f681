"""Which functions of a document its own top-level code may call."""

from __future__ import annotations

import ast
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.keyed import never_asked_for

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Literal

    from mlaudit.rulekit import Module, Nodes

    Definition = ast.FunctionDef | ast.AsyncFunctionDef

_NONE: frozenset[str] = frozenset()
_PLAIN = frozenset({"staticmethod", "classmethod", "property"})


def registers(decorator: ast.expr) -> bool:
    """Say whether a decorator may hand a function to what runs it.

    A bare `@click.command()` does not: a group runs it, which may stand in another file.
    """
    made = decorator.func if isinstance(decorator, ast.Call) else decorator
    owner = made.value if isinstance(made, ast.Attribute) else None
    if isinstance(owner, ast.Name) and owner.id == "click":
        return False
    return getattr(made, "id", getattr(made, "attr", "?")) not in _PLAIN


class Running:
    """References by name, followed from the top level; a class that is named runs its methods.

    They are gathered when somebody asks about a function: many programs have none.
    """

    def __init__(self, module: Module):
        self._nodes = module.nodes
        self._module = module
        self._references: dict[Definition | None, set[str]] = {None: set()}
        self._mentioned: dict[Definition | None, set[str]] = {None: set()}
        self._outside: set[str] = set()
        self._functions: dict[str, list[Definition]] = {}
        self._on_top: dict[str, list[int]] = {}
        self._bases: dict[str, set[str]] = {}
        self._at_top: list[tuple[int, str]] = []
        self._roots: list[Definition] = []

    def reaches(self, function: Definition | None) -> bool:
        """Say whether the code of the function (None: the top level) may run in this program."""
        return function is None or function in self._reached or self.lends(function)

    @property
    def reaches_any(self) -> bool:
        """Whether the top level may come to any function at all."""
        return bool(self._reached)

    def lends(self, function: Definition | None) -> bool:
        """Say whether only other files make what runs a function: objects of derived classes."""
        if function is None or function in self._reached:
            return False
        return function in self._reached_derived and bool(self._module.importers)

    def only_in_main(self, function: Definition) -> bool:
        """Say whether the top level comes to a function in its main part, and in no other."""
        return function in self._reached and function not in self._reached_outside

    def named(self, function: Definition) -> bool:
        """Say whether anything at all outside the function names it, or it is a method."""
        if function in self._reached or function not in self._functions.get(function.name, ()):
            return True
        return any(
            function.name in names
            for owner, names in self._mentioned.items()
            if owner is not function
        )

    def _collect(self, nodes: Nodes) -> None:
        """Note what each function names in its body; defaults and decorators run outside it."""
        owners: list[Definition | Literal[False] | None] = [None] * len(nodes)
        scopes: list[str | None] = [None] * len(nodes)
        blocks: list[tuple[Definition | ast.ClassDef, int, int]] = nodes.stretches(
            ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef
        )
        for node, start, end in blocks:
            owner, scope = owners[start], scopes[start]
            owners[start:end] = [False] * (end - start)  # annotations and the like
            if isinstance(node, ast.ClassDef):
                outside = [base for base in node.bases if not self._derives(node, base)]
            else:
                outside = node.args.defaults
            for part in (*outside, *node.decorator_list):
                first, last = nodes.stretch(part)
                owners[first:last] = [owner] * (last - first)
            first, last = nodes.stretch(node.body[0])[0], nodes.stretch(node.body[-1])[1]
            if isinstance(node, ast.ClassDef):
                owners[first:last] = [owner] * (last - first)
                scopes[first:last] = [node.name] * (last - first)
            else:
                self._define(node, scope)
                owners[first:last] = [node] * (last - first)
                scopes[first:last] = [None] * (last - first)
        dead = self._module.fact(Dead).stretches
        main = [nodes.stretch(part) for part in main_parts(self._module)]
        naming: list[tuple[ast.Name | ast.Attribute, int, int]] = nodes.stretches(
            ast.Name, ast.Attribute
        )
        for name, start, _ in naming:
            owner = owners[start]
            if owner is False or _binds(name):
                continue
            named = name.id if isinstance(name, ast.Name) else name.attr
            self._mentioned[owner].add(named)
            if owner is None and len(self._functions.get(named, ())) > 1:
                self._on_top.setdefault(named, []).append(start)
            if not _within(dead, start) and not self._waits(name):
                self._references[owner].add(named)
                if owner is None:
                    self._at_top.append((start, named))
                if owner is None and not _within(main, start):
                    self._outside.add(named)

    def _waits(self, name: ast.expr) -> bool:
        """Say whether a name stands in a dictionary, under a key that nothing asks for."""
        held = self._nodes.parents[name]
        if not isinstance(held, ast.Dict) or name not in held.values:
            return False
        return never_asked_for(self._module, name)

    def _derives(self, owner: ast.ClassDef, base: ast.expr) -> bool:
        """Note a base that is only named: whoever names the class may run its methods."""
        if not isinstance(base, ast.Name):
            return False
        self._bases.setdefault(owner.name, set()).add(base.id)
        return True

    def _define(self, node: Definition, scope: str | None) -> None:
        self._references.setdefault(node, set())
        self._mentioned.setdefault(node, set())
        self._functions.setdefault(scope or node.name, []).append(node)
        if scope is None and any(map(registers, node.decorator_list)):
            self._roots.append(node)

    @cached_property
    def _reached(self) -> set[Definition]:
        """The functions that the top level may come to."""
        self._collect(self._nodes)
        return self._followed(self._references[None])

    @cached_property
    def _reached_outside(self) -> set[Definition]:
        """Those that it comes to outside its main part; asked once the others are known."""
        return self._followed(self._outside)

    @cached_property
    def _reached_derived(self) -> set[Definition]:
        """Those that it comes to where objects of all derived classes are made."""
        return self._followed(self._references[None].union(*self._bases.values()))

    @cached_property
    def _replaced(self) -> set[Definition]:
        """Those that stand on the top level, which names only others that are defined alike.

        It names the last that is defined before.  What a function names may be any of them.
        """
        return {
            function
            for name, alike in self._functions.items()
            if len(alike) > 1 and not self._named_within(name)
            for function, (start, end) in self._lifetimes(alike)
            if not any(start < position < end for position in self._on_top.get(name, ()))
        }

    def _named_within(self, name: str) -> bool:
        """Say whether a function of another name may call one of a name."""
        return any(
            owner is not None and owner.name != name and name in names
            for owner, names in self._mentioned.items()
        )

    def _lifetimes(self, alike: list[Definition]) -> list[tuple[Definition, tuple[int, int]]]:
        """Say of definitions on the top level from where to where each is the one of its name."""
        top = [one for one in alike if self._nodes.parents[one] is self._module.tree]
        starts = [self._nodes.stretch(one)[0] for one in top]
        return [*zip(top, pairwise([*starts, len(self._nodes)]), strict=True)]

    def _followed(self, names: set[str]) -> set[Definition]:
        """Follow the names that the top level refers to, and those that the functions do.

        A class that is derived from is asked only for what the derived one has no method of.
        """
        reached: set[Definition] = set(self._roots)
        pending = [(names, _NONE), *((self._references[root], _NONE) for root in self._roots)]
        seen: set[tuple[str, frozenset[str]]] = set()
        while pending:
            asked, hidden = pending.pop()
            for name in asked:
                if (name, hidden) in seen:
                    continue
                seen.add((name, hidden))
                if name in self._bases:
                    pending.append((self._bases[name], hidden | self._own(name)))
                for function in self._functions.get(name, ()):
                    if function in reached or function.name in hidden:
                        continue
                    if function not in self._replaced and function not in self._overtaken:
                        reached.add(function)
                        pending.append((self._references[function], _NONE))
        return reached

    def _own(self, name: str) -> frozenset[str]:
        """Name the methods that a class has instead of those it derives, and never asks for."""
        methods = self._functions.get(name, ())
        named = set[str]().union(*(self._references[method] for method in methods))
        if "super" in named or not named.isdisjoint(self._bases[name]):
            return _NONE
        return frozenset(method.name for method in methods)

    @cached_property
    def _overtaken(self) -> set[Definition]:
        """The functions that are defined again before anything at the top level comes to them."""
        found: set[Definition] = set()
        for name, several in self._functions.items():
            tops = [each for each in several if self._nodes.parents[each] is self._module.tree]
            if len(several) < 2 or len(tops) < len(several):
                continue
            for one, other in pairwise(tops):
                first, last = self._nodes.stretch(one)[1], self._nodes.stretch(other)[0]
                between = {named for start, named in self._at_top if first <= start < last}
                if not self._leads(between, name) and not one.decorator_list:
                    found.add(one)
        return found

    def _leads(self, names: set[str], wanted: str) -> bool:
        """Say whether some names come to another one, by what the functions behind them name."""
        seen, pending = set(names), [*names]
        while pending and wanted not in seen:
            name = pending.pop()
            behind = [self._bases.get(name, set())]
            behind += [self._references[each] for each in self._functions.get(name, ())]
            fresh = set[str]().union(*behind) - seen
            seen |= fresh
            pending += fresh
        return wanted in seen


def main_parts(module: Module) -> list[ast.If]:
    """Find `if __name__ == "__main__":`."""
    return [
        one
        for one in module.tree.body
        if isinstance(one, ast.If) and ast.unparse(one.test) == "__name__ == '__main__'"
    ]


def _binds(name: ast.Name | ast.Attribute) -> bool:
    """Say whether a name is given a value, as a field of a class is, and is asked for none."""
    return isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store)


def _within(stretches: Iterable[tuple[int, int]], start: int) -> bool:
    return any(first <= start < last for first, last in stretches)
