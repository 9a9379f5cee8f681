"""Which files are found, under which name, and which are not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mlaudit.source.discover import SKIPPED_FOLDERS, discover


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def make(*names: str, text: str = "x = 1\n") -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def shown(*paths: str, exclude: tuple[str, ...] = (), respect_gitignore: bool = True) -> list[str]:
    found = discover(paths, exclude, respect_gitignore)
    assert found.missing == []
    return [file.shown for file in found.files]


def test_scripts_and_notebooks_in_order(project: Path) -> None:
    make("b.py", "a/z.ipynb", "a/Y.PY", "readme.md", "a/data.csv", "c.pyi")
    assert shown(".") == ["a/Y.PY", "a/z.ipynb", "b.py"]
    assert shown("a", "b.py") == ["a/Y.PY", "a/z.ipynb", "b.py"]


def test_each_file_is_listed_once(project: Path) -> None:
    make("a/x.py")
    assert shown(".", "a", "a/x.py", "./a/../a/x.py", str(project)) == ["a/x.py"]


def test_paths_are_shown_as_given_or_from_here(project: Path) -> None:
    make("a/x.py", "../other/y.py")
    assert shown(str(project / "a")) == ["a/x.py"]
    assert shown("../other") == ["../other/y.py"]
    assert shown(str(project.parent / "other")) == [f"{project.parent.as_posix()}/other/y.py"]


def test_any_file_may_be_named(project: Path) -> None:
    make("train", "notes.txt")
    assert shown("train", "notes.txt") == ["notes.txt", "train"]


def test_missing_paths_are_told_and_others_found(project: Path) -> None:
    make("x.py")
    found = discover(["nope.py", "x.py", "gone", "a\0b"])
    assert found.missing == ["nope.py", "gone", "a\0b"]
    assert [file.shown for file in found.files] == ["x.py"]


@pytest.mark.parametrize("folder", sorted(SKIPPED_FOLDERS))
def test_skipped_folders(project: Path, folder: str) -> None:
    make(f"{folder}/x.py", f"a/{folder}/y.py", "z.py")
    assert shown(".") == ["z.py"]
    assert shown(folder) == [f"{folder}/x.py"]


def test_a_virtual_environment_of_any_name(project: Path) -> None:
    make("ml/pyvenv.cfg", "ml/lib/x.py", "env/world.py")
    assert shown(".") == ["env/world.py"]


def test_gitignore_files_hold_below_them(project: Path) -> None:
    make(".git/HEAD", "out/x.py", "keep.py", "a/skip.py", "a/b/skip.py", "a/b/keep.py", "c/skip.py")
    make(".gitignore", text="# outputs\nout/\n")
    make("a/.gitignore", text="skip.py\n")
    make("a/b/.gitignore", text="!skip.py\n")
    expected = ["a/b/keep.py", "a/b/skip.py", "c/skip.py", "keep.py"]
    assert shown(".") == expected
    assert shown("a") == expected[:2]
    assert len(shown(".", respect_gitignore=False)) == 6


def test_the_repository_above_a_folder_has_a_say(project: Path) -> None:
    make(".git/info/exclude", text="/a/secret.py\n")
    make(".gitignore", text="*.gen.py\n")
    make("a/x.py", "a/y.gen.py", "a/secret.py")
    assert shown("a") == ["a/x.py"]


def test_what_is_named_is_wanted_though_git_ignores_it(project: Path) -> None:
    make(".git/HEAD", "out/x.py", "out/sub/y.py", "top.py")
    make(".gitignore", text="out/\ntop.py\n")
    assert shown("out") == ["out/sub/y.py", "out/x.py"]
    assert shown("top.py", "out/x.py") == ["out/x.py", "top.py"]


def test_excludes_hold_for_folders_and_for_named_files(project: Path) -> None:
    make("a/x.py", "a/old/y.py", "b.ipynb", "c.py")
    assert shown(".", exclude=("a/old", "*.ipynb")) == ["a/x.py", "c.py"]
    assert shown("b.ipynb", "a/old/y.py", "c.py", exclude=("a/old", "*.ipynb")) == ["c.py"]
    assert shown("a/old", exclude=("old/",)) == []
    assert shown(str(project / "a/x.py"), exclude=("/a",)) == []


def test_excludes_are_relative_to_the_root(project: Path) -> None:
    make("a/x.py", "a/a/y.py")
    found = discover(["."], ["/a"], root=project / "a")
    assert [file.shown for file in found.files] == ["a/x.py"]


def test_links_are_no_second_files(project: Path) -> None:
    make("z.py", "../outside/w.py")
    Path("a.py").symlink_to("z.py")
    Path("broken.py").symlink_to("nowhere.py")
    Path("outside.py").symlink_to("../outside/w.py")
    assert shown(".") == ["outside.py", "z.py"]


def test_loops_of_links_end(project: Path) -> None:
    make("a/x.py")
    Path("a/loop").symlink_to("../a", target_is_directory=True)
    Path("a/up").symlink_to("..", target_is_directory=True)
    Path("self.py").symlink_to("self.py")
    assert shown(".") == ["a/x.py"]
    assert shown("a/loop") == ["a/loop/x.py"]
    assert shown("self.py") == ["self.py"]


def test_folders_and_pipes_that_are_named_like_files(project: Path) -> None:
    make("x.py/y.py", "z.ipynb/w.ipynb")
    os.mkfifo("pipe.py")
    assert shown(".") == ["x.py/y.py", "z.ipynb/w.ipynb"]
    assert shown("x.py") == ["x.py/y.py"]


def test_names_that_no_encoding_can_write(project: Path) -> None:
    name = os.fsdecode(b"caf\xe9.py")
    try:
        make(name)
    except OSError:
        pytest.skip("the file system wants UTF-8 names")
    assert shown(".") == ["caf\ufffd.py"]


JUPYTEXT = "# ---\n# jupyter:\n#   jupytext:\n#     formats: ipynb,py:percent\n# ---\n# %%\nx = 1\n"


def test_jupytext_pairs_are_reviewed_once(project: Path) -> None:
    make("nb.py", text=JUPYTEXT)
    assert shown(".") == ["nb.py"]
    make("nb.ipynb", text="{}")
    (file,) = discover(["."]).files
    assert file.shown == "nb.ipynb"
    assert "nb.py" in file.note


def test_a_script_beside_a_notebook_is_no_pair(project: Path) -> None:
    make("nb.py", text="# %%\n# about jupytext: nothing\n")
    make("nb.ipynb", text="{}")
    assert [(file.shown, file.note) for file in discover(["."]).files] == [
        ("nb.ipynb", ""),
        ("nb.py", ""),
    ]
