from __future__ import annotations

import ast

from benchmarks.corpus import copies, rename


def test_renaming_changes_variables_and_spares_attributes_and_keywords() -> None:
    text = "def f(): ...\nx = f(x=1)\nx.x = [x for y in x]\n"
    expected = "def f_1(): ...\nx_1 = f_1(x=1)\nx_1.x = [x_1 for y_1 in x_1]\n"
    assert rename(text, "_1") == expected


def test_copies_are_python_and_differ_from_one_another() -> None:
    texts = list(copies(5_000))
    assert sum(text.count("\n") for text in texts) > 4_000
    assert len(set(texts)) == len(texts)
    for text in texts:
        ast.parse(text)
