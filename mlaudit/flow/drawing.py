"""What is taken of scores and decides nothing: limits, spreads, and words that name the best."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.syntax.nodes import Nodes

_DRAWS = frozenset(
    {
        "xlim",
        "ylim",
        "zlim",
        "clim",
        "set_xlim",
        "set_ylim",
        "set_zlim",
        "set_clim",
        "set_xbound",
        "set_ybound",
        "axhline",
        "axvline",
        "axhspan",
        "axvspan",
        "hlines",
        "vlines",
        "text",
        "annotate",
        "xticks",
        "yticks",
        "set_xticks",
        "set_yticks",
        "margins",
        "Normalize",
        "linspace",
    }
)
_SETTINGS = frozenset(
    {"vmin", "vmax", "xlim", "ylim", "color", "colors", "c", "norm", "label", "bounds"}
)
TELLS = frozenset({"print", "info", "debug", "warning", "write"})
_PLACES = frozenset({"argmax", "argmin", "nanargmax", "nanargmin", "idxmax", "idxmin"})
_EXTREMES = frozenset({"max", "min", "amax", "amin", "argmax", "argmin", "idxmax", "idxmin"})


def decides_nothing(nodes: Nodes) -> frozenset[int]:
    """Find calls of `max` and its like whose value only draws or labels; gives their ids.

    A value draws that stands among the arguments of a drawing call, itself or by a name that is
    bound once and read in such arguments alone.  It labels where it is held against a bar likewise.
    """
    calls = nodes.find(ast.Call)
    extremes = [id(call) for call in _extremes(calls)]
    if not extremes:
        return frozenset()
    drawn = {id(part) for call in calls for given in _drawing(call) for part in nodes.below(given)}
    drawn |= {id(part) for side in _held_against_bars(nodes) for part in nodes.below(side)}
    found = drawn.intersection(extremes)
    found |= _named(nodes, drawn) if drawn else set()
    return frozenset(found | _spreads(nodes) | _labels(nodes) | _columns(nodes))


def words_told(nodes: Nodes) -> frozenset[int]:
    """Find `"B" if b < a else "A"` whose word is only told to people; gives their ids."""
    words = [n for n in nodes.find(ast.IfExp) if _is_word(n.body) and _is_word(n.orelse)]
    if not words:
        return frozenset()
    calls = [call for call in nodes.find(ast.Call) if _name(call.func) in TELLS]
    shown = [*(given for call in calls for given in call.args), *_entries(nodes)]
    told = {id(part) for given in shown for part in nodes.below(given)}
    found = {id(word) for word in words if id(word) in told}
    return frozenset(found | _bound_once(nodes, told, words))


def _held_against_bars(nodes: Nodes) -> Iterator[ast.expr]:
    """Give what is compared in `"yes" if max(a, b) > bar else "no"`: it chooses neither of both.

    Where two extremes are compared, the word names the better one; one that is asked for by its
    place is chosen.
    """
    for word in nodes.find(ast.IfExp):
        match word.test:
            case ast.Compare(
                left=left, ops=[ast.Lt() | ast.LtE() | ast.Gt() | ast.GtE()], comparators=[right]
            ) if _is_word(word.body) and _is_word(word.orelse):
                asked = [_name(one.func) for one in _extremes(nodes.below(word.test))]
                if len(asked) == 1 and not _PLACES.intersection(asked):
                    yield from (left, right)
            case _:
                continue


def _entries(nodes: Nodes) -> list[ast.expr]:
    """Give the values of literal dictionaries whose key the program never names again."""
    written = [node.value for node in nodes.find(ast.Constant)]
    return [
        value
        for node in nodes.find(ast.Dict)
        for key, value in zip(node.keys, node.values, strict=True)
        if isinstance(key, ast.Constant) and written.count(key.value) == 1
    ]


def _is_word(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _drawing(call: ast.Call) -> list[ast.AST]:
    """Give the arguments of a call that place or colour what is drawn."""
    if _name(call.func) in _DRAWS:
        return [*call.args, *call.keywords]
    return [given for given in call.keywords if given.arg in _SETTINGS] if call.keywords else []


def _extremes(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        if isinstance(node, ast.Call) and _name(node.func).removeprefix("nan") in _EXTREMES:
            yield node


def _spreads(nodes: Nodes) -> set[int]:
    """Find `max(scores) - min(scores)`, which tells how far they lie apart.

    So does `max(scores) - scores[-1]`, which tells how far they have fallen since.
    """
    found: set[int] = set()
    for node in nodes.find(ast.BinOp):
        if isinstance(node.op, ast.Sub):
            sides = [node.left, node.right]
            extremes = list(_extremes(sides))
            if len(extremes) == 2 or any(_of_its_own(nodes, one, sides) for one in extremes):
                found |= set(map(id, extremes))
    return found


def _of_its_own(nodes: Nodes, extreme: ast.Call, sides: list[ast.expr]) -> bool:
    """Say whether the other side is a later one of the very list that an extreme is taken of.

    Held against the first, the highest tells what was gained in the end.
    """
    read = {part.id for part in nodes.below(extreme) if isinstance(part, ast.Name)}
    return any(
        isinstance(side, ast.Subscript)
        and isinstance(side.value, ast.Name)
        and side.value.id in read
        and not isinstance(side.slice, ast.Constant)
        for side in sides
    )


def _named(nodes: Nodes, drawn: set[int]) -> set[int]:
    """Find extremes in names that are bound once and only drawn with."""
    given = _only_read(nodes, drawn)
    return {id(call) for value in given for call in _extremes(nodes.below(value))}


def _bound_once(nodes: Nodes, told: set[int], words: list[ast.IfExp]) -> set[int]:
    """Find words in names that are bound once and only told."""
    given = {id(value) for value in _only_read(nodes, told)}
    return {id(word) for word in words if id(word) in given}


def _only_read(nodes: Nodes, among: set[int]) -> Iterator[ast.expr]:
    """Give the values of names that are bound once and read among such nodes alone."""
    bound: dict[str, list[ast.expr | None]] = {}
    read: dict[str, bool] = {}
    values = {
        id(node.targets[0]): node.value for node in nodes.find(ast.Assign) if len(node.targets) == 1
    }
    for node in nodes.find(ast.Name):
        if isinstance(node.ctx, ast.Load):
            read[node.id] = read.get(node.id, True) and id(node) in among
        else:
            bound.setdefault(node.id, []).append(values.get(id(node)))
    for name, given in bound.items():
        if len(given) == 1 and given[0] is not None and read.get(name):
            yield given[0]


def _labels(nodes: Nodes) -> set[int]:
    """Find the best one's name in a literal dictionary that holds all results beside it.

    Where the program reads that entry, it does decide.
    """
    written = [node.value for node in nodes.find(ast.Constant)]
    found: set[int] = set()
    for node in nodes.find(ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if not (isinstance(key, ast.Constant) and isinstance(value, ast.Call)):
                continue
            if written.count(key.value) != 1 or not any(_extremes([value])):
                continue
            among = ast.unparse(value.args[0]) if value.args else ""
            if any(ast.unparse(other) == among for other in node.values):
                found.add(id(value))
    return found


def _columns(nodes: Nodes) -> set[int]:
    """Find the best one's name in a column beside all results, which the program never reads."""
    found: dict[str, list[int]] = {}
    for node in nodes.find(ast.Assign):
        match node.targets, node.value:
            case (
                [ast.Subscript(value=ast.Name(id=table), slice=ast.Constant(value=str() as key))],
                ast.Call(func=ast.Attribute(value=ast.Name(id=held))) as best,
            ):
                if table == held and any(_extremes([best])):
                    found.setdefault(key, []).append(id(best))
            case _:
                continue
    written = [node.value for node in nodes.find(ast.Constant)] if found else []
    return {
        each for key, calls in found.items() for each in calls if written.count(key) == len(calls)
    }
