"""Room for deep syntax trees before hypothesis watches the recursion limit; no clock, no cache."""

from __future__ import annotations

import os

from hypothesis import settings

from mlaudit.syntax.nesting import make_room

make_room()
os.environ["MLAUDIT_CACHE"] = "0"  # a test that wants one says so
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
