"""Stand-ins for modules of the standard library are gone once Click is imported."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

IMPORTING = """
import sys
from mlaudit.cli import standins
from mlaudit.model.lazy import Lazy

sys.path[:0] = sys.argv[1:]
standins.imported()
put_off = [name for name, module in sys.modules.items() if type(module) is Lazy]

import click, datetime, gettext, inspect, threading, urllib.parse, uuid

assert uuid.UUID(int=1).version is None
assert datetime.datetime(2000, 1, 1).year == 2000
assert gettext.gettext.__module__ == gettext.ngettext.__module__ == "gettext"
assert inspect.cleandoc(" one\\n    two") == "one\\ntwo"
assert threading.local is __import__("_thread")._local
assert urllib.parse.quote_from_bytes(b"a b") == "a%20b"
assert threading.current_thread() is threading.main_thread()
print(*sorted(put_off))
"""


def imported(*folders: str) -> set[str]:
    """Import Click in a program of its own; give the modules that it has in name alone."""
    command = [sys.executable, "-c", IMPORTING, *folders]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_modules_are_themselves_when_they_are_asked() -> None:
    assert {"gettext", "inspect", "uuid"} <= imported()


def test_a_module_that_is_loaded_meanwhile_loses_nothing(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("import uuid\nuuid.uuid4()\n")
    assert "uuid" not in imported(str(tmp_path))
