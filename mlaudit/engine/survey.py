"""The outcomes of all files: those that are remembered, and the others examined anew."""

from __future__ import annotations

import os
from contextlib import closing
from typing import TYPE_CHECKING

from mlaudit.engine import coverage
from mlaudit.engine.inputs import root
from mlaudit.engine.project import ProjectFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from mlaudit.config.schema import Config
    from mlaudit.engine.examination import Examination, Known
    from mlaudit.engine.examiner import Examiner
    from mlaudit.engine.inputs import Input
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.recall import Recall
    from mlaudit.engine.runner import Witness

    Progress = Callable[[int, int, str], None]

# Fewer files are done before other processes are of help.
FILES_A_PROCESS = 25


class Survey:
    """The files of one review.

    `cache` is the folder where outcomes are remembered, None to remember none; `jobs` is the number
    of processes, 0 for what suits the files and the machine; without `details`, only what the
    verdict needs is told of the files.  Afterwards, `known` is what must be known of the rules, and
    `project` has the files that may be imported.
    """

    known: Known
    project: ProjectFiles

    def __init__(
        self,
        config: Config,
        inputs: Sequence[Input],
        cache: Path | None = None,
        jobs: int = 1,
        *,
        details: bool = True,
    ):
        self._config = config
        self._inputs = inputs
        self._jobs = jobs
        self._details = details
        self._recall: Recall | None = None
        if cache is not None:
            from mlaudit.engine.recall import Recall

            self._recall = Recall(str(cache), config)

    def outcomes(
        self, progress: Progress | None = None, witness: Witness | None = None
    ) -> list[Outcome]:
        """Give the outcomes in the order of the files.

        Raises `ConfigError` for a configuration that names unknown rules.
        """
        found = self._remembered(self._recall) if self._recall is not None else {}
        if len(found) < len(self._inputs) or not found:
            self._examine(found, progress, witness)
        if self._recall is not None:
            self._recall.close()
        outcomes = [found[place] for place in range(len(self._inputs))]
        for item, outcome in zip(self._inputs, outcomes, strict=True):
            if item.note:
                outcome.coverage = coverage.noted(outcome.coverage, [item.note])
        return outcomes

    def _remembered(self, recall: Recall) -> dict[int, Outcome]:
        """Give the outcomes that still hold, by the places of their files."""
        known = recall.known()
        if known is None:
            return {}
        self.known = known
        self.project = ProjectFiles(root(self._config), known.libraries)
        for item in self._inputs:
            self.project.register(item.path, item.shown)
        wanted = self._details
        recalled = (recall.outcome(item, self.project, details=wanted) for item in self._inputs)
        return {place: outcome for place, outcome in enumerate(recalled) if outcome is not None}

    def _examine(
        self, found: dict[int, Outcome], progress: Progress | None, witness: Witness | None
    ) -> None:
        """Examine the files whose outcomes are not known."""
        from mlaudit.engine.examiner import Examiner

        examiner = Examiner(self._config, self._inputs, witness, details=self._details)
        self.known, self.project = examiner.known, examiner.project
        if self._recall is not None and not found:
            self._recall.keep_known(examiner.known)
        missing = [place for place in range(len(self._inputs)) if place not in found]
        told = progress or _silence

        def tell(place: int) -> None:
            told(len(found), len(self._inputs), self._inputs[place].shown)

        with closing(self._results(examiner, missing, tell)) as results:
            for place, done in results:
                found[place] = done.outcome
                if self._recall is not None:
                    self._recall.keep(self._inputs[place], done)

    def _results(
        self, examiner: Examiner, missing: Sequence[int], tell: Callable[[int], None]
    ) -> Generator[tuple[int, Examination]]:
        """Examine files, here or in processes of their own."""
        jobs = min(self._jobs or fitting(len(missing)), len(missing))
        if jobs > 1 and not examiner.has_witness:
            from mlaudit.engine.crew import Crew

            yield from Crew(self._config, self._inputs, examiner, jobs).results(missing, tell)
        else:
            for place in missing:
                tell(place)
                yield place, examiner.examine(self._inputs[place])


def fitting(files: int) -> int:
    """Decide for how many processes some files have enough work, if the machine has the cores."""
    return max(1, min(cores(), files // FILES_A_PROCESS))


def cores() -> int:
    """Count the cores that we may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _silence(_done: int, _total: int, _path: str) -> None:
    """Tell nobody."""
