"""Where the parsed command line goes, and which of its values the document reads."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

PARSING = frozenset({"parse_args", "parse_known_args", "parse_intermixed_args"})
# They show the namespace and read nothing of it.
_SHOWING = frozenset(
    {"print", "pprint", "str", "repr", "format", "info", "debug", "warning", "write", "type"}
)


class Namespaces:
    """The names that hold a parsed command line; `followed` says that no other code gets it."""

    def __init__(self, module: Module):
        self._module = module
        self._parents = module.nodes.parents

    @cached_property
    def followed(self) -> bool:
        """Whether every use of the parsed command line is in this document and by attribute."""
        parsed = [
            named.node
            for named in self._module.calls_named(*PARSING)
            if isinstance(named.node.func, ast.Attribute)
        ]
        if not parsed or any("namespace" in _keywords(call) for call in parsed):
            return False
        holders = set()
        for call in parsed:
            names = self._holders(call)
            if not names:
                return False
            holders.update(names)
        return not any(self._escapes(node) for node in self._loads(holders))

    @cached_property
    def read(self) -> frozenset[str]:
        """All attribute names and strings of the document, wherever they are read.

        Code that writes an attribute of the command line, or that tests one, reads it too.
        """
        nodes = self._module.nodes
        texts = (
            node.value
            for node in nodes.find(ast.Constant)
            if isinstance(node.value, str) and not self._declares(node)
        )
        return frozenset([*(node.attr for node in nodes.find(ast.Attribute)), *texts])

    def _declares(self, node: ast.AST) -> bool:
        parent = self._parents.get(node)
        if isinstance(parent, ast.keyword):
            parent = self._parents.get(parent)
        return (
            isinstance(parent, ast.Call)
            and isinstance(parent.func, ast.Attribute)
            and parent.func.attr in {"add_argument", "set_defaults"}
        )

    def _holders(self, call: ast.Call) -> set[str]:
        """Name what a parse is bound to; empty where it goes somewhere else."""
        parent = self._parents[call]
        if isinstance(parent, ast.Subscript):
            call, parent = parent, self._parents[parent]  # type: ignore[assignment]
        if isinstance(parent, ast.Return):
            return self._returned(parent)
        if not isinstance(parent, ast.Assign):
            return set()
        names = set()
        for target in parent.targets:
            first = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else target
            if not isinstance(first, ast.Name):
                return set()
            names.add(first.id)
        return names

    def _returned(self, node: ast.AST) -> set[str]:
        """Follow a return to the calls of its function in this document."""
        function: ast.AST | None = node
        while function is not None and not isinstance(function, ast.FunctionDef):
            function = self._parents.get(function)
        if function is None:
            return set()
        names = set()
        for named in self._module.calls_named(function.name):
            if isinstance(named.node.func, ast.Name):
                found = self._holders(named.node)
                if not found:
                    return set()
                names.update(found)
        return names

    def _loads(self, names: set[str]) -> Iterator[ast.Name]:
        for node in self._module.nodes.find(ast.Name):
            if node.id in names and isinstance(node.ctx, ast.Load):
                yield node

    def _escapes(self, node: ast.AST) -> bool:
        """Say whether a use of the namespace may read its values out of our sight."""
        parent = self._parents[node]
        if isinstance(parent, ast.Attribute):
            return parent.attr == "__dict__"
        if isinstance(parent, ast.FormattedValue | ast.Compare):
            return False
        if isinstance(parent, ast.Return):
            return not self._returned(parent)
        if isinstance(parent, ast.keyword):
            parent = self._parents[parent]
        if not isinstance(parent, ast.Call):
            return True
        name = last_name(parent.func)
        if name == "vars":
            return not self._shown(parent)
        if name in {"getattr", "hasattr", "setattr"}:
            return not all(isinstance(argument, ast.Constant) for argument in parent.args[1:2])
        return name not in _SHOWING and not self._local(name)

    def _shown(self, node: ast.AST) -> bool:
        parent = self._parents[node]
        if isinstance(parent, ast.keyword):
            parent = self._parents[parent]
        return isinstance(parent, ast.Call) and last_name(parent.func) in {
            *_SHOWING,
            "dumps",
            "dump",
        }

    def _local(self, name: str) -> bool:
        names = self._module.names
        return name in names.functions or name in names.classes


def _keywords(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}
