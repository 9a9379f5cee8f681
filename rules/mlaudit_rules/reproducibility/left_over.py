"""Estimators of a list that a loop goes through beside a shorter one, and never comes to."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit_rules.reproducibility.bindings import sole_values, uses

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_LISTS = (ast.List, ast.Tuple)
_LOOKING = frozenset({"enumerate", "len", "print", "zip"})


def left_over(module: Module, node: ast.AST) -> bool:
    """Say whether an element of a list stands behind the last that `zip` takes of it, everywhere.

    The list must go by one name, which is bound once and read for nothing else.
    """
    held = module.nodes.parents.get(node)
    statement = module.nodes.parents.get(held) if isinstance(held, _LISTS) else None
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    if not isinstance(held, _LISTS) or not isinstance(target, ast.Name):
        return False
    if module.fact(sole_values).get(target.id) is not held:
        return False
    position = next(at for at, each in enumerate(held.elts) if each is node)
    readings = [use for use in module.fact(uses)[target.id] if isinstance(use.ctx, ast.Load)]
    taken = [_taken(module, use) for use in readings]
    return bool(taken) and all(number is not None and number <= position for number in taken)


def _taken(module: Module, use: ast.Name) -> int | None:
    """Count how many of a list `zip` takes at most, None where that or the use is another."""
    above = module.nodes.parents[use]
    if not isinstance(above, ast.Call) or not isinstance(above.func, ast.Name):
        return None
    if above.func.id != "zip" or use not in above.args:
        return None
    lengths = [_length(module, other) for other in above.args if other is not use]
    return min((length for length in lengths if length is not None), default=None)


def _length(module: Module, given: ast.expr) -> int | None:
    """Count the elements of a literal list, or of one that goes by a name and never grows."""
    if isinstance(given, ast.Name):
        bound = module.fact(sole_values).get(given.id)
        grows = any(_may_grow(module, use) for use in module.fact(uses)[given.id])
        return _length(module, bound) if isinstance(bound, _LISTS) and not grows else None
    if not isinstance(given, _LISTS) or any(isinstance(each, ast.Starred) for each in given.elts):
        return None
    return len(given.elts)


def _may_grow(module: Module, use: ast.Name) -> bool:
    """Say whether a use of a list may change how long it is, or gives it to who might."""
    above = module.nodes.parents[use]
    if isinstance(above, ast.Call):
        return not (isinstance(above.func, ast.Name) and above.func.id in _LOOKING)
    if isinstance(above, ast.Subscript):
        return not isinstance(above.ctx, ast.Load)
    return isinstance(use.ctx, ast.Load) and not isinstance(above, ast.For | ast.comprehension)
