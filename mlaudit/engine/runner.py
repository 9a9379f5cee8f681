"""Examines one document: trace, rules, findings, description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mlaudit.engine import coverage
from mlaudit.engine.anchors import Anchored
from mlaudit.engine.describe import describe
from mlaudit.engine.gaps import examined
from mlaudit.engine.outcome import Outcome
from mlaudit.engine.uncalled import noted
from mlaudit.flow.builder import build
from mlaudit.model.frozen import frozen, replace
from mlaudit.model.review import Failure
from mlaudit.rulekit.module import Module
from mlaudit.syntax.names import collect
from mlaudit.syntax.nodes import Nodes
from mlaudit.syntax.parse import parse

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Collection, Iterable, Sequence

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.config.select import Selection
    from mlaudit.engine.project import ProjectFiles
    from mlaudit.model.finding import Finding
    from mlaudit.model.profile import Profile
    from mlaudit.rulekit.registry import Registered
    from mlaudit.rulekit.rule import Rule
    from mlaudit.source.document import Document

LONGEST_ERROR = 200


class Witness(Protocol):
    """Somebody who has seen the program run, and knows more of what was found by reading it."""

    def weigh(
        self, module: Module, project: ProjectFiles, rules: Sequence[Rule], found: list[Finding]
    ) -> tuple[list[Finding], dict[str, Exception]]:
        """Say of findings whether the run bore them out, and add what only the run has shown.

        Gives also the errors of rules that crashed on what was observed, by their codes.
        """
        ...

    def measured(self, document: Document, project: ProjectFiles) -> Profile | None:
        """Tell what was measured, where the document is the program that ran."""
        ...

    def join(self, found: list[Finding], measured: list[Finding]) -> list[Finding]:
        """Add what was measured to what was found."""
        ...


@frozen
class Runner:
    """What all files of one review share; with `details`, more is told than the verdict needs."""

    rules: Sequence[Registered]
    catalogue: Catalogue
    project: ProjectFiles
    selection: Selection
    witness: Witness | None = None
    details: bool = True

    def examine(self, path: str, read: Callable[[], Document]) -> Outcome:
        """Examine the document that `read` makes; a crash becomes a failure entry."""
        try:
            return self._examine(read())
        except Exception as error:
            return failed(path, f"the analysis crashed: {in_one_line(error)}")

    def _examine(self, document: Document) -> Outcome:
        why = _fatal(document)
        # A program that has run may have learnt by other means than can be read.
        if why is None and self.witness is None and not self.project.learns(document):
            return Outcome(coverage.without_learning(document))
        tree = parse(document)
        why = why or _fatal(document)
        if why is not None:
            return failed(document.path, why, len(document.cells))
        module = self.module(document, tree)
        try:
            return self.outcome(module)
        finally:
            module.forget()

    def module(self, document: Document, tree: ast.Module) -> Module:
        """Gather what the rules read of a document."""
        nodes = Nodes(tree)
        trace = build(document, nodes, self.catalogue, self.project)
        profile = self.selection.config.profile
        known = self.catalogue, trace, profile

        def importers() -> list[tuple[str, str]]:
            return self.project.importers(document)

        def alongside() -> list[tuple[str, str]]:
            return self.project.alongside(document)

        def neighbours(word: str) -> list[ast.Module]:
            return self.project.neighbours(document, word)

        def mentioning(words: Collection[str]) -> list[ast.Module]:
            return self.project.mentioning(document, words)

        names = collect(nodes)
        return Module(document, nodes, names, *known, importers, alongside, neighbours, mentioning)

    def outcome(self, module: Module) -> Outcome:
        """Run the rules over a document, and describe it."""
        findings, failures = self._findings(module)
        outcome = Outcome(examined(module, self.project), failures=failures)
        described = self._described(module, outcome)
        known = len(module.document.problems)
        kept = self._suppressed(module, self._selected(findings), outcome)
        # What is wrong with a suppression comment leaves no code unexamined.
        remarks = [coverage.said(problem) for problem in module.document.problems[known:]]
        outcome.coverage = coverage.noted(outcome.coverage, remarks)
        if described and self.details:
            self._detailed(module, kept, outcome)
        outcome.findings = [self._anchored(finding, module) for finding in kept]
        return outcome

    def _findings(self, module: Module) -> tuple[list[Finding], list[Failure]]:
        """Run the rules; one that crashes never hides the findings of others."""
        found: list[Finding] = []
        measured: list[Finding] = []
        failures: list[Failure] = []
        witness = self.witness
        profile = witness.measured(module.document, self.project) if witness is not None else None
        for known in self.rules:
            try:
                if known.needs.met(module):
                    rule = known.rule
                    found += noted(module, rule.check_trace(module.trace))
                    found += rule.check_module(module)
                if profile is not None:
                    measured += known.rule.check_profile(profile)
            except Exception as error:
                failures.append(_crashed(module, known.meta.code, "the rule", error))
        if witness is not None:
            rules = [known.rule for known in self.rules]
            found, crashed = witness.weigh(module, self.project, rules, found)
            told = {failure.rule for failure in failures}
            for code in crashed.keys() - told:
                what = "the rule on what the run has shown"
                failures.append(_crashed(module, code, what, crashed[code]))
            found = witness.join(found, measured)
        return found, failures

    def _selected(self, findings: Iterable[Finding]) -> list[Finding]:
        """Leave out what is ignored for its file, and set the severities that are configured."""
        chosen = (
            self._graded(finding)
            for finding in findings
            if not self.selection.ignored(finding.location.path, finding.code)
        )
        return sorted(distinct(chosen), key=lambda finding: finding.sort_key)

    def _graded(self, finding: Finding) -> Finding:
        severity = self.selection.severity(finding)
        return finding if severity is finding.severity else replace(finding, severity=severity)

    def _suppressed(
        self, module: Module, findings: list[Finding], outcome: Outcome
    ) -> list[Finding]:
        by_path: dict[str, list[Finding]] = {module.document.path: []}
        for finding in findings:
            by_path.setdefault(finding.location.path, []).append(finding)
        kept: list[Finding] = []
        for path, group in by_path.items():
            source = self._source(path, module)
            if source is None or not source[0].is_marked:
                kept += group
                continue
            from mlaudit.engine.suppress import apply

            result = apply(group, source[0])
            kept += result.kept
            outcome.suppressed += result.suppressed
            outcome.unused[path] = {coverage.idle(one) for one in result.unused}
        return kept

    def _described(self, module: Module, outcome: Outcome) -> bool:
        try:
            outcome.description = describe(module)
        except Exception as error:
            message = f"the description crashed: {in_one_line(error)}"
            outcome.failures.append(Failure(module.document.path, message))
            return False
        return True

    def _detailed(self, module: Module, findings: list[Finding], outcome: Outcome) -> None:
        from mlaudit.engine.details import add_details

        try:
            add_details(outcome.description, module, findings)
        except Exception as error:
            message = f"telling the details crashed: {in_one_line(error)}"
            outcome.failures.append(Failure(module.document.path, message))

    def _anchored(self, finding: Finding, module: Module) -> Anchored:
        from mlaudit.engine.excerpts import with_excerpts
        from mlaudit.engine.statements import anchor

        def find(path: str) -> Document | None:
            source = self._source(path, module)
            return source[0] if source else None

        source = self._source(finding.location.path, module)
        document, tree = source or (module.document, module.tree)
        held = anchor(finding.location, document, tree)
        return Anchored(with_excerpts(finding, find), held)

    def _source(self, path: str, module: Module) -> tuple[Document, ast.Module] | None:
        """Give the document and the tree of a path: of the module, or of what it imports."""
        if path == module.document.path:
            return module.document, module.tree
        return self.project.document(path)


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Keep one finding a code and place: the most severe, then the surest, then the best shown."""
    kept: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        key = (finding.code, *finding.location.sort_key)
        known = kept.get(key)
        if known is None or finding.weight < known.weight:
            kept[key] = finding
    return list(kept.values())


def in_one_line(error: BaseException) -> str:
    """Name an exception in one line."""
    text = " ".join(str(error).split())[:LONGEST_ERROR]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _crashed(module: Module, code: str, what: str, error: Exception) -> Failure:
    return Failure(module.document.path, f"{what} crashed: {in_one_line(error)}", code)


def _fatal(document: Document) -> str | None:
    """Say why a document cannot be examined at all."""
    return next((coverage.said(one) for one in document.problems if one.fatal), None)


def failed(path: str, why: str, cells: int = 0) -> Outcome:
    """Give the outcome of a file that could not be examined."""
    return Outcome(coverage.unexamined(path, why, cells), failures=[Failure(path, why)])
