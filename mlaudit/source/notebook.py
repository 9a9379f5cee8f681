"""Notebooks: the JSON of an .ipynb becomes a document with one unit for each code cell."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from mlaudit.source.directives import malformed
from mlaudit.source.document import Cell, Document, Problem, Unit, unreadable
from mlaudit.source.linemap import StoredCell, StoredNotebook, decode
from mlaudit.source.magics import hidden_by, neutralise
from mlaudit.source.margins import trim
from mlaudit.source.script import unify_line_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_OUTPUTS = 20
MAX_OUTPUT_CHARACTERS = 2000

_PYTHON = re.compile(r"i?python|pypy|pyspark|sage|xeus-python|micropython", re.IGNORECASE)
_OTHER_KERNEL = re.compile(
    r"(?:ir|julia|scala|spylon|almond|bash|java|javascript|typescript|deno|ruby|octave|matlab|sas"
    r"|stata|cling|xcpp|rust|evcxr|go|gophernotes|kotlin|haskell|ihaskell|fsharp|csharp)\b",
    re.IGNORECASE,
)
_SOURCE_KINDS = ("code", "markdown", "raw", "heading", "html")


def from_json(text: str, path: str, transparent: frozenset[str] = frozenset()) -> Document:
    """Make a document of a notebook's JSON text (formats 2 to 4); bad input is a fatal problem."""
    try:
        stored = decode(text)
    except json.JSONDecodeError as error:
        return unreadable(path, _not_json(text, error))
    except RecursionError:
        return unreadable(path, "not a notebook: its JSON is nested too deeply")
    if not stored.has_cells:
        return unreadable(path, "not a notebook: the JSON has no list of cells")
    document = _document(stored, path, transparent)
    language = _language(document.metadata)
    if language is not None:
        return unreadable(path, f"a notebook in {language}, not in Python")
    return document


def _document(stored: StoredNotebook, path: str, transparent: frozenset[str]) -> Document:
    metadata = stored.fields.get("metadata")
    document = Document(
        path, [], is_notebook=True, metadata=metadata if isinstance(metadata, dict) else {}
    )
    first_line = 1
    for number, stored_cell in enumerate(stored.cells, 1):
        cell = _cell(stored_cell, number)
        document.cells.append(cell)
        if cell.kind not in _SOURCE_KINDS:
            document.problems.append(Problem(f"a cell of unknown kind {cell.kind!r}", number))
        if cell.kind == "code":
            unit = _unit(cell, stored_cell, transparent)
            unit.first_line = first_line
            document.units.append(unit)
            hidden = hidden_by(unit.magic, unit.written) if unit.opaque else None
            if hidden is not None:
                document.problems.append(Problem(hidden, number))
            first_line = unit.last_line + 1
    document.units = document.units or [Unit("")]
    document.cell_ends = tuple(unit.last_line for unit in document.units)
    document.problems.extend(malformed(document))
    return document


def _cell(stored: StoredCell, number: int) -> Cell:
    fields = stored.fields
    kind, cell_id = fields.get("cell_type"), fields.get("id")
    count = fields.get("execution_count", fields.get("prompt_number"))
    return Cell(
        number,
        kind if isinstance(kind, str) else "missing",
        _printable(unify_line_ends(stored.source)),
        cell_id if isinstance(cell_id, str) else None,
        count if isinstance(count, int) else None,
        tuple(_tags(fields.get("metadata"))),
        tuple(_outputs(fields.get("outputs"))),
        stored.physical_lines,
    )


def _unit(cell: Cell, stored: StoredCell, transparent: frozenset[str]) -> Unit:
    language = _cell_language(stored.fields)
    if language is not None:
        blank = "\n" * cell.source.count("\n")
        return Unit(blank, 1, cell, opaque=True, magic=language, written=cell.source)
    trimmed = trim(cell.source)
    neutral = neutralise(trimmed.text, transparent)
    return Unit(neutral.text, 1, cell, neutral.opaque, neutral.magic, cell.source, trimmed.shifts)


def _tags(metadata: Any) -> Iterator[str]:
    tags = metadata.get("tags") if isinstance(metadata, dict) else None
    yield from (tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list) else ()


def _outputs(outputs: Any) -> Iterator[str]:
    """Give the texts of a cell's outputs, cut short; pictures and widgets have none."""
    if not isinstance(outputs, list):
        return
    for output in outputs[:MAX_OUTPUTS]:
        text = _output_text(output) if isinstance(output, dict) else ""
        if text:
            yield _printable(unify_line_ends(text[:MAX_OUTPUT_CHARACTERS]))


def _output_text(output: dict[str, Any]) -> str:
    if output.get("output_type") in ("error", "pyerr"):
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = output.get("data")
    bundle = data if isinstance(data, dict) else {}
    text = output.get("text", bundle.get("text/plain", ""))
    if isinstance(text, list):
        return "".join(piece for piece in text if isinstance(piece, str))
    return text if isinstance(text, str) else ""


def _language(metadata: dict[str, Any]) -> str | None:
    """Name the notebook's language if it says that it is not Python."""
    info, kernel = metadata.get("language_info"), metadata.get("kernelspec")
    info = info if isinstance(info, dict) else {}
    kernel = kernel if isinstance(kernel, dict) else {}
    for stated in (info.get("name"), kernel.get("language")):
        if isinstance(stated, str) and stated:
            return None if _PYTHON.match(stated) else stated
    name = kernel.get("name")
    return name if isinstance(name, str) and _OTHER_KERNEL.match(name) else None


def _cell_language(fields: dict[str, Any]) -> str | None:
    """Name a cell's language if it says that it is not Python."""
    stated: list[Any] = [fields.get("language")]
    metadata = fields.get("metadata")
    if isinstance(metadata, dict):
        for group, key in (
            ("vscode", "languageId"),
            ("dotnet_interactive", "language"),
            ("polyglot_notebook", "kernelName"),
        ):
            entry = metadata.get(group)
            stated.append(entry.get(key) if isinstance(entry, dict) else None)
    for language in stated:
        if isinstance(language, str) and language and not _PYTHON.match(language):
            return language
    return None


def _printable(text: str) -> str:
    """Replace lone surrogates, which JSON may hold and no encoding can write."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _not_json(text: str, error: json.JSONDecodeError) -> str:
    if not text.strip():
        return "not a notebook: the file is empty"
    if text.startswith("version https://git-lfs"):
        return "not a notebook: a Git LFS pointer whose content has not been fetched"
    if re.match(r"\s*<(?:!DOCTYPE|html)", text, re.IGNORECASE):
        return "not a notebook: an HTML page"
    if re.search(r"^<{7} ", text, re.MULTILINE):
        return "not a notebook: it has unresolved merge conflicts"
    return f"not a notebook: not JSON (line {error.lineno}: {error.msg})"
