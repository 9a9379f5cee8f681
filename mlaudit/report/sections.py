"""What a review knows besides its findings, as tables of words that any format can draw.

Words from code stand between backticks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlaudit.model.frozen import frozen
from mlaudit.model.review import Status
from mlaudit.report.course import sparkline
from mlaudit.report.tally import joined, number, sized

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.model.location import Location
    from mlaudit.model.profile import Memory, Profile, Share
    from mlaudit.model.review import DataSplit, ModelCard, Review

    Models = tuple[str, ...]
    Words = dict[str, None]
    Places = dict[Location, None]

_MOST_MODELS = 4
_UNNAMED = re.compile(r"argument \d+")
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
        (quoted(model.name), _role(model), _settings(model), located(review, model.location))
        for model in review.models
    )
    return Section("Models", ("Model", "Role", "Settings", "Built at"), rows)


def sources(review: Review) -> Section:
    """List where rows come from."""
    rows = tuple(
        (quoted(source.name), quoted(source.reader), located(review, source.location))
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
            located(review, split.location),
        )
        for split in review.data.splits
    )
    return Section("Splits", ("Split", "Parts", "How", "At"), rows)


def evaluation(review: Review) -> Section:
    """List the measurements; those of the same models on the same rows for one use are one row."""
    rows = tuple(
        (
            _some(models),
            joined(quoted(metric) for metric in metrics),
            of,
            use,
            _first(review, list(places)),
        )
        for (models, of, use), (metrics, places) in _judgements(review).items()
    )
    return Section("Evaluation", ("Model", "Metric", "Rows", "Use", "At"), rows)


def run(review: Review) -> Section:
    """Tell of the run, if there was one."""
    profile = review.profile
    if profile is None:
        return Section("Run", ("What", "Seen"), ())
    at = f", {located(review, profile.location)}" if profile.location else ""
    facts = (
        ("Command", quoted(profile.command)),
        ("End", f"the program {profile.ended}{at}"),
        ("Time", f"{profile.seconds:.1f} s, Python {profile.python}"),
        ("Observed", joined(profile.libraries) or "no library that is known"),
        ("Optimizer steps", str(profile.steps) if profile.steps else ""),
        ("Loss", _losses(profile)),
        ("Findings", _settled(profile)),
        *(("Note", note) for note in profile.notes),
    )
    return Section("Run", ("What", "Seen"), tuple((name, fact) for name, fact in facts if fact))


def _losses(profile: Profile) -> str:
    """Write the first and the last loss, and what was between."""
    ends = " … ".join(f"{loss:.4g}" for loss in profile.losses)
    return f"{ends} {sparkline(profile.curve)}".rstrip()


def memory(review: Review) -> Section:
    """Tell of the memory of tensors, if it was followed."""
    used = review.profile.memory if review.profile is not None else None
    if used is None:
        return Section("Memory", ("What", "Bytes"), ())
    card = f"{used.card}, " if used.card else ""
    rows = [
        ("How", used.tier),
        ("Peak", f"{sized(used.peak)} on {used.device} in {number(used.steps, 'step')}"),
        ("A card needs", f"{sized(used.peak)} to {sized(used.upper)}"),
        ("Budget", f"{card}{sized(used.budget)}: the training {used.fits}"),
        *_batches(used),
        *((kind.capitalize(), sized(size)) for kind, size in used.kinds.items()),
        *((located(review, share.location), _share(share)) for share in used.lines),
    ]
    if used.course is not None:
        course = sparkline([sum(moment) for moment in used.course.moments])
        rows.append(("Over one step", course))
    if used.growth:
        rows.append(("After each step", sparkline(used.live)))
        when = f"; the budget is used up at step {used.full_at}" if used.full_at else ""
        rows.append(("Growth", f"{sized(used.growth)} more after every step{when}"))
    return Section("Memory", ("What", "Bytes"), tuple(row for row in rows if row[1]))


def _share(share: Share) -> str:
    kind = f", mostly {share.kind}" if share.kind else ""
    return f"{sized(share.bytes)} by {quoted(share.code)}{kind}"


def _batches(used: Memory) -> list[tuple[str, str]]:
    """Tell of the largest batch that fits, if it was looked for."""
    if used.largest is None:
        return []
    found = f"{used.largest} rows" if used.largest else "none"
    return [("Largest batch that fits", f"{found}, by {used.largest_by}; now {used.batch}")]


def _settled(profile: Profile) -> str:
    """Count what the run had to say about findings."""
    counts = (
        (profile.confirmed, "confirmed"),
        (profile.refuted, "refuted"),
        (profile.observed, "seen in the run alone"),
    )
    return joined(f"{count} {what}" for count, what in counts if count)


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
    run,
    memory,
    recommendations,
    readiness,
)


def quoted(text: str) -> str:
    """Mark a word of the code."""
    return "`" + text.replace("`", "'") + "`" if text else ""


def _judgements(review: Review) -> dict[tuple[Models, str, str], tuple[Words, Places]]:
    """Gather the models that one place judges alike, then the metrics of the same models."""
    models: dict[tuple[str, str, str, Location], Words] = {}
    for each in review.evaluation.measurements:
        key = (each.metric, each.rows, each.use, each.location)
        models.setdefault(key, {})[each.model] = None
    found: dict[tuple[Models, str, str], tuple[Words, Places]] = {}
    for (metric, rows, use, location), judged in models.items():
        metrics, places = found.setdefault((tuple(judged), rows, use), ({}, {}))
        metrics[metric] = None
        places[location] = None
    return found


def _some(models: Models) -> str:
    """Name a few models and count the others."""
    named = [quoted(model) for model in models[:_MOST_MODELS]]
    more = len(models) - _MOST_MODELS
    return joined([*named, f"{more} more"] if more > 0 else named)


def _first(review: Review, places: list[Location]) -> str:
    more = f" and {number(len(places) - 1, 'more place')}" if len(places) > 1 else ""
    return located(review, places[0]) + more


def located(review: Review, location: Location) -> str:
    """Write a place; of a review of one file, without the file."""
    text = str(location)
    (path, *others) = [file.path for file in review.coverage.files] or [""]
    if others or location.path != path:
        return quoted(text)
    rest = text.removeprefix(f"{path}:")
    return quoted(rest if location.cell is not None else f"line {rest}")


def _role(model: ModelCard) -> str:
    return f"{model.role}, {model.task}" if model.task else model.role


def _settings(model: ModelCard) -> str:
    """Write the settings as at the call; the defaults remain unsaid."""
    given = ", ".join(
        each.value if _UNNAMED.fullmatch(each.name) else f"{each.name}={each.value}"
        for each in model.hyperparameters
    )
    return quoted(given) if given else "defaults"


def _qualities(split: DataSplit) -> str:
    facts = (
        ("seeded", split.seeded),
        ("stratified", split.stratified),
        ("shuffled", split.shuffled),
    )
    known = [name if value else f"not {name}" for name, value in facts if value is not None]
    return ", ".join(known) or "unknown"
