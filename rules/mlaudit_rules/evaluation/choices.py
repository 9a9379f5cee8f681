"""Choices by a score that is then reported, told apart by what is chosen among."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Alias,
    Evaluate,
    Load,
    Split,
    Watch,
    frozen,
    says_test,
    says_training,
    says_validation,
    score_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlaudit.rulekit import Among, ChosenOnReported, Place, RowSet, Trace

TwoNames = tuple[str, str, "Place"]
MOST_PLACES = 4
NONE_LEFT = "no rows are left that took no part in the choice"
COMMON = {"", "score", "error", "mean", "max", "own", "report", "loss", "curve"}


@frozen
class Choosing:
    """One choice: the score that makes it, the score that is told, and how to name the former.

    `scores` are all the scores that take part in the choice, that one among them.
    """

    choice: Evaluate
    report: Evaluate
    score: str
    scores: tuple[Evaluate, ...]

    @property
    def place(self) -> Place:
        """Where the choice stands, if its score comes from another file; else the score."""
        chosen, scored = self.choice.selected_at, self.choice.asked_at
        return chosen if chosen and chosen.document is not scored.document else scored

    def chain(self, report: Evaluate) -> Iterator[tuple[str, Place]]:
        """Give the places that make the choice and tell a score."""
        choice = self.choice
        yield "scored here", choice.asked_at
        if choice.selected_at is not None:
            yield "chosen here", choice.selected_at
        places = dict.fromkeys(other.asked_at for other in self.scores)
        others = [place for place in places if place != choice.asked_at]
        for place in others[:MOST_PLACES]:
            yield "scored here", place
        if report is not choice:
            yield "reported here", report.asked_at


def chosen_among(trace: Trace, kind: Among | None) -> Iterator[Choosing]:
    """Give the choices among such things, each with all scores that take part in it.

    Left out are validation rows, which are there to choose by and promise nothing, rows beside a
    part that nothing has taken, and rows that go by two names, which is a fault of its own.
    """
    groups: dict[Place, list[tuple[Evaluate, Evaluate]]] = {}
    for chosen in trace.chosen_on_reported:
        choice = chosen.choice
        if not isinstance(choice, Evaluate) or choice.among is not kind or trace.in_folds(choice):
            continue
        if calls_validation(trace, choice):
            continue
        if test_part_left(trace, choice):
            continue
        if two_names(trace, chosen) is None:
            found = groups.setdefault(choice.selected_at or choice.asked_at, [])
            found.append((choice, chosen.report))
    for both in groups.values():
        group = [pair for pair in both if pair[0].in_loop] or both
        telling = _telling(group)
        choice, report = telling or max(group, key=_near)
        score = score_of(choice)
        if telling is None and any(other.metric != choice.metric for other, _ in group):
            score = f"one of several scores, such as {score}"
        yield Choosing(choice, report, score, tuple(other for other, _ in both))


def _near(pair: tuple[Evaluate, Evaluate]) -> int:
    """Rank a choice by what tells of it: its own number, one of the same kind, or another."""
    choice, report = pair
    return 2 if report is choice else int(report.place == choice.place)


def _telling(group: list[tuple[Evaluate, Evaluate]]) -> tuple[Evaluate, Evaluate] | None:
    """Of several scores in one choice, find the one that its code names by most of its words."""
    found = max(group, key=lambda pair: _named(pair[0]))
    return found if _named(found[0]) else None


def _named(choice: Evaluate) -> int:
    """Count the words of a metric, or its initials, that the code of a choice goes by."""
    code = choice.selected_at.text.lower() if choice.selected_at else ""
    words = (choice.metric or "").lower().split("_")
    short = "".join(word[:1] for word in words)
    names = [word for word in words if word not in COMMON] + [short, f"r{short}"]
    names += ["f1"] if "fscore" in words else []
    return sum(
        re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", code) is not None
        for name in names
    )


def calls_validation(trace: Trace, choice: Evaluate) -> bool:
    """Say whether the code names the rows, the score or its use after validation.

    Where none of these tells the part, the names do that the rows came to be under.  What is set
    apart of training rows in each trial of a study is there to choose by, whatever its name.
    """
    places = [choice.asked_at, *([choice.selected_at] if choice.selected_at else [])]
    names = [choice.variable, *(place.text.split("\n", 1)[0] for place in places)]
    if says_validation(choice.variable) or _only_validation(names) or _for_trials(trace, choice):
        return True
    given = [] if any(map(says_test, names)) else trace.names_given(choice.rows, choice.variable)
    return _only_validation(given) or _test_file_beside(trace, choice)


def _test_file_beside(trace: Trace, choice: Evaluate) -> bool:
    """Say whether a function for validation judges, and other data are read from a test file.

    As of a contest, whose labels nobody has: what is called test rows beside them is validated by.
    """
    around = [name for name in choice.within if not says_training(name)]
    if not _only_validation(around):
        return False
    return any(says_test(read.source) and not read.rows.kin(choice.rows) for read in trace.of(Load))


def _for_trials(trace: Trace, choice: Evaluate) -> bool:
    """Say whether rows that the code calls training rows are divided in each trial of a study.

    So are those whose part a training watches as validation rows.  What is divided likewise once
    more, outside the trials, may be a test part after all.
    """
    split = trace.split_of(choice.rows, choice.variable)
    if split is None or not split.in_trials:
        return False
    same = [other for other in trace.near(Split, choice.rows) if other.parts == split.parts]
    if not all(other.in_trials for other in same):
        return False
    watched = [watch.variable for watch in trace.near(Watch, choice.rows)]
    return any(map(says_training, split.arrays[:1])) or any(map(says_validation, watched))


def watches_validation(trace: Trace, watch: Watch, report: Evaluate) -> bool:
    """Say whether the rows that training watches are called validation rows, or were read as such.

    The name of the file that they come from tells so, or what is told of their score, where
    nothing calls them test rows.
    """
    if says_validation(watch.variable):
        return True
    given = trace.names_given(watch.rows, watch.variable)
    told = report.reported_at.text.split("\n", 1)[0] if report.reported_at else ""
    return _only_validation([watch.variable, report.variable, told, *given])


def of_file_for_validation(trace: Trace, rows: RowSet) -> bool:
    """Say whether rows are only a part of a file whose name calls it one for validation.

    Such data had been divided before: whoever made the file keeps the test rows in another one.
    """
    return any(
        rows.overlap(read.rows) and not read.rows.within(rows) and _only_validation([read.source])
        for read in trace.near(Load, rows)
    )


def _only_validation(names: list[str]) -> bool:
    return any(map(says_validation, names)) and not any(map(says_test, names))


def test_part_left(trace: Trace, judged: Evaluate | Watch) -> bool:
    """Say whether a part of the same split is left that no training and no choice has taken.

    Beside rows that are called test rows, only another part that is called so will do; a part that
    is thrown away or called a training part never does.
    """
    for names in trace.parts_left(judged.rows):
        if any(name.startswith("_") or says_training(name) for name in names):
            continue
        if any(map(says_test, names)) or not _called_test(trace, judged):
            return True
    return False


def _called_test(trace: Trace, judged: Evaluate | Watch) -> bool:
    """Say whether the rows go by a name for test rows, where they are used or split off."""
    return any(map(says_test, [judged.variable, *trace.names_given(judged.rows, judged.variable)]))


def two_names(trace: Trace, chosen: ChosenOnReported) -> TwoNames | None:
    """Find that the rows of a choice go by a name for validation and by one for testing."""
    rows = chosen.choice.rows
    for alias in trace.near(Alias, rows):
        if _same(alias.rows, rows) and (pair := _told_apart(alias.name, alias.other)):
            return *pair, alias.place
    if not says_validation(chosen.choice.variable):
        return None
    for report in trace.near(Evaluate, rows):
        pair = _told_apart(chosen.choice.variable, report.variable)
        if pair and report.reported and report.held_out and _same(report.rows, rows):
            return *pair, chosen.choice.place
    return None


def _same(one: RowSet, other: RowSet) -> bool:
    """Say whether two sets of rows are surely the same."""
    return one.within(other) and other.within(one)


def _told_apart(one: str, other: str) -> tuple[str, str] | None:
    """Give the name for validation and the one for testing, where there is one of each."""
    if _only(says_validation, says_test, one) and _only(says_test, says_validation, other):
        return one, other
    if _only(says_validation, says_test, other) and _only(says_test, says_validation, one):
        return other, one
    return None


def _only(says: Callable[[str], bool], other: Callable[[str], bool], name: str) -> bool:
    return says(name) and not other(name)
