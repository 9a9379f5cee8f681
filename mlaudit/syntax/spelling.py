"""Writes code without its layout: what `ast.unparse` gives, several times faster where it is plain.

Fingerprints are made of this text, so it must never differ from what `ast.unparse` gives.
"""

from __future__ import annotations

import ast
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_PLAIN = (str, int, float, bool, type(None))
_NO_LITERALS = ("inf", "nan")


def spelt(node: ast.AST) -> str:
    """Write an expression, an assignment, or any other node, as `ast.unparse` does."""
    write = _WRITERS.get(node.__class__)
    text = write(node) if write is not None else None
    return ast.unparse(node) if text is None else text


def last_name(node: ast.expr) -> str:
    """Give `c` of `a.b.c` and of `c`, "" of anything else."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _name(node: ast.Name) -> str:
    return node.id


def _constant(node: ast.Constant) -> str | None:
    if node.value.__class__ not in _PLAIN or node.kind is not None:
        return None
    text = repr(node.value)
    return None if text in _NO_LITERALS else text


def _attribute(node: ast.Attribute) -> str | None:
    if isinstance(node.value, ast.Name):
        return f"{node.value.id}.{node.attr}"
    return f"{spelt(node.value)}.{node.attr}" if _binds_closely(node.value) else None


def _call(node: ast.Call) -> str | None:
    if not _binds_closely(node.func):
        return None
    given = [spelt(value) for value in node.args]
    for keyword in node.keywords:
        name = "**" if keyword.arg is None else f"{keyword.arg}="
        given.append(name + spelt(keyword.value))
    return f"{spelt(node.func)}({', '.join(given)})"


def _subscript(node: ast.Subscript) -> str | None:
    if isinstance(node.slice, ast.Tuple) or not _binds_closely(node.value):
        return None
    return f"{spelt(node.value)}[{spelt(node.slice)}]"


def _slice(node: ast.Slice) -> str:
    lower = spelt(node.lower) if node.lower else ""
    upper = spelt(node.upper) if node.upper else ""
    return f"{lower}:{upper}:{spelt(node.step)}" if node.step else f"{lower}:{upper}"


def _dict(node: ast.Dict) -> str | None:
    pairs = [
        f"{spelt(key)}: {spelt(value)}"
        for key, value in zip(node.keys, node.values, strict=True)
        if key is not None
    ]
    return f"{{{', '.join(pairs)}}}" if len(pairs) == len(node.keys) else None


def _list(node: ast.List) -> str:
    return f"[{_listed(node.elts)}]"


def _tuple(node: ast.Tuple) -> str:
    return f"({_listed(node.elts)}{',' if len(node.elts) == 1 else ''})"


def _assign(node: ast.Assign) -> str | None:
    if node.type_comment is not None:
        return None
    return " = ".join([*map(_target, node.targets), spelt(node.value)])


def _target(node: ast.expr) -> str:
    bare = isinstance(node, ast.Tuple) and node.elts and _bares_targets()
    return spelt(node)[1:-1] if bare else spelt(node)


def _return(node: ast.Return) -> str:
    return f"return {spelt(node.value)}" if node.value else "return"


def _expression(node: ast.Expr) -> str | None:
    return spelt(node.value) if isinstance(node.value, ast.Call) else None


def _listed(nodes: list[ast.expr]) -> str:
    return ", ".join([spelt(node) for node in nodes])


def _binds_closely(node: ast.expr) -> bool:
    """Say whether an expression needs no parentheses before a dot or a bracket."""
    return node.__class__ in _CLOSE


@cache
def _bares_targets() -> bool:
    """Say whether this Python writes `a, b = c` rather than `(a, b) = c`."""
    return ast.unparse(ast.parse("a, b = c")).startswith("a")


_CLOSE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
_WRITERS: dict[type[ast.AST], Callable[[Any], str | None]] = {
    ast.Name: _name,
    ast.Constant: _constant,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Dict: _dict,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Assign: _assign,
    ast.Return: _return,
    ast.Expr: _expression,
}


@lru_cache
def shortened(name: str) -> str:
    """Shorten the full name of a function, `numpy.random.rand`, to what people write."""
    parts = name.split(".")
    top = parts[0] in {"numpy", "pandas"} and len(parts) == 2
    return ".".join(parts[-2:]) if top else parts[-1]
