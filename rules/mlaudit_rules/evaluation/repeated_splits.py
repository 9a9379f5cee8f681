"""Splits that another program repeats, so that it has the test part which one here only leaves."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Module, Split

_SETTINGS = ("random_state", "test_size", "train_size", "shuffle")
_FILE = Pattern(r"[^\s*?{}]*[^\s*?{}.]\.[A-Za-z]\w{1,7}")
# An address that names a file only by what it asks for: it is compared as a whole.
_ASKED = Pattern(r"\w+://[^\s*?{}]+\?[^\s*{}]+")

Settings = dict[str, object]


def read_by_a_neighbour(module: Module, split: Split) -> bool:
    """Say whether a program near this one, on the same file by name, reads what this split leaves.

    It makes the same parts by the same literal seed and sizes; rows kept from the training here
    are then those that it judges by.  From another folder, the same file has another path.  Where
    this one does so with another split by the same settings, they tell nothing: a copy beside it
    does the same.
    """
    settings = _settings(split)
    if settings is None or _reads_second_part(module.tree, split.function, settings):
        return False
    return any(
        name in _files(tree) and _reads_second_part(tree, split.function, settings)
        for name in named_files(module.nodes.find(ast.Constant))
        for tree in module.neighbours(name)
    )


def _settings(split: Split) -> Settings | None:
    """Tell by what a call draws its parts, None where that is not known to be always the same."""
    given = {name: split.arguments[name] for name in _SETTINGS if name in split.arguments}
    seed = given.get("random_state")
    if seed is None or not isinstance(seed.value, int) or "**" in split.place.text:
        return None
    if not all(argument.known for argument in given.values()):
        return None
    stratify = {"stratify": True} if "stratify" in split.arguments else {}
    return {name: argument.value for name, argument in given.items()} | stratify


def _files(tree: ast.Module) -> set[str]:
    return named_files(node for node in ast.walk(tree) if isinstance(node, ast.Constant))


def named_files(constants: Iterable[ast.Constant]) -> set[str]:
    """Name the files of a program without their folders, and the addresses that ask for one."""
    texts = {node.value for node in constants if isinstance(node.value, str)}
    paths = (text for text in texts if _FILE.fullmatch(text))
    names = {path.replace("\\", "/").rpartition("/")[2] for path in paths}
    return names.union(text for text in texts if _ASKED.fullmatch(text))


def _reads_second_part(tree: ast.Module, function: str, settings: Settings) -> bool:
    """Say whether a program divides rows by the same settings, and reads the second part."""
    second = {
        name
        for parts, call in _divisions(tree)
        if last_name(call.func) == function and _given(call) == settings
        for name in parts[1::2]
    }
    return bool(second) and any(
        isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in second
        for node in ast.walk(tree)
    )


def _divisions(tree: ast.Module) -> Iterator[tuple[list[str], ast.Call]]:
    """Give the calls that bind several names, with these."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Tuple(elts=parts)], value=ast.Call() as call):
                yield [part.id if isinstance(part, ast.Name) else "" for part in parts], call


def _given(call: ast.Call) -> Settings:
    """Tell by what a call draws; what is no literal is like nothing else."""
    given: Settings = {}
    for keyword in call.keywords:
        if keyword.arg == "stratify":
            given["stratify"] = True
        elif keyword.arg in _SETTINGS:
            value = keyword.value
            given[keyword.arg] = value.value if isinstance(value, ast.Constant) else value
        elif keyword.arg is None:
            given["**"] = keyword.value
    return given
