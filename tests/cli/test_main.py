"""The command as a whole: help, errors, interruption, and what a start imports."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.cli.commands import COMMANDS
from mlaudit.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

HEAVY = {"rich", "pydantic", "libcst", "astroid", "nbformat", "pathspec", "pygments"}
SPY = f"""
import sys
from mlaudit.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit as stop:
    print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)
    raise
"""


def run(*arguments: str, code: str | None = None) -> subprocess.CompletedProcess[str]:
    start = ["-c", code] if code else ["-m", "mlaudit"]
    command = [sys.executable, *start, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_module_can_be_run() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert done.stdout.startswith("mlaudit")


def test_what_is_under_review_is_never_imported(tmp_path: Path) -> None:
    (tmp_path / "datetime.py").write_text("raise SystemExit('imported')\n")
    command = [sys.executable, "-m", "mlaudit", "review", ".", "--no-config", "--no-cache"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "1 file" in done.stdout + done.stderr


def test_a_review_loads_only_what_it_uses(tmp_path: Path) -> None:
    program = tmp_path / "train.py"
    program.write_text("from sklearn.svm import SVC\nSVC().fit(X, y).predict(X_new)\n")
    seldom = {"dis", "tomllib", "mlaudit.engine.details", "mlaudit.engine.excerpts"}
    code = SPY.replace(repr(HEAVY), repr(seldom | HEAVY))
    done = run("review", str(program), "--no-config", "--no-cache", "--format=concise", code=code)
    assert done.stderr.splitlines()[-1] == "[]"


def test_help_names_every_command_and_the_exit_codes(invoke: Callable[..., Result]) -> None:
    shown = invoke("--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in shown
    assert "Exit codes" in shown
    shown = invoke("review", "--help").stdout
    for line in (
        "0  acceptable",
        "1  the verdict is at or above --fail-on",
        "2  mlaudit could not",
    ):
        assert f"\n    {line}" in shown


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("reviw", 'there is no command "reviw"; did you mean "review"?'),
        ("train.py", 'there is no command "train.py"; did you mean: mlaudit review train.py'),
    ],
)
def test_an_unknown_command_is_told_what_was_meant(
    invoke: Callable[..., Result], word: str, message: str
) -> None:
    Path("train.py").write_text("x = 1\n")
    result = invoke(word)
    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["review", "--help"], ["review", "train.py"]])
def test_a_light_start_imports_nothing_heavy(arguments: list[str]) -> None:
    Path("train.py").write_text("import math\n\nprint(math.pi)\n")
    done = run(*arguments, code=SPY)
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_crash_is_one_line_and_exits_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("something\nunforeseen")

    monkeypatch.setattr("mlaudit.engine.review.review", crash)
    with pytest.raises(SystemExit) as stop:
        main(["review"])
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "RuntimeError: something unforeseen" in told
    assert told.count("\n") == 1
    monkeypatch.setenv("MLAUDIT_DEBUG", "1")
    with pytest.raises(SystemExit):
        main(["review"])
    assert "Traceback" in capsys.readouterr().err


def test_an_interruption_leaves_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("mlaudit.engine.review.review", interrupt)
    with pytest.raises(SystemExit) as stop:
        main(["review"])
    assert stop.value.code == 130
    assert capsys.readouterr().err.strip() == "interrupted"


@pytest.mark.parametrize("arguments", [["rules"], ["review", "train.py"]])
def test_a_closed_pipe_leaves_no_traceback(arguments: list[str]) -> None:
    Path("train.py").write_text("x = 1\n")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "mlaudit", *arguments]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == ""


def test_a_narrow_encoding_loses_signs_and_nothing_else() -> None:
    Path("train.py").write_text("x = 1\n")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "mlaudit", "review", "train.py", "--format", "text"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert b"APPROVE" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_a_terminal_gets_text_with_colours() -> None:
    import pty

    Path("train.py").write_text("x = 1\n")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "mlaudit", "review", "train.py"]
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "60"}
    with subprocess.Popen(command, stdout=theirs, env=environment) as process:
        os.close(theirs)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
    os.close(ours)
    assert process.returncode == 0
    assert b"\x1b[1;32mAPPROVE" in shown
    assert "╭".encode() in shown


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""
