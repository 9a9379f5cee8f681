"""Tries an edit: the file is reviewed with it, and what was found before and after is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.engine.anchors import with_fingerprints
from mlaudit.engine.matching import Shift, pairs
from mlaudit.model.frozen import entity, frozen
from mlaudit.source.patch import UnpatchableError, patch
from mlaudit.source.read import read_bytes
from mlaudit.syntax.parse import parse

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mlaudit.engine.anchors import Anchored
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.runner import Runner
    from mlaudit.model.finding import Finding, Stored
    from mlaudit.rulekit.module import Module
    from mlaudit.source.document import Document
    from mlaudit.source.splices import Change


@entity
class State:
    """A file as it stands, or would stand with edits in it, and what is found there."""

    content: bytes
    module: Module
    found: list[Anchored]
    outcome: Outcome

    @property
    def document(self) -> Document:
        """The document of the file."""
        return self.module.document


@frozen
class Bench:
    """What trials of one file share: who examines it, where it is, and how it is called."""

    runner: Runner
    base: Path
    suffix: str
    shown: str
    transparent: frozenset[str]

    def examine(self, content: bytes) -> State | None:
        """Examine a text of the file; None where it cannot be."""
        document = read_bytes(content, self.suffix, self.shown, self.transparent)
        tree = parse(document)
        if any(problem.fatal for problem in document.problems):
            return None
        module = self.runner.module(document, tree)
        outcome = self.runner.outcome(module)
        own = [one for one in outcome.findings if one.finding.location.path == self.shown]
        return State(content, module, with_fingerprints(own, self.base), outcome)

    def attempt(self, state: State, changes: Sequence[Change], finding: Finding) -> Passed | None:
        """Put changes into a file; None unless they mend the finding and do no harm.

        The file must parse as before, the finding must be gone and none may have come; as much of
        the program must be followed as before, and no more be suppressed.
        """
        try:
            patched = patch(state.content, state.document, changes)
        except UnpatchableError:
            return None
        after = self.examine(patched.content)
        if after is None or _is_worse(state, after):
            return None
        shift = Shift(state.document, after.document, changes)
        kept = pairs(state.found, after.found, shift)
        if len(kept) < len(after.found) or any(one.finding == finding for one, _ in kept):
            return None
        return Passed(after, patched.stored, {b.finding: a.finding for b, a in kept})


@frozen
class Passed:
    """An edit that has stood the trial: the file with it, and what became of each finding."""

    state: State
    stored: tuple[Stored, ...]
    became: dict[Finding, Finding]


def _reach(state: State) -> tuple[int, ...]:
    """Count the models that are built, trained and judged, and the judgements that were followed.

    A transformer that is fitted once less is no loss.
    """
    told = state.outcome.description
    return (
        len(told.models),
        sum(len(card.fitted_at) for card in told.models),
        sum(len(card.evaluated_at) for card in told.models),
        sum(told.evaluations.values()),
    )


def _losses(state: State) -> tuple[int, ...]:
    """Count what is wrong with a file, could not be done or followed, and is suppressed."""
    outcome, told = state.outcome, state.outcome.description
    unfollowed = [*told.trainings.values(), *told.evaluations.values()].count(False)
    problems = len(state.document.problems)
    return problems, len(outcome.failures), len(outcome.suppressed), unfollowed


def _is_worse(before: State, after: State) -> bool:
    """Say whether less of a program is seen than before, or more is wrong with it."""
    less = any(new < old for old, new in zip(_reach(before), _reach(after), strict=True))
    more = any(new > old for old, new in zip(_losses(before), _losses(after), strict=True))
    return less or more
