"""What a run of the program has shown."""

from __future__ import annotations

from mlaudit.model.frozen import field, frozen
from mlaudit.model.location import Location


@frozen
class Profile:
    """One run: what was started, how it ended and where, and what could be observed.

    `how` is finished, stopped (as asked), failed, or limited (it broke a limit); `ended` goes on
    where "The program …" begins.  Findings were `confirmed` or `refuted` by the run, or only
    `observed` in it.  `libraries` are those whose calls were observed, `limits` says of each limit
    whether it held, `notes` what could not be observed.
    """

    command: str
    python: str
    how: str
    ended: str
    location: Location | None = None
    seconds: float = 0.0
    steps: int = 0
    confirmed: int = 0
    refuted: int = 0
    observed: int = 0
    libraries: tuple[str, ...] = ()
    limits: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
