"""Rows that functions of the project even out by hand, told by what these are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, Resample, names_evening

if TYPE_CHECKING:
    from mlaudit.rulekit import Call, Module, Split

_CALLED = Pattern(r"(?<!def )\b(\w+)\s*\(")


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
