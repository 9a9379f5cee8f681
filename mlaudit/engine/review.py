"""The one public call of the engine: paths become a review."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Protocol

from mlaudit import __version__
from mlaudit.catalogue.catalogue import Catalogue
from mlaudit.config.select import Selection
from mlaudit.engine import coverage, overview
from mlaudit.engine.advice import recommend
from mlaudit.engine.anchors import Anchored, with_fingerprints
from mlaudit.engine.inputs import UsageProblem, gather, lock_folders, root
from mlaudit.engine.policy import verdict
from mlaudit.engine.project import ProjectFiles
from mlaudit.engine.readiness import readiness
from mlaudit.engine.relevance import learning_libraries
from mlaudit.engine.runner import Runner, Witness, weight
from mlaudit.model.review import Review, Summary, Tool
from mlaudit.rulekit.registry import catalogue_folders, rules
from mlaudit.source.read import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from mlaudit.config.schema import Config
    from mlaudit.engine.inputs import Input
    from mlaudit.engine.outcome import Outcome
    from mlaudit.model.finding import Finding
    from mlaudit.model.profile import Profile
    from mlaudit.model.review import FileCoverage

__all__ = ["Observer", "UsageProblem", "review"]


class Observer(Witness, Protocol):
    """A witness that in the end tells what the run was like."""

    def testify(self, project: ProjectFiles, outcomes: Sequence[Outcome]) -> Profile:
        """Describe the run, and note in the outcomes what it left unseen."""
        ...


def review(
    paths: Sequence[str],
    config: Config,
    *,
    stdin: str | None = None,
    stdin_name: str = "-",
    progress: Callable[[int, int, str], None] | None = None,
    witness: Observer | None = None,
) -> Review:
    """Review scripts, notebooks and folders without running any of their code.

    `stdin` is the text to review where a path is "-", `stdin_name` the name that it goes by.
    `progress` is told the number of files done, their total, and the file that comes next.
    `witness` has seen a run of the program under review.
    Raises `UsageProblem` for a path that does not exist and when there is nothing to review, and
    `ConfigError` for a configuration that names unknown rules.
    """
    selection = Selection.of(config, rules())
    inputs = gather(paths, config, stdin, stdin_name)
    transparent = frozenset(config.python_magics)
    runner = _runner(config, selection, inputs, transparent, witness)
    outcomes = []
    for done, item in enumerate(inputs):
        if progress is not None:
            progress(done, len(inputs), item.shown)
        outcome = runner.examine(item.shown, partial(item.document, transparent))
        if item.note:
            outcome.coverage = coverage.noted(outcome.coverage, [item.note])
        outcomes.append(outcome)
    profile = witness.testify(runner.project, outcomes) if witness is not None else None
    folders = lock_folders(inputs, root(config))
    codes = [rule.meta.code for rule in runner.rules]
    return _assembled(outcomes, selection, codes, folders, profile)


def _runner(
    config: Config,
    selection: Selection,
    inputs: Sequence[Input],
    transparent: frozenset[str],
    witness: Witness | None,
) -> Runner:
    catalogue = Catalogue(catalogue_folders())
    libraries = learning_libraries(catalogue.libraries)
    project = ProjectFiles(root(config), libraries, partial(read, transparent=transparent))
    for item in inputs:
        project.register(item.path, item.shown)
    enabled = [known.rule for code, known in rules().items() if selection.enabled(code)]
    return Runner(enabled, catalogue, project, selection, witness)


def _assembled(
    outcomes: Sequence[Outcome],
    selection: Selection,
    codes: Sequence[str],
    folders: Sequence[Path],
    profile: Profile | None,
) -> Review:
    """Join the outcomes of all files; the order of the files does not matter."""
    base = root(selection.config)
    told = [outcome.description for outcome in outcomes]
    findings = with_fingerprints(_strongest(one for o in outcomes for one in o.findings), base)
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    covered = coverage.total(
        _with_unused(outcomes),
        overview.followed(one.trainings for one in told),
        overview.followed(one.evaluations for one in told),
        codes,
        crashed=bool(failures),
    )
    judged = verdict(
        findings,
        covered,
        learns=any(one.learns for one in told),
        judged_apart=any(one.judged_apart for one in told),
        least=selection.config.rework_confidence,
    )
    return Review(
        tool=Tool("mlaudit", __version__),
        verdict=judged,
        summary=_summary(findings, outcomes),
        problem=overview.problem(told),
        models=overview.models(told),
        data=overview.data(told),
        evaluation=overview.evaluation(told),
        findings=tuple(findings),
        recommendations=recommend(findings, selection.rules),
        readiness=readiness(told, findings, folders, complete=covered.complete),
        coverage=covered,
        errors=tuple(failures),
        pipelines=tuple(one.pipeline for one in told if one.pipeline is not None),
        profile=profile,
    )


def _strongest(found: Iterable[Anchored]) -> list[Anchored]:
    """Keep one finding a code and place: files that import one another report the same ones."""
    kept: dict[tuple[object, ...], Anchored] = {}
    for one in found:
        key = (one.finding.code, *one.finding.location.sort_key)
        known = kept.get(key)
        if known is None or weight(one.finding) < weight(known.finding):
            kept[key] = one
    return list(kept.values())


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
