"""What was found by reading, held against what a run has shown.

A rule judges the observed trace as it judges the one that was read.  What it finds in both is
confirmed, what it does not find although all the places were reached is refuted: but only where the
rows decide, that is, where the rule has nothing to say once no rows are shared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlaudit.model.finding import Certainty, Severity
from mlaudit.model.frozen import names_of, replace
from mlaudit.probe.rows import HashedRows, UnseenRows
from mlaudit.trace.events import (
    CrossValidate,
    Evaluate,
    Event,
    Fit,
    Influence,
    Resample,
    Split,
    Watch,
)
from mlaudit.trace.rows import Overlap
from mlaudit.trace.trace import Trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location
    from mlaudit.rulekit.rule import Rule

    Spot = tuple[str, int | None, int, int]

_PLAIN = {"place", "model", "arguments", "uses"}
_ROWED = (Fit, Evaluate, CrossValidate, Resample, Split, Watch)


def reconcile(
    found: Sequence[Finding], rules: Sequence[Rule], read: Trace, observed: Trace
) -> tuple[list[Finding], dict[str, Exception]]:
    """Mark findings confirmed or refuted, and add those that only the run has shown.

    Gives also the errors of rules that crashed on what was observed, by their codes.
    """
    seen = _Seen(observed)
    watching = {spot(event.place.location) for event in read.of(Watch)}
    crashed: dict[str, Exception] = {}
    marked = dict(enumerate(found))
    news: list[Finding] = []
    for rule in rules:
        mine = {n: finding for n, finding in marked.items() if finding.code == rule.meta.code}
        try:
            again = _decided_by_rows(rule, observed)
            open_ = _decided_by_rows(rule, read) if mine else {}
        except Exception as error:
            crashed[rule.meta.code] = error
            continue
        for number, finding in mine.items():
            place = spot(finding.location)
            if again.pop(place, None) is not None:
                marked[number] = _confirmed(finding, seen)
            elif place in open_ and _followed(finding, seen, watching):
                marked[number] = _refuted(finding, seen)
        news += [_only_observed(finding, seen) for finding in again.values()]
    return [*marked.values(), *news], crashed


def join(found: Sequence[Finding], measured: Sequence[Finding]) -> list[Finding]:
    """Add what was measured; what was also read at the same place is confirmed by it."""
    news = {(one.code, spot(one.location)): one for one in measured}
    joined = []
    for finding in found:
        shown = news.pop((finding.code, spot(finding.location)), None)
        if shown is not None:
            message = f"{finding.message} (confirmed by the run: {shown.message})"
            finding = replace(finding, certainty=Certainty.CONFIRMED, message=message)
        joined.append(finding)
    return [*joined, *(replace(one, certainty=Certainty.OBSERVED) for one in news.values())]


def spot(location: Location) -> Spot:
    """Name a place by where it begins."""
    return (location.path, location.cell, location.line, location.column)


def _decided_by_rows(rule: Rule, trace: Trace) -> dict[Spot, Finding]:
    """Give what a rule finds, by place, without what it would find whatever the rows are."""
    found = {spot(finding.location): finding for finding in rule.check_trace(trace)}
    if found:
        for finding in rule.check_trace(_apart(trace)):
            found.pop(spot(finding.location), None)
    return found


def _apart(trace: Trace) -> Trace:
    """Give the same trace with rows of which no two events share any."""
    made: dict[int, Any] = {}
    return Trace([_separated(event, made) for event in trace.events], trace.models)


def _separated(value: Any, made: dict[int, Any]) -> Any:
    """Copy an event or an influence, with rows of its own; equal things stay equal."""
    if isinstance(value, tuple):
        return tuple(_separated(item, made) for item in value)
    if isinstance(value, Event | Influence):
        if id(value) not in made:
            copy = made[id(value)] = replace(value)
            for name in names_of(type(value)):
                if name not in _PLAIN:
                    setattr(copy, name, _separated(getattr(value, name), made))
        return made[id(value)]
    return _Alone() if hasattr(value, "kin") and hasattr(value, "within") else value


class _Alone(UnseenRows):
    """Known rows that are in nothing else."""

    @property
    def known(self) -> bool:
        """They are known."""
        return True

    @property
    def bases(self) -> frozenset[object]:
        """They are of data of their own."""
        return frozenset({self})

    def overlap(self, other: HashedRows) -> Overlap:
        """They share nothing."""
        return Overlap.DISJOINT

    def within(self, other: HashedRows) -> bool:
        """They are within themselves alone."""
        return self is other

    def perhaps_within(self, other: HashedRows) -> bool:
        """One run takes one path: what was seen is sure."""
        return False

    def apart_elsewhere(self, other: HashedRows) -> bool:
        """One run takes one path: what was seen is sure."""
        return False

    def named_in(self, other: HashedRows) -> bool:
        """What was seen is known whatever it is called."""
        return False

    def apart_in_part(self, other: HashedRows) -> bool:
        """They are shared with nothing."""
        return False

    def kin(self, other: HashedRows) -> bool:
        """They come from nowhere else."""
        return False

    def maybe_again(self, other: HashedRows) -> bool:
        """Rows of a run are known by what is in them."""
        return False


class _Seen:
    """The events of a run by their places."""

    def __init__(self, observed: Trace):
        self._rows: dict[Spot, list[tuple[Event | Influence, HashedRows]]] = {}
        self._watched = {spot(event.place.location) for event in observed.of(Watch)}
        for event in observed.events:
            if isinstance(event, _ROWED):
                self._add(event, event.place.location)
            for influence in getattr(event, "influences", ()):
                self._add(influence, influence.place.location)

    def _add(self, event: Event | Influence, location: Location) -> None:
        rows = getattr(event, "rows", None)
        assert isinstance(rows, HashedRows)
        self._rows.setdefault(spot(location), []).append((event, rows))

    def at(self, location: Location) -> list[HashedRows]:
        """Give the rows of what happened at a place, in order; without the seams of splits."""
        found = self._rows.get(spot(location), [])
        return [rows for event, rows in found if not isinstance(event, Split)]

    def reached(self, location: Location) -> bool:
        """Say whether anything was seen there."""
        return spot(location) in self._rows

    def watched(self, location: Location) -> bool:
        """Say whether a training was seen to watch rows there."""
        return spot(location) in self._watched

    def split_here(self, location: Location) -> bool:
        """Say whether rows were divided there."""
        return any(isinstance(event, Split) for event, _ in self._rows.get(spot(location), ()))


def _confirmed(finding: Finding, seen: _Seen) -> Finding:
    words = _counted(finding, seen, "confirmed by the run")
    return replace(finding, certainty=Certainty.CONFIRMED, message=finding.message + words)


def _refuted(finding: Finding, seen: _Seen) -> Finding:
    words = _counted(finding, seen, "refuted by the run")
    return replace(
        finding,
        certainty=Certainty.REFUTED,
        severity=Severity.INFO,
        message=finding.message + words,
    )


def _only_observed(finding: Finding, seen: _Seen) -> Finding:
    words = _counted(finding, seen, "seen in the run")
    return replace(finding, certainty=Certainty.OBSERVED, message=finding.message + words)


def _followed(finding: Finding, seen: _Seen, watching: set[Spot]) -> bool:
    """Say whether a finding rests on rows that the run could follow from place to place.

    Where a training was read to be `watching` rows, these must have been seen as well.
    """
    places = [evidence.location for evidence in finding.evidence]
    if len(places) < 2 or not all(map(seen.reached, places)):
        return False
    if any(spot(place) in watching and not seen.watched(place) for place in places):
        return False
    learnt, judged = _ends(finding, seen)
    pairs = [(one, other) for one in learnt for other in judged]
    return bool(pairs) and all(
        one.known and other.known and one.kin(other) and not one.overlap(other)
        for one, other in pairs
    )


def _ends(finding: Finding, seen: _Seen) -> tuple[list[HashedRows], list[HashedRows]]:
    """Give the rows at the first and at the last place of a chain of evidence."""
    places = [
        evidence.location for evidence in finding.evidence if not seen.split_here(evidence.location)
    ]
    if len(places) < 2:
        return [], []
    return seen.at(places[0]), seen.at(places[-1])


def _counted(finding: Finding, seen: _Seen, what: str) -> str:
    """Count the judged rows that took part in what was learnt."""
    learnt, judged = _ends(finding, seen)
    if not learnt or not judged:
        return f" ({what})"
    rows = judged[-1]
    shared = max(one.shared(rows) or 0 for one in learnt)
    return f" ({what}: {shared:,} of the {len(rows.ids):,} rows judged took part)"
