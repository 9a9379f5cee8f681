"""Imports are resolved to the project's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.engine.project import LARGEST_BYTES, ProjectFiles
from mlaudit.source.read import read

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = frozenset({"sklearn", "torch"})


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProjectFiles:
    monkeypatch.chdir(tmp_path)
    for name, text in {
        "train.py": "import helpers",
        "helpers.py": "import sklearn",
        "plain.py": "import os",
        "torch.py": "fake = 1",
        "pkg/__init__.py": "",
        "pkg/data.py": "from . import models",
        "pkg/models/__init__.py": "from ..data import load\nfrom .net import Net",
        "pkg/models/net.py": "import torch",
        "src/lib/__init__.py": "",
        "src/lib/core.py": "",
        "notebooks/explore.ipynb": "",
        "loop/a.py": "import b",
        "loop/b.py": "import a, c",
        "loop/c.py": "import torch",
        "names/run.py": "import step",
        "names/step.py": "import types",
        "names/types.py": "import torch",
        "broken.py": "def (:",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ProjectFiles(tmp_path, LIBRARIES, read)


@pytest.mark.parametrize(
    ("importer", "name", "file"),
    [
        ("train.py", "helpers", "helpers.py"),
        ("train.py", "pkg", "pkg/__init__.py"),
        ("train.py", "pkg.data", "pkg/data.py"),
        ("train.py", "pkg.models.net", "pkg/models/net.py"),
        ("train.py", "lib.core", "src/lib/core.py"),
        ("src/lib/core.py", "lib", "src/lib/__init__.py"),
        ("pkg/data.py", ".models", "pkg/models/__init__.py"),
        ("pkg/data.py", ".", "pkg/__init__.py"),
        ("pkg/models/net.py", "..data", "pkg/data.py"),
        ("pkg/models/net.py", "helpers", "helpers.py"),
        ("notebooks/explore.ipynb", "helpers", "helpers.py"),
        ("train.py", "torch", None),
        ("train.py", "os", None),
        ("train.py", "missing", None),
        ("train.py", "pkg.missing", None),
        ("train.py", "....far", None),
    ],
)
def test_locates(
    project: ProjectFiles, tmp_path: Path, importer: str, name: str, file: str | None
) -> None:
    found = project.locate(name, importer)
    assert found == (tmp_path / file if file else None)


def test_does_not_look_above_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "outer.py").write_text("")
    (tmp_path / "inner" / "train.py").write_text("import outer")
    monkeypatch.chdir(tmp_path / "inner")
    assert ProjectFiles(tmp_path / "inner", LIBRARIES, read).locate("outer", "train.py") is None


def test_a_project_elsewhere_begins_where_the_files_under_review_do(
    project: ProjectFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "away").mkdir()
    monkeypatch.chdir(tmp_path / "away")
    away = ProjectFiles(tmp_path / "away", LIBRARIES, read)
    notebook, helpers = tmp_path / "notebooks" / "explore.ipynb", tmp_path / "helpers.py"
    away.register(notebook, "explore.ipynb")
    assert away.locate("helpers", "explore.ipynb") is None
    away = ProjectFiles(tmp_path / "away", LIBRARIES, read)
    for path in (notebook, helpers):
        away.register(path, path.name)
    assert away.locate("helpers", "explore.ipynb") == helpers


def test_a_module_is_parsed_once(project: ProjectFiles, tmp_path: Path) -> None:
    train = read(tmp_path / "train.py", "train.py")
    first = project.find_module("helpers", train)
    assert first is not None
    assert project.find_module("helpers", train) is first
    assert first[0].path == "helpers.py"


def test_goes_by_the_name_that_is_under_review(tmp_path: Path, project: ProjectFiles) -> None:
    project.register(tmp_path / "helpers.py", "elsewhere/helpers.py")
    found = project.find_module("helpers", read(tmp_path / "train.py", "train.py"))
    assert found is not None
    assert found[0].path == "elsewhere/helpers.py"
    assert project.document("elsewhere/helpers.py") == found


def test_no_document_imports_itself(project: ProjectFiles, tmp_path: Path) -> None:
    assert project.find_module("train", read(tmp_path / "train.py", "train.py")) is None


def test_broken_and_huge_modules_are_not_followed(project: ProjectFiles, tmp_path: Path) -> None:
    train = read(tmp_path / "train.py", "train.py")
    assert project.find_module("broken", train) is None
    (tmp_path / "huge.py").write_text("#" * (LARGEST_BYTES + 1))
    assert project.find_module("huge", train) is None


@pytest.mark.parametrize(
    ("importer", "names", "unfollowed"),
    [
        ("train.py", ["helpers"], False),
        ("train.py", ["broken"], True),
        ("train.py", ["unknown_library"], False),
        ("pkg/data.py", [".models", ".models.Net"], False),
        ("pkg/data.py", [".gone", ".gone.load"], True),
        ("notebooks/explore.ipynb", [".", ".helper"], True),
        ("pkg/data.py", [".", ".models"], False),
        ("broken.py", ["broken"], False),
    ],
)
def test_tells_what_could_not_be_followed(
    project: ProjectFiles, tmp_path: Path, importer: str, names: list[str], unfollowed: bool
) -> None:
    document = read(tmp_path / importer, importer)
    assert project.unfollowed(names, document) is unfollowed


@pytest.mark.parametrize(
    ("name", "learns"),
    [
        ("helpers.py", True),
        ("names/run.py", False),
        ("train.py", True),
        ("plain.py", False),
        ("loop/a.py", True),
        ("loop/b.py", True),
        ("pkg/data.py", True),
    ],
)
def test_tells_who_learns(project: ProjectFiles, tmp_path: Path, name: str, learns: bool) -> None:
    assert project.learns(read(tmp_path / name, name)) is learns
