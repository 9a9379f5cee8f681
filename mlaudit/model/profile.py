"""What a run of the program has shown."""

from __future__ import annotations

from mlaudit.model.frozen import field, frozen
from mlaudit.model.location import Location
from mlaudit.model.measured import Measured


@frozen
class Share:
    """The bytes that the tensors made by one piece of code held at the peak, mostly of one kind."""

    location: Location
    code: str
    bytes: int
    kind: str = ""


@frozen
class Course:
    """The bytes held for each of the `kinds` of tensors, at `moments` of one step."""

    kinds: tuple[str, ...]
    moments: tuple[tuple[int, ...], ...]


@frozen
class Memory:
    """The memory of the tensors of a training, in bytes.

    `tier` says how the numbers came about.  A card needs between `peak` and `upper`; `fits` says
    whether that is within the `budget`, which is that of a `card` unless a size was given.  Every
    step leaves `growth` bytes behind, with which the budget is used up at the step `full_at`; the
    lines that they come from are in `grown`, the names of what holds ever more tensors in `kept`.
    `course` is that of the step with the peak, `live` what is held after some of the steps.
    Loaders gave batches of `batch` rows; of the `largest` size that fits, `largest_by` says how it
    was found.
    """

    tier: str
    device: str
    steps: int
    peak: int
    upper: int
    kinds: dict[str, int]
    lines: tuple[Share, ...]
    budget: int
    card: str
    fits: str
    growth: int = 0
    full_at: int | None = None
    grown: tuple[Share, ...] = ()
    kept: tuple[str, ...] = ()
    course: Course | None = None
    live: tuple[int, ...] = ()
    batch: int | None = None
    largest: int | None = None
    largest_by: str = ""


@frozen
class Profile:
    """One run: what was started, how it ended and where, and what could be observed.

    `how` is finished, stopped (as asked), failed, or limited (it broke a limit); `ended` goes on
    where "The program …" begins.  Findings were `confirmed` or `refuted` by the run, or only
    `observed` in it.  `libraries` are those whose calls were observed, `limits` says of each limit
    whether it held, `notes` what could not be observed.  `losses` are
    the first and the last that training followed, `curve` some of them in order.  What has no
    place of its own is reported where the `program` begins.
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
    losses: tuple[float, ...] = ()
    curve: tuple[float, ...] = ()
    memory: Memory | None = None
    program: Location | None = None
    measured: Measured = Measured()
