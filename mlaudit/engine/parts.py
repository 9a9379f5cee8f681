"""Which models of a program are only parts of others."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.trace.events import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit.module import Module
    from mlaudit.trace.events import Model

_CONSTRUCTORS = frozenset({"__init__", "build", "setup"})


def parts(module: Module) -> set[int]:
    """Give the ids of models that a network makes for itself, or that are made around another.

    Models that other files make belong to them.  Of all these only what is trained or judged is a
    model that this document speaks of.
    """
    ranges = list(_constructors(module))
    variables = {model.variable for model in module.trace.models}

    def part(model: Model) -> bool:
        if model.place.document is not module.document:
            return True
        if any(argument.text in variables for argument in model.arguments.values()):
            return True
        return any(first < model.place.line <= last for first, last in ranges)

    return {id(model) for model in module.trace.models if part(model)}


def _constructors(module: Module) -> Iterator[tuple[int, int]]:
    """Find the lines of the constructors of the program's own networks."""
    networks = {model.qualified for model in module.trace.models if model.role is Role.PREDICTOR}
    for name in sorted(networks & module.names.classes.keys()):
        for item in module.names.classes[name].body:
            if isinstance(item, ast.FunctionDef) and item.name in _CONSTRUCTORS:
                place = module.place(item)
                yield place.line, place.end_line
