"""IPython's magics become Python that says nothing, line for line and column for column.

What a magic runs as Python stays (`%time model.fit(X, y)`, the body of `%%timeit`), and every piece
of it stays where it was; what it assigns stays bound.
"""

from __future__ import annotations

import ast
import re

from mlaudit.model.frozen import frozen
from mlaudit.source.lexing import escaped_end, statement
from mlaudit.source.magic_words import AUTOMAGIC, INERT, LANGUAGES, RUNS_STATEMENT, TRANSPARENT


def _by_first_letter(words: frozenset[str]) -> str:
    """Write an alternation that looks at one character before it tries words."""
    groups: dict[str, list[str]] = {}
    for word in sorted(words):
        groups.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rest)})" for first, rest in groups.items())


_AUTO_NAME = _by_first_letter(AUTOMAGIC)
_AUTO = re.compile(rf"(?P<name>{_AUTO_NAME})[ \t]+[^\s=]")
_SUSPECT = re.compile(
    rf"^[ \t]*(?:[%!?]|(?:{_AUTO_NAME})[ \t]+[^\s=])|\?[ \t]*(?:\#.*)?$|=[ \t]*[!%]",
    re.MULTILINE,
)
_INDENT = re.compile(r"[ \t\f]*")
_CELL_MAGIC = re.compile(
    r"(?P<before>(?:[ \t]*(?:\#[^\n]*)?\n)*)"
    r"(?P<line>[ \t]*%%(?P<name>[A-Za-z_][\w.]*|!)(?P<rest>[^\n]*))"
)
_LINE_MAGIC = re.compile(r"%?[ \t]*(?P<name>\w+)[ \t]+(?=\S)")
_HELP = re.compile(r"[%\w*][\w.*\[\]()'\"]*\?{1,2}\s*(?:#.*)?")
_COMPOUND = re.compile(r"(?:async|class|def|for|if|try|while|with)\b")
_RUN_FILE = re.compile(r"%run[ \t]+(?:-i[ \t]+)?(?:\./)?(?P<module>[A-Za-z_]\w*)\.py[ \t;]*")


@frozen
class Neutral:
    """A text without magics, and its outermost cell magic; `opaque`: none of it is Python."""

    text: str
    magic: str | None = None
    opaque: bool = False


def neutralise(text: str, transparent: frozenset[str] = frozenset()) -> Neutral:
    """Replace the magics of one cell.

    The result has the same lines, and what it keeps of a line stands at the same columns.
    `transparent` names further cell magics whose body is Python.
    """
    if not _SUSPECT.search(text):
        return Neutral(text)
    python = TRANSPARENT | transparent
    outermost: str | None = None
    start = 0
    done: list[str] = []
    while (match := _CELL_MAGIC.match(text, start)) is not None:
        name = match["name"]
        outermost = outermost or name
        if name not in python:
            return Neutral("\n" * text.count("\n"), outermost, opaque=True)
        done += [match["before"], _cell_magic_line(match["line"], name, match["rest"])]
        start = match.end()
    body = text[start:]
    neutral = _statements(body)
    language = _foreign_language(body, neutral)
    if language is not None:
        return Neutral("\n" * text.count("\n"), language, opaque=True)
    return Neutral("".join(done) + neutral, outermost)


def hidden_by(magic: str | None, written: str) -> str | None:
    """Say what an opaque cell keeps from the review; None: nothing that concerns Python."""
    if magic is None or magic in INERT:
        return None
    if magic in ("writefile", "file"):
        target = re.search(r"%%(?:write)?file[ \t]+(?:-a[ \t]+)?(\S+\.py)\b", written)
        return f"the text of {target[1]} (%%{magic}) is not examined" if target else None
    return f"a cell that is not plain Python ({magic}) is not examined"


def _cell_magic_line(line: str, name: str, rest: str) -> str:
    """Keep what the line of a cell magic runs (`%%timeit x = 1`) or binds (`%%capture x`)."""
    if name == "capture":
        target = re.match(r"[ \t]+(?:--?[\w-]+[ \t]+)*(?P<name>[A-Za-z_]\w*)", rest)
        if target is not None:
            column = len(line) - len(rest) + target.start("name")
            return f"{'pass;'.ljust(column)}{target['name']}=_"
    if name == "timeit" and rest.strip():
        start = len(line) - len(rest)
        return _run_statement(line, start + _past_options(rest, 0, name))
    return " " * len(line)


def _statements(text: str) -> str:
    """Replace the magics of the statements of a text, which has no cell magic."""
    edits: list[tuple[int, int, str]] = []
    position = 0
    while position < len(text):
        start = _INDENT.match(text, position).end()  # type: ignore[union-attr]
        position = _replace(text, start, edits)
    for start, end, replacement in reversed(edits):
        text = text[:start] + replacement + text[end:]
    return text


def _replace(text: str, start: int, edits: list[tuple[int, int, str]]) -> int:
    """Note what to replace in the statement at an offset; give the offset of the next one."""
    if text[start : start + 1] in ("%", "!", "?"):
        return _replace_magic(text, start, edits)
    end, assigned = statement(text, start)
    if assigned is not None:
        edits.append((assigned, _content_end(text, end), _assigned(text, assigned, end)))
    elif "?" in text[start:end] and _HELP.fullmatch(text, start, _content_end(text, end)):
        content = _content_end(text, end)
        edits.append((start, content, _fill("pass", text[start:content])))
    elif (auto := _AUTO.match(text, start)) and not _is_python(text[start:end]):
        return _replace_magic(text, auto.start("name"), edits)
    return end


def _replace_magic(text: str, start: int, edits: list[tuple[int, int, str]]) -> int:
    """Replace the magic at an offset; what it runs as Python stays and is looked at in turn."""
    line = _LINE_MAGIC.match(text, start)
    if line is not None and line["name"] in RUNS_STATEMENT:
        body = _past_options(text, line.end(), line["name"])
        if text[body : body + 1] not in ("", "\n", "%", "!", "?"):
            compound = _COMPOUND.match(text, body)
            kept_to = compound.end() if compound else body
            edits.append((start, kept_to, _run_statement(text[start:kept_to], body - start)))
            end, assigned = statement(text, body)
            if assigned is not None:
                edits.append((assigned, _content_end(text, end), _assigned(text, assigned, end)))
            return end
    end = escaped_end(text, start)
    magic = text[start : _content_end(text, end)]
    edits.append((start, start + len(magic), _fill(_meaning(magic), magic)))
    return end


def _meaning(magic: str) -> str:
    """Say in Python what a magic does to the names of the notebook."""
    if re.match(r"%?pylab\b", magic):
        return "import numpy as np, matplotlib.pyplot as plt; from pylab import *"
    run = _RUN_FILE.fullmatch(magic)
    return f"from {run['module']} import *" if run else "pass"


def _run_statement(line: str, body: int) -> str:
    """Replace what stands before the statement that a magic runs, which starts at `body`."""
    indent = len(line) - len(line.lstrip())
    compound = _COMPOUND.match(line, body)
    if compound is None:
        return " " * indent + "pass;".ljust(body - indent) + line[body:]
    # A compound statement must begin its line: its keyword moves, all else stays.
    keyword = compound.group()
    return " " * indent + keyword.ljust(compound.end() - indent) + line[compound.end() :]


def _past_options(text: str, start: int, name: str) -> int:
    """Find where the statement of a magic starts, behind its options."""
    valued = RUNS_STATEMENT[name]
    short = rf"|-[{valued}][ \t]*[^\s-]\S*|-[A-Za-z]+" if valued else ""
    options = re.compile(rf"[ \t]*(?:(?:--[\w-]+{short})(?:[ \t]+|(?=\n)|\Z))*")
    return options.match(text, start).end()  # type: ignore[union-attr]


def _assigned(text: str, start: int, end: int) -> str:
    """Give the value of an assigned magic: what `%time` runs, else a name that nobody has bound."""
    magic = text[start : _content_end(text, end)]
    time = re.match(r"%time[ \t]+(?=[^\s%!?])", magic)
    if time is not None:
        return " " * time.end() + magic[time.end() :]
    first = magic.split("\n", 1)[0]
    return _fill("_" * len(first), magic)


def _fill(word: str, original: str) -> str:
    """Put a word in the place of a text that may go on over several lines."""
    first, *more = original.split("\n")
    return word.ljust(len(first)) + "\n" * len(more)


def _content_end(text: str, end: int) -> int:
    """Leave the newline of a statement where it is."""
    return end - 1 if text[end - 1 : end] == "\n" else end


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _foreign_language(text: str, neutral: str) -> str | None:
    """Name the language of a cell such as Databricks' `%sql` cells, whose rest is no Python."""
    match = re.match(r"\s*%(?P<name>\w+)\b", text)
    if match is None or match["name"] not in LANGUAGES or _is_python(neutral):
        return None
    return match["name"]
