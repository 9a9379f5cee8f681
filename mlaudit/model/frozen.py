"""The decorator of value classes.

`dataclass(frozen=True, slots=True)` compiles six methods a class, and a start of the program
defines a hundred classes: a third of the time that a small file takes.  This compiles one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[C]) -> type[C]:
    """Make a slotted dataclass whose instances are compared, hashed and shown by their fields.

    Type checkers refuse assignments to its fields; at run time nothing stands in their way.
    """
    made = dataclass(slots=True, repr=False, eq=False)(cls)
    names = [each.name for each in fields(made)]  # type: ignore[arg-type]
    read: Callable[[Any], Any] = attrgetter(*names) if names else bool

    def equal(self: Any, other: object) -> bool:
        return read(self) == read(other) if type(self) is type(other) else NotImplemented

    def hashed(self: Any) -> int:
        return hash(read(self))

    def shown(self: Any) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__qualname__}({values})"

    for name, method in (("__eq__", equal), ("__hash__", hashed), ("__repr__", shown)):
        if name not in vars(cls):
            setattr(made, name, method)
    return made
