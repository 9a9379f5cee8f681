"""The outcomes of all files: those that are remembered, and the others examined anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.engine import coverage
from mlaudit.engine.inputs import root
from mlaudit.engine.project import ProjectFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from mlaudit.config.schema import Config
    from mlaudit.engine.inputs import Input
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.recall import Known, Recall
    from mlaudit.engine.runner import Witness

    Progress = Callable[[int, int, str], None]


class Survey:
    """The files of one review.

    `cache` is the folder where outcomes are remembered, None to remember none.  Afterwards,
    `known` is what must be known of the rules, and `project` has the files that may be imported.
    """

    known: Known
    project: ProjectFiles

    def __init__(self, config: Config, inputs: Sequence[Input], cache: Path | None = None):
        self._config = config
        self._inputs = inputs
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
        recalled = (recall.outcome(item, self.project) for item in self._inputs)
        return {place: outcome for place, outcome in enumerate(recalled) if outcome is not None}

    def _examine(
        self, found: dict[int, Outcome], progress: Progress | None, witness: Witness | None
    ) -> None:
        """Examine the files whose outcomes are not known."""
        from mlaudit.engine.examiner import Examiner

        examiner = Examiner(self._config, self._inputs, witness)
        self.known, self.project = examiner.known, examiner.project
        if self._recall is not None and not found:
            self._recall.keep_known(examiner.known)
        for place, item in enumerate(self._inputs):
            if place in found:
                continue
            if progress is not None:
                progress(len(found), len(self._inputs), item.shown)
            done = examiner.examine(item)
            found[place] = done.outcome
            if self._recall is not None:
                self._recall.keep(item, done)
