"""Seeds as they are given to calls, and whether the program writes down what they were."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name
from mlaudit_rules.reproducibility.bindings import sole_values, uses
from mlaudit_rules.reproducibility.clock import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

# They take a generator, which has been given its seed somewhere else.
_OBJECTS = frozenset({"generator", "sampler", "rstate"})
_SEED = Pattern(r"(?i)seed|random_?state")
_SEEDING = frozenset({"seed", "manual_seed", "manual_seed_all", "set_seed", "seed_everything"})


def seeds_given(module: Module) -> Iterator[tuple[ast.Call, ast.expr]]:
    """Find the calls that set or take a seed, with what they are given."""
    for named in module.names.calls:
        node = named.node
        call = module.call_of.get(node)
        entry = call.entry if call is not None else None
        setting = entry is not None and entry.kind in {"seed", "generator"}
        positional = setting or last_name(node.func) in _SEEDING
        names = {entry.seed if entry else None, "seed" if positional else None} - {None, *_OBJECTS}
        if positional:
            yield from ((node, value) for value in node.args[:1])
        yield from ((node, word.value) for word in node.keywords if word.arg in names)


def recorded(module: Module, value: ast.expr) -> bool:
    """Say whether the seed has a name that is read elsewhere too, such as by what logs it."""
    names = names_in(module, value) & module.fact(sole_values).keys()
    given, standing = module.fact(_given), module.fact(uses)
    return any(
        isinstance(node.ctx, ast.Load) and node not in given and not _handed_on(module, node)
        for name in names
        for node in standing.get(name, ())
    )


def _handed_on(module: Module, node: ast.Name) -> bool:
    """Say whether a seed is only passed on, as a keyword, in a dict or to code of the program."""
    user = module.nodes.parents[node]
    if isinstance(user, ast.keyword):
        return user.arg is not None and _SEED.search(user.arg) is not None
    if isinstance(user, ast.Dict):
        if not isinstance(module.nodes.parents[user], ast.Assign | ast.Dict):
            return False  # written down, as by json.dumps
        keys = [key for key, value in zip(user.keys, user.values, strict=True) if value is node]
        return all(isinstance(key, ast.Constant) and _SEED.search(str(key.value)) for key in keys)
    if not isinstance(user, ast.Call) or not isinstance(user.func, ast.Name):
        return False
    return user.func.id in {*module.names.functions, *module.names.classes}


def _given(module: Module) -> set[ast.AST]:
    return {node for _, value in seeds_given(module) for node in module.nodes.below(value)}
