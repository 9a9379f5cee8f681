"""The review: everything that the renderers show and that the JSON interchange carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from mlaudit.model.finding import Confidence, Finding
from mlaudit.model.location import Location

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


@dataclass(frozen=True, slots=True)
class Tool:
    """The program that wrote the review."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the verdict is what it is, with the fingerprints of the findings that caused it."""

    text: str
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """The recommendation, how sure it is, and why."""

    recommendation: Recommendation
    confidence: Confidence
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts for the head of a review."""

    findings: int = 0
    by_severity: dict[str, int] = field(default_factory=dict)
    by_family: dict[str, int] = field(default_factory=dict)
    suppressed: int = 0
    files: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """What the code sets out to learn; what cannot be read from it stands in `questions`."""

    task: str | None = None
    target: str | None = None
    frameworks: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hyperparameter:
    """One setting of a model: its source text, and whether it stands inline as a literal."""

    name: str
    value: str
    inline: bool


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where rows come from."""

    name: str
    reader: str
    location: Location


@dataclass(frozen=True, slots=True)
class DataSplit:
    """How rows are divided; the three facts are None where the code does not tell."""

    function: str
    location: Location
    parts: tuple[str, ...] = ()
    seeded: bool | None = None
    stratified: bool | None = None
    shuffled: bool | None = None


@dataclass(frozen=True, slots=True)
class Data:
    """Sources and splits."""

    sources: tuple[DataSource, ...] = ()
    splits: tuple[DataSplit, ...] = ()


@dataclass(frozen=True, slots=True)
class Measurement:
    """One evaluation of one model: on which rows, by which metric, and where the number goes."""

    model: str
    metric: str
    rows: str
    use: str
    location: Location


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The evaluation scheme in words and every measurement."""

    scheme: str = "none found"
    metrics: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """A line of the recommendations table; priority 1 is the most urgent."""

    priority: int
    recommendation: str
    impact: str
    effort: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadinessItem:
    """A line of the deployment check list."""

    item: str
    status: Status
    evidence: str


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """What of one file was examined; `notes` says what was not, and why."""

    path: str
    status: str
    cells: int = 0
    cells_skipped: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was and what was not examined."""

    complete: bool = True
    files: tuple[FileCoverage, ...] = ()
    rules: tuple[str, ...] = ()
    evaluations: int = 0
    evaluations_followed: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that mlaudit could not do: an unreadable file, a rule that crashed."""

    path: str
    message: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A node of the pipeline picture."""

    id: str
    label: str
    kind: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """An edge of the pipeline picture; a leaking edge names its code."""

    source: str
    target: str
    label: str = ""
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The picture of one document."""

    path: str
    steps: tuple[Step, ...] = ()
    flows: tuple[Flow, ...] = ()


@dataclass(frozen=True, slots=True)
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
    profile: None = None
    schema_version: str = SCHEMA_VERSION
