"""Decorators of value classes: slotted dataclasses that cost little until they are used.

A start of the program defines a hundred classes, and `dataclass` compiles up to six methods for
each: a third of the time that a small file takes.  Here, a method is compiled when it is first
called, or for `__init__`, when it has been called some times, and the fields as the standard
library knows them (for `dataclasses.fields`, `asdict`, pydantic) are made when somebody asks.
"""

from __future__ import annotations

from functools import cache
from reprlib import recursive_repr
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

    # Type checkers know what fields and changes are allowed by these two; ours take the same.
    from dataclasses import field, replace

__all__ = ["entity", "field", "frozen", "names_of", "record", "replace"]

C = TypeVar("C")

_MISSING: Any = object()
_FEW = 12  # calls: to compile an `__init__` takes about as long as more of them without


class _Field:
    """A default or what makes one, if any, and whether the field can only be given by name."""

    __slots__ = ("default", "default_factory", "kw_only")

    def __init__(
        self, *, default: Any = _MISSING, default_factory: Any = _MISSING, kw_only: bool = False
    ):
        self.default = default
        self.default_factory = default_factory
        self.kw_only = kw_only

    @property
    def optional(self) -> bool:
        """Whether the field need not be given."""
        return self.default is not _MISSING or self.default_factory is not _MISSING

    def made(self) -> Any:
        """Give the default, or make one."""
        made = self.default_factory
        return self.default if made is _MISSING else made()

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
    return _made(cls, _OF_VALUES)


@dataclass_transform(field_specifiers=(field,))
def record(cls: type[C]) -> type[C]:
    """Make a class of changeable values, which are compared and shown by their fields."""
    return _made(cls, _OF_RECORDS)


@dataclass_transform(eq_default=False, field_specifiers=(field,))
def entity(cls: type[C]) -> type[C]:
    """Make a class of changeable things, each equal to itself alone, shown by their fields."""
    return _made(cls, _OF_ALL)


def names_of(cls: Any) -> tuple[str, ...]:
    """Give the names of the fields of such a class, in their order."""
    return tuple(cls.__record__)


class _Later:
    """An attribute of a class that is made when first asked for, and then takes this place.

    One stands in all classes: whoever asks tells which it is.
    """

    __slots__ = ("make", "name")

    def __init__(self, name: str, make: Callable[[Any], Any]):
        self.name = name
        self.make = make

    def __get__(self, instance: object, asked: type) -> Any:
        owner = next(each for each in asked.__mro__ if vars(each).get(self.name) is self)
        made = self.make(owner)
        setattr(owner, self.name, made)
        return made.__get__(instance, asked) if callable(made) else made


def _made(cls: type[C], methods: dict[str, Any]) -> type[C]:
    """Make the class anew: slots cannot be added to one that stands.  Annotations are text."""
    body: dict[str, Any] = {**methods, **vars(cls)}
    body.pop("__dict__", None)
    body.pop("__weakref__", None)
    annotations = cls.__annotations__
    own = [name for name in annotations if not annotations[name].startswith("ClassVar")]
    body["__given__"] = {name: body.pop(name, _MISSING) for name in own}
    inherited = getattr(cls, "__record__", ())
    slots = [name for name in own if name not in inherited]
    body["__slots__"] = (*body.get("__slots__", ()), *slots)
    made: Any = type(cls)
    remade: type[C] = made(cls.__name__, cls.__bases__, body)
    return remade


def _fields(cls: Any) -> dict[str, _Field]:
    """Collect the fields, inherited ones first."""
    fields: dict[str, _Field] = {}
    for base in reversed(cls.__mro__[1:]):
        if "__record__" in vars(base):
            fields |= base.__record__
    for name, given in vars(cls)["__given__"].items():
        if isinstance(given, _Field):
            fields[name] = given
        elif hasattr(given, "default_factory"):
            raise TypeError(f"{cls.__name__}.{name}: take `field` from where the decorator is from")
        elif type(given).__hash__ is None:
            raise ValueError(f"{cls.__name__}.{name}: all instances would share this default")
        else:
            fields[name] = _Field(default=given)
    return fields


def _match_args(cls: Any) -> tuple[str, ...]:
    return tuple(name for name, known in cls.__record__.items() if not known.kw_only)


def _first_initialiser(cls: Any) -> Callable[..., None]:
    """Make an `__init__` for the first few calls, which leaves the others to one that is compiled.

    It leaves those to it as well that are wrong.
    """
    fields: dict[str, _Field] = cls.__record__
    positional = [name for name, known in fields.items() if not known.kw_only]
    needed = {name for name, known in fields.items() if not known.optional}
    finish = getattr(cls, "__post_init__", None)
    calls = 0

    def __init__(self: Any, /, *given: Any, **named: Any) -> None:  # noqa: N807
        nonlocal calls
        calls += 1
        values = {**dict(zip(positional, given, strict=False)), **named}
        known = len(values) == len(given) + len(named) and needed <= values.keys() <= fields.keys()
        if calls > _FEW or not known:
            cls.__init__ = _initialiser(cls)
            cls.__init__(self, *given, **named)
            return
        for name, field in fields.items():
            setattr(self, name, values[name] if name in values else field.made())
        if finish is not None:
            finish(self)

    return __init__


def _signature(cls: Any) -> Any:
    import inspect

    whole = inspect.signature(_initialiser(cls))
    return whole.replace(parameters=list(whole.parameters.values())[1:])


def _initialiser(cls: Any) -> Callable[..., None]:
    """Make the `__init__` that `dataclass` would give."""
    fields: dict[str, _Field] = cls.__record__
    names = [name for name, known in fields.items() if not known.kw_only]
    named = [name for name, known in fields.items() if known.kw_only]
    scope: dict[str, Any] = {"MISSING": _MISSING}
    body = []
    for index, name in enumerate((*names, *named)):
        value = f"f{index}"
        if fields[name].default_factory is not _MISSING:
            scope[f"make{index}"] = fields[name].default_factory
            value = f"make{index}() if {value} is MISSING else {value}"
        body.append(f"self.f{index} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    made = _method(cls, "__init__", (*names, *named), len(names), body or ["pass"], scope)
    made.__defaults__ = _defaults(cls, names)
    made.__kwdefaults__ = {name: fields[name].default for name in named if fields[name].optional}
    return made


def _defaults(cls: Any, names: list[str]) -> tuple[Any, ...]:
    """Give the defaults of the last parameters; one without may not follow one that has one."""
    optional = [name for name in names if cls.__record__[name].optional]
    if optional != names[len(names) - len(optional) :]:
        raise TypeError(f"{cls.__name__}: a field without a default follows one with a default")
    return tuple(cls.__record__[name].default for name in optional)


def _replacement(cls: Any) -> Callable[..., Any]:
    """Make what copies an instance with changes to its fields."""
    body = ["copy = new(self.__class__)"]
    for index in range(len(cls.__record__)):
        body.append(f"copy.f{index} = self.f{index} if f{index} is MISSING else f{index}")
    body.append("return copy")
    scope = {"MISSING": _MISSING, "new": object.__new__}
    made = _method(cls, "__replace__", tuple(cls.__record__), 0, body, scope)
    made.__kwdefaults__ = dict.fromkeys(cls.__record__, _MISSING)
    return made


def _equality(cls: Any) -> Callable[..., bool]:
    equal = f"{_values(cls, 'self')} == {_values(cls, 'other')}"
    body = [f"return {equal} if self.__class__ is other.__class__ else NotImplemented"]
    return _method(cls, "__eq__", tuple(cls.__record__), None, body)


def _hash(cls: Any) -> Callable[..., int]:
    body = [f"return hash({_values(cls, 'self')})"]
    return _method(cls, "__hash__", tuple(cls.__record__), None, body)


def _values(cls: Any, instance: str) -> str:
    """Write the tuple of all fields of an instance, which are called by their numbers."""
    return "(" + "".join(f"{instance}.f{index}, " for index in range(len(cls.__record__))) + ")"


def _method(
    cls: Any,
    name: str,
    fields: tuple[str, ...],
    positional: int | None,
    body: list[str],
    scope: dict[str, Any] | None = None,
) -> FunctionType:
    """Make a method from a body that calls the fields f0, f1 and so on.

    Classes of one shape share what is compiled, which takes far longer than to name the fields.
    The fields are parameters, so many of them `positional`; None stands for one other instance.
    """
    code = _compiled(name, _parameters(name, len(fields), positional), "\n ".join(body))
    known = {f"f{index}": field for index, field in enumerate(fields)}
    named = code.replace(
        co_names=tuple(known.get(each, each) for each in code.co_names),
        co_varnames=tuple(known.get(each, each) for each in code.co_varnames),
        co_qualname=f"{cls.__qualname__}.{name}",
    )
    return FunctionType(named, scope or {}, name)


def _parameters(name: str, fields: int, positional: int | None) -> str:
    """Write the parameters of a method."""
    if positional is None:
        return "self, other" if name == "__eq__" else "self"
    numbered = [f"f{index}" for index in range(fields)]
    star = ["*"] if positional < fields else []
    only = ["/"] if name == "__replace__" else []
    return ", ".join(["self", *only, *numbered[:positional], *star, *numbered[positional:]])


@cache
def _compiled(name: str, parameters: str, body: str) -> CodeType:
    scope: dict[str, Any] = {}
    exec(f"def {name}({parameters}):\n {body}", scope)
    code: CodeType = scope[name].__code__
    return code


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


_OF_ALL: dict[str, Any] = {
    "__repr__": _shown,
    **{
        name: _Later(name, make)
        for name, make in {
            "__init__": _first_initialiser,
            "__replace__": _replacement,
            "__record__": _fields,
            "__match_args__": _match_args,
            "__signature__": _signature,
            "__dataclass_fields__": lambda cls: _twin(cls).__dataclass_fields__,
            "__dataclass_params__": lambda cls: _twin(cls).__dataclass_params__,
        }.items()
    },
}
_OF_RECORDS = {**_OF_ALL, "__eq__": _Later("__eq__", _equality), "__hash__": None}
_OF_VALUES = {**_OF_RECORDS, "__hash__": _Later("__hash__", _hash)}
