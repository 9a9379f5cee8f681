"""What can never run is no part of the tree; what only looks like it stays."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest

from mlaudit.source.notebook import from_json
from mlaudit.source.script import from_text
from mlaudit.syntax.parse import parse


def _keeps(text: str) -> bool:
    """Say whether the call of `draw` is still there."""
    return "draw()" in ast.unparse(parse(from_text(text, "a.py")))


NEVER = [
    "for k in range(0):\n    draw()",
    "for k in range(3, 3):\n    draw()",
    "for k in tqdm(range(-2), desc='turns'):\n    draw()",
    "for k, n in enumerate([]):\n    draw()",
    "n = 0\nfor k in range(n):\n    draw()",
    "n = 0\nif n != 0:\n    print(n)\nfor k in tqdm.trange(n):\n    draw()",
    "n: int = 0\ndef main():\n    for k in range(n):\n        draw()\nmain()",
    "def main():\n    n = 4\n    n = 0\n    for k in range(n):\n        draw()",
    "i = n = 0\nwhile i < n:\n    draw()\n    i += 1",
    "i = 3\nlast = 0\nwhile i <= last:\n    draw()",
    "while False:\n    draw()",
    "while not True:\n    draw()",
    "if 0:\n    draw()\nelse:\n    other()",
    "if False:\n    draw()",
    "if True:\n    other()\nelif x:\n    draw()",
    "def f():\n    return 1\n    draw()",
    "def f():\n    raise NotImplementedError\n    draw()",
    "for x in y:\n    if x:\n        continue\n        draw()",
    "raise SystemExit\ndraw()",
    "def f():\n    assert False, 'not yet'\n    draw()",
    "assert(0)\ndraw()",
    "import sys\nsys.exit(0)\ndraw()",
    "def f():\n    exit()\n    draw()",
    "try:\n    a()\nexcept E:\n    while 0:\n        draw()",
    "match x:\n    case 1:\n        if 0:\n            draw()",
]
SOMETIMES = [
    "for k in range(1):\n    draw()",
    "for k in range(3, 0, -1):\n    draw()",
    "for k in range(0, 3, 0):\n    draw()",
    "for k in range(n):\n    draw()",
    "for k in names[:]:\n    draw()",
    "n = 0\nn += 3\nfor k in range(n):\n    draw()",
    "n = 0\nif x:\n    n = 5\nfor k in range(n):\n    draw()",
    "n = 0\nfrom settings import *\nfor k in range(n):\n    draw()",
    "n = 0\nfrom settings import n\nfor k in range(n):\n    draw()",
    "n = 0\ndef more():\n    global n\n    n = 4\nmore()\nfor k in range(n):\n    draw()",
    "n = 0\ndef f(n):\n    for k in range(n):\n        draw()\nf(3)",
    "n = 0\ndef f():\n    n = len(x)\n    for k in range(n):\n        draw()",
    "n = 0\nfor n in x:\n    pass\nfor k in range(n):\n    draw()",
    "while y:\n    for k in range(n):\n        draw()\n    n = 0",
    "def f(n=0):\n    for k in range(n):\n        draw()",
    "n, m = 0, 0\nfor k in range(n):\n    draw()",
    "found = []\nfor one in found:\n    draw()",
    "i = 0\nwhile i < 3:\n    draw()",
    "i = 0\nwhile i < n:\n    draw()",
    "i = 0\nn = 0\nwhile not i < n:\n    draw()",
    "while True:\n    draw()",
    "for k in range(0):\n    pass\nelse:\n    draw()",
    "if flag:\n    draw()",
    "if TYPE_CHECKING:\n    draw()",
    "if __name__ == '__main__':\n    draw()",
    "if x:\n    raise E\ndraw()",
    "def f():\n    if x:\n        return\n    draw()",
    "a()\n# %%\nraise SystemExit\n# %%\ndraw()",
    "assert x\ndraw()",
    "assert True\ndraw()",
    "assert (False, 'not yet')\ndraw()",
    "if x:\n    assert False\ndraw()",
    "parser.exit()\ndraw()",
    "def f():\n    return\n    yield draw()",
]


@pytest.mark.parametrize("text", NEVER)
def test_what_never_runs_is_left_out(text: str) -> None:
    assert not _keeps(text)


@pytest.mark.parametrize("text", SOMETIMES)
def test_what_may_run_stays(text: str) -> None:
    assert _keeps(text)


@pytest.mark.parametrize(
    ("tags", "stays"), [([], False), (["parameters"], True)], ids=["its own", "given"]
)
def test_numbers_that_may_be_given_from_outside_are_not_known(tags: list[str], stays: bool) -> None:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": "n = 0", "metadata": {"tags": tags}},
        {"cell_type": "code", "source": "for k in range(n):\n    draw()", "metadata": {}},
    ]
    document = from_json(json.dumps({"cells": cells}), "a.ipynb")
    assert ("draw()" in ast.unparse(parse(document))) is stays


@pytest.mark.parametrize(
    ("stop", "stays"),
    [("assert False", False), ("sys.exit()", False), ("exit()", True)],
)
def test_what_ends_a_function_may_not_end_a_cell(stop: str, stays: bool) -> None:
    sources = [f"def f():\n    {stop}\n    draw()", f"{stop}\nlast()", "other()"]
    cells = [{"cell_type": "code", "source": source, "metadata": {}} for source in sources]
    text = ast.unparse(parse(from_json(json.dumps({"cells": cells}), "a.ipynb")))
    assert ("draw()" in text) is stays
    assert "last()" in text
    assert "other()" in text
