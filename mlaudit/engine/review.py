"""The one public call of the engine: paths become a review."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Protocol

from mlaudit import __version__
from mlaudit.engine import coverage
from mlaudit.engine.advice import recommend
from mlaudit.engine.examine import examine
from mlaudit.engine.inputs import UsageProblem, place
from mlaudit.engine.policy import verdict
from mlaudit.model.frozen import replace
from mlaudit.model.review import Data, Evaluation, Gate, Problem, Reason, Review, Summary, Tool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mlaudit.config.schema import Config
    from mlaudit.engine.baseline import Entry
    from mlaudit.engine.examine import Examined, Observer
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.survey import Progress
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Coverage, FileCoverage, Verdict

__all__ = ["Change", "UsageProblem", "review"]


class Change(Protocol):
    """What was changed since a revision."""

    @property
    def revision(self) -> str:
        """Name the revision."""

    def touches(self, finding: Finding) -> bool:
        """Say whether a finding has to do with the change."""


def review(
    paths: Sequence[str],
    config: Config,
    *,
    stdin: str | None = None,
    stdin_name: str = "-",
    progress: Progress | None = None,
    witness: Observer | None = None,
    change: Change | None = None,
    cache: Path | None = None,
    jobs: int = 1,
    details: bool = True,
) -> Review:
    """Review scripts, notebooks and folders without running any of their code.

    `stdin` is the text to review where a path is "-", `stdin_name` the name that it goes by.
    `progress` is told the number of files done, their total, and the file that comes next.
    `witness` has seen a run of the program under review.  With a `change`, only the findings that
    it touches are judged.  `cache` is a folder to remember outcomes in, `jobs` the number
    of processes, 0 for what suits; with any of them, the review is the same.  Without `details`,
    it has no models, data, evaluation, check list and pictures, and takes less time.
    Raises `UsageProblem` for a path that does not exist and when there is nothing to review, and
    `ConfigError` for a configuration that names unknown rules and for an unreadable baseline.
    """
    entries = _baseline(config)
    examined = examine(
        paths,
        config,
        stdin=stdin,
        stdin_name=stdin_name,
        progress=progress,
        witness=witness,
        cache=cache,
        jobs=jobs,
        details=details,
    )
    gate, findings = Gate(), [one.finding for one in examined.found]
    if entries is not None:
        from mlaudit.engine import baseline

        divided = baseline.divide(examined, entries)
        findings = [one.finding for one in divided.new]
        stale = tuple(map(str, divided.stale))
        gate = replace(gate, baseline=config.baseline, known=divided.known, stale=stale)
    if change is not None:
        touched = [finding for finding in findings if change.touches(finding)]
        elsewhere = len(findings) - len(touched)
        findings = touched
        gate = replace(gate, since=change.revision, elsewhere=elsewhere)
    return _assembled(examined, config, findings, gate, details=details)


def _baseline(config: Config) -> Sequence[Entry] | None:
    if not config.baseline:
        return None
    from mlaudit.engine import baseline

    return baseline.read(place(config, "baseline"))


def _assembled(
    examined: Examined, config: Config, findings: list[Finding], gate: Gate, *, details: bool
) -> Review:
    """Join the outcomes of all files; the order of the files does not matter."""
    outcomes = examined.outcomes
    told = [outcome.description for outcome in outcomes]
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    covered = coverage.total(
        _with_unused(outcomes),
        coverage.followed(one.trainings for one in told),
        coverage.followed(one.evaluations for one in told),
        examined.codes,
        crashed=bool(failures),
    )
    brief = Review(
        tool=Tool("mlaudit", __version__),
        verdict=_verdict(examined, config, findings, covered, gate),
        summary=_summary(findings, outcomes),
        problem=Problem(),
        models=(),
        data=Data(),
        evaluation=Evaluation(),
        findings=tuple(findings),
        recommendations=recommend(findings, examined.remedies),
        readiness=(),
        coverage=covered,
        errors=tuple(failures),
        gate=gate,
        profile=examined.profile,
    )
    return _detailed(brief, examined) if details else brief


def _detailed(brief: Review, examined: Examined) -> Review:
    from mlaudit.engine import overview
    from mlaudit.engine.readiness import readiness

    told = [outcome.description for outcome in examined.outcomes]
    complete = brief.coverage.complete
    return replace(
        brief,
        problem=overview.problem(told),
        models=overview.models(told),
        data=overview.data(told),
        evaluation=overview.evaluation(told),
        readiness=readiness(told, brief.findings, examined.folders, complete=complete),
        pipelines=tuple(one.pipeline for one in told if one.pipeline is not None),
    )


def _verdict(
    examined: Examined, config: Config, findings: list[Finding], covered: Coverage, gate: Gate
) -> Verdict:
    """Judge the findings, and say which were left out."""
    told = [outcome.description for outcome in examined.outcomes]
    judged = verdict(
        findings,
        covered,
        learns=any(one.learns for one in told),
        judged_apart=any(one.judged_apart for one in told),
        least=config.rework_confidence,
    )
    left_out = []
    if gate.since:
        left_out.append(f"only what changed since {gate.since} was judged")
    if gate.known:
        left_out.append(f"what the baseline {gate.baseline} knows was not judged")
    return replace(judged, reasons=(*judged.reasons, *map(Reason, left_out)))


def _with_unused(outcomes: Sequence[Outcome]) -> list[FileCoverage]:
    """Note the suppressions that had no effect in any outcome."""
    unused: dict[str, set[str]] = {}
    for outcome in outcomes:
        for path, idle in outcome.unused.items():
            unused[path] = unused[path] & idle if path in unused else set(idle)
    return [
        coverage.noted(outcome.coverage, sorted(unused.get(outcome.coverage.path, ())))
        for outcome in outcomes
    ]


def _summary(findings: Sequence[Finding], outcomes: Sequence[Outcome]) -> Summary:
    suppressed = {
        (finding.code, finding.location) for outcome in outcomes for finding in outcome.suppressed
    }
    return Summary(
        findings=len(findings),
        by_severity=dict(Counter(finding.severity.value for finding in findings)),
        by_family=dict(sorted(Counter(finding.family for finding in findings).items())),
        suppressed=len(suppressed),
        files=len(outcomes),
    )
