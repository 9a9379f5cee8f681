"""Symbolic sets of rows.

A region is a chain of steps from a base (one loaded data set) downwards: the parts of a split, the
two sides of a mask, a slice, a fold.  Two regions are compared where their chains part.  `Rows` is
an ordered union of regions, as `concat` makes it.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from mlaudit.flow.selectors import Length, Selector, compared, in_step
from mlaudit.model.frozen import frozen
from mlaudit.trace.guards import excluded
from mlaudit.trace.rows import Overlap

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable

    from mlaudit.trace.guards import Guard, Guards

MOST_TERMS = 8
_DIVIDED = ("divided",)
_DIVIDES = frozenset({"part", "fold"})
_BY_HAND = frozenset({*_DIVIDES, "slice", "filter"})
_BY_CONTEXT = frozenset({"equals", "below", "above"})


class Region:
    """A node of the tree of regions; two regions are equal when their chains are."""

    __slots__ = (
        "_contextual",
        "_hash",
        *("above", "label", "lacks", "parent", "selector", "unsure"),
    )

    def __init__(self, parent: Region | None, selector: Selector, label: str = ""):
        self.parent = parent
        self.selector = selector
        self.label = label
        self.above: tuple[Region, ...] = parent.chain if parent is not None else ()
        self.unsure: bool = selector.way == "maybe" or (parent is not None and parent.unsure)
        self.lacks: bool = selector.way == "without" or (parent is not None and parent.lacks)
        self._hash = hash((parent, selector))
        self._contextual: bool | None = None

    @property
    def contextual(self) -> bool:
        """Whether a comparison chose the rows, on any step, that is another one in each call."""
        if self._contextual is None:
            above = self.parent is not None and self.parent.contextual
            self._contextual = above or contextual(self.selector.key)
        return self._contextual

    @property
    def chain(self) -> tuple[Region, ...]:
        """The steps from the base down to this region itself."""
        return (*self.above, self)

    @property
    def base(self) -> Region:
        """The data set that the region is a part of."""
        return self.above[0] if self.above else self

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Region) or self._hash != other._hash:
            return False
        alike = self.selector == other.selector and self.parent == other.parent
        if alike:  # shared from now on: keys may hold rows, and their keys others, over and over
            other.selector, other.parent = self.selector, self.parent
        return alike

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        steps = (f"{s.selector.way}:{s.selector.key}/{s.selector.part}" for s in self.chain)
        return " > ".join(steps)

    def overlap(self, other: Region) -> Overlap:
        """Compare two regions where their chains part; different bases share nothing."""
        surest = Overlap.MAY if self.unsure or other.unsure else Overlap.MUST
        if self is other:
            return surest
        if self.base != other.base:
            return Overlap.DISJOINT
        mine, theirs = self.chain, other.chain
        depth = 0
        for a, b in zip(mine, theirs, strict=False):
            if a is not b and a != b:
                break
            depth += 1
        if (self.lacks and _excluded(mine[depth:], other)) or (
            other.lacks and _excluded(theirs[depth:], self)
        ):
            return Overlap.DISJOINT
        if depth == len(mine) or depth == len(theirs):
            return surest
        one, two = mine[depth].selector, theirs[depth].selector
        if one.of_call or two.of_call:
            steps = ([step.selector for step in chain[depth:]] for chain in (mine, theirs))
            return min(in_step(*steps), surest)
        apart = compared(one, two)
        if apart is Overlap.MUST and max(len(mine), len(theirs)) > depth + 1:
            apart = Overlap.MAY  # what is shared here need not be chosen further down
        return min(apart, surest)

    def within(self, other: Region) -> bool:
        """Say whether the other region is an ancestor of this one, or this one itself."""
        depth, own = len(other.above), len(self.above)
        return own >= depth and (self if own == depth else self.above[depth]) == other


def contextual(key: object) -> bool:
    """Say whether the key of a selector is a choice that is another one in each call."""
    if isinstance(key, Region):
        return key.contextual
    if isinstance(key, Rows):
        return any(term.contextual for term in key.terms)
    if not isinstance(key, tuple):
        return False
    compared = len(key) > 3 and key[0] in _BY_CONTEXT and isinstance(key[2], int)
    compared = compared or (len(key) == 3 and key[0] in {"chosen by", "side"})
    return compared or any(map(contextual, key))


@frozen
class Rows:
    """A union of regions in the order of their concatenation; empty for values without rows.

    Regions that come in on one of several paths only are `perhaps` among the rows, and `when` tells
    of such regions what the program has answered on that path.
    """

    terms: tuple[Region, ...] = ()
    perhaps: frozenset[Region] = frozenset()
    when: frozenset[tuple[Region, Guard]] = frozenset()

    def overlap(self, other: Rows) -> Overlap:
        """Give the surest overlap of any two terms.

        Of two terms that are both only perhaps there, one path need not give both: they surely
        overlap where each such term has its counterpart on the other side.  It has none where there
        is nothing else on the one side, which another path leaves empty, and more on the other.
        """
        best, unsure = Overlap.DISJOINT, False
        both = self.perhaps and other.perhaps
        guarded = self.when and other.when
        for a in self.terms:
            for b in other.terms:
                if guarded and excluded(self._way_to(a), other._way_to(b)):
                    continue
                found = a.overlap(b)
                if both and found is Overlap.MUST and a in self.perhaps and b in other.perhaps:
                    found, unsure = Overlap.MAY, True
                if found is Overlap.MUST:
                    return found
                best = max(best, found)
        alike = (len(self.perhaps) < len(self.terms)) == (len(other.perhaps) < len(other.terms))
        if unsure and alike and self._matched(other) and other._matched(self):
            return Overlap.MUST
        if best is Overlap.MAY and both and (self._parted(other) or other._parted(self)):
            return Overlap.DISJOINT  # whichever path gives these, it gives another part beside
        return best

    def under(self, guards: Guards) -> Rows:
        """Give the rows as they are where a path gave such answers."""
        if not guards:
            return self
        here = self.where(guards)
        here = here if here.terms else self
        told = ((term, guard) for term in here.terms for guard in guards)
        return Rows(here.terms, here.perhaps, here.when.union(told))

    def where(self, guards: Guards) -> Rows:
        """Leave out what only comes in where a run of the program has given other answers."""
        gone = self.elsewhere(guards)
        if gone is None:
            return self
        return self._only([term for term in self.terms if term not in gone.terms])

    def elsewhere(self, guards: Guards) -> Rows | None:
        """Give what only comes in where a run of the program has given other answers, if any."""
        if not guards or not self.when:
            return None
        gone = [term for term in self.terms if excluded(self._way_to(term), guards)]
        return self._only(gone) if gone else None

    def _way_to(self, term: Region) -> Guards:
        return tuple([guard for guarded, guard in self.when if guarded == term])

    def _only(self, terms: Collection[Region]) -> Rows:
        when = frozenset([pair for pair in self.when if pair[0] in terms])
        return Rows(tuple(terms), self.perhaps.intersection(terms), when)

    def _parted(self, other: Rows) -> bool:
        """Say whether each term, on one path only, was divided from one of the other."""
        for rows in (self, other):
            if len(rows.perhaps) < len(rows.terms) or len(rows.terms) == MOST_TERMS:
                return False
        return all(any(_are_parts(a, b) for b in other.terms) for a in self.terms)

    def _matched(self, other: Rows) -> bool:
        """Say whether each term that is perhaps there surely overlaps a term of the other.

        All rows of another path do not count where its own path gives another part beside it.
        """
        return self.perhaps == other.perhaps or all(
            any(a.overlap(b) is Overlap.MUST and not other._beside(a, b) for b in other.terms)
            for a in self.perhaps
        )

    def _beside(self, a: Region, whole: Region) -> bool:
        return any(c.within(whole) and _are_parts(a, c, _BY_HAND) for c in self.perhaps)

    def shared(self, other: Rows) -> int | None:
        """Symbolic rows cannot be counted."""
        return None

    def within(self, other: Rows) -> bool:
        """Say whether every term lies in a term of the other."""
        if len(self.terms) == 1 and len(other.terms) == 1:
            return self.terms[0].within(other.terms[0])
        return bool(self.terms) and all(any(a.within(b) for b in other.terms) for a in self.terms)

    def perhaps_within(self, other: Rows) -> bool:
        """Say whether a term that one of several paths brings in lies in a term of the other."""
        return any(a.within(b) for a in self.perhaps for b in other.terms)

    def apart_elsewhere(self, other: Rows) -> bool:
        """Say whether a term that one path brings in shares nothing, and no sure one anything."""
        meets = {a: max((a.overlap(b) for b in other.terms), default=None) for a in self.terms}
        sure = (meets[a] is Overlap.MUST for a in self.terms if a not in self.perhaps)
        return not any(sure) and any(meets[a] is Overlap.DISJOINT for a in self.perhaps)

    def named_in(self, other: Rows) -> bool:
        """Say whether every term is a part of a term of the other that only its name tells of."""
        return bool(self.terms and not other.divided) and all(
            any(step.selector.key == "by name" and step.parent in other.terms for step in a.chain)
            for a in self.terms
        )

    def apart_in_part(self, other: Rows) -> bool:
        """Say whether each side has a term that surely shares rows with none of the other's."""
        return all(
            any(all(a.overlap(b) is not Overlap.MUST for b in rest.terms) for a in rows.terms)
            for rows, rest in ((self, other), (other, self))
        )

    def kin(self, other: Rows) -> bool:
        """Say whether any two terms have one base."""
        theirs = other.bases
        return any(base in theirs for base in self.bases)

    def maybe_again(self, other: Rows) -> bool:
        """Say whether these may be some of the others again, whose origin is unknown.

        Both are of unknown origin and named alike, or a later line makes the others of any rows.
        """
        return any(theirs.selector.awaited for theirs in other.bases) or any(
            mine.selector.of_unknown and mine.label == theirs.label and mine != theirs
            for mine in self.bases
            for theirs in other.bases
        )

    @property
    def bases(self) -> Collection[Region]:
        """The data sets that the terms are cut from."""
        if len(self.terms) == 1:
            (term,) = self.terms
            return (term.above[0] if term.above else term,)
        return dict.fromkeys(term.base for term in self.terms)

    @property
    def known(self) -> bool:
        """Whether it is known where the rows come from."""
        return bool(self.terms)

    @property
    def divided(self) -> bool:
        """Whether these are all rows of data sets that hold nothing but parts, by name."""
        return bool(self.terms) and all(term.selector.part == _DIVIDED for term in self.terms)

    @property
    def unwindowed(self) -> Rows:
        """The rows that windows were taken from, where these are windows of them."""
        return Rows(tuple(dict.fromkeys(_unwindowed(term) for term in self.terms)))

    @property
    def gaps(self) -> bool:
        """Whether these are the rows that lack a value, which predictions of them fill."""
        return bool(self.terms) and all(
            any(
                step.selector.way == "filter"
                and isinstance(step.selector.key, tuple)
                and step.selector.key[:1] == ("null",)
                and step.selector.part is True
                for step in term.chain
            )
            for term in self.terms
        )

    @property
    def label(self) -> str:
        """Name the rows by the data they come from."""
        names = dict.fromkeys(term.base.label for term in self.terms if term.base.label)
        return " and ".join(names) or "unknown rows"

    def __or__(self, other: Rows) -> Rows:
        """Unite, keeping order."""
        if self is other or not other.terms:
            return self
        if not self.terms:
            return other
        if self == other:
            return self
        terms = tuple(dict.fromkeys((*self.terms, *other.terms)))[:MOST_TERMS]
        perhaps = self.perhaps | other.perhaps
        if perhaps:
            sure = set(self.terms) - self.perhaps | set(other.terms) - other.perhaps
            perhaps = perhaps.intersection(terms) - sure
        return Rows(terms, perhaps, self._ways(other) if self.when or other.when else self.when)

    def _ways(self, other: Rows) -> frozenset[tuple[Region, Guard]]:
        """Tell the answers on the way to each region; on two ways, those that both have."""
        mine, theirs = frozenset(self.terms), frozenset(other.terms)
        return frozenset(
            pair
            for pair in self.when | other.when
            if (pair in self.when or pair[0] not in mine)
            and (pair in other.when or pair[0] not in theirs)
        )

    def either(self, other: Rows) -> Rows:
        """Unite the rows of two paths: what only one of them has is perhaps there."""
        if self == other or not other.terms or not self.terms:
            return self | other
        both = (set(self.terms) - self.perhaps) & (set(other.terms) - other.perhaps)
        united = self | other
        return Rows(united.terms, frozenset(united.terms) - both, united.when)

    @property
    def on_one_path(self) -> Rows:
        """The same rows where another path has none."""
        return Rows(self.terms, frozenset(self.terms), self.when)

    def select(self, selector: Selector) -> Rows:
        """Apply a choice to every term it may reach.

        Slices of a concatenation by a length give its members; the positions of the folds of its
        first members are rows of these.
        """
        if selector.way == "steps":
            first, *later = selector.steps
            return reduce(Rows.select, later, self.select(first))
        if selector.way == "rows" and isinstance(selector.key, Rows):
            inside = [t for t in selector.key.terms if any(t.within(own) for own in self.terms)]
            if inside:
                return selector.key._only(inside)
        if selector.way == "slice" and len(self.terms) > 1:
            cut = self._cut(selector)
            if cut is not None:
                return cut
        if len(self.terms) == 1 and not (self.perhaps or self.when):
            return Rows((Region(self.terms[0], selector),))
        below = {term: Region(term, selector) for term in self._reached(selector)}
        return Rows(
            tuple(below.values()),
            frozenset(below[term] for term in self.perhaps if term in below),
            frozenset((below[term], guard) for term, guard in self.when if term in below),
        )

    def _reached(self, selector: Selector) -> tuple[Region, ...]:
        """Give the terms that positions can be of: those of folds count the rows divided so."""
        match selector.key:
            case ("folds", _, tuple(divided)) if divided and self.terms[: len(divided)] == divided:
                return divided
            case _:
                return self.terms

    def _cut(self, selector: Selector) -> Rows | None:
        """Undo a concatenation: `both[: len(first)]` and `both[len(first) :]`."""
        low, high = selector.part if isinstance(selector.part, tuple) else (None, None)
        if low in (None, 0) and isinstance(high, Length):
            return high.rows if high.rows.within(self) else None
        if isinstance(low, Length) and low.rows.within(self):
            gone = low.rows.terms
            rest = [term for term in self.terms if not any(map(term.within, gone))]
            if high is not None:  # of what follows, the analysis does not know how much
                rest = [Region(term, selector) for term in rest]
            return Rows(tuple(rest))
        return None


NO_ROWS = Rows()


def base(key: Hashable, label: str = "", divided: bool = False) -> Rows:
    """Make the rows of one data set; one that is divided gives its rows part by part only."""
    part = _DIVIDED if divided else None
    return Rows((Region(None, Selector("base", key, part), label),))


def union(rows: Iterable[Rows]) -> Rows:
    """Unite several."""
    total = NO_ROWS
    for one in rows:
        total = total | one
    return total


def origin(several: Iterable[Rows]) -> Rows:
    """Give the smallest region that holds all of several rows; none where they share no base."""
    found: tuple[Region, ...] = ()
    for steps in zip(*(term.chain for rows in several for term in rows.terms), strict=False):
        if any(step != steps[0] for step in steps):
            break
        found = steps[:1]
    return Rows(found)


def _are_parts(a: Region, b: Region, ways: Collection[str] = _DIVIDES) -> bool:
    """Say whether one division gave two regions, or what they are cut from."""
    for one, two in zip(a.chain, b.chain, strict=False):
        if one != two:
            mine, theirs = one.selector, two.selector
            same = mine.way == theirs.way and mine.way in ways and mine.key == theirs.key
            return same and one.overlap(two) is Overlap.DISJOINT
    return False


def _unwindowed(region: Region) -> Region:
    """Give what a region is a window of: a slice, both ends of which are given by names."""
    chosen = region.selector
    if chosen.way != "slice" or region.parent is None or not isinstance(chosen.part, tuple):
        return region
    windowed = all(isinstance(bound, str) for bound in chosen.part)
    return region.parent if windowed else region


def _excluded(steps: tuple[Region, ...], other: Region) -> bool:
    """Say whether a step leaves out rows that hold the others: it shares nothing with these."""
    left_out = (step.selector.key for step in steps if step.selector.way == "without")
    return any(
        isinstance(gone, Rows) and any(other.within(term) for term in gone.terms)
        for gone in left_out
    )
