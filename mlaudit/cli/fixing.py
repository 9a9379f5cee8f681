"""The options that mend what a review has found: `--diff`, `--fix` and their like."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.options import Unable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mlaudit.engine.fixes import Mended

_WRITABLE = 0o222


def fix_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--diff`, `--fix`, `--unsafe-fixes` and `--offer-fixes` to a command."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


_OPTIONS = (
    click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing."),
    click.option("--fix", is_flag=True, help="Make the safe fixes, then review what is left."),
    click.option(
        "--unsafe-fixes",
        is_flag=True,
        help="With the other fix options: also fixes that need their author's eye.",
    ),
    click.option(
        "--offer-fixes",
        is_flag=True,
        help="Add to the review the fixes that hold: [*] in text, edits in formats for programs.",
    ),
)


def show(mended: Sequence[Mended]) -> str:
    """Write the fixes of all files as one unified diff."""
    return "".join(line for one in mended for line in _diff(one))


def save(mended: Sequence[Mended]) -> None:
    """Write the mended files, each at once; raises `Unable` for the first that cannot be."""
    for one in mended:
        if one.path is None:
            raise Unable("standard input cannot be fixed in place: ask for --diff")
        _replace(one.path, one.shown, one.before, one.after)


def told(mended: Sequence[Mended], *, done: bool) -> str:
    """Say in one line what was mended, or would be."""
    count = sum(len(one.applied) for one in mended)
    codes: dict[str, int] = {}
    for one in mended:
        for applied in one.applied:
            codes[applied.finding.code] = codes.get(applied.finding.code, 0) + 1
    if not count:
        return "no fix stood its trial"
    listed = ", ".join(f"{code} ({number})" for code, number in sorted(codes.items()))
    verb = "fixed" if done else "would fix"
    findings = "1 finding" if count == 1 else f"{count} findings"
    files = "1 file" if len(mended) == 1 else f"{len(mended)} files"
    return f"{verb} {findings} in {files}: {listed}"


def _diff(one: Mended) -> Iterator[str]:
    """Give the lines of a unified diff, with the line ends of the file."""
    from difflib import unified_diff

    name = one.shown.removeprefix("./").lstrip("/")
    before, after = _lines(one.before), _lines(one.after)
    for line in unified_diff(before, after, f"a/{name}", f"b/{name}"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(content: bytes) -> list[str]:
    r"""Divide a file at each `\n`; bytes that are not UTF-8 stay what they are."""
    lines = [f"{line}\n" for line in content.decode("utf-8", "surrogateescape").split("\n")]
    lines[-1] = lines[-1].removesuffix("\n")
    return lines if lines[-1] else lines[:-1]


def _replace(path: Path, shown: str, before: bytes, after: bytes) -> None:
    """Put a new file in the place of another that is still as it was read."""
    import shutil
    import tempfile

    target = Path(os.path.realpath(path))
    try:
        if not target.stat().st_mode & _WRITABLE:
            raise Unable(f"{shown}: read-only, not changed")
        if target.read_bytes() != before:
            raise Unable(f"{shown}: changed meanwhile, not fixed")
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=".mlaudit-", delete=False
        ) as new:
            new.write(after)
            new.flush()
            os.fsync(new.fileno())
        try:
            shutil.copystat(target, new.name)
            Path(new.name).replace(target)
        except OSError:
            Path(new.name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise Unable(f"{shown}: {error.strerror or error}") from None
