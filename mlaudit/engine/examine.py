"""Paths become outcomes: the first half of a review, before anything is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mlaudit.engine.anchors import Anchored, with_fingerprints
from mlaudit.engine.coverage import NOT_EXAMINED
from mlaudit.engine.inputs import gather, lock_folders, root
from mlaudit.engine.survey import Survey
from mlaudit.model.frozen import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from mlaudit.config.schema import Config
    from mlaudit.engine.advice import Remedy
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.project import ProjectFiles
    from mlaudit.engine.runner import Witness
    from mlaudit.engine.survey import Progress
    from mlaudit.model.profile import Profile

    class Observer(Witness, Protocol):
        """A witness that in the end tells what the run was like."""

        def testify(self, project: ProjectFiles, outcomes: Sequence[Outcome]) -> Profile:
            """Describe the run, and note in the outcomes what it left unseen."""
            ...


@record
class Examined:
    """The outcomes of all files and their findings, each with its identity.

    `codes` are the rules that ran and `remedies` what is gained by those of all rules; `folders`
    are those where dependencies may be pinned.
    """

    base: Path
    codes: list[str]
    remedies: Mapping[str, Remedy]
    folders: list[Path]
    outcomes: list[Outcome]
    found: list[Anchored]
    profile: Profile | None = None

    @property
    def seen(self) -> list[str]:
        """Name the files of which nothing was left out: what is not found there is not there."""
        return [outcome.coverage.path for outcome in self.outcomes if _is_whole(outcome)]


def examine(
    paths: Sequence[str],
    config: Config,
    *,
    stdin: str | None = None,
    stdin_name: str = "-",
    progress: Progress | None = None,
    witness: Observer | None = None,
    cache: Path | None = None,
    jobs: int = 1,
    details: bool = True,
) -> Examined:
    """Examine scripts, notebooks and folders; arguments and errors are those of `review`."""
    inputs = gather(paths, config, stdin, stdin_name)
    remembers = cache is not None and stdin is None and witness is None
    survey = Survey(config, inputs, cache if remembers else None, jobs, details=details)
    outcomes = survey.outcomes(progress, witness)
    profile = witness.testify(survey.project, outcomes) if witness is not None else None
    base = root(config)
    found = with_fingerprints(_strongest(one for o in outcomes for one in o.findings), base)
    folders = lock_folders(inputs, base)
    known = survey.known
    return Examined(base, known.codes, known.remedies, folders, outcomes, found, profile)


def _is_whole(outcome: Outcome) -> bool:
    file = outcome.coverage
    return not (outcome.failures or file.status == NOT_EXAMINED or file.cells_skipped)


def _strongest(found: Iterable[Anchored]) -> list[Anchored]:
    """Keep one finding a code and place: files that import one another report the same ones."""
    kept: dict[tuple[object, ...], Anchored] = {}
    for one in found:
        key = (one.finding.code, *one.finding.location.sort_key)
        known = kept.get(key)
        if known is None or one.finding.weight < known.finding.weight:
            kept[key] = one
    return list(kept.values())
