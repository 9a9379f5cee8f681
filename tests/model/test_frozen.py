from __future__ import annotations

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import mlaudit
from mlaudit.model.frozen import entity, field, frozen, names_of, record, replace

if TYPE_CHECKING:
    from collections.abc import Callable


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


@frozen
class Node:
    """A value that holds others."""

    depth_limit: ClassVar[int] = 9

    other: Other
    places: tuple[Place, ...] = ()


@record
class Loaded:
    __slots__ = ("__dict__",)

    lines: list[str] = field(default_factory=list)

    @cached_property
    def text(self) -> str:
        return " ".join(self.lines)


values = st.builds(lambda x, tags: (x, tuple(tags)), st.integers(0, 2), st.lists(st.text("ab")))


@given(values, values)
def test_values_compare_as_those_of_the_library_do(
    one: tuple[int, tuple[str, ...]], other: tuple[int, tuple[str, ...]]
) -> None:
    assert (Other(*one) == Other(*other)) == (Library(*one) == Library(*other))
    assert hash(Other(*one)) == hash(Library(*one))
    assert repr(Other(*one)) == repr(Library(*one)).replace("Library", "Other")


@given(values)
def test_a_copy_is_equal_and_of_the_same_class(given: tuple[int, tuple[str, ...]]) -> None:
    value = Other(*given)
    for copied in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert copied == value
        assert type(copied) is Other


@pytest.mark.parametrize("change", [replace, dataclasses.replace])
def test_a_copy_with_changes_leaves_the_value_as_it_was(change: Callable[..., Any]) -> None:
    value = Place(1, ["a"], "here")
    changed = change(value, name="there")
    assert changed == Place(1, ["a"], "there")
    assert value == Place(1, ["a"], "here")
    with pytest.raises(TypeError, match="nmae"):
        change(value, nmae="there")


def test_a_copy_with_changes_is_not_initialised_anew() -> None:
    assert replace(Step(1), line=2).note == "line 1"


def test_the_library_knows_the_fields() -> None:
    assert all(map(dataclasses.is_dataclass, (Place, Node, Place(1))))
    assert [each.name for each in dataclasses.fields(Place)] == ["x", "tags", "name"]
    assert names_of(Place) == ("x", "tags", "name")
    assert names_of(Node) == ("other", "places")
    node = Node(Other(1), (Place(2, [], "here"),))
    assert asdict(node) == {
        "other": {"x": 1, "tags": ()},
        "places": ({"x": 2, "tags": [], "name": "here"},),
    }
    late = dataclasses.fields(Step)[1]
    assert (late.name, late.default, late.kw_only) == ("late", False, True)


def test_a_dataclass_of_the_library_may_derive_from_one_of_ours() -> None:
    @dataclass(frozen=True)
    class Derived(Other):
        z: int = 0

    assert asdict(Derived(1, z=2)) == {"x": 1, "tags": (), "z": 2}


def test_pydantic_reads_and_describes_values() -> None:
    adapter = TypeAdapter(Node)
    text = '{"other": {"x": 1}, "places": [{"x": 2, "tags": ["a"], "name": "here"}]}'
    assert adapter.validate_json(text) == Node(Other(1), (Place(2, ["a"], "here"),))
    assert adapter.json_schema()["required"] == ["other"]
    with pytest.raises(ValidationError, match="other"):
        adapter.validate_json("{}")


def test_a_signature_is_known_before_the_first_instance() -> None:
    @entity
    class Fresh:
        line: int
        late: bool = field(default=False, kw_only=True)
        notes: list[str] = field(default_factory=list)

    parameters = inspect.signature(Fresh).parameters
    assert list(parameters) == ["line", "notes", "late"]
    assert parameters["late"].kind is inspect.Parameter.KEYWORD_ONLY
    assert parameters["late"].default is False


def test_a_value_within_itself_can_be_shown() -> None:
    tally: Any = Tally("a")
    tally.counts["self"] = tally
    assert repr(tally) == "Tally(name='a', counts={'self': ...})"


def test_slots_may_be_added_for_cached_properties() -> None:
    loaded = Loaded(["a", "b"])
    assert loaded.text == "a b"
    assert loaded == Loaded(["a", "b"])


def test_shared_defaults_and_foreign_fields_are_refused() -> None:
    @frozen
    class Shared:
        tags: list[str] = []

    @frozen
    class Foreign:
        tags: list[str] = dataclasses.field(default_factory=list)

    with pytest.raises(ValueError, match=r"Shared\.tags"):
        Shared()
    with pytest.raises(TypeError, match=r"Foreign\.tags: take `field`"):
        Foreign()


def test_the_library_can_describe_every_class_of_the_product() -> None:
    found = set()
    for info in pkgutil.walk_packages(mlaudit.__path__, "mlaudit."):
        if info.name.endswith("__main__"):
            continue
        found |= {
            value
            for value in vars(importlib.import_module(info.name)).values()
            if isinstance(value, type) and "__record__" in vars(value)
        }
    for cls in found:
        assert tuple(each.name for each in dataclasses.fields(cls)) == names_of(cls)
    assert len(found) > 50
