"""Notebooks become documents: units, cells, places on file, and one clear line for bad ones."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

import nbformat as untyped_nbformat
import pytest

from mlaudit.source.notebook import from_json

if TYPE_CHECKING:
    from mlaudit.source.document import Document

nbformat: Any = untyped_nbformat


def code(source: str, **fields: Any) -> dict[str, Any]:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "metadata": {}, "outputs": [], "source": lines, **fields}


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def document(*cells: dict[str, Any], **metadata: Any) -> Document:
    stored = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return from_json(json.dumps(stored, indent=1), "train.ipynb")


def fatal(found: Document) -> str:
    assert [unit.text for unit in found.units] == [""]
    (problem,) = found.problems
    assert problem.fatal
    return problem.message


def test_cells_count_from_one_over_all_kinds() -> None:
    found = document(markdown("# T"), code("a = 1\nb = 2"), markdown("t"), code("c = 3"))
    assert [cell.kind for cell in found.cells] == ["markdown", "code", "markdown", "code"]
    assert [(unit.first_line, unit.text) for unit in found.units] == [
        (1, "a = 1\nb = 2"),
        (3, "c = 3"),
    ]
    assert [unit.cell.number for unit in found.units if unit.cell] == [2, 4]
    assert found.cell_ends == (2, 3)


def test_a_place_knows_its_cell_and_its_line_on_file() -> None:
    cells = [markdown("t"), code("x = 1\nfit(x)", id="ab12", execution_count=7)]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1)
    found = from_json(text, "train.ipynb")
    node = ast.parse(found.text).body[1]
    place = found.place(node)
    location = place.location
    assert str(location) == "train.ipynb:cell 2 (In [7]):2:1"
    assert location.cell_id == "ab12"
    assert location.physical_line is not None
    assert text.split("\n")[location.physical_line - 1].strip() == '"fit(x)"'
    assert place.text == "fit(x)"
    assert found.line_of(location) == 2


def test_a_location_in_no_code_cell_has_no_document_line() -> None:
    found = document(markdown("t"), code("x = 1"))
    assert found.line_of(found.cell_location(found.cells[0])) is None


def test_an_indented_cell_runs_and_keeps_its_columns() -> None:
    found = document(code("    x = 1\n    fit(x)\n# end"))
    assert found.units[0].text == "x = 1\nfit(x)\n# end"
    place = found.place(ast.parse(found.text).body[1])
    assert (place.location.column, place.location.end_column) == (5, 11)
    assert place.text == "fit(x)"


def test_prompts_are_taken_away() -> None:
    found = document(code(">>> for i in y:\n...     f(i)\n...\n>>> g()"))
    assert found.units[0].text == "for i in y:\n    f(i)\n\ng()"
    assert found.place(ast.parse(found.text).body[1]).location.column == 5


def test_outputs_are_kept_short_and_without_pictures() -> None:
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"]},
        {"output_type": "execute_result", "data": {"text/plain": ["0.9"], "image/png": "iVB"}},
        {"output_type": "display_data", "data": {"image/png": "iVB"}},
        {"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": ["x"]},
        {"output_type": "stream", "text": "x" * 10_000},
    ]
    cell = document(code("x", outputs=outputs)).cells[0]
    assert cell.outputs == ("a\nb\n", "0.9", "ValueError: no", "x" * 2000)


def test_tags_and_counts_are_kept() -> None:
    cell = document(code("x", metadata={"tags": ["skip", 3]}, execution_count=4)).cells[0]
    assert (cell.tags, cell.execution_count) == (("skip",), 4)


def test_a_notebook_of_format_3_is_read() -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[
            nbformat.v3.new_worksheet(
                cells=[
                    nbformat.v3.new_heading_cell("Title"),
                    nbformat.v3.new_code_cell("x = 1\ny = 2", prompt_number=3),
                ]
            )
        ]
    )
    found = from_json(json.dumps(old, indent=1), "old.ipynb")
    assert [cell.kind for cell in found.cells] == ["heading", "code"]
    assert found.cells[1].execution_count == 3
    assert found.text == "x = 1\ny = 2"


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\r"])
def test_lines_are_what_python_counts(separator: str) -> None:
    source = separator.join(["a = 1", "b = '\u2028\x0c\x85'", "c = 3"])
    found = document(code("z = 0"), code("") | {"source": source})
    assert found.lines == ["z = 0", "a = 1", "b = '\u2028\x0c\x85'", "c = 3"]
    assert [node.lineno for node in ast.parse(found.text).body] == [1, 2, 3, 4]


def test_lone_surrogates_do_not_reach_the_text() -> None:
    found = document(code("x = '\ud800'"))
    assert found.text == "x = '?'"


def test_cells_of_another_language_are_opaque() -> None:
    foreign = code("SELECT 1\nFROM t", metadata={"vscode": {"languageId": "sql"}})
    found = document(foreign, code("%%bash\nls"), code("x = 1"))
    assert [unit.opaque for unit in found.units] == [True, True, False]
    assert found.units[0].text == "\n"
    assert [(problem.cell, problem.fatal) for problem in found.problems] == [(1, False)]


@pytest.mark.parametrize(
    "metadata",
    [
        {"language_info": {"name": "R"}},
        {"kernelspec": {"language": "julia", "name": "julia-1.9"}},
        {"kernelspec": {"name": "ir"}},
    ],
)
def test_a_notebook_of_another_language_is_refused(metadata: dict[str, Any]) -> None:
    assert "not in Python" in fatal(document(code("x <- 1"), **metadata))


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"language_info": {"name": "python"}},
        {"language_info": {"name": "ipython"}, "kernelspec": {"name": "ir"}},
        {"kernelspec": {"name": "conda-env-ml-py", "language": "python"}},
        {"kernelspec": None, "language_info": []},
    ],
)
def test_a_python_notebook_is_read(metadata: dict[str, Any]) -> None:
    assert document(code("x = 1"), **metadata).problems == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a notebook: the file is empty"),
        ("  \n", "not a notebook: the file is empty"),
        ("not json", "not a notebook: not JSON (line 1: Expecting value)"),
        ("[1, 2]", "not a notebook: the JSON has no list of cells"),
        ("{}", "not a notebook: the JSON has no list of cells"),
        ('{"cells": 3}', "not a notebook: the JSON has no list of cells"),
        ("3", "not a notebook: the JSON has no list of cells"),
        (
            "version https://git-lfs.github.com/spec/v1\noid sha256:0",
            "not a notebook: a Git LFS pointer whose content has not been fetched",
        ),
        ('{\n<<<<<<< HEAD\n "cells"', "not a notebook: it has unresolved merge conflicts"),
        ("\n<!DOCTYPE html>\n<html>", "not a notebook: an HTML page"),
        ("[" * 200_000, "not a notebook: its JSON is nested too deeply"),
        (
            '{"metadata": ' + "[" * 200_000,
            "not a notebook: its JSON is nested too deeply",
        ),
    ],
)
def test_what_is_no_notebook_gets_one_clear_line(text: str, message: str) -> None:
    assert fatal(from_json(text, "x.ipynb")) == message


@pytest.mark.parametrize(
    "cells",
    [
        [],
        [None],
        [3, "x"],
        [{}],
        [{"cell_type": "code"}],
        [{"cell_type": "code", "source": None}],
        [{"cell_type": "code", "source": [1, None]}],
        [{"cell_type": "code", "source": {"a": 1}, "outputs": 3, "metadata": []}],
        [{"cell_type": ["x"], "source": "a", "id": 3, "execution_count": "*"}],
        [{"cell_type": "code", "source": "", "outputs": [None, {"data": 3, "text": 4}]}],
    ],
)
def test_odd_cells_do_no_harm(cells: list[Any]) -> None:
    found = from_json(json.dumps({"cells": cells, "metadata": {}}), "odd.ipynb")
    assert len(found.cells) == len(cells)
    assert found.units
    assert not any(problem.fatal for problem in found.problems)


def test_what_people_wrote_is_shown_with_its_magics() -> None:
    found = document(code("!ls"), code("  x = 1"))
    assert found.lines == ["pass", "x = 1"]
    assert found.written_lines == ["!ls", "  x = 1"]
