"""Rows that a draw has balanced before: they are as even as their author wanted them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import DrawnAlike, Fit, Overlap, Pattern, Resample, Split

if TYPE_CHECKING:
    from mlaudit.rulekit import RowSet, Trace

_COLUMN = Pattern(r"\[[\"'](\w+)[\"']\]$")


def balanced(trace: Trace, rows: RowSet) -> bool:
    """Say whether rows are those of a resampling, or are put together of such rows and others.

    Or as many of them were drawn from each class.
    """
    return any(
        rows.within(resample.result) or _put_together(resample, rows)
        for resample in trace.near(Resample, rows)
    ) or any(
        rows.within(drawn.result) and _of_classes(trace, drawn)
        for drawn in trace.near(DrawnAlike, rows)
    )


def perhaps_balanced(trace: Trace, rows: RowSet) -> bool:
    """Say whether a resampling gives rows on one path of the program, where it asks whether to.

    On the other path they are even already, or as uneven as their author asked for.
    """
    return any(rows.perhaps_within(resample.result) for resample in trace.near(Resample, rows))


def _of_classes(trace: Trace, drawn: DrawnAlike) -> bool:
    """Say whether groups may be the classes that a model learns to tell apart."""
    targets = {fit.target for fit in trace.near(Fit, drawn.result)} - {None}
    if not targets:  # that of a split may be written out
        near = trace.near(Split, drawn.result)
        told = (_COLUMN.search(split.arrays[1]) for split in near if len(split.arrays) == 2)
        targets = {found[1] for found in told if found is not None}
    return not drawn.by or not targets or not targets.isdisjoint(drawn.by)


def _put_together(resample: Resample, rows: RowSet) -> bool:
    """Say whether rows hold the result of a resampling of rows that they do not hold themselves."""
    return not resample.rows.within(rows) and resample.result.overlap(rows) is Overlap.MUST
