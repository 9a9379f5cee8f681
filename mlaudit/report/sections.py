"""What a review knows besides its findings, as tables of words that any format can draw.

Words from code stand between backticks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.model.review import Status
from mlaudit.report.tally import joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.model.location import Location
    from mlaudit.model.review import DataSplit, ModelCard, Review

MARKS = {Status.PASS: "✓", Status.FAIL: "✗", Status.UNKNOWN: "?"}


@frozen
class Section:
    """A titled table; without rows there is nothing to say."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def problem(review: Review) -> Section:
    """Say what is learnt; what cannot be read from the code is missing here."""
    known = review.problem
    frameworks = joined(quoted(name) for name in known.frameworks)
    facts = (
        ("Task", known.task or ""),
        ("Target", quoted(known.target) if known.target else ""),
        ("Frameworks", frameworks),
    )
    rows = tuple((name, value) for name, value in facts if value)
    return Section("Problem", ("What", "Read from the code"), rows)


def models(review: Review) -> Section:
    """List the models with their settings and where they are built."""
    rows = tuple(
        (quoted(model.name), _role(model), _settings(model), _at(model.location))
        for model in review.models
    )
    return Section("Models", ("Model", "Role", "Settings", "Built at"), rows)


def sources(review: Review) -> Section:
    """List where rows come from."""
    rows = tuple(
        (quoted(source.name), quoted(source.reader), _at(source.location))
        for source in review.data.sources
    )
    return Section("Data", ("Source", "Read by", "At"), rows)


def splits(review: Review) -> Section:
    """List how rows are divided."""
    rows = tuple(
        (
            quoted(split.function),
            joined(quoted(part) for part in split.parts),
            _qualities(split),
            _at(split.location),
        )
        for split in review.data.splits
    )
    return Section("Splits", ("Split", "Parts", "How", "At"), rows)


def evaluation(review: Review) -> Section:
    """List every measurement."""
    rows = tuple(
        (quoted(each.model), quoted(each.metric), each.rows, each.use, _at(each.location))
        for each in review.evaluation.measurements
    )
    return Section("Evaluation", ("Model", "Metric", "Rows", "Use", "At"), rows)


def recommendations(review: Review) -> Section:
    """List what to do, the most urgent first."""
    rows = tuple(
        (
            str(advice.priority),
            advice.recommendation + (f" ({', '.join(advice.codes)})" if advice.codes else ""),
            advice.impact,
            advice.effort,
        )
        for advice in sorted(review.recommendations, key=lambda advice: advice.priority)
    )
    return Section("Recommendations", ("Priority", "Recommendation", "Impact", "Effort"), rows)


def readiness(review: Review) -> Section:
    """List the deployment check list."""
    rows = tuple(
        (item.item, f"{MARKS[item.status]} {item.status}", item.evidence)
        for item in review.readiness
    )
    return Section("Deployment readiness", ("Item", "Status", "Evidence"), rows)


ALL: tuple[Callable[[Review], Section], ...] = (
    problem,
    models,
    sources,
    splits,
    evaluation,
    recommendations,
    readiness,
)


def quoted(text: str) -> str:
    """Mark a word of the code."""
    return "`" + text.replace("`", "'") + "`" if text else ""


def _at(location: Location) -> str:
    return quoted(str(location))


def _role(model: ModelCard) -> str:
    return f"{model.role}, {model.task}" if model.task else model.role


def _settings(model: ModelCard) -> str:
    """Write the settings as at the call; the defaults remain unsaid."""
    given = ", ".join(f"{each.name}={each.value}" for each in model.hyperparameters)
    return quoted(given) if given else "defaults"


def _qualities(split: DataSplit) -> str:
    facts = (
        ("seeded", split.seeded),
        ("stratified", split.stratified),
        ("shuffled", split.shuffled),
    )
    known = [name if value else f"not {name}" for name, value in facts if value is not None]
    return ", ".join(known) or "unknown"
