"""Shuffles of one of two arrays that came together and are used as belonging together."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Pattern,
    frozen,
    last_name,
    says_test,
    says_training,
    says_validation,
)
from mlaudit_rules.evaluation.shuffles import MEETING, SHUFFLING, Shuffle, shuffle_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

# Labels are shuffled on purpose to see what a model makes of chance.
ON_PURPOSE = Pattern(
    r"(?i)perm|scrambl|null|chance|baseline|dummy|sanity|control|nois|random(?!\.)|shuffled|"
    r"destroy|break|corrupt|fake|negative"
)
LABELS = Pattern(r"(?i)(?<![a-z])y(?![a-z])|label|target|class|answer|truth|respons|annotat")
_REBINDING = (ast.NamedExpr, ast.AugAssign, ast.AnnAssign, ast.For)


@frozen
class LoneShuffle:
    """A shuffle of one array, the other that came with it, and the call that takes both."""

    shuffle: Shuffle
    other: str
    bound: ast.stmt
    meeting: ast.Call


def shuffled_alone(module: Module) -> Iterator[LoneShuffle]:
    """Find shuffles of one array of a pair in the straight course of a program or function."""
    shuffling = {named.node for named in module.calls_named("shuffle", "permutation")}
    for node in module.nodes.find(ast.Module, ast.FunctionDef) if shuffling else ():
        for number, statement in enumerate(node.body):
            if getattr(statement, "value", None) not in shuffling:
                continue
            shuffle = shuffle_of(module, statement)
            if shuffle is not None and not ON_PURPOSE.search(getattr(node, "name", "")):
                yield from _alone(module, node.body, number, shuffle)


def _alone(
    module: Module, body: list[ast.stmt], number: int, shuffle: Shuffle
) -> Iterator[LoneShuffle]:
    name = shuffle.name
    if ON_PURPOSE.search(name) or ON_PURPOSE.search(_said(module, body[number])):
        return
    bound = next((s for s in reversed(body[:number]) if name in _unpacked(s)), None)
    if bound is None or _meetings(module, body[:number], name):
        return
    since = body[body.index(bound) + 1 :]
    for other, meeting in _meetings(module, body[number + 1 :], name):
        before = [s for s in since if s.lineno <= meeting.lineno]
        if not _pairs(name, other):
            continue
        if other in _unpacked(bound) and _keeps_order(before, name, other):
            yield LoneShuffle(shuffle, other, bound, meeting)
            return


def _pairs(one: str, two: str) -> bool:
    """Say whether the names are those of labels and of what has them, both of one part."""
    parts = [(says_training(n), says_test(n), says_validation(n)) for n in (one, two)]
    return parts[0] == parts[1] and bool(LABELS.search(one)) is not bool(LABELS.search(two))


def _said(module: Module, statement: ast.stmt) -> str:
    """Give the comments at a statement and right above it."""
    line = module.place(statement).line
    lines = module.document.lines[max(line - 3, 0) : line]
    return " ".join(text.partition("#")[2] for text in lines)


def _unpacked(statement: ast.stmt) -> set[str]:
    """Give the names that one statement binds together, to what a single call gives."""
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Call()):
            return {target.id for target in targets if isinstance(target, ast.Name)}
    return set()


def _meetings(module: Module, body: list[ast.stmt], name: str) -> list[tuple[str, ast.Call]]:
    """Give the calls that take an array of that name next to another, with the other's name."""
    stretch = module.nodes.stretch
    first, last = (stretch(body[0])[0], stretch(body[-1])[1]) if body else (0, 0)
    met = module.fact(_met).get(name, ())
    return [(other, node) for other, node in met if first <= stretch(node)[0] < last]


def _met(module: Module) -> dict[str, list[tuple[str, ast.Call]]]:
    """List the calls that take two arrays side by side by the name of each, with the other's."""
    found: dict[str, list[tuple[str, ast.Call]]] = {}
    for node in module.nodes.find(ast.Call):
        match node.args[:2]:
            case [ast.Name(id=one), ast.Name(id=two)] if one != two:
                if last_name(node.func) in MEETING:
                    found.setdefault(one, []).append((two, node))
                    found.setdefault(two, []).append((one, node))
    return found


def _keeps_order(body: list[ast.stmt], name: str, other: str) -> bool:
    """Say whether the other array surely stays in its order, and neither is read anew."""
    for node in (node for statement in body for node in ast.walk(statement)):
        if (
            isinstance(node, ast.Call)
            and last_name(node.func) in SHUFFLING
            and other in _names(node)
        ):
            return False
        if isinstance(node, ast.Assign):
            bound = {n for target in node.targets for n in _names(target)}
            if other in bound or (name in bound and name not in _names(node.value)):
                return False
        if isinstance(node, _REBINDING) and _names(node.target) & {name, other}:
            return False
    return True


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
