"""The counts of a review in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.finding import Severity
from mlaudit.report.escape import line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.model.review import FileCoverage, Review

_NOUNS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LISTED = 20
_WITHOUT_LEARNING = "no machine learning found"
_UNFINISHED = {"partial", "not examined"}


def number(count: int, noun: str) -> str:
    """Write a count with its noun: "1 error", "2 errors"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def sized(count: int) -> str:
    """Write a number of bytes for people."""
    for unit, size in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} B"


def counted(review: Review) -> str:
    """Say how many findings there are: `2 errors and 1 warning in 3 files (1 suppressed)`.

    Those that were not judged are counted too.
    """
    found = [
        number(count, _NOUNS[severity])
        for severity in Severity
        if (count := sum(finding.severity is severity for finding in review.findings))
    ]
    text = f"{joined(found) or 'no findings'} in {number(review.summary.files, 'file')}"
    apart = (
        (review.summary.suppressed, "suppressed"),
        (review.gate.known, "known to the baseline"),
        (review.gate.elsewhere, f"outside of what changed since {review.gate.since}"),
    )
    words = [f"{count} {what}" for count, what in apart if count]
    return line(f"{text} ({', '.join(words)})") if words else text


def covered(review: Review) -> str:
    """Say how much was examined, in one line."""
    coverage = review.coverage
    parts = []
    incomplete = [file for file in coverage.files if file.status in _UNFINISHED]
    if incomplete:
        parts.append(f"{len(incomplete)} of {number(len(coverage.files), 'file')} not fully read")
    missed = coverage.evaluations - coverage.evaluations_followed
    if missed > 0:
        total = number(coverage.evaluations, "evaluation")
        parts.append(f"{missed} of {total} not followed")
    if not parts and coverage.notes:
        parts.append(f"{_many(len(coverage.notes))} not followed")
    if coverage.complete and not parts:
        parts = [number(len(coverage.files), "file")]
        apart = sum(file.status == _WITHOUT_LEARNING for file in coverage.files)
        if apart:
            parts[0] += f" ({apart} without machine learning)"
        if coverage.evaluations:
            parts.append(f"{number(coverage.evaluations, 'evaluation')} followed")
        return f"complete: {', '.join(parts)}"
    return "incomplete: " + (joined(parts) or "see the notes")


def uncovered(review: Review) -> list[str]:
    """List what was not examined, not followed, or no longer found, a line each, and why.

    Failures are told apart.
    """
    told = {(failure.path, failure.message) for failure in review.errors}
    lines = [
        f"not examined: {file.path}: {note}"
        for file in review.coverage.files
        for note in _notes(file)
        if (file.path, note) not in told
    ]
    lines += [f"not followed: {note}" for note in review.coverage.notes]
    return [*map(line, lines), *_stale(review)]


def _stale(review: Review) -> list[str]:
    """List the first entries of the baseline that are no longer found, a line each."""
    entries = review.gate.stale
    lines = [f"no longer found, but in the baseline: {entry}" for entry in entries[:_LISTED]]
    if len(entries) > _LISTED:
        lines.append(f"and {len(entries) - _LISTED} more; `mlaudit baseline --prune` drops them")
    return [line(text) for text in lines]


def _many(places: int) -> str:
    """Count places of which no more than the first few are listed."""
    return number(places, "place") if places <= _LISTED else f"more than {_LISTED} places"


def failed(review: Review) -> list[str]:
    """List what mlaudit could not do, one line each."""
    return [
        line(
            f"error: {failure.path}: "
            + (f"{failure.rule}: " if failure.rule else "")
            + failure.message
        )
        for failure in review.errors
    ]


def joined(words: Iterable[str]) -> str:
    """Join words as prose does: "a, b and c"."""
    *head, last = [*words] or [""]
    return f"{', '.join(head)} and {last}" if head else last


def _notes(file: FileCoverage) -> tuple[str, ...]:
    return file.notes or ((file.status,) if file.status in _UNFINISHED else ())
