"""How rows are chosen of others, and what two choices leave to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import nested
from mlaudit.flow.bounds import apart
from mlaudit.model.frozen import frozen
from mlaudit.model.pattern import Words
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from mlaudit.flow.regions import Rows

_LOOKED_BACK = 0.25  # the share of a range that is no more than the past of what follows it
_DRAWN = frozenset({"part", "some", "fold"})
_AT_RANDOM = {"seeded", "split", "large sample", "folds"}
_CALLED = {("output",), ("handed",)}
_MARKS = Words(
    *("train", "test", "val", "dev", "eval", "hold", "split", "fold", "part", "subset", "phase"),
    "flag",
    any_case=True,
)


@frozen
class Length:
    """The number of rows of some rows, as a bound of a slice."""

    rows: Rows


@frozen
class Selector:
    """How rows are chosen: applied to a parent region it gives a child.

    `way` is part, fold, filter, slice, some, duplicated, without, rows, maybe (some of the rows
    or none) or steps (the selectors in its key, one after the other); `key` tells the choice apart
    from others of its way; `part` says which side of it: equal keys with different parts are
    disjoint for part, fold and filter.  For `without` and `rows` the key is the `Rows` meant.  `by`
    is the column whose values decide, where it is known.
    """

    way: str
    key: Hashable
    part: Hashable = None
    by: str | None = None

    def __hash__(self) -> int:
        return hash((self.way, self.key, self.part))

    @property
    def equal(self) -> bool:
        """Whether these are rows that have one value of a column."""
        if self.way != "filter" or not isinstance(self.key, tuple):
            return False
        if self.key[0] == "equals":
            return not isinstance(self.part, tuple)
        return self.key[0] == "test" and self.part is True and " == " in str(self.key[1])

    @property
    def of_unknown(self) -> bool:
        """Whether these are all rows of something that nobody knows the origin of."""
        return isinstance(self.key, tuple) and self.key[:1] == ("unknown",)

    @property
    def awaited(self) -> bool:
        """Whether these are all rows of something that a later line of the program makes."""
        return self.of_unknown and isinstance(self.key, tuple) and self.key[-1] == "awaited"

    @property
    def of_call(self) -> bool:
        """Whether these are rows that something opaque gives of those that it is given."""
        return self.way == "some" and isinstance(self.key, tuple) and self.key[:1] in _CALLED

    def then(self, other: Selector) -> Selector:
        """Choose further among what this chooses, of whatever rows."""
        return Selector("steps", tuple(step for one in (self, other) for step in one.steps))

    @property
    def steps(self) -> tuple[Selector, ...]:
        """The choices that are made one after the other; mostly it is one."""
        return self.key if self.way == "steps" and isinstance(self.key, tuple) else (self,)

    def flipped(self) -> Selector | None:
        """Give the complement, None where it has no name."""
        if self.way == "filter":
            return Selector("filter", self.key, _opposite(self.part), self.by)
        if self.way == "rows":
            return Selector("without", self.key)
        if self.way == "without":
            return Selector("rows", self.key)
        return None


class Joint(tuple["Hashable", ...]):
    """The key of a mask of which more is known: where it is `holds`, all of `parts` hold."""

    parts: tuple[Selector, ...] = ()
    holds: Hashable = True


def compared(one: Selector, two: Selector) -> Overlap:
    """Compare what two different selectors take of the same rows."""
    if one.way != two.way or one.key != two.key:
        if one.way == two.way == "filter" and (_exclude(one, two) or apart(one, two)):
            return Overlap.DISJOINT
        if one.way == two.way == "part" and nested.left_out(one, two):
            return Overlap.DISJOINT
        return Overlap.MUST if _independent(one, two) or _independent(two, one) else Overlap.MAY
    if one.way in {"part", "fold"}:
        return Overlap.DISJOINT
    if one.way == "filter":
        return _filters(one.part, two.part)
    if one.way == "slice":
        return _slices(one.part, two.part)
    return Overlap.MAY


def in_step(one: list[Selector], two: list[Selector]) -> Overlap:
    """Compare choices made one after the other, where something opaque has made some of them.

    What it gives of a part is of what it gives of the whole.  Two things that it gives, and that
    are divided in one way, are of the same rows, as features and labels are: the parts go apart.
    """
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    if not one or not two:
        return Overlap.MUST
    if one[0].of_call and two[0].of_call:
        return min(in_step(one[1:], two[1:]), Overlap.MAY)
    for mine, theirs in ((one, two), (two, one)):
        given = next((step for step in theirs if step.of_call), None)
        if given is not None and given == mine[0]:
            place = theirs.index(given)
            return in_step(mine[1:], theirs[:place] + theirs[place + 1 :])
    found = compared(one[0], two[0])
    return min(found, Overlap.MAY) if max(len(one), len(two)) > 1 else found


def _exclude(one: Selector, two: Selector) -> bool:
    """Say whether a mask that holds wherever one selector does excludes one of the other's."""
    if not (isinstance(one.key, Joint) or isinstance(two.key, Joint)):
        return False
    mine, theirs = list(_joined(one)), list(_joined(two))
    if len(mine) + len(theirs) < 3:
        return False
    return any(
        a.key == b.key and a.part != b.part and _filters(a.part, b.part) is Overlap.DISJOINT
        for a in mine
        for b in theirs
    )


def _joined(selector: Selector) -> Iterator[Selector]:
    """Give a mask, and each of those that hold wherever it does."""
    if selector.way != "filter":
        return
    yield selector
    if isinstance(selector.key, Joint) and selector.part == selector.key.holds:
        for part in selector.key.parts:
            yield from _joined(part)


def _independent(one: Selector, two: Selector) -> bool:
    """Say whether rows drawn at random surely are among others that were chosen without them."""
    if one.way not in _DRAWN or not isinstance(one.key, tuple) or not isinstance(two.key, tuple):
        return False
    if one.key[0] not in _AT_RANDOM or (one.by is not None and one.by == two.by):
        return False
    if two.way == "some":
        return bool(one.key[0] == two.key[0] == "large sample")
    by_value = two.way == "filter" and two.key[0] == "equals"
    return by_value and not _MARKS.stand_in(str(two.key[1]))


def _filters(one: Hashable, two: Hashable) -> Overlap:
    """Equality with two different values, or a predicate and its negation, exclude each other."""
    negated_one = isinstance(one, tuple) and one[:1] == ("not",)
    negated_two = isinstance(two, tuple) and two[:1] == ("not",)
    if negated_one and negated_two:
        return Overlap.MAY
    if negated_one or negated_two:
        return Overlap.DISJOINT if one == _opposite(two) else Overlap.MAY
    return Overlap.DISJOINT


def _slices(one: Hashable, two: Hashable) -> Overlap:
    """Compare half-open ranges; bounds that cannot be compared are taken as consecutive.

    A range may reach back into another one a little way, for the past of its own first rows.
    """
    assert isinstance(one, tuple) and isinstance(two, tuple)
    if _ends_before(one[1], two[0]) or _ends_before(two[1], one[0]):
        return Overlap.DISJOINT
    starts = (one[0] in (None, 0), two[0] in (None, 0))
    ends = (one[1] is None, two[1] is None)
    if all(starts) or all(ends):
        return Overlap.MUST
    bounds = [bound for bound in (*one, *two) if bound is not None]
    if not all(isinstance(bound, int) and bound >= 0 for bound in bounds):
        return Overlap.DISJOINT
    if len(bounds) == len(one) + len(two):
        shared = min(one[1], two[1]) - max(one[0], two[0])
        if shared < _LOOKED_BACK * min(one[1] - one[0], two[1] - two[0]):
            return Overlap.MAY
    return Overlap.MUST


def _ends_before(high: Hashable, low: Hashable) -> bool:
    if high is None or low is None:
        return False
    if isinstance(high, int) and isinstance(low, int):
        return (high >= 0) == (low >= 0) and high <= low
    return high == low


def _opposite(part: Hashable) -> Hashable:
    if isinstance(part, bool):
        return not part
    if isinstance(part, tuple) and len(part) == 2 and part[0] == "not":
        positive: Hashable = part[1]
        return positive
    return ("not", part)
