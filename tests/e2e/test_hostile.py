"""Bad input gives one clear line and an honest coverage entry; everything else is reviewed."""

from __future__ import annotations

import json
import os
from itertools import combinations
from typing import Any

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.review import review
from mlaudit.flow.builder import build
from mlaudit.model.review import FileCoverage, Recommendation, Review
from mlaudit.rulekit.registry import rules

DEEP = "import torch\nx = " + "(" * 250 + "1" + ")" * 250
NESTED = "import torch\n" + "".join(f"{' ' * depth}if x:\n" for depth in range(120))
CHAIN = "import torch\nx = " + " + ".join(["y"] * 1500) + "\n"  # not more than any Python parses
RECURSIVE = """
import pandas as pd
def f(x):
    return g(x)
def g(x):
    return f(x)
f(pd.read_csv("a.csv"))
class Node:
    def __init__(self):
        self.next = Node()
Node()
"""
HOSTILE: dict[str, tuple[str, str | bytes, str]] = {
    "deep": ("deep.py", DEEP, "too deep|too many nested"),
    "nested": ("nested.py", NESTED, "nested too deeply|too many levels of indentation"),
    "binary": ("noise.py", bytes(range(256)) * 40, "binary data"),
    "latin": ("latin.py", b"import torch\nname = 'caf\xe9'\n", "not UTF-8"),
    "not-json": ("page.ipynb", "<html>import torch</html>", "not a notebook"),
    "json": ("list.ipynb", "[1, 2, 3]", "not a notebook"),
    "empty": ("empty.ipynb", "", "not a notebook"),
    "python-2": ("old.py", "import torch\nprint 'hello'\n", "Python 2"),
    "broken": ("broken.py", "import torch\ndef f(:\n", "syntax error"),
}


def entry(result: Review, path: str) -> FileCoverage:
    return next(file for file in result.coverage.files if file.path == path)


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_bad_file_is_one_line_and_hides_nothing(tree: Any, leaking: str, kind: str) -> None:
    name, content, message = HOSTILE[kind]
    tree({name: content, "train.py": leaking})
    result = review(["."], Config(select=("LEAK001",)))
    assert [finding.code for finding in result.findings] == ["LEAK001"]
    (failure,) = result.errors
    assert failure.path == name
    assert "\n" not in failure.message
    assert any(part in failure.message for part in message.split("|")), failure.message
    assert entry(result, name).status == "not examined"
    assert entry(result, "train.py").status == "examined"
    assert not result.coverage.complete


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_bad_file_alone_is_not_approved(tree: Any, kind: str) -> None:
    name, content, _ = HOSTILE[kind]
    tree({name: content})
    assert review([name], Config()).verdict.recommendation is Recommendation.CONDITIONAL


def test_a_statement_too_deep_to_walk_loses_only_itself(tree: Any, leaking: str) -> None:
    tree({"chain.py": CHAIN + leaking})
    result = review(["chain.py"], Config(select=("LEAK001",)))
    assert len(result.findings) == 1
    assert entry(result, "chain.py").status == "partial"
    assert entry(result, "chain.py").notes == ("line 2: nested too deeply to analyse",)


def test_a_broken_helper_is_a_gap_of_its_importers(tree: Any, careful: str) -> None:
    tree({"train.py": "from helpers import prepare\n" + careful, "helpers.py": "def prepare(:\n"})
    result = review(["train.py"], Config())
    assert entry(result, "train.py").notes == (
        "the import of `helpers` is not followed: the file is missing or cannot be parsed",
    )
    assert result.verdict.recommendation is Recommendation.CONDITIONAL


def test_recursion_ends(tree: Any) -> None:
    tree({"loop.py": RECURSIVE})
    result = review(["loop.py"], Config())
    assert result.errors == ()


def test_cyclic_imports_end(tree: Any, leaking: str) -> None:
    tree(
        {
            "a.py": "from b import load\nimport sklearn\n",
            "b.py": "import a\nfrom c import *\ndef load():\n    return a\n",
            "c.py": "from a import *\nfrom b import load\n",
            "train.py": "import a\n" + leaking,
        }
    )
    result = review(["."], Config(select=("LEAK001",)))
    assert result.errors == ()
    assert [finding.location.path for finding in result.findings] == ["train.py"]


def test_a_loop_of_links_ends(tree: Any, leaking: str) -> None:
    folder = tree({"code/train.py": leaking})
    (folder / "code" / "again").symlink_to(folder, target_is_directory=True)
    (folder / "self.py").symlink_to(folder / "self.py")
    result = review(["."], Config(select=("LEAK001",)))
    assert len(result.findings) == 1
    named = review(["self.py", "code"], Config(select=("LEAK001",)))
    assert [failure.path for failure in named.errors] == ["self.py"]
    assert len(named.findings) == 1


def test_a_folder_may_be_named_like_a_notebook(tree: Any, leaking: str) -> None:
    tree({"x.ipynb/train.py": leaking})
    for paths in (["."], ["x.ipynb"]):
        result = review(paths, Config(select=("LEAK001",)))
        assert result.errors == ()
        assert [file.path for file in result.coverage.files] == ["x.ipynb/train.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read(tree: Any, leaking: str) -> None:
    folder = tree({"secret.py": leaking})
    (folder / "secret.py").chmod(0)
    (failure,) = review(["secret.py"], Config()).errors
    assert "cannot be read" in failure.message


def test_a_huge_notebook(tree: Any, notebook: Any, leaking: str) -> None:
    stored = json.loads(notebook(leaking))
    picture = {
        "output_type": "display_data",
        "metadata": {},
        "data": {"image/png": "A" * 50_000_000},
    }
    stored["cells"][0]["outputs"] = [picture]
    tree({"huge.ipynb": json.dumps(stored), "train.py": leaking})
    result = review(["."], Config(select=("LEAK001",)))
    assert result.errors == ()
    assert [finding.location.path for finding in result.findings] == ["huge.ipynb", "train.py"]


def test_a_broken_cell_loses_only_itself(tree: Any, notebook: Any, leaking: str) -> None:
    tree({"train.ipynb": notebook("import (", leaking, "for")})
    result = review(["train.ipynb"], Config(select=("LEAK001",)))
    assert [finding.location.cell for finding in result.findings] == [2]
    file = entry(result, "train.ipynb")
    assert (file.status, file.cells, file.cells_skipped) == ("partial", 3, 2)
    assert [note.split(":")[0] for note in file.notes] == ["cell 1, line 1", "cell 3, line 1"]
    assert result.errors == ()


def test_a_crashing_rule_hides_no_finding(
    tree: Any, leaking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(self: object, module: object) -> None:
        raise ZeroDivisionError("two\nlines")

    monkeypatch.setattr(type(rules()["CONF001"].rule), "check_module", crash)
    tree({"train.py": leaking})
    result = review(["train.py"], Config())
    assert [finding.code for finding in result.findings] == ["LEAK001"]
    (failure,) = result.errors
    assert failure.rule == "CONF001"
    assert failure.message == "the rule crashed: ZeroDivisionError: two lines"
    assert not result.coverage.complete


def test_a_crashing_analysis_loses_only_its_file(
    tree: Any, leaking: str, careful: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(document: Any, *more: Any) -> Any:
        if document.path == "bad.py":
            raise KeyError("unexpected")
        return build(document, *more)

    monkeypatch.setattr("mlaudit.engine.runner.build", crash)
    tree({"bad.py": careful, "train.py": leaking})
    result = review(["."], Config(select=("LEAK001",)))
    assert [failure.message for failure in result.errors] == [
        "the analysis crashed: KeyError: 'unexpected'"
    ]
    assert len(result.findings) == 1
    assert entry(result, "bad.py").status == "not examined"


PARTS = {
    "a broken cell": ("cell.ipynb", ("import torch\n", "def (")),
    "an unknown star": ("star.py", "import torch\nfrom unheard_of import *\n"),
    "an unknown metric": ("metric.py", "from sklearn.metrics import f1_score\nf1_score(a, b)\n"),
    "a missing helper": ("helped.py", "import torch\nfrom .gone import load\n"),
    "an unreadable file": ("noise.py", b"\0\1\2"),
    "a careful program": ("good.py", None),
    "another tool": ("tool.py", "import os\n"),
}
HARMLESS = {"a careful program", "another tool"}
MIXTURES = [set(mix) for size in (1, 2, 3) for mix in combinations(PARTS, size)]


@pytest.mark.parametrize("mix", MIXTURES, ids=lambda mix: " and ".join(sorted(mix)))
def test_never_approves_with_partial_coverage(
    tree: Any, notebook: Any, careful: str, mix: set[str]
) -> None:
    for part in mix:
        name, content = PARTS[part]
        text = notebook(*content) if isinstance(content, tuple) else content
        tree({name: careful if text is None else text})
    result = review(["."], Config())
    harmless = mix <= HARMLESS
    assert result.coverage.complete is harmless
    assert (result.verdict.recommendation is Recommendation.APPROVE) is harmless
