"""Makes text that came from other people's code harmless in each format."""

from __future__ import annotations

import re

from mlaudit.model.pattern import Pattern

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_JOINERS = "\u200c\u200d\ufe0f"
_SPECIAL = Pattern(r"[\\*\[\]~`]|(?<![^\W_])_|_(?![^\W_])")
_LEADING = Pattern(r"^(\d*)([-+.)])(?=[\s-]|$)")
_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "#": "&#35;",
    "$": "&#36;",
    "|": "&#124;",
    "@": "@&#8203;",
}
_PUNCTUATION = Pattern(r"[^\w ]|_")
_MERMAID = Pattern(r"[^\w .,=()/:-]")


def plain(text: str) -> str:
    """Replace what a terminal would obey or hide: control, direction and surrogate characters."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def line(text: str) -> str:
    """Bring text onto one harmless line."""
    return plain(" ".join(text.split()))


def markdown(text: str) -> str:
    """Escape prose for Markdown, on one line; what stands between backticks stays code."""
    pieces = line(text).split("`")
    if len(pieces) % 2 == 0:
        pieces[-2:] = ["`".join(pieces[-2:])]
    escaped = "".join(
        code(piece) if position % 2 else _prose(piece) for position, piece in enumerate(pieces)
    )
    return _LEADING.sub(r"\1\\\2", escaped)


def code(text: str) -> str:
    """Write a code span that nothing in the text can close; safe in table cells too.

    Markdown has no way to write a bar in a code span that is right both in and outside of tables.
    """
    text = line(text)
    if "|" in text:
        return "<code>" + _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", text) + "</code>"
    if not text:
        return ""
    fence = "`" * (_longest_run(text) + 1)
    padding = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def block(text: str, language: str) -> str:
    """Write a fenced code block that nothing in the text can close."""
    fence = "`" * max(3, _longest_run(text) + 1)
    body = "\n".join(plain(each) for each in text.expandtabs(4).split("\n"))
    return f"{fence}{language}\n{body}\n{fence}"


def mermaid(text: str) -> str:
    """Escape a label that stands in double quotes in a Mermaid picture."""
    return _MERMAID.sub(lambda found: f"#{ord(found[0])};", line(text))


def _visible(character: str) -> str:
    if character in "\n\t" or character in _JOINERS:
        return character
    import unicodedata  # only texts beyond ASCII come here

    hidden = unicodedata.category(character) in _HIDDEN
    # The last two places of each plane are no characters, and XML allows none of them.
    return "\ufffd" if hidden or ord(character) & 0xFFFE == 0xFFFE else character


def _prose(text: str) -> str:
    text = "".join(_ENTITIES.get(character, character) for character in text)
    return _SPECIAL.sub(r"\\\g<0>", text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
