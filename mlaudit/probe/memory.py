"""From the bytes of every step to what a card must have: peak, band, budget, growth."""

from __future__ import annotations

from itertools import combinations, pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

from mlaudit.model.frozen import replace
from mlaudit.model.profile import Memory, Share
from mlaudit.probe.ending import How
from mlaudit.probe.job import Budget, ProbeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.probe.job import Job
    from mlaudit.probe.launch import Run
    from mlaudit.probe.places import Resolver

GIB = 2**30
FRAGMENTED = 1.2
CONTEXT = int(0.6 * GIB)
WARM_UP = 5
LEAST_STEPS = 10
LEAST_GROWTH = 4096
_MOST_POINTS = 120
_TRACKED = "T2, tracked: the storages of all tensors, counted while the program ran"
_SIMULATED = "T3, simulated: what tensors would take on a CUDA device, which held no data"
SIMULATED_STEPS = 24

# GiB by name; a name that comes with several sizes says which.
CARDS = {
    "GTX 1080 Ti": 11,
    "RTX 2080 Ti": 11,
    "RTX 3060": 12,
    "RTX 3070": 8,
    "RTX 3080": 10,
    "RTX 3090": 24,
    "RTX 4060": 8,
    "RTX 4070": 12,
    "RTX 4080": 16,
    "RTX 4090": 24,
    "RTX 5090": 32,
    "T4": 16,
    "V100 16GB": 16,
    "V100 32GB": 32,
    "L4": 24,
    "A10": 24,
    "A100 40GB": 40,
    "A100 80GB": 80,
    "H100": 80,
    "H200": 141,
}
DEFAULT_CARD = "RTX 2080 Ti"


def budget(size: int | None, card: str | None) -> Budget:
    """Give the budget of a size, of a card, or the default one.

    Raises `ProbeError` for an unknown card.
    """
    if size is not None:
        return Budget(size, "")
    wanted = _plain(card or DEFAULT_CARD)
    found = [name for name in CARDS if _plain(name) == wanted]
    if not found:
        raise ProbeError(
            f"no card is known as {card!r}: give its memory by --vram, or one of "
            + ", ".join(CARDS)
        )
    return Budget(CARDS[found[0]] * GIB, found[0])


def simulated(job: Job, card: Budget) -> Job:
    """Give the same job on a card that holds no data; a few steps tell what it would take."""
    limits = replace(job.limits, steps=job.limits.steps or SIMULATED_STEPS)
    return replace(job, track_memory=True, simulated=card, limits=limits)


def needs_cuda(run: Run) -> bool:
    """Say whether the program failed because there is no CUDA."""
    return run.ending.how is How.FAILED and any(event["needed"] for event in run.of("no_cuda"))


def measured(run: Run, allowed: Budget, places: Resolver) -> Memory | None:
    """Judge the memory of a run; None where no step was followed."""
    peaks = list(run.of("peak"))
    steps = list(run.of("memory"))
    if not peaks or not steps:
        return None
    last = peaks[-1]
    peak = int(last["bytes"])
    grown = growth([int(step["live"]) for step in steps], peak)
    left = allowed.size - upper(peak)
    return Memory(
        tier=_SIMULATED if run.job.simulated is not None else _TRACKED,
        device=last["device"],
        steps=len(steps),
        peak=peak,
        upper=upper(peak),
        kinds=dict(sorted(last["kinds"].items(), key=lambda item: -item[1])),
        lines=tuple(_shares(last["lines"], places)),
        budget=allowed.size,
        card=allowed.name,
        fits=verdict(peak, allowed.size),
        growth=grown,
        full_at=len(steps) + max(0, left // grown) if grown else None,
        grown=tuple(_grown(run, places)) if grown else (),
    )


def _grown(run: Run, places: Resolver) -> list[Share]:
    """Give the lines whose tensors pile up, by the bytes that each adds in a step."""
    told = list(run.of("grown"))
    if not told:
        return []
    steps = told[-1]["step"] - told[-1]["since"]
    lines = [(place, size // steps) for place, size in told[-1]["lines"]]
    return _shares([line for line in lines if line[1]], places)


def upper(peak: int) -> int:
    """Give the upper edge of what a card needs: fragmentation, and what CUDA itself takes."""
    return int(peak * FRAGMENTED) + CONTEXT


def verdict(peak: int, size: int) -> str:
    """Say whether a peak fits."""
    if upper(peak) <= size:
        return "fits"
    return "may not fit" if peak <= size else "does not fit"


def growth(live: Sequence[int], peak: int) -> int:
    """Give the bytes that every step leaves behind; 0 where that is not certain."""
    later = live[WARM_UP:]
    if len(later) < LEAST_STEPS:
        return 0
    rising = sum(after >= before for before, after in pairwise(later))
    slope = _slope(later)
    if slope <= max(LEAST_GROWTH, peak // 10_000) or rising < 0.9 * (len(later) - 1):
        return 0
    return int(slope)


def _slope(values: Sequence[int]) -> float:
    """Give the median of the slopes between all pairs, which outliers hardly move."""
    stride = max(1, len(values) // _MOST_POINTS)
    points = list(enumerate(values))[::stride]
    return median((b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(points, 2))


def _shares(lines: Sequence[Any], places: Resolver) -> list[Share]:
    found = []
    for position, size in lines:
        place = places(position)
        if place is not None:
            found.append(Share(place.location, " ".join(place.text.split())[:60], size))
    return found


def _plain(name: str) -> str:
    return "".join(name.lower().replace("nvidia", "").replace("geforce", "").split())
