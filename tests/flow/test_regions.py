"""The algebra of regions: what may, must and cannot overlap."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mlaudit.flow.regions import Rows, base, union
from mlaudit.flow.selectors import Joint, Length, Selector
from mlaudit.trace.rows import Overlap

KEYS = st.sampled_from(["a", "b"])
BOUNDS = st.one_of(st.none(), st.integers(-5, 20), st.sampled_from(["n", "m"]))
SELECTORS = st.one_of(
    st.builds(Selector, st.just("part"), KEYS, st.integers(0, 2)),
    st.builds(Selector, st.just("fold"), KEYS, st.sampled_from(["train", "test"])),
    st.builds(Selector, st.just("filter"), KEYS, st.one_of(st.booleans(), st.integers(0, 2))),
    st.builds(Selector, st.just("slice"), st.just("rows"), st.tuples(BOUNDS, BOUNDS)),
    st.builds(Selector, st.just("some"), KEYS),
    st.builds(Selector, st.just("some"), st.tuples(st.just("output"), st.integers(0, 1))),
    st.builds(Selector, st.just("duplicated"), KEYS),
)


def _apply(selectors: list[Selector], rows: Rows) -> Rows:
    for selector in selectors:
        rows = rows.select(selector)
    return rows


ROWS = st.builds(
    lambda name, selectors: _apply(selectors, base(name)),
    st.sampled_from(["x", "y"]),
    st.lists(SELECTORS, max_size=4),
)


@given(ROWS, ROWS)
def test_overlap_is_symmetric(one: Rows, two: Rows) -> None:
    assert one.overlap(two) is two.overlap(one)


@given(ROWS)
def test_rows_overlap_themselves_and_lie_within_themselves(rows: Rows) -> None:
    assert rows.overlap(rows) is Overlap.MUST
    assert rows.within(rows)


@given(ROWS, SELECTORS)
def test_a_choice_lies_within_what_it_chooses_from(rows: Rows, selector: Selector) -> None:
    child = rows.select(selector)
    assert child.within(rows)
    assert child.overlap(rows) is Overlap.MUST


@given(ROWS, KEYS, st.lists(SELECTORS, max_size=2), st.lists(SELECTORS, max_size=2))
def test_parts_of_one_split_stay_disjoint(
    rows: Rows, key: str, below: list[Selector], beside: list[Selector]
) -> None:
    first = _apply(below, rows.select(Selector("part", key, 0)))
    second = _apply(beside, rows.select(Selector("part", key, 1)))
    assert first.overlap(second) is Overlap.DISJOINT


@given(ROWS, KEYS, st.one_of(st.booleans(), st.integers(0, 3)))
def test_a_mask_and_its_complement_are_disjoint(rows: Rows, key: str, part: object) -> None:
    mask = Selector("filter", key, part)
    complement = mask.flipped()
    assert complement is not None
    assert rows.select(mask).overlap(rows.select(complement)) is Overlap.DISJOINT
    assert complement.flipped() == mask


@given(ROWS, ROWS)
def test_different_bases_share_nothing(one: Rows, two: Rows) -> None:
    if one.terms[0].base != two.terms[0].base:
        assert one.overlap(two) is Overlap.DISJOINT


@given(st.lists(ROWS, min_size=1, max_size=3), ROWS)
def test_a_union_overlaps_what_its_members_overlap(members: list[Rows], other: Rows) -> None:
    surest = max(member.overlap(other) for member in members)
    assert union(members).overlap(other) is surest


def test_splits_by_different_calls_may_overlap() -> None:
    rows = base("data")
    first = rows.select(Selector("part", "one call", 0))
    second = rows.select(Selector("part", "another call", 1))
    assert first.overlap(second) is Overlap.MAY


def test_slices_with_numbers_are_compared() -> None:
    rows = base("data")

    def cut(low: object, high: object) -> Rows:
        return rows.select(Selector("slice", "rows", (low, high)))

    assert cut(None, 800).overlap(cut(800, None)) is Overlap.DISJOINT
    assert cut(None, 800).overlap(cut(700, None)) is Overlap.MUST
    assert cut(None, -100).overlap(cut(-100, None)) is Overlap.DISJOINT
    assert cut(None, "n").overlap(cut("n", None)) is Overlap.DISJOINT
    assert cut(10, None).overlap(cut(20, None)) is Overlap.MUST


def test_slicing_a_concatenation_by_a_length_gives_its_members() -> None:
    train, test = base("train"), base("test")
    both = train | test
    assert both.select(Selector("slice", "rows", (None, Length(train)))) == train
    assert both.select(Selector("slice", "rows", (Length(train), None))) == test


def test_rows_without_an_index_exclude_it() -> None:
    rows = base("data")
    sample = rows.select(Selector("some", "sampled"))
    rest = rows.select(Selector("without", sample))
    assert rest.overlap(sample) is Overlap.DISJOINT
    assert rest.overlap(rows) is Overlap.MUST


def test_two_values_of_one_column_exclude_each_other() -> None:
    rows = base("data")
    zero = rows.select(Selector("filter", "label", 0))
    one = rows.select(Selector("filter", "label", 1))
    not_two = rows.select(Selector("filter", "label", ("not", 2)))
    assert zero.overlap(one) is Overlap.DISJOINT
    assert zero.overlap(not_two) is Overlap.MAY


def test_masks_joined_by_and_exclude_what_any_of_them_excludes() -> None:
    rides = base("rides")
    before = Selector("filter", ("below", "day", "first"), True)
    since = Selector("filter", ("below", "day", "first"), False)
    until = Selector("filter", ("below", "day", "last"), True)
    key = Joint(("(day >= first) & (day < last)",))
    key.parts = (since, until)
    year = Selector("filter", key, True)
    assert rides.select(before).overlap(rides.select(year)) is Overlap.DISJOINT
    assert rides.select(until).overlap(rides.select(year)) is Overlap.MAY
    assert rides.select(since).overlap(rides.select(year)) is Overlap.MAY
    others = year.flipped()
    assert others is not None
    assert rides.select(before).overlap(rides.select(others)) is Overlap.MAY


def test_rows_chosen_by_rows_over_and_over_are_compared_in_good_time() -> None:
    def chosen() -> Rows:
        rows = base("visits")
        for _ in range(60):  # each step holds the one before twice
            rows = rows.select(Selector("without", rows.select(Selector("filter", "late", True))))
        return rows

    assert chosen() == chosen()
    assert chosen() != chosen().select(Selector("filter", "late", True))


def test_two_things_that_something_opaque_gives_share_rows_unless_one_division_parts_them() -> None:
    whole = base("x")
    first, second = (whole.select(Selector("some", ("output", place))) for place in range(2))
    known, judged = (Selector("part", "a", part) for part in range(2))
    assert first.overlap(second) is Overlap.MAY
    assert first.overlap(whole) is first.overlap(first) is Overlap.MUST
    assert first.select(known).overlap(second.select(judged)) is Overlap.DISJOINT
    assert first.select(known).overlap(second.select(known)) is Overlap.MAY


def test_what_something_opaque_gives_of_a_part_is_among_what_it_gives_of_the_whole() -> None:
    whole, part = base("x"), base("x").select(Selector("part", "a", 0))
    first, second = (Selector("some", ("output", place)) for place in range(2))
    assert whole.select(first).overlap(part.select(first)) is Overlap.MUST
    assert whole.select(first).overlap(part.select(second)) is Overlap.MAY
    assert whole.select(first).overlap(part.select(second).select(first)) is Overlap.MAY
