"""Every rule has a page with the fixed headings, whose examples are true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Budgets, Config, Profile
from mlaudit.engine.probed import probe
from mlaudit.model.frozen import replace
from mlaudit.probe.cards import budget
from mlaudit.probe.job import Limits, job_of
from mlaudit.probe.memory import simulated
from mlaudit.rulekit.page import HEADINGS, Page, read
from mlaudit.rulekit.registry import Registered, rules
from mlaudit.rulekit.testing import findings

if TYPE_CHECKING:
    from pathlib import Path

    from mlaudit.model.finding import Finding


def code_of(registered: Registered) -> str:
    return registered.meta.code


def examples(kind: str) -> list[object]:
    return [
        pytest.param(
            code,
            example,
            id=f"{code}-{number}",
            marks=[pytest.mark.xdist_group("examples")] if shared(code) else [],
        )
        for code, registered in rules().items()
        if registered.page.is_file()
        for number, example in enumerate(getattr(page_of(registered), kind), 1)
    ]


def page_of(registered: Registered) -> Page:
    return read(registered.page)


def shared(code: str) -> bool:
    """Whether the examples of a rule can run with others: they tell of nothing but themselves."""
    alone = rules()[code].rule.meta.family == "resources" or code == "SEED018"
    return rules()[code].rule.measures and not alone


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """Run the examples of all rules that judge runs in one child; give the findings by example."""
    folder = tmp_path_factory.mktemp("examples")
    found: dict[str, list[Finding]] = {}
    for code in filter(shared, rules()):
        page = page_of(rules()[code])
        for example in (*page.bad, *page.good):
            (folder / f"example{len(found)}.py").write_text(example)
            found[example] = []
    (folder / "all.py").write_text(
        "import pathlib, runpy\n"
        "for file in sorted(pathlib.Path().glob('example*.py')):\n"
        "    runpy.run_path(str(file.resolve()))\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        job = job_of("all.py", (), module=False, python=None, limits=Limits(seconds=300))
        review = probe(job, Config(profile=Profile.PRODUCTION))
    assert review.profile is not None
    assert review.profile.ended == "ran to its end", review.profile
    examples = list(found)
    for finding in review.findings:
        number = finding.location.path.removeprefix("example").removesuffix(".py")
        if number.isdigit():
            found[examples[int(number)]].append(finding)
    return found


def reported(
    example: str, code: str, folder: Path, request: pytest.FixtureRequest
) -> list[Finding]:
    """Read an example; one for a rule that judges runs is run as well."""
    if not rules()[code].rule.measures:
        return findings(example, code, profile="production")
    if shared(code):
        known: dict[str, list[Finding]] = request.getfixturevalue("measured")
        return [finding for finding in known[example] if finding.code == code]
    (folder / "example.py").write_text(example)
    limits = Limits(seconds=120)
    job = job_of("example.py", (), module=False, python=None, limits=limits, track_memory=True)
    quick = Budgets(training_hours=0.25 / 3600)
    config = Config(profile=Profile.PRODUCTION, select=(code,), budgets=quick)
    allowed = budget(None, None)
    job = replace(job, repeat=True, track_memory=False) if code == "SEED018" else job
    job = simulated(job, allowed) if "cuda" in example else job
    review = probe(job, config, allowed=allowed)
    assert review.profile is not None
    assert review.profile.how == "finished", review.profile.ended
    return list(review.findings)


def section(page: Page, heading: str) -> str:
    return page.text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0].strip()


@pytest.mark.parametrize("registered", rules().values(), ids=code_of)
def test_page_has_its_title_and_headings(registered: Registered) -> None:
    page = page_of(registered)
    meta = registered.meta
    assert page.text.split("\n", 1)[0] == f"# {meta.code} {meta.name}"
    assert page.headings == HEADINGS
    assert [heading for heading in HEADINGS if not section(page, heading)] == []


@pytest.mark.parametrize("registered", rules().values(), ids=code_of)
def test_page_shows_bad_and_good(registered: Registered) -> None:
    page = page_of(registered)
    assert section(page, "Bad").count("```python bad\n") == len(page.bad) >= 1
    assert section(page, "Good").count("```python good\n") == len(page.good) >= 1


@pytest.mark.parametrize(("code", "example"), examples("bad"))
def test_bad_example_is_reported(
    code: str,
    example: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert [found.code for found in reported(example, code, tmp_path, request)] != []


@pytest.mark.parametrize(("code", "example"), examples("good"))
def test_good_example_is_not_reported(
    code: str,
    example: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    monkeypatch.chdir(tmp_path)
    found = reported(example, code, tmp_path, request)
    assert [(str(finding.location), finding.message) for finding in found] == []
