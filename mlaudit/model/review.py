"""The review: everything that the renderers show and that the JSON interchange carries."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from mlaudit.model.finding import Confidence, Finding
from mlaudit.model.frozen import field, frozen
from mlaudit.model.location import Location

if TYPE_CHECKING:
    from mlaudit.model.profile import Profile  # few reviews have one

SCHEMA_VERSION = "1.0"


class Recommendation(StrEnum):
    """The three verdicts."""

    APPROVE = "APPROVE"
    CONDITIONAL = "CONDITIONAL"
    NEEDS_REWORK = "NEEDS-REWORK"


class Status(StrEnum):
    """The state of one item of the deployment check list."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


@frozen
class Tool:
    """The program that wrote the review."""

    name: str
    version: str


@frozen
class Reason:
    """Why the verdict is what it is, with the fingerprints of the findings that caused it."""

    text: str
    findings: tuple[str, ...] = ()


@frozen
class Verdict:
    """The recommendation, how sure it is, and why."""

    recommendation: Recommendation
    confidence: Confidence
    reasons: tuple[Reason, ...] = ()


@frozen
class Summary:
    """Counts for the head of a review."""

    findings: int = 0
    by_severity: dict[str, int] = field(default_factory=dict)
    by_family: dict[str, int] = field(default_factory=dict)
    suppressed: int = 0
    files: int = 0


@frozen
class Problem:
    """What the code sets out to learn; what cannot be read from it stands in `questions`."""

    task: str | None = None
    target: str | None = None
    frameworks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@frozen
class Hyperparameter:
    """One setting of a model: its source text, and whether it stands inline as a literal."""

    name: str
    value: str
    inline: bool


@frozen
class ModelCard:
    """A model that the code builds."""

    name: str
    library: str
    role: str
    task: str | None
    location: Location
    hyperparameters: tuple[Hyperparameter, ...] = ()
    fitted_at: tuple[Location, ...] = ()
    evaluated_at: tuple[Location, ...] = ()


@frozen
class DataSource:
    """Where rows come from."""

    name: str
    reader: str
    location: Location


@frozen
class DataSplit:
    """How rows are divided; the three facts are None where the code does not tell."""

    function: str
    location: Location
    parts: tuple[str, ...] = ()
    seeded: bool | None = None
    stratified: bool | None = None
    shuffled: bool | None = None


@frozen
class Data:
    """Sources and splits."""

    sources: tuple[DataSource, ...] = ()
    splits: tuple[DataSplit, ...] = ()


@frozen
class Measurement:
    """One evaluation of one model: on which rows, by which metric, and where the number goes."""

    model: str
    metric: str
    rows: str
    use: str
    location: Location


@frozen
class Evaluation:
    """The evaluation scheme in words and every measurement."""

    scheme: str = "none found"
    metrics: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()


@frozen
class Advice:
    """A line of the recommendations table; priority 1 is the most urgent."""

    priority: int
    recommendation: str
    impact: str
    effort: str
    codes: tuple[str, ...] = ()


@frozen
class ReadinessItem:
    """A line of the deployment check list."""

    item: str
    status: Status
    evidence: str


@frozen
class FileCoverage:
    """What of one file was examined; `notes` says what was not, and why."""

    path: str
    status: str
    cells: int = 0
    cells_skipped: int = 0
    notes: tuple[str, ...] = ()


@frozen
class Coverage:
    """What was and what was not examined."""

    complete: bool = True
    files: tuple[FileCoverage, ...] = ()
    rules: tuple[str, ...] = ()
    evaluations: int = 0
    evaluations_followed: int = 0
    notes: tuple[str, ...] = ()


@frozen
class Failure:
    """Something that mlaudit could not do: an unreadable file, a rule that crashed."""

    path: str
    message: str
    rule: str | None = None


@frozen
class Step:
    """A node of the pipeline picture."""

    id: str
    label: str
    kind: str
    location: Location | None = None


@frozen
class Flow:
    """An edge of the pipeline picture; a leaking edge names its code."""

    source: str
    target: str
    label: str = ""
    code: str | None = None


@frozen
class Pipeline:
    """The picture of one document."""

    path: str
    steps: tuple[Step, ...] = ()
    flows: tuple[Flow, ...] = ()


@frozen
class Gate:
    """Which findings were not judged: those known to a baseline, and those outside of a change.

    `stale` are the entries of the baseline that nothing answers to any more.
    """

    baseline: str = ""
    known: int = 0
    stale: tuple[str, ...] = ()
    since: str = ""
    elsewhere: int = 0


@frozen
class Review:
    """The whole review."""

    tool: Tool
    verdict: Verdict
    summary: Summary
    problem: Problem
    models: tuple[ModelCard, ...]
    data: Data
    evaluation: Evaluation
    findings: tuple[Finding, ...]
    recommendations: tuple[Advice, ...]
    readiness: tuple[ReadinessItem, ...]
    coverage: Coverage
    errors: tuple[Failure, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    gate: Gate = Gate()
    profile: Profile | None = None
    schema_version: str = SCHEMA_VERSION
