"""Steps of optimizers, read from the records that the agent writes, as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlaudit.probe.agent.steps import RECORD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Event = dict[str, Any]
_EXPLAINED = "stepping"


class Steps:
    """Reads the records of a run as they come."""

    def __init__(self, folder: Path):
        self._path = folder / "steps"
        self._read = 0
        self._kinds: dict[int, Event] = {}

    def explained_by(self, event: Event) -> bool:
        """Say whether an event only tells what the records leave out, and note it."""
        if event["event"] != _EXPLAINED:
            return False
        self._kinds[event["which"]] = {key: event[key] for key in ("optimizer", "place")}
        return True

    def read(self) -> bytes:
        """Read what has been written since the last look."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                return file.read()
        except FileNotFoundError:
            return b""

    def events(self, records: bytes) -> Iterator[Event]:
        """Give the steps of records; what explains them has to be known by now."""
        whole = len(records) - len(records) % RECORD.size
        for at, loss, known, number in RECORD.iter_unpack(records[:whole]):
            if not number:
                return  # not written yet
            self._read += RECORD.size
            told = loss if known & 1 else None
            kind = self._kinds[known >> 1]
            yield {"event": "step", "at": round(at, 4), "number": number, "loss": told, **kind}
