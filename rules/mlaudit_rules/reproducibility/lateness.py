"""Seeds that come after a random draw, and whether what was drawn outlives them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import CrossValidate, Fit
from mlaudit_rules.reproducibility.bindings import uses
from mlaudit_rules.reproducibility.seeding import Seeding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Model, Module, Place
    from mlaudit_rules.reproducibility.seeding import Function, Site


def late_seed(module: Module, generator: str, site: Site) -> Place | None:
    """Find the seed that is set between a draw and the use of what was drawn.

    A seed after which nothing of it is used belongs to another experiment of the same document.
    """
    seed = module.fact(Seeding).after(generator, site)
    return seed if seed is not None and outlives(module, site.node, seed) else None


def outlives(module: Module, node: ast.AST, seed: Place) -> bool:
    """Say whether a name that is bound to the value of a call is read after a seed is set."""
    bound = _bound_to(module, node)
    for name in bound:
        later = [use for use in module.fact(uses).get(name, ()) if use.lineno > seed.end_line]
        stored = [use.lineno for use in later if isinstance(use.ctx, ast.Store)]
        first = min(stored, default=None)
        # The line that binds a name anew may still read what it was: `X = scale(X)`.
        if any(
            isinstance(use.ctx, ast.Load) and (first is None or use.lineno <= first)
            for use in later
        ):
            return True
    return False


def fits_of(module: Module, call: Call) -> list[Place]:
    """List where the estimator that a call makes is fitted, as far as the same function does it."""
    functions = module.fact(_functions)
    fits = module.fact(_fits).get(call.place, ())
    return [place for place in fits if call.function in functions.get(place, ())]


def late_for_fit(module: Module, generator: str, call: Call) -> Place | None:
    """Find the seed set between the only fit of an estimator and the use of what it learned."""
    seed = module.fact(Seeding).after(generator, call)
    fits = fits_of(module, call) if seed is not None else []
    if seed is None or not fits or any(place.line > seed.line for place in fits):
        return None
    return seed if outlives(module, call.node, seed) else None


def _bound_to(module: Module, node: ast.AST) -> list[str]:
    parents = module.nodes.parents
    while node in parents and not isinstance(node, ast.stmt):
        node = parents[node]
    if not isinstance(node, ast.Assign):
        return []
    return [
        name.id
        for target in node.targets
        for name in module.nodes.find(ast.Name, within=target)
        if isinstance(name.ctx, ast.Store)
    ]


def _fits(module: Module) -> dict[Place, list[Place]]:
    """Map where estimators are made to where they are fitted."""
    found: dict[Place, list[Place]] = {}
    for event in module.trace.events:
        if isinstance(event, Fit | CrossValidate):
            for place in _made(event.model):
                found.setdefault(place, []).append(event.place)
    return found


def _functions(module: Module) -> dict[Place, set[Function]]:
    """Map the places of calls to the functions around them."""
    found: dict[Place, set[Function]] = {}
    for named in module.names.calls:
        found.setdefault(module.place(named.node), set()).add(named.function)
    return found


def _made(model: Model) -> Iterator[Place]:
    yield model.place
    for step in model.steps:
        yield from _made(step)
