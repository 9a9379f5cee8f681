"""Rows that functions of the project even out by hand, told by what these are called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, Resample, names_evening, spelt

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module, Split

_CALLED = Pattern(r"(?<!def )\b(\w+)\s*\(")
_ADDING = Pattern(r"(?i)augment|oversampl|balanc|equali[sz]e|even_?out")
_COUNTING = Pattern(r"value_counts\(|\bCounter\(|bincount\(|\bunique\(|\.groupby\(")
_STEPS = 6


def evened_by_hand(module: Module, split: Split) -> bool:
    """Say whether rows may have been evened out by a function of the project before a split.

    It does so in the document or, for rows that a function is handed, in a file which imports it.
    """
    here = module.call_at(split.place.location)
    if any(_comes_before(module, name, here) for name in module.called if names_evening(name)):
        return True
    return (here is None or here.function is not None) and any(
        any(map(names_evening, set(_CALLED.findall(text)))) for _, text in module.importers
    )


def evened_just_before(module: Module, split: Split) -> bool:
    """Say whether a split is handed what a function named for evening out classes gives.

    One that is named for adding rows counts the classes, too, itself or by one that it calls.
    """
    document = split.place.document
    there = module if document is module.document else module.beside(document)
    call = there.call_at(split.place.location)
    given = call.node.args if call is not None else []
    return any(_evens(there, _maker(there, node)) for node in given)


def _maker(module: Module, node: ast.expr) -> str:
    """Name the function that rows come from which are split, "" where it is none by name."""
    home, line = _function_around(module, node), node.lineno
    for _ in range(_STEPS):
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                return node.func.id
            node = node.func  # a method of the rows
            continue
        bound = [
            each
            for each in module.nodes.find(ast.Assign)
            if each.lineno < line
            and _function_around(module, each) is home
            and any(spelt(target) == spelt(node) for target in each.targets)
        ]
        if not bound:
            return ""
        node, line = bound[-1].value, bound[-1].lineno
    return ""


def _function_around(module: Module, node: ast.AST) -> ast.AST | None:
    around = module.nodes.parents.get(node)
    while around is not None and not isinstance(around, ast.FunctionDef | ast.AsyncFunctionDef):
        around = module.nodes.parents.get(around)
    return around


def _evens(module: Module, name: str) -> bool:
    """Say whether a function of the document draws rows of all classes alike."""
    own = module.names.functions
    if name not in own or not _ADDING.search(name):
        return False
    text = module.text(own[name])
    called = {one for one in _CALLED.findall(text) if one in own}
    return any(_COUNTING.search(module.text(own[each])) for each in (name, *sorted(called)))


def _comes_before(module: Module, name: str, split: Call | None) -> bool:
    """Say whether a function of the project is called above the split, or in another function."""
    called = [
        named
        for named in module.calls_named(name)
        if named.node not in module.call_of or module.call_of[named.node].entry is None
    ]
    before = split is None or any(
        named.function is not split.function or named.node.lineno < split.node.lineno
        for named in called
    )
    return bool(called) and before and not _resamples(module, name)


def _resamples(module: Module, name: str) -> bool:
    """Say whether a function has a library resample the rows: it is followed as that is."""
    places = [one.place for one in module.trace.of(Resample)]
    places += [call.place for call in module.calls_of("resampler")]
    for place in places:
        there = module if place.document is module.document else module.beside(place.document)
        own = there.names.functions.get(name)
        if own is not None and own.lineno <= place.line <= (own.end_lineno or own.lineno):
            return True
    return False
