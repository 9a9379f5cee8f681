"""Statements that shuffle two arrays apart which later meet as features and labels."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

from mlaudit.rulekit import frozen, last_name, statement_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Module

MEETING = {
    "fit",
    "partial_fit",
    "fit_transform",
    "fit_resample",
    "train_on_batch",
    "evaluate",
    "score",
    "train_test_split",
    "TensorDataset",
    "from_tensor_slices",
    "cross_val_score",
    "cross_validate",
}
SHUFFLING = ("shuffle", "permutation", "sample")
BLOCKS = (
    *(ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For),
    *(ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar),
    *(ast.ExceptHandler, ast.match_case),
)
RESEEDING = {"seed", "set_state", "setstate", "manual_seed", "set_seed"}


@frozen
class Shuffle:
    """A call that shuffles one array, by name, by itself; `how` is the function called.

    `seed` is a seed of its own, which gives arrays of one length one order.
    """

    node: ast.Call
    name: str
    how: str
    seed: ast.expr | None = None


def shuffled_apart(module: Module) -> Iterator[tuple[Shuffle, Shuffle]]:
    """Find neighbours in a block that shuffle two arrays which later belong together."""
    meetings = None
    shuffling = _shuffling(module)
    if len(shuffling) < 2:
        return
    for node in module.nodes.find(*BLOCKS):
        for block in (node.body, getattr(node, "orelse", [])):
            for first, second in _neighbours(module, block, shuffling):
                meetings = meetings if meetings is not None else _meetings(module)
                if {first.name, second.name} in meetings:
                    yield first, second


def _shuffling(module: Module) -> set[ast.AST]:
    """Find the statements that may shuffle: by the name of a call, or by one of an import."""
    aliases = module.names.aliases.items()
    words = {alias for alias, name in aliases if name.rsplit(".", 1)[-1] in SHUFFLING}
    calls = module.calls_named(*words.union(SHUFFLING))
    return {statement_of(module, named.node) for named in calls} if len(calls) > 1 else set()


def _neighbours(
    module: Module, block: list[ast.stmt], shuffling: set[ast.AST]
) -> Iterator[tuple[Shuffle, Shuffle]]:
    last: Shuffle | None = None
    for statement in block:
        found = shuffle_of(module, statement) if statement in shuffling else None
        if found is not None and last is not None and found.name != last.name:
            if found.how == last.how and _differ(last.seed, found.seed):
                yield last, found
            last = None
        elif found is not None:
            last = found
        elif last is not None and _reseeds(module, statement):
            last = None


def _differ(one: ast.expr | None, other: ast.expr | None) -> bool:
    """Say whether two shuffles surely give two orders: without seeds, or by two known ones."""
    if one is None or other is None:
        return one is other
    constants = isinstance(one, ast.Constant) and isinstance(other, ast.Constant)
    return constants and ast.dump(one) != ast.dump(other)


def shuffle_of(module: Module, statement: ast.stmt) -> Shuffle | None:
    """Give the shuffle of one array by itself that a statement is, if any."""
    match statement:
        case ast.Expr(value=ast.Call(args=[ast.Name(id=name)], keywords=[]) as call):
            shuffles = _in_place(module, call)
        case ast.Assign(
            targets=[ast.Name(id=target)], value=ast.Call(args=[ast.Name(id=name)]) as call
        ):
            shuffles = target == name and _gives_copy(module, call) and not _spread(call)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call):
            sampled = _sampled(call, name)
            return Shuffle(sampled, name, "sample", _seed(sampled)) if sampled else None
        case _:
            return None
    seeded_here = any(isinstance(inner, ast.Call) for inner in ast.walk(call.func))
    if not shuffles or seeded_here:
        return None
    return Shuffle(call, name, module.text(call.func), _seed(call))


def _sampled(call: ast.Call, name: str) -> ast.Call | None:
    """Find `name.sample(frac=1)`, whose index may be made anew behind it."""
    match call:
        case ast.Call(func=ast.Attribute(value=ast.Call() as inner, attr="reset_index")):
            return _sampled(inner, name)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=receiver), attr="sample")):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            share = given.get("frac")
            whole = isinstance(share, ast.Constant) and share.value == 1
            return call if receiver == name and whole else None
        case _:
            return None


def _in_place(module: Module, call: ast.Call) -> bool:
    names = module.names.candidates(call.func)
    if names:
        return any(name in {"numpy.random.shuffle", "random.shuffle"} for name in names)
    return isinstance(call.func, ast.Attribute) and call.func.attr == "shuffle"


def _gives_copy(module: Module, call: ast.Call) -> bool:
    names = module.names.candidates(call.func)
    return any(name in {"sklearn.utils.shuffle", "numpy.random.permutation"} for name in names)


def _spread(call: ast.Call) -> bool:
    return any(keyword.arg is None for keyword in call.keywords)


def _seed(call: ast.Call) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == "random_state":
            given = keyword.value
            return None if isinstance(given, ast.Constant) and given.value is None else given
    return None


def _reseeds(module: Module, statement: ast.stmt) -> bool:
    named = module.nodes.find(ast.Attribute, ast.Name, within=statement)
    return any(last_name(node) in RESEEDING for node in named)


def _meetings(module: Module) -> list[set[str]]:
    """Give the pairs of names that some call takes as features and labels."""
    pairs: list[set[str]] = []
    for named in module.calls_named(*MEETING):
        arguments = [*named.node.args, *(keyword.value for keyword in named.node.keywords)]
        arguments += [
            item
            for argument in arguments
            if isinstance(argument, ast.Tuple)
            for item in argument.elts
        ]
        names = [name for argument in arguments if (name := _array(argument)) is not None]
        pairs.extend({one, other} for one, other in pairwise(names))
    return pairs


def _array(argument: ast.expr) -> str | None:
    """Name the array that an argument is, or is a slice of."""
    while isinstance(argument, ast.Subscript):
        argument = argument.value
    return argument.id if isinstance(argument, ast.Name) else None
