from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from benchmarks.judged import as_json, kappa, measured, read, read_again, weighed

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "repository,commit,path,cell,line,code,verdict,reason\n"


def test_verdicts_are_counted_by_code(tmp_path: Path) -> None:
    (tmp_path / "first.csv").write_text(
        HEAD + "a/b,1,x.py,,3,LEAK001,true,\na/b,1,x.py,,9,LEAK001,false,no split\n"
        "a/b,1,y.py,,1,SEED001,debatable,\n"
    )
    figures = measured(read(tmp_path))
    assert str(figures["LEAK001"]) == "1 of 2 findings true, 50 % (95 % interval 9 to 91 %)"
    assert str(figures["SEED001"]) == "1 findings judged, all debatable"
    assert as_json(figures).count("\n") == 4


def test_rules_weigh_as_much_as_they_spoke() -> None:
    rows = [
        {"code": code, "verdict": verdict}
        for code, verdicts in {"A": "true true", "B": "true false", "C": "debatable"}.items()
        for verdict in verdicts.split()
    ]
    assert weighed(rows, {"A": 3, "B": 1, "C": 50}) == pytest.approx(3.5 / 4)
    assert weighed(rows, {"A": 0, "B": 9}) == pytest.approx(0.5)


def test_a_second_judge_is_compared_and_not_counted(tmp_path: Path) -> None:
    rows = ["a/b,1,x.py,,3,LEAK001,{},", "a/b,1,x.py,,9,LEAK001,{},", "a/b,1,y.py,,9,CONF001,{},"]
    (tmp_path / "exam.csv").write_text(HEAD + "\n".join(row.format("true") for row in rows))
    (tmp_path / "exam-again.csv").write_text(HEAD + rows[1].format("false"))
    assert len(read(tmp_path)) == 3
    assert [second["verdict"] for _, second in read_again(tmp_path)] == ["false"]


def test_agreement_beyond_chance() -> None:
    # 20 yes-yes, 15 no-no, 5 yes-no, 10 no-yes: observed 0.7, by chance 0.5.
    pairs = [("y", "y")] * 20 + [("n", "n")] * 15 + [("y", "n")] * 5 + [("n", "y")] * 10
    assert kappa(pairs) == pytest.approx(0.4)


def test_a_word_that_is_no_verdict_is_refused(tmp_path: Path) -> None:
    (tmp_path / "exam.csv").write_text(HEAD + "a/b,1,x.py,,3,LEAK001,perhaps,\n")
    with pytest.raises(ValueError, match=r"exam.csv:2: no verdict: 'perhaps'"):
        read(tmp_path)
