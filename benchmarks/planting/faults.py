"""What a fault is: a name, the codes that should report it, and the edits that plant it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.planting.source import Edit, Source


@dataclass(frozen=True)
class Plant:
    """The edits that plant a fault at one place.

    A finding is at the place when it points at an edited line, or at one of the nodes of the
    original in `near`.  `codes` are those of the fault where they are not the same at every place.
    """

    edits: Sequence[Edit]
    near: Sequence[ast.AST] = ()
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fault:
    """A kind of fault, and how to plant it wherever it fits.

    `codes` report it; `also` are those that may speak of the same fault from another side, such as
    an unused test part where training rows are scored.  `family` is that of the first code.
    """

    name: str
    codes: frozenset[str]
    also: frozenset[str]
    family: str
    plants: Callable[[Source], Iterator[Plant]] = field(compare=False)


FAULTS: list[Fault] = []


def fault(
    name: str, *codes: str, also: Sequence[str] = ()
) -> Callable[[Callable[[Source], Iterator[Plant]]], Callable[[Source], Iterator[Plant]]]:
    """Register a generator of plants as a fault."""

    def register(
        plants: Callable[[Source], Iterator[Plant]],
    ) -> Callable[[Source], Iterator[Plant]]:
        family = codes[0].rstrip("0123456789")
        FAULTS.append(Fault(name, frozenset(codes), frozenset(also), family, plants))
        return plants

    return register
