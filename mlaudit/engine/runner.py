"""Examines one file after another: document, trace, rules, findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlaudit.engine.outcome import Outcome
from mlaudit.flow.builder import build
from mlaudit.model.review import Failure, FileCoverage
from mlaudit.rulekit.module import Module
from mlaudit.syntax.names import collect
from mlaudit.syntax.parse import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.flow.builder import Project
    from mlaudit.model.finding import Finding
    from mlaudit.rulekit.registry import Registered
    from mlaudit.source.document import Document

EXAMINED = "examined"
PARTIAL = "partial"
NOT_EXAMINED = "not examined"
NOTHING_FOUND = "no machine learning found"


@dataclass(frozen=True, slots=True)
class Runner:
    """What all files of one review share."""

    rules: Sequence[Registered]
    catalogue: Catalogue
    project: Project | None
    profile: str

    def examine(self, document: Document) -> Outcome:
        """Examine one document; a crash of the analysis or of a rule becomes a failure entry."""
        try:
            module = self._module(document)
        except Exception as error:
            return _crashed(document.path, error)
        findings, failures = self._findings(module)
        outcome = Outcome(_coverage(document), _distinct(findings), failures)
        return outcome

    def _module(self, document: Document) -> Module:
        tree = parse(document)
        names = collect(tree)
        trace = build(document, tree, self.catalogue, self.project)
        return Module(document, tree, names, self.catalogue, trace, self.profile)

    def _findings(self, module: Module) -> tuple[list[Finding], list[Failure]]:
        found: list[Finding] = []
        failures: list[Failure] = []
        for registered in self.rules:
            rule = registered.rule
            try:
                found += [*rule.check_trace(module.trace), *rule.check_module(module)]
            except Exception as error:
                message = f"the rule crashed: {describe_error(error)}"
                failures.append(Failure(module.document.path, message, rule.meta.code))
        return found, failures


def describe_error(error: BaseException) -> str:
    """Name an exception in one line."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def _crashed(path: str, error: BaseException) -> Outcome:
    message = f"the analysis crashed: {describe_error(error)}"
    coverage = FileCoverage(path, NOT_EXAMINED, notes=(message,))
    return Outcome(coverage, failures=[Failure(path, message)])


def _coverage(document: Document) -> FileCoverage:
    skipped = {problem.cell for problem in document.problems if problem.cell is not None}
    notes = tuple(problem.message for problem in document.problems)
    fatal = any(problem.fatal for problem in document.problems)
    status = NOT_EXAMINED if fatal else PARTIAL if notes else EXAMINED
    return FileCoverage(document.path, status, len(document.cells), len(skipped), notes)


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Keep one finding a code and place."""
    kept: dict[object, Finding] = {}
    for finding in findings:
        kept.setdefault((finding.code, finding.location), finding)
    return sorted(kept.values(), key=lambda finding: finding.sort_key)
