from __future__ import annotations

import pickle
from dataclasses import asdict, dataclass, field, replace

import pytest

from mlaudit.model.frozen import frozen


@frozen
class Point:
    x: int
    tags: list[str] = field(default_factory=list)


@frozen
class Place(Point):
    name: str = ""


@frozen
class Other:
    x: int
    tags: tuple[str, ...] = ()


@frozen
class Empty:
    pass


@frozen
class Loose:
    text: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Loose) and self.text.lower() == other.text.lower()

    def __hash__(self) -> int:
        return hash(self.text.lower())


@dataclass(frozen=True, slots=True)
class Library:
    x: int
    tags: tuple[str, ...] = ()


def test_it_does_what_the_library_does() -> None:
    ours, theirs = Other(1, ("a",)), Library(1, ("a",))
    assert repr(ours) == repr(theirs).replace("Library", "Other")
    assert asdict(ours) == asdict(theirs)
    assert hash(ours) == hash(theirs)
    assert Other.__match_args__ == Library.__match_args__
    assert not hasattr(ours, "__dict__")
    assert replace(ours, x=2) == Other(2, ("a",))
    assert pickle.loads(pickle.dumps(ours)) == ours


def test_equal_fields_make_equal_values_of_one_class_only() -> None:
    assert Point(1, ["a"]) == Point(1, ["a"])
    assert Point(1) != Point(2)
    assert Point(1) != Place(1)
    assert Other(1) != Library(1)  # type: ignore[comparison-overlap]
    assert Empty() == Empty()
    assert len({Other(1), Other(1), Other(2)}) == 2


def test_a_derived_class_compares_all_fields() -> None:
    assert Place(1, [], "here") == Place(1, [], "here")
    assert Place(1, [], "here") != Place(1, [], "there")
    assert repr(Place(1)) == "Place(x=1, tags=[], name='')"


def test_a_class_may_say_itself_what_is_equal() -> None:
    assert Loose("A") == Loose("a")
    assert len({Loose("A"), Loose("a")}) == 1


def test_defaults_are_not_shared() -> None:
    Point(1).tags.append("a")
    assert Point(1).tags == []


def test_a_value_with_a_list_cannot_be_hashed() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Point(1))
