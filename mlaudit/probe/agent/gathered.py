"""A sample of the rows that a network is trained on, taken from its batches as they come."""

from __future__ import annotations

import sys
from typing import Any

from .batches import Batch, Rows, as_array, length

MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_SEEN = 100_000
_AT_FIRST = 1_000


class Met:
    """The rows that were met since it was made."""

    def __init__(self) -> None:
        # Which rows of a whole are known; of other rows only the array counts.
        self._masks: dict[int, tuple[Any, Any]] = {}
        self._turn: object = None
        self._waiting: list[list[int]] = []

    def again(self, rows: Rows | Batch) -> bool:
        """Say whether some were met before; all are from now on."""
        if not isinstance(rows, Batch):
            known = id(rows.known) in self._masks
            self._masks[id(rows.known)] = (rows.known, None)
            return known
        if self.surely_new(rows):
            return False
        self._turn = None if self._masks else rows.turn
        mask, positions = self._mask(rows), as_array([rows.positions])
        if positions.max() >= len(mask):
            return True  # what is beyond the end of a data set cannot be followed
        again = bool(mask[positions].any())
        mask[positions] = True
        return again

    def surely_new(self, rows: Rows | Batch) -> bool:
        """Take rows in of the first turn of a loader, in which nothing can come again."""
        if self._turn is None or not isinstance(rows, Batch) or rows.turn is not self._turn:
            return False
        self._waiting.append(rows.positions)
        return True

    def _mask(self, rows: Batch) -> Any:
        held = self._masks.get(rows.whole)
        if held is None:
            mask = sys.modules["numpy"].zeros(length(rows.dataset), bool)
            held = self._masks[rows.whole] = (rows.dataset, mask)
        if self._waiting:
            first, found = next(iter(self._masks.values()))[1], as_array(self._waiting)
            first[found[found < len(first)]] = True
            self._waiting = []
        return held[1]


class Gathered:
    """Keeps every n-th batch of the first epoch, and what the network was to answer.

    The more rows are expected the more batches are left out, but none of the first ones: the
    program may be stopped long before.
    """

    def __init__(self) -> None:
        self.met = Met()
        self._least_every = 0.0
        self._like: tuple[Any, int] | None = None
        self.loaded = False
        self.seen = 0
        self._batches = 0
        self._every = 1
        self._kept = 0
        # One piece of memory: many small ones between those of the program would keep the system
        # from giving it the same ones again and again.
        self._room: Any = None
        self._features: list[Any] = []
        self._answers: list[Any] = []
        self.open = False
        self._stride = 1
        self._ids: set[int] = set()

    def met_again(self, rows: Rows | Batch) -> bool:
        """Say whether rows come that have come before: then the first epoch is over.

        Rows that are picked by hand come in other arrays each time, and are known by what they are.
        """
        if self.met.again(rows):
            return True
        if isinstance(rows, Batch):
            return False
        ids = rows.known.ids[:MOST_SEEN].tolist()
        again = not self._ids.isdisjoint(ids)
        self._ids.update(ids)
        return again

    def expect(self, count: int) -> None:
        """Be prepared for so many rows in an epoch."""
        self._least_every = min(count, MOST_SEEN) / MOST_ROWS

    @property
    def full(self) -> bool:
        """Whether enough has been seen."""
        return self.seen >= MOST_SEEN

    def suits(self, batch: Any) -> bool:
        """Say whether a batch is a table like the first one."""
        self._like = self._like or (batch.dtype, batch.shape[1])
        return bool(self._like == (batch.dtype, batch.shape[1]))

    def leaves_out(self, rows: Rows | Batch) -> bool:
        """Count rows that are surely new and in a batch that is not kept; say whether they are."""
        if self._batches % self._every == 0 or self.full or not self.met.surely_new(rows):
            return False
        self._batches += 1
        self.seen += rows.count
        self.open = False
        return True

    def add(self, batch: Any) -> None:
        """Take rows of a batch in, of a large one some at even distances."""
        number, count = self._batches, len(batch)
        self._batches += 1
        self.seen += count
        self._stride = -(-count // MOST_ROWS)
        while number % self._every == 0 and self._too_many(-(-count // self._stride)):
            self._thin()
        self.open = number % self._every == 0
        if self.open:
            self._features.append(self._put(batch.detach().numpy()[:: self._stride]))
            self._answers.append(None)

    def _too_many(self, more: int) -> bool:
        """Say whether more rows do not fit, or would be left out later anyway."""
        surely = self._every < self._least_every and self._kept >= _AT_FIRST
        return surely or self._kept + more > 2 * MOST_ROWS

    def _put(self, piece: Any) -> Any:
        """Copy rows to where those kept end."""
        if self._room is None:
            self._room = sys.modules["numpy"].empty((2 * MOST_ROWS, piece.shape[1]), piece.dtype)
        start, end = self._kept, self._kept + len(piece)
        self._room[start:end] = piece
        self._kept = end
        return self._room[start:end]

    def answer(self, target: Any) -> None:
        """Take in what is to be answered for the last batch, one number a row."""
        if self.open and self._answers[-1] is None:
            values = target.detach().cpu().numpy().reshape(-1)[:: self._stride].copy()
            if len(values) == len(self._features[-1]):
                self._answers[-1] = values

    def features(self) -> Any:
        """Give the rows kept."""
        return self._room[: self._kept]

    def answers(self) -> Any:
        """Give what was to be answered for them; None where that is not known of all."""
        if any(piece is None for piece in self._answers):
            return None
        return sys.modules["numpy"].concatenate(self._answers)

    def _thin(self) -> None:
        """Keep every second batch, of those to come as well."""
        kept, self._answers = self._features[::2], self._answers[::2]
        self._every *= 2
        self._kept = 0
        self._features = [self._put(piece) for piece in kept]


def eligible(batch: Any) -> bool:
    """Say whether a batch is a table of numbers: no image made flat, no text, on no device."""
    return (
        batch.dim() == 2
        and batch.is_floating_point()
        and batch.is_cpu
        and 1 < batch.shape[1] <= MOST_COLUMNS
        and (batch._base is None or batch._base.dim() == 2)
    )
