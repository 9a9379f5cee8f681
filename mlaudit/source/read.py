"""Files become documents; what is wrong with a file becomes one fatal problem of its document."""

from __future__ import annotations

import codecs
import re
import stat
from typing import TYPE_CHECKING

from mlaudit.source.document import unreadable
from mlaudit.source.script import from_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlaudit.source.document import Document

MAX_SCRIPT_BYTES = 20_000_000
MAX_NOTEBOOK_BYTES = 200_000_000

_BLANK_OR_COMMENT = rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)"
_CODING = rb"[ \t\f]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)"


class _UnreadableError(Exception):
    """Says in one line why a file cannot be examined."""


def read(
    path: Path,
    shown: str,
    transparent: frozenset[str] = frozenset(),
    seen: Callable[[bytes], None] | None = None,
) -> Document:
    """Read a script or a notebook; `shown` is the path to print.

    Never raises for what is in the file or for a file that cannot be opened: the document then has
    one empty unit and a fatal problem.  `transparent` names more cell magics whose body is Python.
    `seen` is told the bytes of a file that could be opened.
    """
    is_notebook = path.suffix.lower() == ".ipynb"
    try:
        content = _content(path, MAX_NOTEBOOK_BYTES if is_notebook else MAX_SCRIPT_BYTES)
        if seen is not None:
            seen(content)
    except _UnreadableError as error:
        return unreadable(shown, str(error), is_notebook=is_notebook)
    return read_bytes(content, path.suffix, shown, transparent)


def read_bytes(
    content: bytes, suffix: str, shown: str, transparent: frozenset[str] = frozenset()
) -> Document:
    """Make a document of the bytes of a file whose name ends in `suffix`, as `read` does."""
    is_notebook = suffix.lower() == ".ipynb"
    try:
        text = _notebook_text(content) if is_notebook else _script_text(content)
    except _UnreadableError as error:
        return unreadable(shown, str(error), is_notebook=is_notebook)
    named = is_notebook if is_notebook or suffix.lower() == ".py" else None
    return read_text(text, shown, named, transparent)


def read_text(
    text: str,
    shown: str,
    notebook: bool | None = None,
    transparent: frozenset[str] = frozenset(),
) -> Document:
    """Make a document of text (standard input); without `notebook` the text itself decides."""
    text = text.removeprefix("\ufeff")
    if notebook is None:
        notebook = shown.lower().endswith(".ipynb") or _looks_like_notebook(text)
    if notebook:
        from mlaudit.source.notebook import from_json

        return from_json(text, shown, transparent)
    if "\0" in text:
        return unreadable(shown, "binary data, not Python source text", is_notebook=False)
    return from_text(text, shown, transparent)


def _content(path: Path, limit: int) -> bytes:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise _UnreadableError("a directory, not a file")
        if not stat.S_ISREG(status.st_mode):
            raise _UnreadableError("not a regular file")
        if status.st_size > limit:
            size, most = status.st_size / 1e6, limit / 1e6
            raise _UnreadableError(f"too large to examine ({size:.0f} MB, at most {most:.0f} MB)")
        return path.read_bytes()
    except OSError as error:
        raise _UnreadableError(f"cannot be read: {error.strerror or error}") from None
    except ValueError:
        raise _UnreadableError("cannot be read: not a valid path") from None


def _notebook_text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _UnreadableError("not a notebook: not UTF-8 text") from None


def encoding_of(content: bytes) -> str:
    """Tell by which encoding a script's bytes are read: by its mark, its declaration, or UTF-8."""
    if content.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    return _declared_encoding(content) or "utf-8"


def _script_text(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _UnreadableError("UTF-16 text, which Python does not read: save it as UTF-8")
    if b"\0" in content:
        raise _UnreadableError("binary data, not Python source text")
    encoding = encoding_of(content)
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        if encoding == "utf-8-sig" or _declared_encoding(content) is None:
            message = f"line {line} is not UTF-8, and no encoding is declared"
        else:
            message = f"line {line} is not {encoding}, the declared encoding"
        raise _UnreadableError(f"cannot be decoded: {message}") from None
    except (LookupError, UnicodeError):
        raise _UnreadableError(f"cannot be decoded: unknown encoding {encoding!r}") from None


def _declared_encoding(content: bytes) -> str | None:
    """Find the encoding that one of the first two lines declares (PEP 263)."""
    if b"coding" not in content:
        return None
    position = 0
    for _ in range(2):
        coding = re.compile(_CODING).match(content, position)
        if coding is not None:
            return coding[1].decode("ascii", "replace")
        line = re.compile(_BLANK_OR_COMMENT).match(content, position)
        if line is None:
            return None
        position = line.end()
    return None


def _looks_like_notebook(text: str) -> bool:
    return text.lstrip()[:1] == "{" and '"nbformat"' in text
