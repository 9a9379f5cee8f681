"""The one public call of the engine: paths become a review."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlaudit import __version__
from mlaudit.catalogue.catalogue import Catalogue
from mlaudit.engine.policy import verdict
from mlaudit.engine.runner import Runner
from mlaudit.model.review import (
    Coverage,
    Data,
    Evaluation,
    Problem,
    Review,
    Summary,
    Tool,
)
from mlaudit.rulekit.registry import catalogue_folders, rules
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from mlaudit.config.schema import Config
    from mlaudit.engine.outcome import Outcome
    from mlaudit.source.document import Document


class UsageProblem(Exception):
    """The user asked for something that cannot be reviewed; the text says what, and the remedy."""

    def __init__(self, message: str):
        super().__init__(message)
        self.message = message


def review(
    paths: Sequence[str],
    config: Config,
    *,
    stdin: str | None = None,
    stdin_name: str = "-",
    progress: Callable[[int, int, str], None] | None = None,
) -> Review:
    """Review scripts, notebooks and folders without running any of their code.

    `stdin` is the text to review where a path is "-", `stdin_name` the name that it goes by.
    `progress` is told the number of files done, their total, and the file that comes next.
    Raises `UsageProblem` for a path that does not exist and when there is nothing to review.
    """
    documents = list(_documents(paths, stdin, stdin_name))
    runner = Runner(list(rules().values()), Catalogue(catalogue_folders()), None, _profile(config))
    outcomes = []
    for done, (shown, document) in enumerate(documents):
        if progress is not None:
            progress(done, len(documents), shown)
        outcomes.append(runner.examine(document))
    return _assemble(outcomes, [registered.rule.meta.code for registered in runner.rules])


def _profile(config: Config) -> str:
    return str(getattr(config, "profile", "exploration"))


def _documents(
    paths: Sequence[str], stdin: str | None, stdin_name: str
) -> Iterator[tuple[str, Document]]:
    for path in paths:
        if path == "-":
            yield stdin_name, from_text(stdin or "", stdin_name)
            continue
        if not Path(path).exists():
            raise UsageProblem(f"{path}: no such file or folder")
        for file in _files(Path(path)):
            shown = file.as_posix()
            yield shown, from_text(file.read_text(encoding="utf-8"), shown)


def _files(path: Path) -> Iterable[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _assemble(outcomes: list[Outcome], codes: list[str]) -> Review:
    findings = [finding for outcome in outcomes for finding in outcome.findings]
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    files = tuple(outcome.coverage for outcome in outcomes)
    complete = not failures and all(file.status == "examined" for file in files)
    coverage = Coverage(complete, files, tuple(codes))
    return Review(
        tool=Tool("mlaudit", __version__),
        verdict=verdict(findings, coverage),
        summary=Summary(findings=len(findings), files=len(files)),
        problem=Problem(),
        models=(),
        data=Data(),
        evaluation=Evaluation(),
        findings=tuple(findings),
        recommendations=(),
        readiness=(),
        coverage=coverage,
        errors=tuple(failures),
    )
