"""Finds the line of a TOML file on which a setting stands; the standard parser keeps no places."""

from __future__ import annotations

import re

_HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*=""")
_STRING = re.compile(r""""([^"\\]*)"|'([^']*)'""")


def positions(text: str, table: str) -> dict[tuple[str, str], int]:
    """Map `(key, entry)` of a table to its line, from 1; a whole key has the entry "".

    `table` is the dotted name of the table, "" for the top of the file.  Entries are the strings of
    an array and the keys of a sub-table.  What is written in an unusual way may be missing.
    """
    found: dict[tuple[str, str], int] = {}
    here, key = "", ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            here, key = _dotted(header[1]), ""
            if here.startswith(f"{table}.") if table else here:
                found.setdefault((here.removeprefix(f"{table}."), ""), number)
            continue
        if here == table:
            if opening := _KEY.match(line):
                key = _bare(opening[1])
                found.setdefault((key, ""), number)
                line = line[opening.end() :]
            if key:
                for string in _STRING.finditer(line):
                    found.setdefault((key, string[1] or string[2] or ""), number)
        elif (here.startswith(f"{table}.") or not table) and (opening := _KEY.match(line)):
            found.setdefault((here.removeprefix(f"{table}."), _bare(opening[1])), number)
    return found


def _dotted(header: str) -> str:
    return ".".join(_bare(part.strip()) for part in header.split("."))


def _bare(key: str) -> str:
    return key.strip("\"'")
