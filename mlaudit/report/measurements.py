"""What was measured in a run, as tables of words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.report.sections import Section, located, quoted
from mlaudit.report.tally import joined, number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlaudit.model.measured import Matrix, Measured, Repeats, Score
    from mlaudit.model.review import Review

_MOST_COLUMNS = 4
_MOST_CLASSES = 6


def measured(review: Review) -> Section:
    """Tell what was measured of data, training and speed."""
    header = ("What", "Measured")
    found = review.profile.measured if review.profile is not None else None
    if found is None:
        return Section("Measurements", header, ())
    rows = [*_data(review, found), *_training(review, found), *_speed(found)]
    return Section("Measurements", header, tuple(rows))


def scores(review: Review) -> Section:
    """Hold every score against a guess without features, and against the training rows."""
    header = ("Model", "Metric", "Score", "A constant guess", "Training rows", "At")
    found = review.profile.measured.scores if review.profile is not None else ()
    rows = tuple(
        (
            quoted(one.model),
            quoted(one.metric),
            f"{one.value:.4g} on {_rows(one)}",
            _shown(one.guess),
            _shown(one.train),
            located(review, one.location),
        )
        for one in found
    )
    return Section("Scores in the run", header, rows)


def _rows(score: Score) -> str:
    return f"{number(score.rows, 'row')}{'' if score.held_out else ', not held out'}"


def _shown(value: float | None) -> str:
    return f"{value:.4g}" if value is not None else ""


def _data(review: Review, found: Measured) -> Iterator[tuple[str, str]]:
    for matrix in found.matrices:
        what = f"Data for {quoted(matrix.model)}, {located(review, matrix.location)}"
        yield what, "; ".join(_matrix(matrix))


def _matrix(matrix: Matrix) -> Iterator[str]:
    of = f", {matrix.sampled:,} looked at" if matrix.sampled < matrix.rows else ""
    yield f"{number(matrix.rows, 'row')} of {number(matrix.columns, 'column')}{of}"
    if matrix.missing:
        yield f"missing: {_shares(matrix.missing)}"
    if matrix.far:
        yield f"beyond three standard deviations: {_shares(matrix.far)}"
    if matrix.constant:
        yield f"constant: {joined(quoted(name) for name in matrix.constant[:_MOST_COLUMNS])}"
    if matrix.repeated:
        yield f"{number(matrix.repeated, 'row')} a second time"
    if matrix.telling:
        yield f"tells the target: {joined(quoted(name) for name in matrix.telling)}"
    if 0 < len(matrix.classes) <= _MOST_CLASSES:
        yield "classes: " + ", ".join(f"{quoted(k)} {n:,}" for k, n in matrix.classes.items())


def _shares(shares: Mapping[str, float]) -> str:
    largest = sorted(shares.items(), key=lambda item: -item[1])
    told = [f"{quoted(name)} {share:.1%}" for name, share in largest[:_MOST_COLUMNS]]
    more = len(largest) - len(told)
    return ", ".join(told) + (f" and {more} more" if more else "")


def _training(review: Review, found: Measured) -> Iterator[tuple[str, str]]:
    for fault in found.faults:
        yield f"Fault, {located(review, fault.location)}", f"{fault.kind.value}: {fault.detail}"
    for one in found.seeding:
        how = "after a seed was set" if one.seeded else "before any seed was set"
        if one.later is not None:
            how += f"; one is set at {located(review, one.later)}"
        what = f"First draw from {quoted(one.generator)}, {located(review, one.location)}"
        yield what, f"{quoted(one.function)} {how}"
    if found.repeats is not None:
        yield "Run again", "; ".join(_repeats(review, found.repeats))


def _repeats(review: Review, found: Repeats) -> Iterator[str]:
    place = f", {located(review, found.location)}" if found.location is not None else ""
    differs = f" (what differs first: {found.differs}{place})" if found.differs else ""
    yield f"{found.verdict}{differs}"
    for name, moved in found.moved.items():
        yield f"{quoted(name)} moved by {moved:.3g}"
    for name, moved in found.spread.items():
        yield f"{quoted(name)} moves by {moved:.3g} with another seed"


def _speed(found: Measured) -> Iterator[tuple[str, str]]:
    if found.training is not None:
        yield "Training", f"{found.training_seconds:,.2f} s"
    told = found.latency
    if told is not None:
        each = f"{told.p50 * 1000:.2f} / {told.p95 * 1000:.2f} / {told.p99 * 1000:.2f} ms"
        single = f"{each} for one row (50 / 95 / 99 % of {told.calls} calls)"
        batches = f"{told.per_second:,.0f} rows a second in batches of {told.batch:,}"
        yield f"Prediction by {quoted(told.model)}", f"{single}; {batches}"
