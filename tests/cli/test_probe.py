"""`mlaudit probe`: what it runs, what it writes, and how it exits."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from mlaudit.cli.units import Bytes, Seconds

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Invoke = Callable[..., Result]


def test_the_run_stands_in_the_review(folder: Path, invoke: Invoke) -> None:
    (folder / "train.py").write_text("import sys\nprint('loss 0.5')\nsys.exit(sys.argv[1])\n")
    done = invoke("probe", "train.py", "--format", "json", "--", "--epochs")
    assert done.exit_code == 0
    review = json.loads(done.stdout)
    profile = review["profile"]
    assert profile["command"] == "train.py --epochs"
    assert (profile["how"], profile["ended"]) == ("failed", 'left by sys.exit("--epochs")')
    assert profile["location"]["line"] == 3
    assert profile["limits"]["network"]
    assert review["verdict"]["recommendation"] == "CONDITIONAL"


def test_what_is_read_is_reported_as_by_a_review(folder: Path, invoke: Invoke) -> None:
    (folder / "train.py").write_text(
        "from sklearn.model_selection import train_test_split\n"
        "if __name__:\n"
        "    raise SystemExit\n"
        "train, test = train_test_split(list(range(9)))\n"
    )
    done = invoke("probe", "train.py", "--format", "concise")
    read = invoke("review", "train.py", "--format", "concise")
    assert "SEED001" in read.stdout
    assert done.stdout.splitlines()[0] == read.stdout.splitlines()[0]


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_people_read_how_it_ended(folder: Path, invoke: Invoke, form: str) -> None:
    (folder / "train.py").write_text("import math\n\nmath.sqrt(-1)\n")
    done = invoke("probe", "train.py", "--format", form)
    assert "ended with ValueError" in done.stdout
    assert "3:1" in done.stdout


def test_output_is_passed_on_when_asked_for(folder: Path, invoke: Invoke) -> None:
    (folder / "train.py").write_text("print('epoch 1')\n")
    done = invoke("probe", "train.py", "--show-output", "--format", "concise")
    assert "epoch 1" in done.stderr
    assert "epoch 1" not in done.stdout


def test_what_cannot_be_started_exits_with_2(folder: Path, invoke: Invoke) -> None:
    done = invoke("probe", "absent.py")
    assert done.exit_code == 2
    assert "absent.py: no such file" in done.stderr


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("1.5m", 90), ("2h", 7200), (5, 5)])
def test_times(text: str | int, seconds: float) -> None:
    assert Seconds().convert(text, None, None) == seconds


@pytest.mark.parametrize(("text", "size"), [("11GiB", 11 * 2**30), ("1.5m", 1572864), ("7", 7)])
def test_sizes(text: str, size: int) -> None:
    assert Bytes().convert(text, None, None) == size


@pytest.mark.parametrize("option", [("--timeout", "soon"), ("--memory", "much")])
def test_amounts_without_meaning_are_refused(
    folder: Path, invoke: Invoke, option: tuple[str, str]
) -> None:
    (folder / "train.py").write_text("")
    done = invoke("probe", "train.py", *option)
    assert done.exit_code == 2
    assert option[1] in done.stderr


def test_pictures_are_kept_when_asked_for(folder: Path, invoke: Invoke) -> None:
    (folder / "train.py").write_text(
        "import torch\n"
        "weight = torch.nn.Parameter(torch.ones(1000))\n"
        "optimizer = torch.optim.SGD([weight], lr=0.1)\n"
        "for step in range(4):\n"
        "    loss = (weight * torch.ones(1000)).square().mean()\n"
        "    optimizer.zero_grad()\n"
        "    loss.backward()\n"
        "    optimizer.step()\n"
    )
    done = invoke("probe", "train.py", "--track-memory", "--artefacts", "made/kept")
    assert done.exit_code in {0, 1}
    kept = sorted(path.name for path in (folder / "made" / "kept").iterdir())
    assert kept == ["loss.svg", "memory.svg"]
    assert (folder / "made" / "kept" / "memory.svg").read_text().startswith("<svg")


@pytest.fixture
def interpreter(folder: Path) -> str:
    """Give the path of an interpreter, relative to the folder."""
    path = folder / "env" / "python"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return "env/python"


def test_an_interpreter_is_found_from_where_one_stands(
    folder: Path, invoke: Invoke, interpreter: str
) -> None:
    (folder / "train.py").write_text("import sys\nsys.exit(3)\n")
    done = invoke("probe", "train.py", "--python", interpreter, "--format", "json")
    assert json.loads(done.stdout)["profile"]["ended"] == "left by sys.exit(3)"
    done = invoke("probe", "train.py", "--python", "gone/python")
    assert (done.exit_code, "gone/python does not start" in done.stderr) == (2, True)


def test_a_configured_interpreter_is_found_from_the_configuration(
    folder: Path, invoke: Invoke, interpreter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "train.py").write_text("")
    (folder / "pyproject.toml").write_text(
        f'[tool.mlaudit.probe]\ncommand = "train.py"\npython = "{interpreter}"\n'
    )
    (folder / "below").mkdir()
    monkeypatch.chdir(folder / "below")
    done = invoke("review", "..", "--probe", "--format", "json")
    assert json.loads(done.stdout)["profile"]["ended"] == "ran to its end"


PROJECT = """\
[tool.mlaudit.probe]
command = "jobs/train.py --rows 40"
timeout = "1m"

[tool.mlaudit.budgets]
missing = 0.5
"""
TRAIN = """\
import sys
import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor
X = np.random.default_rng(0).normal(size=(int(sys.argv[2]), 3))
X[:16, 1] = np.nan
HistGradientBoostingRegressor(max_iter=2, random_state=0).fit(X, np.arange(len(X)))
"""


@pytest.mark.parametrize(("allowed", "codes"), [("0.5", []), ("0.3", ["DATA013"])])
def test_a_review_runs_the_program_that_is_configured(
    folder: Path, invoke: Invoke, allowed: str, codes: list[str]
) -> None:
    (folder / "jobs").mkdir()
    (folder / "jobs" / "train.py").write_text(TRAIN)
    (folder / "other.py").write_text("import sklearn\n")
    (folder / "pyproject.toml").write_text(PROJECT.replace("0.5", allowed))
    done = invoke("review", "--probe", "--format", "json", "--select", "DATA")
    assert done.exit_code in {0, 1}, done.output
    review = json.loads(done.stdout)
    assert review["profile"]["command"] == "train.py --rows 40"
    assert review["profile"]["ended"] == "ran to its end"
    assert {file["path"] for file in review["coverage"]["files"]} == {"jobs/train.py", "other.py"}
    found = [
        (one["code"], one["location"]["path"], one["location"]["line"])
        for one in review["findings"]
    ]
    assert found == [(code, "jobs/train.py", 6) for code in codes]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "no program is configured"),
        ('command = "gone.py"', "gone.py: no such file"),
        ('command = "a.py"\ntimeout = "soon"', "probe.timeout: 'soon' is not a time"),
    ],
)
def test_what_is_configured_wrongly_is_told(
    folder: Path, invoke: Invoke, table: str, words: str
) -> None:
    (folder / "a.py").write_text("")
    (folder / "pyproject.toml").write_text(f"[tool.mlaudit.probe]\n{table}\n")
    done = invoke("review", "--probe")
    assert done.exit_code == 2
    assert words in done.stderr
