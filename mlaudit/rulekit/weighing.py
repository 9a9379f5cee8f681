"""Weights of classes that a program computes from how often each occurs, and who reads them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.model.pattern import Words
from mlaudit.syntax.spelling import last_name
from mlaudit.trace.events import Weigh

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit.module import Module
    from mlaudit.source.document import Place

_SPEAKING = Words("weight", any_case=True)
_COMPUTING = frozenset({"compute_class_weight", "compute_sample_weight"})
_SUMMING = frozenset({"sum", "count_nonzero", "len"})
_COUNTING = frozenset({"value_counts", "bincount", "Counter"})
_TOLD = frozenset({"print", "display", "info", "debug", "pprint", "bar", "barh", "barplot", "plot"})
_DEEP = 3


def weights_of_classes(module: Module) -> list[tuple[str, ast.expr]]:
    """List names of weights made from the counts of classes, with the expressions that make them.

    Such are `compute_class_weight(...)`, and `total / np.sum(y == c)` under a name that says so.
    """
    if not _SPEAKING.stand_in(module.document.text):
        return []
    stored = [*_assigned(module), *_appended(module)]
    return [(name, value) for name, value in stored if _weighs(module, name, value)]


def evened_by_counts(module: Module, weights: ast.expr) -> bool:
    """Say whether a library works out weights that even the classes out, whatever their counts are.

    It does so at the place, where a name is given its value, or in a function that is called there.
    """
    values, called = [weights], set[str]()
    for _ in range(_DEEP):
        below = [node for value in values for node in module.nodes.below(value)]
        called |= {last_name(node.func) for node in below if isinstance(node, ast.Call)}
        names = {node.id for node in below if isinstance(node, ast.Name)}
        values = [value for name, value in module.fact(_bound) if name in names]
    return not called.isdisjoint(_COMPUTING) or any(
        _stands_in(module, event.place, called) for event in module.trace.of(Weigh)
    )


def _bound(module: Module) -> list[tuple[str, ast.expr]]:
    return list(_assigned(module))


def _stands_in(module: Module, place: Place, names: set[str]) -> bool:
    """Say whether a place is within a function of one of some names, of whatever document."""
    there = module if place.document is module.document else module.beside(place.document)
    own = (there.names.functions[name] for name in names & there.names.functions.keys())
    return any(one.lineno <= place.line <= (one.end_lineno or one.lineno) for one in own)


def read_by_none(module: Module, name: str) -> bool:
    """Say whether what goes by a name is at most told to people, itself or by a further name."""
    return _read_by_none(module, name, _DEEP)


def _assigned(module: Module) -> Iterator[tuple[str, ast.expr]]:
    """Give what names, and entries of what goes by names, are assigned."""
    for node in module.nodes.find(ast.Assign):
        target = node.targets[0]
        holder = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(holder, ast.Name):
            yield holder.id, node.value


def _appended(module: Module) -> Iterator[tuple[str, ast.expr]]:
    for call in module.calls_named("append"):
        method = call.node.func
        if isinstance(method, ast.Attribute) and isinstance(method.value, ast.Name):
            yield from ((method.value.id, given) for given in call.node.args)


def _weighs(module: Module, name: str, value: ast.expr) -> bool:
    below = module.nodes.below(value)
    if any(isinstance(node, ast.Call) and last_name(node.func) in _COMPUTING for node in below):
        return True
    if "weight" not in name.lower():
        return False
    return any(
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Div)
        and _counts(module.nodes.below(node.right))
        for node in below
    )


def _counts(below: list[ast.AST]) -> bool:
    """Say whether an expression counts the rows of a class, or those of each."""
    called = {last_name(node.func) for node in below if isinstance(node, ast.Call)}
    equal = any(isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Eq) for node in below)
    return bool(called & _COUNTING) or (equal and bool(called & _SUMMING))


def _read_by_none(module: Module, name: str, depth: int) -> bool:
    loads = module.fact(_loads).get(name, ())
    return depth > 0 and all(_only_told(module, node, name, depth) for node in loads)


def _loads(module: Module) -> dict[str, list[ast.Name]]:
    """Map names to where they are read."""
    found: dict[str, list[ast.Name]] = {}
    for node in module.nodes.find(ast.Name):
        if isinstance(node.ctx, ast.Load):
            found.setdefault(node.id, []).append(node)
    return found


def _only_told(module: Module, load: ast.Name, name: str, depth: int) -> bool:
    parents = module.nodes.parents
    statement: ast.AST = load
    calls: list[str] = []
    while not isinstance(statement, ast.stmt):
        if isinstance(statement, ast.Call):
            calls.append(last_name(statement.func))
        statement = parents[statement]
    if isinstance(statement, ast.Expr):
        return not calls or calls[-1] in _TOLD | {"append"}
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        holder = target.value if isinstance(target, ast.Subscript) else target
        if isinstance(holder, ast.Name) and not _does_more(calls):
            return holder.id == name or _read_by_none(module, holder.id, depth - 1)
    return False


def _does_more(calls: list[str]) -> bool:
    """Say whether calls may do more than bring weights into another form."""
    return not set(calls) <= {"dict", "enumerate", "zip", "list", "array", "round", "tensor"}
