"""Examines files anew: here the rules, the tables and the analysis are loaded."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mlaudit.config.select import Selection
from mlaudit.engine.digest import digest
from mlaudit.engine.examination import Examination, Known
from mlaudit.engine.inputs import root
from mlaudit.engine.project import ProjectFiles
from mlaudit.engine.runner import Runner, Witness
from mlaudit.rulekit.registry import catalogue, rules
from mlaudit.source.read import read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlaudit.config.schema import Config
    from mlaudit.engine.inputs import Input
    from mlaudit.source.document import Document


class Examiner:
    """What all files of one review are examined with."""

    def __init__(
        self,
        config: Config,
        inputs: Sequence[Input],
        witness: Witness | None = None,
        *,
        details: bool = True,
    ):
        selection = Selection.of(config, rules())
        self._transparent = frozenset(config.python_magics)
        self._runner = prepare(
            config, selection, inputs, self._transparent, witness, details=details
        )

    @property
    def project(self) -> ProjectFiles:
        """The files that those under review may import."""
        return self._runner.project

    @property
    def details(self) -> bool:
        """Whether more is told of a file than the verdict needs."""
        return self._runner.details

    @property
    def has_witness(self) -> bool:
        """Whether somebody has seen the program run, and weighs what is found."""
        return self._runner.witness is not None

    @property
    def known(self) -> Known:
        """What must be known of the rules where none of them runs."""
        codes = [rule.meta.code for rule in self._runner.rules]
        return Known(codes, self._runner.selection.rules, self._runner.catalogue.learning)

    def examine(self, item: Input) -> Examination:
        """Examine one file."""
        contents: list[str] = []

        def document() -> Document:
            return item.document(self._transparent, lambda read: contents.append(digest(read)))

        self.project.listen()
        outcome = self._runner.examine(item.shown, document)
        content = contents[0] if contents else None
        return Examination(outcome, content, self.project.asked())


def prepare(
    config: Config,
    selection: Selection,
    inputs: Sequence[Input],
    transparent: frozenset[str],
    witness: Witness | None = None,
    *,
    details: bool = True,
) -> Runner:
    """Make what examines the files of one review."""
    known = catalogue()
    project = ProjectFiles(root(config), known.learning, partial(read, transparent=transparent))
    for item in inputs:
        project.register(item.path, item.shown)
    # Whether rules that judge only a run are needed is known by whoever has seen one.
    enabled = [
        rule
        for code, rule in rules().items()
        if selection.enabled(code) and (rule.reads_code or witness is not None)
    ]
    return Runner(enabled, known, project, selection, witness, details)
