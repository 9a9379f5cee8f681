"""The parameters of a function, and what they are where a call gives nothing for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast


def by_position(spec: ast.arguments) -> list[str]:
    """Name the parameters that may be given without their names, in order."""
    return [parameter.arg for parameter in (*spec.posonlyargs, *spec.args)]


def defaults(spec: ast.arguments) -> dict[str, ast.expr]:
    """Map each parameter that need not be given to its default, in order."""
    names = by_position(spec)
    found = dict(zip(names[len(names) - len(spec.defaults) :], spec.defaults, strict=True))
    for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if default is not None:
            found[parameter.arg] = default
    return found
