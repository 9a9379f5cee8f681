"""Calls that do for the training part what other calls do for the parts to judge on."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

_ROLE = Pattern(
    r"(?<![a-z])(train(?:ing)?|tr|val(?:id(?:ation)?)?|dev|test(?:ing)?|eval(?:uation)?)(?![a-z])"
    r"|(?<=[a-z])(Train|Val|Test)(?![a-z])",
)
_TRAINING = ("tr", "Tr")


@frozen
class Counterpart:
    """A call for one part of the data: what it is but for the part, and whether it trains."""

    node: ast.Call
    key: tuple[str, str, str]
    trains: bool


def counterparts(module: Module, calls: list[ast.Call]) -> list[tuple[ast.Call, ast.Call]]:
    """Pair calls for training with those that do the same for another part, among some calls."""
    groups: dict[tuple[str, str, str], list[Counterpart]] = {}
    for counterpart in _roles(module, calls):
        groups.setdefault(counterpart.key, []).append(counterpart)
    return [
        (first.node, other.node)
        for group in groups.values()
        for first in group
        if first.trains
        for other in group
        if not other.trains
    ]


def _roles(module: Module, calls: list[ast.Call]) -> Iterator[Counterpart]:
    for node in calls:
        target = _target(module, node)
        given = _given(module, node)
        found = _ROLE.search(f"{target} {given}")
        if found is not None and len(given) < 200:
            key = (ast.unparse(node.func), _neutral(target), _neutral(given))
            yield Counterpart(node, (_neutral(key[0]), *key[1:]), found[0].startswith(_TRAINING))


def _given(module: Module, node: ast.Call) -> str:
    """Give the text of what a call is given first, "" for a number or a list of numbers."""
    if not node.args or not module.nodes.find(ast.Name, within=node.args[0]):
        return ""
    return ast.unparse(node.args[0])


def _neutral(text: str) -> str:
    return _ROLE.sub("§", text)


def _target(module: Module, node: ast.AST) -> str:
    """Name what the value of a call becomes: a name, or the key of a dictionary."""
    parents = module.nodes.parents
    while node in parents:
        user = parents[node]
        if isinstance(user, ast.Assign):
            return ast.unparse(user.targets[0])
        if isinstance(user, ast.Dict):
            pairs = zip(user.keys, user.values, strict=True)
            return next((ast.unparse(key) for key, value in pairs if key and value is node), "")
        if isinstance(user, ast.stmt):
            return ""
        node = user
    return ""
