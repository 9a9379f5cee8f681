"""Changed lines, in repositories made for the purpose."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.review import review
from mlaudit.integrations.git import Change, GitError, since
from mlaudit.model.finding import Confidence, Evidence, Finding, Severity
from mlaudit.model.location import Location

if TYPE_CHECKING:
    from collections.abc import Callable

LINES = "".join(f"x{number} = {number}\n" for number in range(1, 11))


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A repository in the working directory, on the branch main."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "somebody")
        monkeypatch.setenv(f"{name}_EMAIL", "somebody@example.org")

    def run(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], check=True, capture_output=True, text=True
        ).stdout.strip()

    run("init", "-q", "-b", "main")
    return run


def _commit(git: Callable[..., str], **texts: str) -> str:
    for name, text in texts.items():
        Path(f"{name}.py").write_text(text, encoding="utf-8")
    git("add", "-A")
    git("commit", "-qm", "a change")
    return git("rev-parse", "HEAD")


def _finding(line: int, path: str = "a.py", *, evidence: tuple[Evidence, ...] = ()) -> Finding:
    return Finding(
        "LEAK001",
        "fit-before-split",
        "leakage",
        "",
        Severity.ERROR,
        Confidence.HIGH,
        Location(path, line, physical_line=line),
        evidence=evidence,
    )


def _touched(change: Change, path: str = "a.py") -> list[int]:
    return [line for line in range(1, 12) if change.touches(_finding(line, path))]


def test_only_lines_since_the_merge_base_count(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    git("checkout", "-qb", "work")
    _commit(git, a=LINES.replace("x3 = 3", "x3 = 33"))
    git("checkout", "-q", "main")
    _commit(git, a=LINES.replace("x8 = 8", "x8 = 88"))
    git("checkout", "-q", "work")
    assert _touched(since("main", Path())) == [3]
    git("merge", "-q", "main")
    assert _touched(since("main", Path())) == [3]


def test_a_rebase_changes_nothing(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    git("checkout", "-qb", "work")
    _commit(git, a=LINES.replace("x9 = 9", "x9 = 99"))
    git("checkout", "-q", "main")
    _commit(git, a=f"x0 = 0\n{LINES}")
    git("rebase", "-q", "main", "work")
    assert _touched(since("main", Path())) == [10]


def test_work_that_is_not_committed_counts(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    Path("a.py").write_text(LINES.replace("x2 = 2", "x2 = 22"), encoding="utf-8")
    Path("new.py").write_text(LINES, encoding="utf-8")
    change = since("HEAD", Path())
    assert _touched(change) == [2]
    assert len(_touched(change, "new.py")) == 11


def test_a_renamed_file_has_only_its_new_lines(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    git("mv", "a.py", "b.py")
    _commit(git, b=LINES.replace("x5 = 5", "x5 = 55"))
    assert _touched(since("HEAD~1", Path()), "b.py") == [5]


def test_deleted_lines_and_text_like_a_diff_confuse_nothing(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    text = LINES.replace("x1 = 1\nx2 = 2\n", "").replace("x6 = 6", "++ b/other.py\n-- a/a.py")
    _commit(git, a=text)
    assert _touched(since("HEAD~1", Path())) == [4, 5]


@pytest.mark.parametrize("name", ["größe", "two words", 'a "quoted" name', "tab\there"])
def test_names_that_git_quotes(git: Callable[..., str], name: str) -> None:
    _commit(git, **{name: LINES})
    _commit(git, **{name: LINES.replace("x4 = 4", "x4 = 44")})
    assert _touched(since("HEAD~1", Path()), f"{name}.py") == [4]


def test_any_evidence_puts_a_finding_into_the_change(git: Callable[..., str]) -> None:
    _commit(git, a=LINES, b=LINES)
    _commit(git, b=LINES.replace("x7 = 7", "x7 = 77"))
    change = since("HEAD~1", Path())
    split = Evidence("split here", Location("b.py", 6, end_line=7, physical_line=6))
    assert change.touches(_finding(1, evidence=(split,)))
    assert not change.touches(_finding(1))


@pytest.mark.parametrize(
    "setting",
    [
        "diff.interHunkContext=9",
        "diff.context=9",
        "diff.noPrefix=true",
        "diff.mnemonicPrefix=true",
        "diff.renames=false",
        "diff.external=false",
        "diff.algorithm=patience",
        "diff.suppressBlankEmpty=true",
        "color.ui=always",
        "core.quotePath=false",
    ],
)
def test_what_the_user_has_set_for_diffs_changes_nothing(
    git: Callable[..., str], setting: str
) -> None:
    git("config", *setting.split("="))
    _commit(git, größe=LINES)
    git("mv", "größe.py", "maß.py")
    _commit(git, maß=LINES.replace("x3 = 3", "x3 = 33").replace("x6 = 6", "x6 = 66\n"))
    assert _touched(since("HEAD~1", Path()), "maß.py") == [3, 6, 7]


def test_what_a_merge_brings_is_not_of_the_branch_but_its_resolution_is(
    git: Callable[..., str],
) -> None:
    _commit(git, a=LINES)
    git("checkout", "-qb", "work")
    _commit(git, a=LINES.replace("x3 = 3", "x3 = 33"))
    git("checkout", "-q", "main")
    _commit(git, a=LINES.replace("x3 = 3", "x3 = 30").replace("x9 = 9", "x9 = 99"))
    git("checkout", "-q", "work")
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "-q", "main")
    _commit(git, a=LINES.replace("x3 = 3", "x3 = 333").replace("x9 = 9", "x9 = 99"))
    assert _touched(since("main", Path())) == [3]
    git("checkout", "-q", "main")
    _commit(git, a=Path("a.py").read_text().replace("x1 = 1\n", "x0 = 0\nx1 = 1\n"))
    git("checkout", "-q", "work")
    git("merge", "-q", "main")
    assert _touched(since("main", Path())) == [4]


def test_a_rename_of_the_branch_and_an_edit_of_the_other_side(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    git("checkout", "-qb", "work")
    git("mv", "a.py", "b.py")
    _commit(git, b=LINES.replace("x5 = 5", "x5 = 55"))
    git("checkout", "-q", "main")
    _commit(git, a=LINES.replace("x9 = 9", "x9 = 99"))
    git("checkout", "-q", "work")
    assert _touched(since("main", Path()), "b.py") == [5]
    git("merge", "-q", "main")
    assert _touched(since("main", Path()), "b.py") == [5]
    git("rebase", "-q", "main")
    assert _touched(since("main", Path()), "b.py") == [5]


def test_commits_put_together_or_mended_change_nothing(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    git("checkout", "-qb", "work")
    _commit(git, a=LINES.replace("x2 = 2", "x2 = 22"))
    _commit(git, a=LINES.replace("x2 = 2", "x2 = 22").replace("x7 = 7", "x7 = 77"))
    assert _touched(since("main", Path())) == [2, 7]
    git("reset", "-q", "--soft", "main")
    assert _touched(since("main", Path())) == [2, 7]
    git("commit", "-qm", "one")
    assert _touched(since("main", Path())) == [2, 7]


CELLS = (
    "from sklearn.cluster import KMeans\ntable = read()\n",
    "KMeans(8).fit(table)\n",
    "KMeans(3).fit(table)\n",
)


def _notebook(*cells: str, run: int = 0, ids: str = "abc") -> str:
    """Write a notebook whose cells have run so often."""
    stored = []
    for number, (text, name) in enumerate(zip(cells, ids, strict=True), 1):
        cell: dict[str, object] = {"cell_type": "code", "id": name, "metadata": {}}
        cell["execution_count"] = run * 10 + number if run else None
        output = {"name": "stdout", "output_type": "stream", "text": [f"{text}{run}\n"]}
        cell["outputs"] = [output] * run
        stored.append(cell | {"source": text.splitlines(keepends=True)})
    described = {"cells": stored, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(described, indent=1)


def _judged(path: str, revision: str) -> list[tuple[int | None, int]]:
    """Review the change, and give the cells and lines that it is judged by."""
    judged = review([path], Config(select=("SEED003",)), change=since(revision, Path()))
    assert judged.gate.since == revision
    assert judged.gate.elsewhere + len(judged.findings) == 2
    return [(found.location.cell, found.location.line) for found in judged.findings]


@pytest.mark.parametrize(
    ("edited", "judged"),
    [
        (_notebook(*CELLS, run=2), []),
        (_notebook(*CELLS[:2], CELLS[2].replace("3", "4")), [(3, 1)]),
        (_notebook(CELLS[0], CELLS[1].replace("8", "9"), CELLS[2], run=3), [(2, 1)]),
        (_notebook(CELLS[0], "print(1)\n", *CELLS[1:], ids="anbc"), []),
        (json.dumps(json.loads(_notebook(*CELLS)), indent=4), []),
        (_notebook(*CELLS).replace("KMeans(8)", "KMeans(  8)"), [(2, 1)]),
        (_notebook(CELLS[1], CELLS[0], CELLS[2], ids="bac"), [(1, 1)]),
        (_notebook(CELLS[0], "".join(CELLS[1:])[:-1] + "  # all\n", ids="ab"), [(2, 2)]),
    ],
    ids=[
        "run again",
        "edited",
        "edited and run",
        "a cell before",
        "laid out",
        "blanks",
        "moved",
        "cells joined",
    ],
)
def test_notebooks_are_compared_by_their_physical_lines(
    git: Callable[..., str], edited: str, judged: list[tuple[int | None, int]]
) -> None:
    Path("a.ipynb").write_text(_notebook(*CELLS))
    _commit(git)
    Path("a.ipynb").write_text(edited)
    assert _judged("a.ipynb", "HEAD") == judged
    _commit(git)
    git("mv", "a.ipynb", "b.ipynb")
    assert _judged("b.ipynb", "HEAD~1") == judged
    Path("b.ipynb").rename("c.ipynb")
    assert _judged("c.ipynb", "HEAD~1") == judged


def test_all_of_a_new_notebook_is_judged(git: Callable[..., str]) -> None:
    Path("a.ipynb").write_text(_notebook("print(1)\n", "x = 2\n", "y = 3\n"))
    _commit(git)
    Path("b.ipynb").write_text(_notebook(*CELLS))
    assert _judged("b.ipynb", "HEAD") == [(2, 1), (3, 1)]
    Path("a.ipynb").unlink()
    assert _judged("b.ipynb", "HEAD") == [(2, 1), (3, 1)]


def test_a_copied_notebook_is_new(git: Callable[..., str]) -> None:
    Path("a.ipynb").write_text(_notebook(*CELLS))
    _commit(git)
    Path("b.ipynb").write_text(_notebook(*CELLS))
    assert _judged("b.ipynb", "HEAD") == [(2, 1), (3, 1)]


def test_the_stored_form_of_a_cell_does_not_matter(git: Callable[..., str]) -> None:
    Path("a.ipynb").write_text(_notebook(*CELLS))
    _commit(git)
    stored = json.loads(_notebook(*CELLS, "print(4)\n", ids="abcd"))
    for cell in stored["cells"]:
        cell["source"] = "".join(cell["source"])
    Path("a.ipynb").write_text(json.dumps(stored))
    assert _judged("a.ipynb", "HEAD") == []


@pytest.mark.parametrize(
    ("revision", "told"),
    [
        ("nowhere", 'git knows no revision "nowhere"'),
        ("--output=x", 'git knows no revision "--output=x"'),
    ],
)
def test_an_unknown_revision(git: Callable[..., str], revision: str, told: str) -> None:
    _commit(git, a=LINES)
    with pytest.raises(GitError) as caught:
        since(revision, Path())
    assert str(caught.value) == told


def test_histories_without_a_common_ancestor(git: Callable[..., str]) -> None:
    _commit(git, a=LINES)
    git("checkout", "-q", "--orphan", "other")
    _commit(git, a=f"{LINES}x11 = 11\n")
    with pytest.raises(GitError, match="main and HEAD have no common ancestor"):
        since("main", Path())


def test_a_shallow_clone_is_told_the_remedy(
    git: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _commit(git, a=LINES)
    first = _commit(git, a=LINES.replace("x1 = 1", "x1 = 11"))
    _commit(git, a=LINES.replace("x1 = 1", "x1 = 12"))
    git("clone", "-q", "--depth", "1", f"file://{tmp_path}", "shallow")
    monkeypatch.chdir("shallow")
    with pytest.raises(GitError, match=r"this clone is shallow.*fetch-depth: 0"):
        since(first, Path())


def test_outside_of_a_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="not a git repository"):
        since("main", tmp_path)
