"""Write what is known of the rules and what the catalogue says: `python scripts/index_rules.py`.

A start of the program then imports only the rules that are on, and reads no table.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import mlaudit_rules
from mlaudit.catalogue.catalogue import VALUES
from mlaudit.catalogue.table import read
from mlaudit.rulekit.registry import INDEX, TABLES, facts_of, modules

ROOT = Path(__file__).resolve().parents[1]
PACK = ROOT / "rules" / "mlaudit_rules"
INDEX_HEAD = '''"""What is known of the rules of each module, as scripts/index_rules.py wrote it."""

MODULES: dict[str, list[dict[str, object]]] = {'''
TABLES_HEAD = '''"""What the files of the catalogue say, as scripts/index_rules.py wrote it."""

FILES: dict[str, tuple[object, ...]] = {'''


def index() -> str:
    """Write of the rules, a line for each module; enumerations are written as their values."""
    lines = []
    for name in modules(mlaudit_rules.__name__, mlaudit_rules.__path__):
        rules = ", ".join(_plain(facts) for facts in facts_of(name))
        lines.append(f"    {name!r}: [{rules}],")
    return "\n".join([INDEX_HEAD, *lines, "}", ""])


def tables() -> str:
    """Write of the catalogue, a line for each group of names."""
    lines = []
    for path in sorted((PACK / "catalogue").glob("*.toml")):
        noted = read(path, "method" if path.stem == VALUES else "entry")
        groups = "".join(f"        {group!r},\n" for group in noted.groups)
        lines.append(f"    {path.name!r}: ({noted.size}, {noted.include!r}, [\n{groups}    ]),")
    return "\n".join([TABLES_HEAD, *lines, "}", ""])


def _plain(facts: dict[str, Any]) -> str:
    return repr({**facts, "meta": {key: str(value) for key, value in facts["meta"].items()}})


def main() -> None:
    """Write the modules anew."""
    for name, text in ((INDEX, index()), (TABLES, tables())):
        target = PACK / f"{name}.py"
        target.write_text(text, encoding="utf-8")
        print(target.relative_to(ROOT), file=sys.stderr)


if __name__ == "__main__":
    main()
