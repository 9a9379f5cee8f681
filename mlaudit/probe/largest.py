"""The largest batch that fits: by a line through three batches, or by halving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen, replace
from mlaudit.probe.launch import running
from mlaudit.probe.memory import CONTEXT, FRAGMENTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.probe.job import Budget
    from mlaudit.probe.launch import Run
    from mlaudit.source.document import Document

STEPS = 3
MOST_RUNS = 10
COLLINEAR = 0.02


@frozen
class Largest:
    """The batch of the program, and the largest that fits; `by` says how it was found."""

    batch: int
    size: int
    by: str


def largest(run: Run, document: Document, allowed: Budget) -> Largest | None:
    """Run the program with other batches; None where it has no loader whose batch could change."""
    told = list(run.of("loader"))
    loader = next((one for one in told if one["shuffled"]), told[0] if told else None)
    if loader is None:
        return None
    batch: int = loader["size"]
    limits = replace(run.job.limits, steps=STEPS)

    def peak(size: int) -> int | None:
        job = replace(run.job, batches=(size, batch), limits=limits)
        with running(job, document) as other:
            return max((int(step["peak"]) for step in other.of("memory")), default=None)

    limit = int((allowed.size - CONTEXT) / FRAGMENTED)
    found = search(peak, batch, limit, loader["rows"])
    return found and Largest(batch, *found)


def search(
    peak: Callable[[int], int | None], batch: int, limit: int, rows: int | None
) -> tuple[int, str] | None:
    """Find the largest batch whose peak is within the limit.

    The peak grows along a line with the batch, above a floor that the optimizer needs: three
    batches tell whether they are all on that line.  `peak` gives None where a run told nothing.
    """
    middle = batch if rows is None or 2 * batch <= rows else batch // 2
    sizes = [middle // 2, middle, 2 * middle]
    peaks = [peak(size) for size in sizes] if sizes[0] else []
    low, mid, high = (*peaks, None, None, None)[:3]
    if low is None or mid is None or high is None:
        return None
    slope = (high - low) / (sizes[2] - sizes[0])
    expected = low + slope * (sizes[1] - sizes[0])
    if slope > 0 and abs(mid - expected) <= COLLINEAR * mid and limit >= low:
        size = sizes[2] + int((limit - high) // slope)
        return _within(size, rows), f"a line through batches of {sizes[0]}, {middle}, {sizes[2]}"
    known = dict(zip(sizes, (low, mid, high), strict=True))
    return _halved(peak, known, limit, rows), "runs with other batches"


def _within(size: int, rows: int | None) -> int:
    return size if rows is None else min(size, rows)


def _halved(
    peak: Callable[[int], int | None], known: dict[int, int], limit: int, rows: int | None
) -> int:
    """Close in on the largest batch that fits, to a sixteenth."""
    fits = max((size for size, taken in known.items() if taken <= limit), default=0)
    fails = min((size for size, taken in known.items() if taken > limit), default=None)
    for _ in range(MOST_RUNS):
        size = _within(2 * fits, rows) if fails is None else (fits + fails) // 2
        if size <= fits or (fails is not None and fails - fits <= max(1, fits // 16)):
            break
        taken = peak(size)
        if taken is not None and taken <= limit:
            fits = size
        else:
            fails = size
    return fits
