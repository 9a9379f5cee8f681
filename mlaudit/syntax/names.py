"""Import aliases become qualified names, and the calls of a document are listed, in one walk."""

from __future__ import annotations

import ast
import builtins

from mlaudit.model.frozen import field, record
from mlaudit.syntax.nodes import children

_BUILTINS = frozenset(dir(builtins))


@record
class NamedCall:
    """A call, the function or method around it (None: module level), and whether a loop is."""

    node: ast.Call
    function: ast.FunctionDef | ast.AsyncFunctionDef | None
    in_loop: bool


@record
class Names:
    """What the names of one document stand for, wherever in the document they are imported."""

    aliases: dict[str, str] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)
    literals: dict[str, ast.expr] = field(default_factory=dict)
    calls: list[NamedCall] = field(default_factory=list)
    classes: dict[str, ast.ClassDef] = field(default_factory=dict)
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)

    def resolve(self, node: ast.expr) -> str | None:
        """Give the qualified name of an expression such as `np.random.rand`, None if local."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        head = self.aliases.get(node.id)
        if head is None:
            if node.id in self.bound or (node.id in _BUILTINS and not parts):
                return None if node.id in self.bound else f"builtins.{node.id}"
            return None
        return ".".join([head, *reversed(parts)])

    def candidates(self, node: ast.expr) -> list[str]:
        """Give the names that an expression may stand for; star imports allow several."""
        resolved = self.resolve(node)
        if resolved is not None:
            return [resolved]
        if isinstance(node, ast.Name) and node.id not in self.bound:
            return [f"{star}.{node.id}" for star in self.stars]
        return []


def collect(tree: ast.Module) -> Names:
    """Walk a tree once, in source order."""
    names = Names()
    assigned: dict[str, int] = {}
    stack: list[tuple[ast.AST, ast.FunctionDef | ast.AsyncFunctionDef | None, bool]] = [
        (tree, None, False)
    ]
    while stack:
        node, function, in_loop = stack.pop()
        if isinstance(node, ast.Call):
            names.calls.append(NamedCall(node, function, in_loop))
        elif isinstance(node, ast.Name):
            if isinstance(node.ctx, ast.Store):
                names.bound.add(node.id)
                assigned[node.id] = assigned.get(node.id, 0) + 1
        elif isinstance(node, ast.arg):
            names.bound.add(node.arg)
            assigned[node.arg] = assigned.get(node.arg, 0) + 1
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.bound.add(node.name)
            names.functions.setdefault(node.name, node)
            function, in_loop = node, False
        elif isinstance(node, ast.For | ast.While | ast.AsyncFor):
            in_loop = True
        else:
            _note(names, node)
        stack.extend([(child, function, in_loop) for child in reversed(children(node))])
    for name, count in assigned.items():
        if count > 1:
            names.literals.pop(name, None)
    return names


def _note(names: Names, node: ast.AST) -> None:
    """Note imports, classes, and what is bound to literals."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            names.aliases[name] = alias.name if alias.asname else name
    elif isinstance(node, ast.ImportFrom):
        _import_from(names, node)
    elif isinstance(node, ast.ClassDef):
        names.bound.add(node.name)
        names.classes.setdefault(node.name, node)
    elif isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
        if isinstance(target, ast.Name) and isinstance(node.value, ast.Constant | ast.UnaryOp):
            names.literals[target.id] = node.value


def _import_from(names: Names, node: ast.ImportFrom) -> None:
    module = "." * node.level + (node.module or "")
    for alias in node.names:
        if alias.name == "*":
            names.stars.append(module)
        else:
            dot = "" if module.endswith(".") else "."
            names.aliases[alias.asname or alias.name] = f"{module}{dot}{alias.name}"
