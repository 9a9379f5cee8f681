"""Rows that a resampling has balanced before: they are as even as their author wanted them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Overlap, Resample

if TYPE_CHECKING:
    from mlaudit.rulekit import RowSet, Trace


def balanced(trace: Trace, rows: RowSet) -> bool:
    """Say whether rows are those of a resampling, or are put together of such rows and others."""
    return any(
        rows.within(resample.result) or _put_together(resample, rows)
        for resample in trace.near(Resample, rows)
    )


def _put_together(resample: Resample, rows: RowSet) -> bool:
    """Say whether rows hold the result of a resampling of rows that they do not hold themselves."""
    return not resample.rows.within(rows) and resample.result.overlap(rows) is Overlap.MUST
