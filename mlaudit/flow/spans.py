"""Data sets of the program that give the rows from a start on, which each object has of its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow.selectors import Length, Selector
from mlaudit.flow.values import Constant, Data, Function, Instance
from mlaudit.syntax.nodes import walk

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from mlaudit.flow.interpreter import Interpreter


def of(run: Interpreter, made: Instance, data: Data) -> Data:
    """Take the rows between the start and the end that a data set keeps, as `self.low + i` tells.

    Where these are no numbers, two data sets of other ones need not share any rows.
    """
    if not data.rows.terms or not any(map(_is_number, made.attributes.values())):
        return data
    item, size = _method(run, made, "__getitem__"), _method(run, made, "__len__")
    start = _start(item.node) if item is not None and len(item.node.args.args) > 1 else None
    if item is None or start is None or start not in made.attributes:
        return data
    end = _end(size.node, start) if size is not None else None
    low, high = _bound(run, made, start), _bound(run, made, end)
    if low is not None and high is not None:
        return data.but(rows=data.rows.select(Selector("slice", "rows", (low, high))))
    some = ("span", id(item.node), low, high)
    return data.but(rows=data.rows.select(Selector("some", some)))


def _is_number(value: object) -> bool:
    return isinstance(value, Constant) and type(value.value) in {int, Length}


def _method(run: Interpreter, made: Instance, name: str) -> Function | None:
    from mlaudit.flow import attributes

    found = attributes.find_method(run, made.owner, name)
    return found[0] if found is not None and isinstance(found[0], Function) else None


def _bound(run: Interpreter, made: Instance, name: str | None) -> Hashable:
    held = run.load(made.attributes[name]) if name is not None and name in made.attributes else None
    return held.value if isinstance(held, Constant) and _is_number(held) else None


def _start(method: ast.AST) -> str | None:
    """Name the attribute that is added to the index wherever rows are looked up by it."""
    if not isinstance(method, ast.FunctionDef):
        return None
    this, index = (each.arg for each in method.args.args[:2])
    added = [names for place in _places(method) if index in (names := _added(place, this))]
    if not added:
        return None
    own = {name for name in set.intersection(*added) if name.startswith(".")}
    return own.pop()[1:] if len(own) == 1 else None


def _places(method: ast.FunctionDef) -> Iterator[ast.expr]:
    """Give the places at which a method looks things up: what is written where it begins to."""
    for node in walk(method):
        if isinstance(node, ast.Assign):
            yield node.value
        elif isinstance(node, ast.Subscript):
            first = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            low = first.lower if isinstance(first, ast.Slice) else first
            if low is not None:
                yield low


def _added(node: ast.expr, this: str) -> set[str]:
    """Name what is added up: names, and attributes of the object with a dot before them."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _added(left, this) | _added(right, this)
        case ast.Name(id=name):
            return {name}
        case ast.Attribute(value=ast.Name(id=holder), attr=name) if holder == this:
            return {f".{name}"}
        case _:
            return set()


def _end(method: ast.AST, start: str) -> str | None:
    """Name the attribute that the start is taken from where the object tells its length."""
    for node in walk(method):
        match node:
            case ast.BinOp(
                left=ast.Attribute(attr=end), op=ast.Sub(), right=ast.Attribute(attr=low)
            ) if low == start:
                return end
            case _:
                continue
    return None
