"""What was measured of data, scores, training and speed while a program ran."""

from __future__ import annotations

from enum import StrEnum

from mlaudit.model.budgets import Budgets
from mlaudit.model.frozen import field, frozen
from mlaudit.model.location import Location


@frozen
class Matrix:
    """The features and the target that a model was trained on, at most `sampled` rows looked at.

    `missing` and `far` are shares by column; `repeated` rows occurred before; `classes` counts the
    rows of each; a column that is `telling` equals the target, or separates its two classes.
    """

    location: Location
    model: str
    rows: int
    columns: int
    sampled: int
    missing: dict[str, float] = field(default_factory=dict)
    far: dict[str, float] = field(default_factory=dict)
    constant: tuple[str, ...] = ()
    repeated: int = 0
    classes: dict[str, int] = field(default_factory=dict)
    telling: dict[str, str] = field(default_factory=dict)


@frozen
class Score:
    """A score, beside what a guess without features and what the training rows reach by it.

    `number` tells models of one class apart.
    `rows` is how many were judged, `held_out` says that none of them was trained on, `error` that
    less is better.  `memorises` says that such a model knows its training rows by design.
    """

    location: Location
    model: str
    metric: str
    value: float
    rows: int
    held_out: bool
    number: int = 0
    error: bool = False
    guess: float | None = None
    train: float | None = None
    memorises: bool = False


class FaultKind(StrEnum):
    """The faults of a training that raise no error."""

    GRADIENTS_KEPT = "gradients kept"
    OPTIMIZER_MISSES = "optimizer misses"
    WEIGHTS_UNCHANGED = "weights unchanged"
    LOSS_NOT_FINITE = "loss not finite"
    TRAINING_MODE = "training mode"


@frozen
class Fault:
    """Such a fault; `detail` says more, in words."""

    kind: FaultKind
    location: Location
    detail: str
    steps: int = 0


@frozen
class Latency:
    """The seconds that one row takes, by shares of the calls, and the rows a second in batches."""

    location: Location
    model: str
    calls: int
    p50: float
    p95: float
    p99: float
    batch: int
    per_second: float


@frozen
class Repeats:
    """What became of it when the program ran again, unchanged and with another seed.

    `verdict` is bit-equal, metric-equal or different; `differs` names what differed first, at the
    `location`.  `spread` is by how much the scores moved with another seed, `moved` without.
    """

    verdict: str
    differs: str = ""
    location: Location | None = None
    moved: dict[str, float] = field(default_factory=dict)
    spread: dict[str, float] = field(default_factory=dict)


@frozen
class Seeding:
    """The first number drawn from a global generator, and whether that had been seeded."""

    generator: str
    location: Location
    function: str
    seeded: bool
    later: Location | None = None


@frozen
class Measured:
    """Everything that was measured, and what it is held against."""

    budgets: Budgets = Budgets()
    matrices: tuple[Matrix, ...] = ()
    scores: tuple[Score, ...] = ()
    faults: tuple[Fault, ...] = ()
    latency: Latency | None = None
    training_seconds: float = 0.0
    training: Location | None = None
    repeats: Repeats | None = None
    seeding: tuple[Seeding, ...] = ()
