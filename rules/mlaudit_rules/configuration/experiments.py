"""The settings of an experiment of Sacred, overridden on the command line by `with name=value`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_CONFIGURING = frozenset({"config", "named_config"})


def overridable(module: Module, node: ast.AST) -> bool:
    """Say whether a value is only the default of a setting of an experiment."""
    stretches = module.fact(_configured)
    if not stretches:
        return False
    place, _ = module.nodes.stretch(node)
    return any(first <= place < last for first, last in stretches)


def _configured(module: Module) -> list[tuple[int, int]]:
    """Give the stretches of functions whose local names are settings, and of added ones."""
    if not any(name.split(".", 1)[0] == "sacred" for name in module.names.aliases.values()):
        return []
    return [module.nodes.stretch(node) for node in _configuring(module)]


def _configuring(module: Module) -> Iterator[ast.AST]:
    for function in module.nodes.find(ast.FunctionDef):
        if any(
            isinstance(decorator, ast.Attribute) and decorator.attr in _CONFIGURING
            for decorator in function.decorator_list
        ):
            yield function
    for named in module.calls_named("add_config"):
        yield named.node
