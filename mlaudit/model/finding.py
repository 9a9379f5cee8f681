"""What a rule reports."""

from __future__ import annotations

from enum import StrEnum

from mlaudit.model.frozen import frozen
from mlaudit.model.location import Location


class Severity(StrEnum):
    """How much the problem harms the result: an error invalidates it."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(StrEnum):
    """How sure the analysis is that the problem is real."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Certainty(StrEnum):
    """Whether a run of the program has spoken about the finding."""

    SUSPECTED = "suspected"
    OBSERVED = "observed"
    CONFIRMED = "confirmed"
    REFUTED = "refuted"


@frozen
class Evidence:
    """A related place and the part it plays, e.g. role "split here"."""

    role: str
    location: Location
    message: str = ""


class Safety(StrEnum):
    """Whether an edit keeps all that the program means to do, or its author must look at it."""

    SAFE = "safe"
    UNSAFE = "unsafe"


@frozen
class Stored:
    """A stretch of a file as it is stored, and what to put there; counted from 1 in characters."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@frozen
class Edit:
    """Put `text` where a location is; one without extent is a place to insert at.

    `stored` is the same edit in the file itself: of a notebook, in its JSON text.
    """

    location: Location
    text: str
    stored: Stored


@frozen
class Fix:
    """What to write instead, in the names of the code at hand.

    `edits` do so; they are there only when they were tried: the file with them parses, the finding
    is gone, and no other has come.  `safety` is None without edits.
    """

    description: str
    code: str = ""
    edits: tuple[Edit, ...] = ()
    safety: Safety | None = None


@frozen
class Excerpt:
    """Source lines around a place, so that a review can be shown without its sources."""

    path: str
    cell: int | None
    first_line: int
    lines: tuple[str, ...]


@frozen
class Finding:
    """One problem, with the chain of places that makes it true."""

    code: str
    name: str
    family: str
    message: str
    severity: Severity
    confidence: Confidence
    location: Location
    certainty: Certainty = Certainty.SUSPECTED
    evidence: tuple[Evidence, ...] = ()
    fingerprint: str = ""
    fix: Fix | None = None
    help: str = ""
    excerpts: tuple[Excerpt, ...] = ()

    @property
    def sort_key(self) -> tuple[str, int, int, int, str, str]:
        """Order of findings in every output."""
        return (*self.location.sort_key, self.code, self.message)

    @property
    def weight(self) -> tuple[int, int, int, str]:
        """Rank among findings of one place: the smaller, the more there is to it."""
        return (
            list(Severity).index(self.severity),
            list(Confidence).index(self.confidence),
            -len(self.evidence),
            self.message,
        )
