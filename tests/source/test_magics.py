"""Magics vanish; the Python around them stays where it was."""

from __future__ import annotations

import ast
import re
import warnings

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlaudit.source.magics import hidden_by, neutralise


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("%matplotlib inline", "pass              "),
        ("%matplotlib inline;", "pass               "),
        ("% matplotlib inline", "pass               "),
        ("!pip install x", "pass          "),
        ("!!ls", "pass"),
        ("!l", "pass"),
        ("df.head?", "pass    "),
        ("df.head??", "pass     "),
        ("?df", "pass"),
        ("model.fit?  # what was it", "pass                     "),
        ("%time?", "pass  "),
        ("if gpu:\n    !nvidia-smi\nx = 1", "if gpu:\n    pass       \nx = 1"),
        ("pip install scikit-learn", "pass                    "),
        ("cd ..", "pass "),
        ("ls -l data/", "pass       "),
        ("pip install a \\\n    b\nx = 1", "pass           \n\nx = 1"),
        ("!pip install a \\\n    b \\\n    c\nx = 1", "pass            \n\n\nx = 1"),
    ],
)
def test_a_magic_statement_says_nothing(written: str, expected: str) -> None:
    assert neutralise(written).text == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("files = !ls data", "files = ________"),
        ("files=!ls", "files=___"),
        ("out = %sql select 1", "out = _____________"),
        ("a, b = !echo 1 2", "a, b = _________"),
        ("self.files = !ls", "self.files = ___"),
        ("out['x'] = !ls", "out['x'] = ___"),
        ("x = !ls \\\n  -l\ny = 2", "x = _____\n\ny = 2"),
        ("score = %time model.score(X, y)", "score =       model.score(X, y)"),
        ("%time x = !ls", "pass; x = ___"),
    ],
)
def test_an_assigned_magic_binds_its_name(written: str, expected: str) -> None:
    assert neutralise(written).text == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("%time model.fit(X, y)", "pass; model.fit(X, y)"),
        ("    %time fit()", "    pass; fit()"),
        ("% time model.fit(X, y)", "pass;  model.fit(X, y)"),
        ("time model.fit(X, y)", "pass;model.fit(X, y)"),
        ("%timeit -n 10 -r3 f(x)", "pass;             f(x)"),
        ("%timeit -o -q f(x)", "pass;         f(x)"),
        ("%prun -l 10 -s cumulative f(x)", "pass;                     f(x)"),
        ("%lprun -f model.fit model.fit(X)", "pass;               model.fit(X)"),
        ("%memit f(x)", "pass;  f(x)"),
        ("%time for x in xs: f(x)", "for       x in xs: f(x)"),
        ("%time with open(p) as f: g(f)", "with       open(p) as f: g(f)"),
        ("%time model.fit(\n    X, y)", "pass; model.fit(\n    X, y)"),
        ("%time model.fit(X, \\\n    y)", "pass; model.fit(X, \\\n    y)"),
        ("%time", "pass "),
        ("%timeit -n 10", "pass         "),
        ("%time %run x", "pass        "),
    ],
)
def test_what_a_line_magic_runs_stays_in_place(written: str, expected: str) -> None:
    assert neutralise(written).text == expected


@pytest.mark.parametrize("magic", ["time", "timeit", "capture", "prun", "debug", "python3"])
def test_the_body_of_a_transparent_cell_magic_stays(magic: str) -> None:
    neutral = neutralise(f"%%{magic}\nx = 1\n!ls\n")
    assert neutral.text.split("\n")[1:] == ["x = 1", "pass", ""]
    assert neutral.text.split("\n")[0].strip() == ""
    assert (neutral.magic, neutral.opaque) == (magic, False)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("%%timeit x = 1\ny = x", "pass;    x = 1\ny = x"),
        ("%%timeit -n 10 x = 1\ny = x", "pass;          x = 1\ny = x"),
        ("%%timeit -n 10\ny = x", "pass;         \ny = x"),
        ("%%capture out\nf()", "pass;     out=_\nf()"),
        ("%%capture --no-stderr out\nf()", "pass;                 out=_\nf()"),
        ("# first\n\n%%time\nx = 1", "# first\n\n      \nx = 1"),
        ("%%capture\n%%time\nx = 1", "         \n      \nx = 1"),
    ],
)
def test_the_line_of_a_cell_magic_keeps_its_python(written: str, expected: str) -> None:
    assert neutralise(written).text == expected


@pytest.mark.parametrize(
    "written",
    [
        "%%bash\ncd x\nls",
        "%%sql\nselect 1",
        "%%R\nx <- 1",
        "%%time\n%%html\n<p>",
        "%sql\nselect a\nfrom b",
        "%md\nA title, and text.",
        "%%unheard_of\nx = 1",
    ],
)
def test_other_cell_magics_make_the_cell_opaque(written: str) -> None:
    neutral = neutralise(written)
    assert neutral.opaque
    assert neutral.text == "\n" * written.count("\n")


def test_a_named_cell_magic_can_be_made_transparent() -> None:
    written = "%%px\nx = 1"
    assert neutralise(written).opaque
    assert neutralise(written, frozenset({"px"})).text == "    \nx = 1"


def test_a_line_of_another_language_leaves_the_python_below_it() -> None:
    neutral = neutralise("%sql select a from b\nx = 1")
    assert (neutral.opaque, neutral.text) == (False, "pass                \nx = 1")


@pytest.mark.parametrize(
    ("written", "meaning"),
    [
        ("%pylab inline", "import numpy as np, matplotlib.pyplot as plt; from pylab import *"),
        ("%run features.py", "from features import *"),
        ("%run ./features.py", "from features import *"),
        ("%run ../lib/features.py", "pass                   "),
    ],
)
def test_magics_that_bring_names_become_imports(written: str, meaning: str) -> None:
    assert neutralise(written).text == meaning


@pytest.mark.parametrize(
    "python",
    [
        "x = (a\n% b)",
        "x = a \\\n% b",
        's = """\n%time f()\n!ls\nwhat?\n"""',
        "s = '''\n%%bash\n'''",
        "f(a,\n  # why?\n  b)",
        "x = 1  # 100% sure?",
        "ls = [1]\nls",
        "history = fit()\nhistory",
        "time = 3\ntime -1",
        "run (x)",
        "print('!', x != y, 5 %2)",
        "s = 'a\\\n%b'",
        "x = {'a': [1,\n!=\n]}",
    ],
)
def test_python_is_left_alone(python: str) -> None:
    assert neutralise(python).text == python


def test_what_opaque_cells_hide() -> None:
    assert hidden_by("bash", "%%bash\nls") is None
    assert hidden_by("sql", "%%sql\nselect 1") is not None
    assert hidden_by("writefile", "%%writefile notes.txt\nabc") is None
    assert "train.py" in str(hidden_by("writefile", "%%writefile train.py\nfit()"))


PYTHON = st.sampled_from(
    [
        "x = 1",
        "y = a % b",
        "for i in range(3):\n    print(i)",
        "s = '''\n%not magic\n!nor this\n'''",
        "f(a,\n  b)  # (",
        "z = [\n    1,\n    2]",
        "if a != b:\n    pass",
        "# a comment, isn't it?",
        "",
        "t = 'é%s' % \\\n  x",
        "def f():\n    return {1: '}'}",
        "\x0cw = 2",
    ]
)
MAGIC = st.sampled_from(
    [
        "%matplotlib inline",
        "!pip install 'a",
        "!echo (",
        "!wget x \\\n  -O y",
        "x = !ls",
        "x = %env HOME",
        "df?",
        "?df",
        "%time f(x)",
        "%timeit -n 3 f(x)",
        "pip install x",
        "cd ..",
    ]
)


@given(st.lists(st.tuples(st.booleans(), PYTHON, MAGIC), max_size=8))
def test_any_mixture_keeps_lines_and_columns(parts: list[tuple[bool, str, str]]) -> None:
    pieces = [magic if is_magic else python for is_magic, python, magic in parts]
    neutral = neutralise("\n".join(pieces)).text
    assert neutral.count("\n") == "\n".join(pieces).count("\n")
    ast.parse(neutral)
    lines = neutral.split("\n")
    for piece, (is_magic, python, _) in zip(pieces, parts, strict=True):
        here, lines = lines[: piece.count("\n") + 1], lines[piece.count("\n") + 1 :]
        if not is_magic:
            assert "\n".join(here) == python
        elif "f(x)" in piece:
            assert here[0].index("f(x)") == piece.index("f(x)")


@given(st.text(alphabet="ab% !?='\"#\\\n([{}]):;,", max_size=60))
@example("%\\\n\n")
def test_any_text_keeps_its_number_of_lines(text: str) -> None:
    assert neutralise(text).text.count("\n") == text.count("\n")


@given(st.text(alphabet="ab% !?='\"#\\\n([)]:1", max_size=40))
def test_text_that_parses_is_left_alone(text: str) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError:
        return
    assert neutralise(text).text == text


# It joins continued lines, leaves bare magics to a later stage, and stumbles over form feeds and
# over quotes and brackets that a shell command leaves open.
_IPYTHON_ERRS = re.compile(r"\\\n|^pip|^cd|\f|^!.*['(]")


@given(st.lists(st.one_of(PYTHON, MAGIC), min_size=1, max_size=6))
def test_ipython_finds_the_same_statements(pieces: list[str]) -> None:
    """IPython's own transformer agrees wherever it keeps the lines and knows the magic."""
    transformer = pytest.importorskip("IPython.core.inputtransformer2").TransformerManager()
    text = "\n".join(piece for piece in pieces if piece and not _IPYTHON_ERRS.search(piece)) + "\n"
    theirs = ast.parse(transformer.transform_cell(text))
    ours = ast.parse(neutralise(text).text)
    positions = {statement.lineno for statement in theirs.body}
    assert {statement.lineno for statement in ours.body} == positions
    assert _bound(ours) == _bound(theirs)


def _bound(tree: ast.Module) -> set[tuple[int, str]]:
    return {
        (node.lineno, node.id)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
