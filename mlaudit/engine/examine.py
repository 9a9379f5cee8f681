"""Paths become outcomes: the first half of a review, before anything is judged."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from mlaudit.catalogue.catalogue import Catalogue
from mlaudit.config.select import Selection
from mlaudit.engine import coverage
from mlaudit.engine.anchors import Anchored, with_fingerprints
from mlaudit.engine.inputs import gather, lock_folders, root
from mlaudit.engine.project import ProjectFiles
from mlaudit.engine.relevance import learning_libraries
from mlaudit.engine.runner import Runner, Witness, weight
from mlaudit.model.frozen import record
from mlaudit.rulekit.registry import catalogue_folders, rules
from mlaudit.source.read import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from mlaudit.config.schema import Config
    from mlaudit.engine.inputs import Input
    from mlaudit.engine.outcome import Outcome
    from mlaudit.model.profile import Profile

    Progress = Callable[[int, int, str], None]


class Observer(Witness, Protocol):
    """A witness that in the end tells what the run was like."""

    def testify(self, project: ProjectFiles, outcomes: Sequence[Outcome]) -> Profile:
        """Describe the run, and note in the outcomes what it left unseen."""
        ...


@record
class Examined:
    """The outcomes of all files and their findings, each with its identity.

    `codes` are the rules that ran; `folders` are those where dependencies may be pinned.
    """

    base: Path
    selection: Selection
    codes: list[str]
    folders: list[Path]
    outcomes: list[Outcome]
    found: list[Anchored]
    profile: Profile | None = None

    @property
    def paths(self) -> list[str]:
        """Name the files."""
        return [outcome.coverage.path for outcome in self.outcomes]


def examine(
    paths: Sequence[str],
    config: Config,
    *,
    stdin: str | None = None,
    stdin_name: str = "-",
    progress: Progress | None = None,
    witness: Observer | None = None,
) -> Examined:
    """Examine scripts, notebooks and folders; arguments and errors are those of `review`."""
    selection = Selection.of(config, rules())
    inputs = gather(paths, config, stdin, stdin_name)
    transparent = frozenset(config.python_magics)
    runner = prepare(config, selection, inputs, transparent, witness)
    outcomes = []
    for done, item in enumerate(inputs):
        if progress is not None:
            progress(done, len(inputs), item.shown)
        outcome = runner.examine(item.shown, partial(item.document, transparent))
        if item.note:
            outcome.coverage = coverage.noted(outcome.coverage, [item.note])
        outcomes.append(outcome)
    profile = witness.testify(runner.project, outcomes) if witness is not None else None
    base = root(config)
    codes = [rule.meta.code for rule in runner.rules]
    found = with_fingerprints(_strongest(one for o in outcomes for one in o.findings), base)
    return Examined(base, selection, codes, lock_folders(inputs, base), outcomes, found, profile)


def prepare(
    config: Config,
    selection: Selection,
    inputs: Sequence[Input],
    transparent: frozenset[str],
    witness: Witness | None = None,
) -> Runner:
    """Make what examines the files of one review."""
    catalogue = Catalogue(catalogue_folders())
    libraries = learning_libraries(catalogue.libraries)
    project = ProjectFiles(root(config), libraries, partial(read, transparent=transparent))
    for item in inputs:
        project.register(item.path, item.shown)
    enabled = [known.rule for code, known in rules().items() if selection.enabled(code)]
    return Runner(enabled, catalogue, project, selection, witness)


def _strongest(found: Iterable[Anchored]) -> list[Anchored]:
    """Keep one finding a code and place: files that import one another report the same ones."""
    kept: dict[tuple[object, ...], Anchored] = {}
    for one in found:
        key = (one.finding.code, *one.finding.location.sort_key)
        known = kept.get(key)
        if known is None or weight(one.finding) < weight(known.finding):
            kept[key] = one
    return list(kept.values())
