"""A sample of the rows that a network is trained on, taken from its batches as they come."""

from __future__ import annotations

import sys
from typing import Any

from .batches import Batch, Rows

MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_SEEN = 100_000


class Met:
    """The rows that were met since it was made."""

    def __init__(self) -> None:
        self._positions: dict[int, tuple[Any, set[int]]] = {}

    def again(self, rows: Rows | Batch) -> bool:
        """Say whether some were met before; all are from now on."""
        if isinstance(rows, Batch):
            _, known = self._positions.setdefault(rows.whole, (rows.dataset, set()))
            again = not known.isdisjoint(rows.positions)
            known.update(rows.positions)
            return again
        again = id(rows.known) in self._positions
        self._positions[id(rows.known)] = (rows.known, set())
        return again


class Gathered:
    """Keeps every n-th row of the first epoch, and what the network was to answer."""

    def __init__(self) -> None:
        self.met = Met()
        self.loaded = False
        self.seen = 0
        self._stride = 1
        self._kept = 0
        self._features: list[Any] = []
        self._answers: list[Any] = []
        self._start = 0
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

    @property
    def full(self) -> bool:
        """Whether enough has been seen."""
        return self.seen >= MOST_SEEN

    def add(self, batch: Any) -> None:
        """Take rows of a batch in."""
        self._start = -self.seen % self._stride
        piece = batch.detach()[self._start :: self._stride].numpy().copy()
        self.seen += len(batch)
        self._kept += len(piece)
        self._features.append(piece)
        self._answers.append(None)
        if self._kept > 2 * MOST_ROWS:
            self._thin()

    def answer(self, target: Any) -> None:
        """Take in what is to be answered for the last batch, one number a row."""
        if self._answers and self._answers[-1] is None:
            values = target.detach().reshape(-1).cpu()[self._start :: self._stride].numpy().copy()
            if len(values) == len(self._features[-1]):
                self._answers[-1] = values

    def features(self) -> Any:
        """Give the rows kept."""
        return sys.modules["numpy"].concatenate(self._features)

    def answers(self) -> Any:
        """Give what was to be answered for them; None where that is not known of all."""
        if any(piece is None for piece in self._answers):
            return None
        return sys.modules["numpy"].concatenate(self._answers)

    def _thin(self) -> None:
        """Keep every second row, for so many more to come; the last answers are still open."""
        *answers, last = self._answers
        joined = [piece for piece in answers if piece is not None]
        known = bool(joined) and len(joined) == len(answers)
        np = sys.modules["numpy"]
        features = np.concatenate(self._features[:-1])
        rest = self._features[-1]
        odd = len(features) % 2
        self._features = [features[::2], rest[odd::2]]
        self._answers = [np.concatenate(joined)[::2] if known else None, last]
        self._start += odd * self._stride
        self._stride *= 2
        self._kept = sum(map(len, self._features))


def eligible(batch: Any) -> bool:
    """Say whether a batch is a table of numbers: no image made flat, no text, on no device."""
    return (
        batch.dim() == 2
        and batch.is_floating_point()
        and batch.is_cpu
        and 1 < batch.shape[1] <= MOST_COLUMNS
        and (batch._base is None or batch._base.dim() == 2)
    )
