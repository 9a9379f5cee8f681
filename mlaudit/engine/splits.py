"""Describes how rows are divided, as far as the arguments can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.review import DataSplit
from mlaudit.trace.events import Seed, Split

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlaudit.catalogue.entry import Entry
    from mlaudit.model.location import Location
    from mlaudit.rulekit.module import Module
    from mlaudit.trace.events import Argument


def describe_splits(module: Module) -> list[DataSplit]:
    """Describe each split once; facts that cannot be read stay None."""
    entries = {
        call.name.rsplit(".", 1)[-1]: call.entry
        for call in module.calls
        if call.entry is not None and call.entry.kind in {"split", "splitter"}
    }
    seeds = any(True for _ in module.trace.of(Seed))
    found: dict[Location, DataSplit] = {}
    for event in module.trace.of(Split):
        entry = entries.get(event.function)
        place = event.place.location
        found[place] = DataSplit(
            event.function,
            place,
            event.outputs,
            seeded=_seeded(entry, event.arguments, seeds) if entry else None,
            stratified=_stratified(event.function, event.arguments) if entry else None,
            shuffled=_shuffled(entry, event.arguments) if entry else None,
        )
    return list(found.values())


def _seeded(entry: Entry, arguments: Mapping[str, Argument], elsewhere: bool) -> bool | None:
    """Say whether a seed is given; a global one may reach a call that has none."""
    if entry.seed is None or _shuffled(entry, arguments) is False:
        return None
    given = arguments.get(entry.seed)
    if given is not None and not (given.known and given.value is None):
        return True
    if entry.default_seed:
        return True
    return None if elsewhere else False


def _stratified(function: str, arguments: Mapping[str, Argument]) -> bool | None:
    if "stratified" in function.lower():
        return True
    given = arguments.get("stratify")
    if given is None:
        return False
    return not (given.known and given.value is None)


def _shuffled(entry: Entry, arguments: Mapping[str, Argument]) -> bool | None:
    given = arguments.get("shuffle")
    if given is not None:
        return bool(given.value) if given.known else None
    if entry.random == "always":
        return True
    # What is random only when `shuffle=True` is given keeps the order otherwise.
    return False if entry.when.get("shuffle") == (True,) else None
