"""Room for deep syntax trees before hypothesis watches the recursion limit."""

from __future__ import annotations

from mlaudit.syntax.nesting import make_room

make_room()
