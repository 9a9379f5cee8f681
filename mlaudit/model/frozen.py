"""Decorators of value classes: slotted dataclasses that cost little until they are used.

`dataclass` compiles up to six methods a class, and a start of the program defines a hundred
classes: with it, they would take a third of the time that a small file takes.  Here, `__init__` is
compiled when the first instance is made, and the other methods are not compiled at all.
"""

from __future__ import annotations

import dataclasses
from dataclasses import MISSING, dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

C = TypeVar("C")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[C]) -> type[C]:
    """Make a class of values, which are compared, hashed and shown by their fields.

    Type checkers refuse assignments to the fields; at run time nothing stands in their way.
    """
    made = _made(cls)
    read = _reader(made)

    def hashed(self: Any) -> int:
        return hash(read(self))

    _add(made, cls, "__eq__", _equality(read))
    _add(made, cls, "__hash__", hashed)
    return made


@dataclass_transform(field_specifiers=(field,))
def record(cls: type[C]) -> type[C]:
    """Make a class of changeable values, which are compared and shown by their fields."""
    made = _made(cls)
    _add(made, cls, "__eq__", _equality(_reader(made)))
    _add(made, cls, "__hash__", None)
    return made


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def entity(cls: type[C]) -> type[C]:
    """Make a class of changeable things, each equal to itself alone, shown by their fields."""
    return _made(cls)


def _made(cls: type[C]) -> type[C]:
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)

    def initialise(self: Any, *values: Any, **named: Any) -> None:
        made.__init__ = _initialiser(made)
        made.__init__(self, *values, **named)

    _add(made, cls, "__init__", initialise)
    _add(made, cls, "__repr__", _shown)
    found: type[C] = made
    return found


def _add(made: type, cls: type, name: str, method: object) -> None:
    if name not in vars(cls):
        setattr(made, name, method)


def _initialiser(made: Any) -> Callable[..., None]:
    """Compile the `__init__` that `dataclass` would give."""
    scope: dict[str, Any] = {"MISSING": MISSING}
    parameters, body = ["self"], ["pass"]
    for each in sorted(dataclasses.fields(made), key=lambda each: bool(each.kw_only)):
        name = value = each.name
        if each.kw_only and "*" not in parameters:
            parameters.append("*")
        if each.default_factory is not MISSING:
            scope[f"_{name}"] = each.default_factory
            parameters.append(f"{name}=MISSING")
            value = f"_{name}() if {name} is MISSING else {name}"
        elif each.default is not MISSING:
            scope[f"_{name}"] = each.default
            parameters.append(f"{name}=_{name}")
        else:
            parameters.append(name)
        body.append(f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        body.append("self.__post_init__()")
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), scope)
    compiled: Callable[..., None] = scope["__init__"]
    compiled.__qualname__ = f"{made.__qualname__}.__init__"
    return compiled


def _reader(made: Any) -> Callable[[Any], Any]:
    names = [each.name for each in dataclasses.fields(made)]
    return attrgetter(*names) if names else type


def _equality(read: Callable[[Any], Any]) -> Callable[[Any, object], bool]:
    def equal(self: Any, other: object) -> bool:
        return read(self) == read(other) if type(self) is type(other) else NotImplemented

    return equal


def _shown(self: Any) -> str:
    named = ((each.name, getattr(self, each.name)) for each in dataclasses.fields(self))
    values = ", ".join(f"{name}={value!r}" for name, value in named)
    return f"{type(self).__qualname__}({values})"
