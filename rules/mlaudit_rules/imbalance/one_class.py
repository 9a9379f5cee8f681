"""Splits of rows of one class only: whoever divides class by class stratifies by hand."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Fit, Pattern, last_name
from mlaudit.rulekit.imbalance import TARGET_NAMES
from mlaudit.rulekit.rare_events import PERHAPS_RARE, RARE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Module, Split

_IN_QUERY = Pattern(r"\s*`?(\w+)`?\s*[=!]=[^=&|]+")
_POSITIONS = {"where", "nonzero", "flatnonzero", "argwhere"}
_ADDING = {"append", "join", "merge"}
_DEEP = 6


def of_one_class(module: Module, split: Split) -> bool:
    """Say whether a split divides rows that a comparison of the target, or its groups, gave."""
    if split.place.document is not module.document:
        return False
    call = module.node_at(split.place.location, ast.Call)
    return call is not None and bool(call.args) and _is_of_class(module, call.args[0], _DEEP)


def _is_of_class(module: Module, node: ast.expr, depth: int) -> bool:
    if depth == 0:
        return False
    match node:
        case ast.Name():
            return _all_of_class(module, _values(module, node), node, depth)
        case ast.Subscript(value=ast.Call(func=called, args=[chosen, *_])) if (
            last_name(called) in _POSITIONS
        ):
            return _is_class(module, chosen, depth)
        case ast.Subscript(value=rows, slice=chosen):
            chosen = chosen.elts[0] if isinstance(chosen, ast.Tuple) and chosen.elts else chosen
            return _is_class(module, chosen, depth) or _is_of_class(module, rows, depth - 1)
        case ast.Attribute(value=rows):
            return _is_of_class(module, rows, depth - 1)
        case ast.Call(func=called, args=[chosen, *_]) if last_name(called) in _POSITIONS:
            return _is_class(module, chosen, depth)
        case ast.Call(func=ast.Attribute(attr="query"), args=[ast.Constant(value=str() as text)]):
            found = _IN_QUERY.fullmatch(text)
            return found is not None and _is_target(module, found[1])
        case ast.Call(func=ast.Attribute(value=rows, attr="get_group")):
            return _groups_by_target(module, rows)
        case ast.Call(func=ast.Attribute(value=rows, attr=how)) if (
            how not in _ADDING and module.names.resolve(node.func) is None
        ):
            return _is_of_class(module, rows, depth - 1)
    return False


def _all_of_class(module: Module, values: list[ast.expr], name: ast.Name, depth: int) -> bool:
    """Say whether a name stands for rows of one class, wherever it comes from."""
    if values:
        return all(_is_of_class(module, value, depth - 1) for value in values)
    groups = [grouped for grouped in _loops(module, name.id) if _groups_by_target(module, grouped)]
    if groups:
        return True
    handed = list(_handed(module, name))
    return bool(handed) and all(_is_of_class(module, value, depth - 1) for value in handed)


def _values(module: Module, name: ast.Name) -> list[ast.expr]:
    """Give what a name was bound to last above the place where it is read."""
    bound = module.fact(_assigned).get(name.id, ())
    above = [value for line, value in bound if line < name.lineno]
    return above[-1:]


def _assigned(module: Module) -> dict[str, list[tuple[int, ast.expr]]]:
    """List what each name is bound to, with the line."""
    found: dict[str, list[tuple[int, ast.expr]]] = {}
    for node in module.nodes.find(ast.Assign):
        for target in node.targets:
            for name, value in _pairs(target, node.value):
                if isinstance(name, ast.Name):
                    found.setdefault(name.id, []).append((node.lineno, value))
    return found


def _pairs(target: ast.expr, value: ast.expr) -> Iterable[tuple[ast.expr, ast.expr]]:
    """Take `a, b = rows, others` apart."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return zip(target.elts, value.elts, strict=False)
    return [(target, value)]


def _loops(module: Module, name: str) -> Iterator[ast.expr]:
    """Give what loops go over whose last target is a name: `for _, name in groups`."""
    for loop in module.nodes.find(ast.For, ast.comprehension):
        target = loop.target.elts[-1] if isinstance(loop.target, ast.Tuple) else loop.target
        if isinstance(target, ast.Name) and target.id == name:
            yield loop.iter


def _handed(module: Module, name: ast.Name) -> Iterator[ast.expr]:
    """Give what callers hand to the function around a name, by a parameter of that name."""
    around = module.nodes.parents.get(name)
    while around is not None and not isinstance(around, ast.FunctionDef):
        around = module.nodes.parents.get(around)
    if around is None:
        return
    parameters = [each.arg for each in around.args.args]
    for call in module.calls_named(around.name):
        given = dict(zip(parameters, call.node.args, strict=False))
        given |= {one.arg: one.value for one in call.node.keywords if one.arg}
        if name.id in given:
            yield given[name.id]


def _is_class(module: Module, chosen: ast.expr, depth: int) -> bool:
    """Say whether an index chooses the rows whose target is one class: `table.kind == 1`."""
    match chosen:
        case ast.Name() if depth:
            values = _values(module, chosen)
            return bool(values) and _is_class(module, values[0], depth - 1)
        case ast.UnaryOp(op=ast.Invert(), operand=inner):
            return _is_class(module, inner, depth)
        case ast.Compare(left=column, ops=[ast.Eq() | ast.NotEq()]):
            return _is_target(module, _column(column))
        case ast.Call(func=called, args=[inner, *_]) if last_name(called) in _POSITIONS:
            return _is_class(module, inner, depth)
        case ast.Subscript(value=inner):
            return _is_class(module, inner, depth)
    return False


def _column(node: ast.expr) -> str:
    """Name the column in `table["kind"]`, `table.kind` and `kind`."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    if isinstance(node, ast.Attribute) and node.attr == "values":
        return _column(node.value)
    return last_name(node)


def _groups_by_target(module: Module, node: ast.expr) -> bool:
    """Say whether rows are grouped by the target: `table.groupby("kind")`."""
    if isinstance(node, ast.Name):
        values = _values(module, node)
        return (
            bool(values)
            and not isinstance(values[0], ast.Name)
            and (_groups_by_target(module, values[0]))
        )
    if not isinstance(node, ast.Call) or last_name(node.func) != "groupby" or not node.args:
        return False
    by = node.args[0]
    by = by.elts[0] if isinstance(by, ast.List) and len(by.elts) == 1 else by
    return _is_target(module, str(by.value) if isinstance(by, ast.Constant) else _column(by))


def _is_target(module: Module, column: str) -> bool:
    """Say whether a column is what some model learns to tell, or goes by a name for that."""
    if column in {fit.target for fit in module.trace.of(Fit)}:
        return True
    named = TARGET_NAMES.fullmatch(column) or RARE.search(column) or PERHAPS_RARE.search(column)
    return named is not None
