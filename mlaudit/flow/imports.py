"""Imports: libraries become symbols, the project's own files are executed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.state import Scope
from mlaudit.flow.values import ProjectModule, Symbol, Value

if TYPE_CHECKING:
    import ast

    from mlaudit.flow.interpreter import Interpreter

MOST_MODULES = 40


def import_names(run: Interpreter, node: ast.Import) -> None:
    """Run `import a.b as c`."""
    for alias in node.names:
        if alias.asname:
            run.state.scope.bind(alias.asname, module(run, alias.name) or Symbol(alias.name))
        else:
            top = alias.name.split(".")[0]
            if top != alias.name:
                module(run, alias.name)
            run.state.scope.bind(top, module(run, top) or Symbol(top))


def import_from(run: Interpreter, node: ast.ImportFrom) -> None:
    """Run `from a.b import c`; star imports of libraries are remembered as candidates."""
    name = "." * node.level + (node.module or "")
    if run.project is None or run.project.is_foreign(name):
        _import_foreign(run, node, name)
        return
    found = module(run, name, started=_is_run(run, node))
    for alias in node.names:
        if alias.name == "*":
            if isinstance(found, ProjectModule):
                run.state.scope.redo(found.scope.names)
            else:
                run.stars.append(name)
            continue
        value: Value | None = None
        if isinstance(found, ProjectModule):
            value = run.member(found, alias.name)
        if value is None:
            dot = "" if name.endswith(".") else "."
            value = module(run, f"{name}{dot}{alias.name}")
        run.state.scope.bind(alias.asname or alias.name, value or Symbol(f"{name}.{alias.name}"))


def _import_foreign(run: Interpreter, node: ast.ImportFrom, name: str) -> None:
    scope = run.state.scope
    for alias in node.names:
        if alias.name == "*":
            run.stars.append(name)
        else:
            scope.bind(alias.asname or alias.name, Symbol(f"{name}.{alias.name}"))


def _is_run(run: Interpreter, node: ast.ImportFrom) -> bool:
    """Say whether a cell of a notebook starts a file as a program, by `%run`."""
    document = run.document
    return document.is_notebook and "%run" in document.written_lines[node.lineno - 1]


def module(run: Interpreter, name: str, *, started: bool = False) -> Value | None:
    """Execute a file of the project once; None when the name is not the project's."""
    if run.project is None or run.project.is_foreign(name):
        return None
    found = run.project.find_module(name, run.document)
    if found is None:
        return None
    document, tree = found
    known = run.modules.get(document.path)
    if known is not None:
        return known
    if started:
        run.started.add(document.path)
    scope = Scope(document)
    value = run.modules[document.path] = ProjectModule(name, scope)
    if len(run.modules) > MOST_MODULES:
        run.note("more project files are imported than are followed")
        return value
    run.roots.append(tree)
    outer = (run.state.scope, run.document, run.module_scope)
    run.state.scope, run.document = scope, document
    try:
        with run.within("module", document.path):
            run.block(tree.body)
    finally:
        run.state.scope, run.document, run.module_scope = outer
    return value


def from_stars(run: Interpreter, name: str) -> Value | None:
    """Find the library whose star import brings a name that nothing else explains."""
    for star in run.stars:
        if run.catalogue.find(f"{star}.{name}") is not None:
            return Symbol(f"{star}.{name}")
    return None
