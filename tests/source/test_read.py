"""Whatever is wrong with a file, reading it gives a document and one clear line."""

from __future__ import annotations

import codecs
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.source import read as reading
from mlaudit.source.read import read, read_text

if TYPE_CHECKING:
    from mlaudit.source.document import Document


def script(folder: Path, content: bytes, name: str = "train.py") -> Document:
    path = folder / name
    path.write_bytes(content)
    return read(path, name)


def fatal(document: Document) -> str:
    assert [unit.text for unit in document.units] == [""]
    (problem,) = document.problems
    assert problem.fatal
    assert "\n" not in problem.message
    return problem.message


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"", ""),
        ("x = 'é'\n".encode(), "x = 'é'\n"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n"),
        (codecs.BOM_UTF8 + "# coding: latin-1\nx='é'".encode(), "# coding: latin-1\nx='é'"),
        ("# -*- coding: latin-1 -*-\nx = 'é'".encode("latin-1"), None),
        ("#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'".encode("cp1252"), None),
        ("\n# coding=euc-jp\nx = 'あ'".encode("euc-jp"), None),
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\ny = 2\nz = 3\n"),
        (b"\x0cx = 1\n", "\x0cx = 1\n"),
    ],
)
def test_scripts_are_decoded_as_python_does(
    tmp_path: Path, content: bytes, text: str | None
) -> None:
    document = script(tmp_path, content)
    assert document.problems == []
    assert not document.is_notebook
    if text is None:
        assert document.text.endswith(("'é'", "'€'", "'あ'"))
    else:
        assert document.text == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x = 1\ny = 'é'\n".encode("latin-1"), "line 2 is not UTF-8, and no encoding is declared"),
        ("x = 1\n\n# coding: latin-1\n'é'".encode("latin-1"), "line 4 is not UTF-8"),
        ("x = 1\n# coding: latin-1\n'é'".encode("latin-1"), "line 3 is not UTF-8"),
        (b"# coding: ascii\nx = '\xe9'", "line 2 is not ascii, the declared encoding"),
        (b"# coding: klingon\nx = 1", "unknown encoding 'klingon'"),
        (b"# coding: rot13\nk = 1", "unknown encoding 'rot13'"),
        (b"# coding: hex\nk = 1", "unknown encoding 'hex'"),
        ("x = 1".encode("utf-16"), "UTF-16"),
        (b"\x7fELF\x02\x00\x00\x00\xff", "binary data"),
        (b"x = 1\n\x00", "binary data"),
        (bytes(range(128, 256)), "line 1 is not UTF-8"),
    ],
)
def test_what_cannot_be_decoded_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    assert message in fatal(script(tmp_path, content))


@pytest.mark.parametrize("name", ["x.py", "x.ipynb"])
def test_a_folder_that_is_named_like_a_file(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    assert fatal(read(tmp_path / name, name)) == "a directory, not a file"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert fatal(read(tmp_path / "x.py", "x.py")) == "cannot be read: No such file or directory"


def test_a_path_that_cannot_be() -> None:
    assert "not a valid path" in fatal(read(Path("a\0b.py"), "x.py"))


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.py").write_text("x = 1")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert fatal(read(tmp_path / "x.py", "x.py")) == "cannot be read: Permission denied"


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.py")
    assert fatal(read(tmp_path / "x.py", "x.py")) == "not a regular file"


def test_a_file_beyond_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_SCRIPT_BYTES", 2_000_000)
    document = script(tmp_path, b"#" * 3_000_000)
    assert fatal(document) == "too large to examine (3 MB, at most 2 MB)"


def test_a_notebook_of_50_megabytes_is_read(tmp_path: Path) -> None:
    picture = {"output_type": "display_data", "data": {"image/png": "iVBORw0KGgo" * 100_000}}
    cells = [
        {"cell_type": "code", "source": [f"x = {number}\n", "x"], "outputs": [picture]}
        for number in range(46)
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1)
    assert len(text) > 50_000_000
    path = tmp_path / "big.ipynb"
    path.write_text(text)
    document = read(path, "big.ipynb")
    assert document.problems == []
    assert len(document.units) == 46
    line = document.units[45].cell.physical_lines[0]  # type: ignore[union-attr]
    assert text.split("\n")[line - 1].strip() == '"x = 45\\n",'


def test_a_notebook_that_is_not_json(tmp_path: Path) -> None:
    document = script(tmp_path, b"import pandas\n", "x.ipynb")
    assert document.is_notebook
    assert fatal(document) == "not a notebook: not JSON (line 1: Expecting value)"


def test_a_notebook_that_is_not_utf_8(tmp_path: Path) -> None:
    assert "not UTF-8" in fatal(script(tmp_path, b'{"cells": ["\xff"]}', "x.ipynb"))


NOTEBOOK = '{"cells": [{"cell_type": "code", "source": "x = 1"}], "nbformat": 4}'


def test_a_notebook_with_a_byte_order_mark(tmp_path: Path) -> None:
    assert script(tmp_path, codecs.BOM_UTF8 + NOTEBOOK.encode(), "x.ipynb").text == "x = 1"


def test_a_script_may_have_any_name(tmp_path: Path) -> None:
    assert script(tmp_path, b"x = 1", "train").text == "x = 1"
    assert script(tmp_path, NOTEBOOK.encode(), "notebook.json").is_notebook


@pytest.mark.parametrize(
    ("text", "shown", "notebook", "is_notebook"),
    [
        ("x = 1", "<stdin>", None, False),
        (NOTEBOOK, "<stdin>", None, True),
        ("\ufeff" + NOTEBOOK, "<stdin>", None, True),
        ("{'a': 1}", "<stdin>", None, False),
        (NOTEBOOK, "x.py", False, False),
        ("x", "nb.ipynb", None, True),
    ],
)
def test_text_of_standard_input(
    text: str, shown: str, notebook: bool | None, is_notebook: bool
) -> None:
    assert read_text(text, shown, notebook).is_notebook is is_notebook


def test_binary_standard_input_is_told() -> None:
    assert "binary data" in fatal(read_text("a\0b", "<stdin>"))
