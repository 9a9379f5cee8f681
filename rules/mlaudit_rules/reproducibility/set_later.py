"""Seeds that estimators are given after their construction, by `set_params` or `setattr`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name
from mlaudit_rules.reproducibility.bindings import assignments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

# Names of parameters are searched for such texts when the one of the seed is wanted.
_TELLS_STATE = Pattern(r"(?i)(^|_)(random|seed|state)_?$")


def sets_states(module: Module) -> bool:
    """Say whether anything in the document may be given a seed later."""
    return any(_sets_state(module, n.node) for n in module.calls_named("set_params", "setattr"))


def is_state(node: ast.expr) -> bool:
    """Say whether an expression is the name of a seed as a parameter of an estimator."""
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.endswith("random_state")
    )


def _sets_state(module: Module, node: ast.Call) -> bool:
    if last_name(node.func) != "set_params":
        return any(is_state(argument) for argument in node.args)
    if any((keyword.arg or "").endswith("random_state") for keyword in node.keywords):
        return True
    keys = [key for each in node.keywords if each.arg is None for key in _keys(module, each.value)]
    computed = any(not isinstance(key, ast.Constant) for key in keys)
    return any(map(is_state, keys)) or (computed and _asks_for_state(module))


def _keys(module: Module, spread: ast.expr) -> Iterator[ast.expr]:
    """Give the keys of a dict that is written out, or of each that its name is bound to."""
    match spread:
        case ast.Dict(keys=keys):
            yield from (key for key in keys if key is not None)
        case ast.DictComp(key=key):
            yield key
        case ast.Name(id=name):
            for target, value in module.fact(assignments):
                match target:
                    case ast.Name(id=bound) if bound == name and not isinstance(value, ast.Name):
                        yield from _keys(module, value)
                    case ast.Subscript(value=ast.Name(id=bound), slice=key) if bound == name:
                        yield key


def _asks_for_state(module: Module) -> bool:
    """Say whether a text tells a parameter for seeds from others: `key.endswith("_state")`."""
    texts = (node.value for node in module.nodes.find(ast.Constant))
    return any(isinstance(text, str) and _TELLS_STATE.search(text) for text in texts)
