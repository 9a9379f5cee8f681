"""Room for deep syntax trees before hypothesis watches the recursion limit; no clock in tests."""

from __future__ import annotations

from hypothesis import settings

from mlaudit.syntax.nesting import make_room

make_room()
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
