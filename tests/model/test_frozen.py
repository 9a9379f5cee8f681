from __future__ import annotations

import pickle
from dataclasses import asdict, dataclass

import pytest

from mlaudit.model.frozen import entity, field, frozen, record, replace


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


@record
class Tally:
    name: str
    counts: dict[str, int] = field(default_factory=dict)


@entity
class Step:
    line: int
    late: bool = field(default=False, kw_only=True)
    note: str = ""

    def __post_init__(self) -> None:
        self.note = self.note or f"line {self.line}"


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


def test_a_record_can_change_and_is_compared_by_its_fields() -> None:
    tally = Tally("a")
    tally.counts["b"] = 1
    assert tally == Tally("a", {"b": 1})
    assert tally != Tally("a")
    with pytest.raises(TypeError, match="unhashable"):
        hash(tally)


def test_an_entity_is_equal_to_itself_alone() -> None:
    one, other = Step(1), Step(1)
    assert one != other
    assert len({one, other, one}) == 2


def test_construction_takes_what_the_library_takes() -> None:
    assert repr(Step(1, "here", late=True)) == "Step(line=1, late=True, note='here')"
    assert repr(Step(line=2)) == "Step(line=2, late=False, note='line 2')"
    for wrong in ((), (1, "here", True)):
        with pytest.raises(TypeError, match=r"Step.__init__\(\)"):
            Step(*wrong)
