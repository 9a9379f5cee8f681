"""Which outputs a loss has come from, by the numbers that torch gives to the nodes of its graph."""

from __future__ import annotations

from typing import Any

from .batches import tensors


def order_of(tensor: Any) -> int | None:
    """Give the number of the node that made a tensor; None where it has none.

    In one thread later nodes have higher numbers.  To ask costs a fraction of what a hook does.
    """
    try:
        return int(tensor.grad_fn._sequence_nr())
    except AttributeError:  # a leaf, or a torch that does not tell
        return None


def among_ancestors(loss: Any, wanted: dict[int, Any]) -> list[int]:
    """Find which of the `wanted` numbers are those of nodes that a loss, or several, came from.

    Nodes before all of these are not looked at.
    """
    least = min(wanted)
    first = (loss,) if hasattr(loss, "grad_fn") else tensors(loss)
    waiting = [tensor.grad_fn for tensor in first]
    seen: set[Any] = set()
    found = []
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)  # and is held, so that no other one gets its identity
        order = node._sequence_nr()
        if order in wanted:
            found.append(order)
        if order > least:
            waiting += [before for before, _ in node.next_functions]
    return found
