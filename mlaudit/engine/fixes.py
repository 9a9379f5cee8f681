"""Fixes: edits that rules offer, each tried before it is shown to anybody or made."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from mlaudit.config.select import Selection
from mlaudit.engine.examiner import prepare
from mlaudit.engine.inputs import gather, root
from mlaudit.engine.trial import Bench
from mlaudit.model.finding import Edit, Fix, Safety
from mlaudit.model.frozen import entity, field, frozen, replace
from mlaudit.rulekit.registry import rules
from mlaudit.rulekit.repair import NoRepair
from mlaudit.source.document import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from mlaudit.config.schema import Config
    from mlaudit.engine.inputs import Input
    from mlaudit.engine.runner import Runner
    from mlaudit.engine.trial import Passed, State
    from mlaudit.model.finding import Finding
    from mlaudit.model.review import Review
    from mlaudit.rulekit.repair import Repair
    from mlaudit.source.document import Document
    from mlaudit.source.splices import Change

# A repair may make room for another; more rounds than this no file has needed.
MOST_ROUNDS = 5


@frozen
class Applied:
    """A finding that was mended, and how."""

    finding: Finding
    fix: Fix


@entity
class Mended:
    """A file before and after its fixes; `path` is None for standard input."""

    shown: str
    path: Path | None
    before: bytes
    after: bytes
    applied: list[Applied] = field(default_factory=list)


class Workshop:
    """Finds and tries fixes for the findings of one review.

    `paths`, `config` and what comes by standard input are those of the review.
    """

    def __init__(
        self,
        paths: Sequence[str],
        config: Config,
        *,
        stdin: str | None = None,
        stdin_name: str = "-",
        unsafe: bool = False,
    ):
        self._config = config
        self._unsafe = unsafe
        self._transparent = frozenset(config.python_magics)
        self._inputs = {item.shown: item for item in gather(paths, config, stdin, stdin_name)}

    def offered(self, review: Review) -> Review:
        """Add to the findings of a review the edits that mend each of them alone."""
        offers: dict[Finding, Fix] = {}
        for shown, findings in _by_path(review.findings).items():
            offers |= self._offers(shown, findings)
        offered = (replace(one, fix=offers.get(one, one.fix)) for one in review.findings)
        return replace(review, findings=tuple(offered))

    def mended(self, review: Review) -> Iterator[Mended]:
        """Mend the findings of a review file by file, as far as edits for them stand the trial."""
        for shown, findings in _by_path(review.findings).items():
            bench, state = self._open(shown)
            if bench is None or state is None:
                continue
            item = self._inputs[shown]
            path = item.path if item.text is None else None
            done = Mended(shown, path, state.content, state.content)
            self._mend(bench, state, findings, done)
            if done.applied:
                yield done

    @cached_property
    def _runner(self) -> Runner:
        selection = Selection.of(self._config, rules())
        return prepare(self._config, selection, list(self._inputs.values()), self._transparent)

    def _open(self, shown: str) -> tuple[Bench | None, State | None]:
        item = self._inputs.get(shown)
        content = _content(item) if item is not None else None
        if item is None or content is None:
            return None, None
        base = root(self._config)
        suffix = item.path.suffix
        bench = Bench(self._runner, base, suffix, shown, self._transparent)
        return bench, bench.examine(content)

    def _offers(self, shown: str, findings: Iterable[Finding]) -> dict[Finding, Fix]:
        bench, state = self._open(shown)
        if bench is None or state is None:
            return {}
        found = {}
        for finding, own in _known(state, findings).items():
            passed = self._first(bench, state, own)
            if passed is not None:
                found[finding] = passed[1]
        return found

    def _mend(self, bench: Bench, state: State, findings: Iterable[Finding], done: Mended) -> None:
        """Make one fix after the other; each is tried on what the others have left."""
        waiting = list(_known(state, findings).values())
        for _ in range(MOST_ROUNDS):
            failed: list[Finding] = []
            before = len(done.applied)
            while waiting:
                finding = waiting.pop(0)
                passed = self._first(bench, state, finding)
                if passed is None:
                    failed.append(finding)
                    continue
                trial, fix = passed
                state = trial.state
                done.applied.append(Applied(finding, fix))
                waiting = [trial.became[one] for one in waiting if one in trial.became]
                failed = [trial.became[one] for one in failed if one in trial.became]
            if len(done.applied) == before:
                break
            waiting = failed
        done.after = state.content

    def _first(self, bench: Bench, state: State, finding: Finding) -> tuple[Passed, Fix] | None:
        """Find the first repair of a finding that stands the trial."""
        for repair in _repairs(state, finding):
            if not repair.safe and not self._unsafe:
                continue
            passed = bench.attempt(state, repair.changes, finding)
            if passed is not None:
                return passed, _fix(finding, repair, passed, state.document)
        return None


def _repairs(state: State, finding: Finding) -> Iterator[Repair]:
    """Ask the rule of a finding for repairs; what it cannot edit ends its list."""
    rule = rules()[finding.code].rule
    try:
        for repair in rule.repairs(state.module, finding):
            if repair.changes:
                yield repair
    except NoRepair:
        return


def _fix(finding: Finding, repair: Repair, passed: Passed, document: Document) -> Fix:
    safety = Safety.SAFE if repair.safe else Safety.UNSAFE
    edits = tuple(
        Edit(_place(document, change).location, change.text, stored)
        for change, stored in zip(repair.changes, passed.stored, strict=True)
    )
    advice = finding.fix or Fix(finding.help)
    return replace(advice, edits=edits, safety=safety)


def _place(document: Document, change: Change) -> Place:
    return Place(document, change.line, change.column, change.end_line, change.end_column)


def _known(state: State, findings: Iterable[Finding]) -> dict[Finding, Finding]:
    """Find the findings of a review among those of its file."""
    own = {(one.finding.code, one.finding.location): one.finding for one in state.found}
    pairs = ((finding, own.get((finding.code, finding.location))) for finding in findings)
    return {finding: mine for finding, mine in pairs if mine is not None}


def _by_path(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.location.path, []).append(finding)
    return found


def _content(item: Input) -> bytes | None:
    if item.text is not None:
        return item.text.encode()
    try:
        return item.path.read_bytes()
    except OSError:
        return None
