"""Decorators of value classes: slotted dataclasses that cost little until they are used.

A start of the program defines a hundred classes, and `dataclass` compiles up to six methods for
each: a third of the time that a small file takes.  Here, a method is compiled when it is first
called, and the fields as the standard library knows them (for `dataclasses.fields`, `asdict`,
pydantic) are made when somebody asks.
"""

from __future__ import annotations

from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

    # Type checkers know what fields and changes are allowed by these two; ours take the same.
    from dataclasses import field, replace

__all__ = ["entity", "field", "frozen", "names_of", "record", "replace"]

C = TypeVar("C")

_MISSING: Any = object()


class _Field:
    """A default or what makes one, if any, and whether the field can only be given by name."""

    __slots__ = ("default", "default_factory", "kw_only")

    def __init__(
        self, *, default: Any = _MISSING, default_factory: Any = _MISSING, kw_only: bool = False
    ):
        self.default = default
        self.default_factory = default_factory
        self.kw_only = kw_only

    def given(self) -> dict[str, Any]:
        """Tell the arguments that make such a field."""
        told = ((name, getattr(self, name)) for name in self.__slots__)
        return {name: value for name, value in told if value is not _MISSING}


if not TYPE_CHECKING:
    field = _Field

    def replace(value: C, /, **changes: object) -> C:
        """Copy a value with changes to its fields."""
        return value.__replace__(**changes)


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[C]) -> type[C]:
    """Make a class of values, which are compared, hashed and shown by their fields.

    Type checkers refuse assignments to the fields; at run time nothing stands in their way.
    """
    return _made(cls, {"__eq__": _Later(_equality), "__hash__": _Later(_hash)})


@dataclass_transform(field_specifiers=(field,))
def record(cls: type[C]) -> type[C]:
    """Make a class of changeable values, which are compared and shown by their fields."""
    return _made(cls, {"__eq__": _Later(_equality), "__hash__": None})


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def entity(cls: type[C]) -> type[C]:
    """Make a class of changeable things, each equal to itself alone, shown by their fields."""
    return _made(cls, {})


def names_of(cls: type) -> tuple[str, ...]:
    """Give the names of the fields of such a class, in their order."""
    names: dict[str, _Field] = vars(cls)["__record__"]
    return tuple(names)


class _Later:
    """An attribute of a class that is made when first asked for, and then takes this place."""

    __slots__ = ("make", "name", "owner")

    def __init__(self, make: Callable[[Any], Any]):
        self.make = make

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner
        self.name = name

    def __get__(self, instance: object, asked: type) -> Any:
        made = self.make(self.owner)
        setattr(self.owner, self.name, made)
        return made.__get__(instance, asked) if callable(made) else made


def _fields(cls: type) -> dict[str, _Field]:
    """Collect the fields, inherited ones first; annotations are text, as written."""
    fields: dict[str, _Field] = dict(getattr(cls, "__record__", {}))
    for name, annotation in cls.__annotations__.items():
        if annotation.startswith("ClassVar"):
            continue
        given = vars(cls).get(name, _MISSING)
        if isinstance(given, _Field):
            fields[name] = given
        elif hasattr(given, "default_factory"):
            raise TypeError(f"{cls.__name__}.{name}: take `field` from where the decorator is from")
        elif type(given).__hash__ is None:
            raise ValueError(f"{cls.__name__}.{name}: all instances would share this default")
        else:
            fields[name] = _Field(default=given)
    return fields


def _made(cls: type[C], methods: dict[str, Any]) -> type[C]:
    """Make the class anew: slots cannot be added to one that stands."""
    fields = _fields(cls)
    own = [name for name in fields if name in cls.__annotations__]
    inherited = getattr(cls, "__record__", {})
    slots = [name for name in own if name not in inherited]
    dropped = {*own, "__dict__", "__weakref__"}
    body: dict[str, Any] = {
        "__init__": _Later(_initialiser),
        "__replace__": _Later(_replacement),
        "__repr__": _shown,
        **methods,
        **{name: value for name, value in vars(cls).items() if name not in dropped},
        "__qualname__": cls.__qualname__,
        "__slots__": (*vars(cls).get("__slots__", ()), *slots),
        "__match_args__": tuple(name for name, known in fields.items() if not known.kw_only),
        "__record__": fields,
        "__dataclass_fields__": _Later(lambda made: _twin(made).__dataclass_fields__),
        "__dataclass_params__": _Later(lambda made: _twin(made).__dataclass_params__),
    }
    made: Any = type(cls)
    remade: type[C] = made(cls.__name__, cls.__bases__, body)
    return remade


def _initialiser(cls: Any) -> Callable[..., None]:
    """Compile the `__init__` that `dataclass` would give."""
    scope: dict[str, Any] = {"MISSING": _MISSING}
    parameters, body = ["self"], ["pass"]
    for name, known in sorted(cls.__record__.items(), key=lambda item: item[1].kw_only):
        value = name
        if known.kw_only and "*" not in parameters:
            parameters.append("*")
        if known.default_factory is not _MISSING:
            scope[f"_{name}"] = known.default_factory
            parameters.append(f"{name}=MISSING")
            value = f"_{name}() if {name} is MISSING else {name}"
        elif known.default is not _MISSING:
            scope[f"_{name}"] = known.default
            parameters.append(f"{name}=_{name}")
        else:
            parameters.append(name)
        body.append(f"self.{name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    return _compiled(cls, "__init__", parameters, "\n ".join(body), scope)


def _replacement(cls: Any) -> Callable[..., Any]:
    """Compile the copying of an instance with changes to its fields."""
    scope = {"MISSING": _MISSING, "new": object.__new__}
    parameters = ["self", "/", "*", *(f"{name}=MISSING" for name in cls.__record__)]
    body = ["copy = new(self.__class__)"]
    for name in cls.__record__:
        body.append(f"copy.{name} = self.{name} if {name} is MISSING else {name}")
    body.append("return copy")
    return _compiled(cls, "__replace__", parameters, "\n ".join(body), scope)


def _equality(cls: Any) -> Callable[..., bool]:
    equal = f"{_values(cls, 'self')} == {_values(cls, 'other')}"
    body = f"return {equal} if self.__class__ is other.__class__ else NotImplemented"
    return _compiled(cls, "__eq__", ["self", "other"], body)


def _hash(cls: Any) -> Callable[..., int]:
    return _compiled(cls, "__hash__", ["self"], f"return hash({_values(cls, 'self')})")


def _values(cls: Any, instance: str) -> str:
    """Write the tuple of all fields of an instance."""
    return "(" + "".join(f"{instance}.{name}, " for name in cls.__record__) + ")"


def _compiled(
    cls: Any, name: str, parameters: list[str], body: str, scope: dict[str, Any] | None = None
) -> Callable[..., Any]:
    scope = scope or {}
    exec(f"def {name}({', '.join(parameters)}):\n {body}", scope)
    method: Callable[..., Any] = scope[name]
    method.__qualname__ = f"{cls.__qualname__}.{name}"
    return method


@recursive_repr()
def _shown(self: Any) -> str:
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__record__)
    return f"{type(self).__qualname__}({values})"


def _twin(cls: Any) -> Any:
    """Let the standard library make a dataclass of the same fields."""
    import dataclasses

    annotations: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        annotations |= vars(base).get("__annotations__", {})
    fields = []
    for name, known in cls.__record__.items():
        fields.append((name, annotations[name], dataclasses.field(**known.given())))
    equal, hashed = cls.__eq__ is not object.__eq__, cls.__hash__ is not None
    return dataclasses.make_dataclass(cls.__name__, fields, eq=equal, frozen=equal and hashed)
