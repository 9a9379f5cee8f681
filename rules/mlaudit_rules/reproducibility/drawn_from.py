"""Whether anything that a program runs goes by a global generator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Draw
from mlaudit_rules.reproducibility.draws import draws
from mlaudit_rules.reproducibility.learning import trains
from mlaudit_rules.reproducibility.never_run import left_out
from mlaudit_rules.reproducibility.seeding import generator_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from mlaudit.rulekit import Call, Module

# The first Keras drew from NumPy's generator, Keras 3 takes its seeds from Python's.
_OF_NETWORKS = {
    "torch": {"torch"},
    "transformers": {"torch"},
    "pytorch_lightning": {"torch"},
    "lightning": {"torch"},
    "skorch": {"torch"},
    "keras": {"python", "numpy", "tensorflow"},
    "tensorflow": {"python", "numpy", "tensorflow"},
    "tf_keras": {"python", "numpy", "tensorflow"},
}
_NETWORKS = frozenset({"optimizer", "layer", "network", "trainer"})


def drawn_from(module: Module, generators: Collection[str]) -> bool:
    """Say whether what runs draws from one of the generators, here or in files that it calls."""
    wanted, trained = set(generators), trains(module)
    return (
        any(
            draw.generator in wanted and not left_out(module, draw.node, draw.function)
            for draw in module.fact(draws)
        )
        or any(
            not wanted.isdisjoint(_generators(call, trained))
            and not left_out(module, call.node, call.function)
            for call in module.calls
        )
        or any(
            event.generator in wanted and event.place.document is not module.document
            for event in module.trace.of(Draw)
        )
    )


def _generators(call: Call, trained: bool) -> set[str]:
    """Name the generators that a call falls back on, or what trains the network that it is for.

    Where nothing is trained, the weights of a network come from somewhere else.
    """
    entry = call.entry
    if entry is None or entry.kind == "seed":
        return set()
    if entry.kind in _NETWORKS and not trained:
        return set()
    if entry.kind in _NETWORKS:
        return _OF_NETWORKS.get(entry.library, set()) | set(entry.generators)
    if call.is_random and entry.seed is not None and call.lacks_seed:
        return {generator_of(call), *entry.generators}
    return set()
