"""What of a file, and of the whole review, was examined."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import replace
from mlaudit.model.review import Coverage, FileCoverage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mlaudit.model.location import Location
    from mlaudit.source.directives import Directive
    from mlaudit.source.document import Document, Problem

EXAMINED = "examined"
PARTIAL = "partial"
NOT_EXAMINED = "not examined"
NO_LEARNING = "no machine learning found"
MOST_NOTES = 20


def unexamined(path: str, why: str, cells: int) -> FileCoverage:
    """Report a file that could not be examined at all."""
    return FileCoverage(path, NOT_EXAMINED, cells, cells, (why,))


def without_learning(document: Document) -> FileCoverage:
    """Report a file that imports nothing that learns, which was therefore not looked into."""
    return FileCoverage(document.path, NO_LEARNING, len(document.cells))


def followed(places: Iterable[Mapping[Location, bool]]) -> dict[Location, bool]:
    """Say for each place of all files whether some file's trace could follow it."""
    found: dict[Location, bool] = {}
    for one in places:
        for place, known in one.items():
            found[place] = found.get(place, False) or known
    return found


def said(problem: Problem) -> str:
    """Put a problem of a document in one line."""
    places = []
    if problem.cell is not None:
        places.append(f"cell {problem.cell}")
    if problem.line is not None:
        places.append(f"line {problem.line}")
    return f"{', '.join(places)}: {problem.message}" if places else problem.message


def idle(directive: Directive) -> str:
    """Put a suppression without effect in one line."""
    codes = f" of {', '.join(directive.codes)}" if directive.codes else ""
    return f"the suppression{codes} at {directive.location} suppresses nothing"


def noted(file: FileCoverage, notes: Iterable[str]) -> FileCoverage:
    """Add remarks that leave nothing unexamined."""
    return replace(file, notes=tuple(dict.fromkeys((*file.notes, *notes))))


def total(
    files: Sequence[FileCoverage],
    trainings: Mapping[Location, bool],
    evaluations: Mapping[Location, bool],
    rules: Sequence[str],
    *,
    crashed: bool,
) -> Coverage:
    """Join the files; complete when every file, training and evaluation could be followed."""
    seen = all(file.status in {EXAMINED, NO_LEARNING} for file in files)
    missed = [place for place, followed in evaluations.items() if not followed]
    notes = [
        f"{place}: which rows are judged, or had been learned, is not known" for place in missed
    ]
    notes += [
        f"{place}: which model learns here, or from which rows, is not known"
        for place, followed in trainings.items()
        if not followed
    ]
    if len(notes) > MOST_NOTES:
        shown = [*notes[:MOST_NOTES], f"and {len(notes) - MOST_NOTES} more places"]
    else:
        shown = notes
    return Coverage(
        complete=seen and not notes and not crashed,
        files=tuple(files),
        rules=tuple(rules),
        evaluations=len(evaluations),
        evaluations_followed=len(evaluations) - len(missed),
        notes=tuple(shown),
    )
