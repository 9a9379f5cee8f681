"""The way between document lines, cells and places."""

from __future__ import annotations

import ast

import pytest

from mlaudit.model.location import Location
from mlaudit.source.document import Cell, Document, Place, Unit


@pytest.fixture
def notebook() -> Document:
    cells = [
        Cell(1, "code", "a\nb", "id1", 3, physical_lines=(10, 11)),
        Cell(2, "markdown", "text", physical_lines=(20,)),
        Cell(3, "code", "é = f(\n  1)", "id3", None, physical_lines=(30, 31)),
    ]
    units = [Unit("a\nb", 1, cells[0]), Unit("é = f(\n  1)", 3, cells[2])]
    return Document("n.ipynb", units, cells, is_notebook=True, cell_ends=(2, 4))


def test_lines_of_the_document_belong_to_units(notebook: Document) -> None:
    assert notebook.lines == ["a", "b", "é = f(", "  1)"]
    assert [notebook.units.index(notebook.unit_at(line)) for line in range(6)] == [0, 0, 0, 1, 1, 1]
    assert [notebook.cell_lines(line) for line in (1, 2, 3, 4)] == [(1, 2), (1, 2), (3, 4), (3, 4)]


def test_places_are_located_in_their_cells(notebook: Document) -> None:
    call = ast.parse(notebook.text).body[2].value  # type: ignore[attr-defined]
    place = notebook.place(call)
    assert place.text == "f(\n  1)"
    assert place.location == Location(
        "n.ipynb", 1, 5, 2, 5, cell=3, cell_id="id3", execution_count=None, physical_line=30
    )
    assert notebook.line_of(place.location) == 3


def test_cells_without_code_have_locations_but_no_lines(notebook: Document) -> None:
    location = notebook.cell_location(notebook.cells[1])
    assert (location.cell, location.line, location.physical_line) == (2, 1, 20)
    assert notebook.line_of(location) is None


def test_a_line_beyond_the_map_has_no_physical_line(notebook: Document) -> None:
    assert notebook.cell_location(notebook.cells[0], 3).physical_line is None


def test_lost_margins_count_in_locations_and_not_in_texts() -> None:
    unit = Unit("f(x,\ny)", 1, Cell(1, "code", "  f(x,\ny)"), written="  f(x,\ny)", shifts=(2, 0))
    document = Document("n.ipynb", [unit], is_notebook=True)
    place = document.place(ast.parse(document.text).body[0])
    assert (place.column, place.end_column, place.text) == (1, 3, "f(x,\ny)")
    assert (place.location.column, place.location.end_column) == (3, 3)
    assert document.written_lines == ["  f(x,", "y)"]


def test_places_are_equal_by_what_they_cover(notebook: Document) -> None:
    assert Place(notebook, 1, 1, 1, 2) == Place(notebook, 1, 1, 1, 2)
    assert Place(notebook, 1, 1, 1, 2) != Place(notebook, 1, 1, 1, 3)
    assert len({Place(notebook, 1, 1, 1, 2), Place(notebook, 1, 1, 1, 2)}) == 1


def test_a_script_is_one_cell_unless_it_has_cells() -> None:
    assert Document("a.py", [Unit("a\nb\nc")]).cell_lines(2) == (1, 3)
    in_cells = Document("a.py", [Unit("a\nb\nc")], cell_ends=(1, 3))
    assert [in_cells.cell_lines(line) for line in (1, 2, 3)] == [(1, 1), (2, 3), (2, 3)]
