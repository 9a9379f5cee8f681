"""Settings that a program writes down as constants, and what tests of them come to.

`MODE = "train"` rules out what is done where `MODE == "tune"`, and so do `config["tune"]`,
`Config.tune` and `settings.TUNE` that are false and that nothing sets.
"""

from __future__ import annotations

import ast
import operator
import re
from typing import TYPE_CHECKING, Any

from mlaudit.flow.values import UNKNOWN, Class, Constant, Dictionary, ProjectModule

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value

    Compare = Callable[[Any, Any], bool]

_EQUAL: dict[type[ast.cmpop], Compare] = {ast.Eq: operator.eq, ast.NotEq: operator.ne}
_ORDERED: dict[type[ast.cmpop], Compare] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_AMONG: dict[type[ast.cmpop], Compare] = {
    ast.In: lambda one, several: one in several,
    ast.NotIn: lambda one, several: one not in several,
}


def compared(setting: Constant, test: ast.Compare) -> bool | None:
    """Decide `setting == "tune"`, `setting > 0` or `setting in ("tune", "both")`."""
    kind, asked, value = type(test.ops[0]), _spelt(test.comparators[0]), setting.value
    if len(test.ops) > 1 or asked is None or value is None:
        return None
    if isinstance(asked, tuple):
        return _AMONG[kind](value, asked) if kind in _AMONG else None
    if kind in _EQUAL and isinstance(value, type(asked)):
        return _EQUAL[kind](value, asked)
    if kind in _ORDERED and isinstance(value, int | float) and isinstance(asked, int | float):
        return _ORDERED[kind](value, asked)
    return None


def matched(setting: Constant, node: ast.Match) -> ast.match_case | None:
    """Give the case that a constant comes to, where all cases before it are other constants."""
    for case in node.cases:
        match case.pattern:
            case ast.MatchValue(value=ast.Constant(value=value)):
                found = value == setting.value
            case ast.MatchAs(pattern=None, name=None):
                found = True
            case _:
                return None
        if found:
            return case if case.guard is None else None
    return None


def kept(run: Interpreter, node: ast.expr) -> Constant | None:
    """Give the constant that an item of a dict, or an attribute that nothing sets, stands for."""
    match node:
        case ast.Subscript(value=ast.Name() as held, slice=ast.Constant(value=str() as key)):
            value = _item(run, held, key, UNKNOWN)
        case ast.Call(
            func=ast.Attribute(value=ast.Name() as held, attr="get"),
            args=[ast.Constant(value=str() as key), *others],
            keywords=[],
        ):
            value = _item(run, held, key, run.eval(others[0]) if others else Constant(None))
        case ast.Attribute(value=ast.Name() as held, attr=name):
            if is_set(run, name):
                return None
            value = _attribute(run, node, held)
        case _:
            return None
    found = run.load(value)
    return found if isinstance(found, Constant) else None


def bound_once(run: Interpreter, name: str) -> bool:
    """Say whether the document binds a name by one statement, an import perhaps."""
    key = run.document.path, f"bound {name}"
    if key not in run.settled:
        stored = rf"{name}[ \t]*(?::[^=\n]*)?[-+*/|&%]*=(?!=)"
        brought = rf"from[ \t].*\bimport\b.*\b{name}\b"
        found = re.findall(rf"(?m)^[ \t]*(?:{stored}|{brought})", run.document.text)
        run.settled[key] = len(found) == 1
    return run.settled[key]


def is_set(run: Interpreter, name: str) -> bool:
    """Say whether the document sets an attribute of a name, of whatever object."""
    key = run.document.path, f"set {name}"
    if key not in run.settled:
        text = run.document.text
        stored = re.search(rf"\.{name}\s*(?::[^=\n]*)?[-+*/|&]?=(?!=)", text)
        run.settled[key] = stored is not None or "setattr(" in text
    return run.settled[key]


def _attribute(run: Interpreter, node: ast.Attribute, held: ast.Name) -> Value:
    """Look up what a class, a file of the project or a namespace has under a name."""
    owner = run.load(run.find(held.id) or UNKNOWN)
    if isinstance(owner, Dictionary):
        return _item(run, held, node.attr, UNKNOWN)
    return run.eval(node) if isinstance(owner, Class | ProjectModule) else UNKNOWN


def _item(run: Interpreter, held: ast.Name, key: str, missing: Value) -> Value:
    """Look up what is kept under a key, in a dict of which every key is known."""
    holder = run.load(run.find(held.id) or UNKNOWN)
    if not isinstance(holder, Dictionary) or holder.rest is not None:
        return UNKNOWN
    return holder.items.get(key, missing)


def _spelt(node: ast.expr) -> Any:
    """Give the text, the number or the tuple of them that stands in a test."""
    match node:
        case ast.Constant(value=str() | int() | float() as value):
            return value
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            values = tuple(_spelt(part) for part in parts)
            return values if values and None not in values else None
    return None
