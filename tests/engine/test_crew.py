"""Any number of processes gives the same review, and none of them can lose it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config, Profile
from mlaudit.engine import crew, survey
from mlaudit.engine.examiner import Examiner
from mlaudit.engine.review import review
from mlaudit.engine.survey import FILES_A_PROCESS, fitting

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlaudit.engine.examination import Examination
    from mlaudit.engine.inputs import Input
    from mlaudit.model.review import Review

FIXTURES = Path(__file__).parents[2] / "fixtures"
forked = pytest.mark.skipif(not crew.forking(), reason="processes are forked only on Linux")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("churn", "digits", "solid"):
        shutil.copytree(FIXTURES / "projects" / name, tmp_path / name)
    return tmp_path


def reviewed(jobs: int, cache: Path | None = None) -> Review:
    return review(["."], Config(profile=Profile.PRODUCTION), jobs=jobs, cache=cache)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("jobs", [2, 3, 40])
def test_any_number_of_processes_gives_the_same_review(jobs: int) -> None:
    alone = reviewed(1)
    assert len(alone.findings) > 10
    assert reviewed(jobs) == alone


@pytest.mark.usefixtures("folder")
def test_processes_that_are_not_forked_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = reviewed(1)
    monkeypatch.setattr(crew, "forking", lambda: False)
    assert reviewed(2) == alone
    brief = review(["."], Config(profile=Profile.PRODUCTION), details=False)
    assert (
        review(["."], Config(profile=Profile.PRODUCTION), jobs=2, details=False) == brief != alone
    )


@pytest.mark.usefixtures("folder")
def test_what_processes_find_is_remembered() -> None:
    cache = Path(".mlaudit_cache")
    alone = reviewed(1)
    assert reviewed(2, cache) == alone
    assert reviewed(1, cache) == alone
    assert len(list(cache.glob("*.json"))) >= alone.summary.files


@pytest.mark.usefixtures("folder")
def test_where_there_is_no_room_for_a_process_the_review_is_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alone = reviewed(1)

    def refuse(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(crew, "Worker", refuse)
    assert reviewed(2) == alone


def dying_of(name: str, die: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    examine = Examiner.examine
    parent = os.getpid()

    def deadly(examiner: Examiner, item: Input) -> Examination:
        if item.path.name == name and os.getpid() != parent:
            die()
        return examine(examiner, item)

    monkeypatch.setattr(Examiner, "examine", deadly)


@forked
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("die", "how"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "SIGKILL"),
        (lambda: os._exit(3), "exit code 3"),
    ],
    ids=["killed", "left"],
)
def test_the_file_that_a_process_dies_of_is_named_and_no_other_is_lost(
    monkeypatch: pytest.MonkeyPatch, die: Callable[[], None], how: str
) -> None:
    alone = reviewed(1)
    dying_of("neighbours.py", die, monkeypatch)
    found = reviewed(2)
    lost = {failure.path: failure.message for failure in found.errors}
    assert set(lost) == set(map(str, Path().rglob("neighbours.py")))
    assert set(lost.values()) == {f"the process that examined it died ({how})"}
    status = {file.path: file.status for file in found.coverage.files}
    assert {path for path in status if status[path] == "not examined"} == set(lost)
    others = [finding for finding in alone.findings if finding.location.path not in lost]
    assert [finding for finding in found.findings if finding.location.path not in lost] == others


@forked
@pytest.mark.usefixtures("folder")
def test_a_death_is_not_remembered(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = reviewed(1)
    with monkeypatch.context() as patched:
        dying_of("train.py", lambda: os._exit(1), patched)
        assert reviewed(2, folder / "cache").errors
    assert reviewed(2, folder / "cache") == alone


def test_few_files_are_examined_by_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "cores", lambda: 4)
    files = [0, 1, FILES_A_PROCESS, 2 * FILES_A_PROCESS, 3 * FILES_A_PROCESS, 10_000]
    assert [fitting(number) for number in files] == [1, 1, 1, 2, 3, 4]


def many(folder: Path) -> Path:
    """Write enough files that a busy machine is not done with them before it is interrupted."""
    text = (FIXTURES / "projects" / "churn" / "train.py").read_text(encoding="utf-8")
    for number in range(800):
        (folder / f"train{number}.py").write_text(f"number = {number}\n{text}")
    return folder


def children(process: subprocess.Popen[str]) -> list[int]:
    """Wait until the process has children."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    while process.poll() is None:
        with suppress(OSError):
            if found := listed.read_text().split():
                return list(map(int, found))
    raise AssertionError("it ended before it had children")


def wait_for_the_end_of(pids: list[int]) -> None:
    """Return once the processes are gone; the test hangs on one that stays."""
    while any(is_running(pid) for pid in pids):
        pass


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def started(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "mlaudit", "review", "--jobs", "2", str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=folder,
    )


@forked
def test_an_interrupt_ends_all_cleanly(tmp_path: Path) -> None:
    with started(many(tmp_path)) as process:
        workers = children(process)
        os.killpg(process.pid, signal.SIGINT)
        output, errors = process.communicate()
    assert (process.returncode, output, errors.strip()) == (130, "", "interrupted")
    wait_for_the_end_of(workers)


@forked
def test_processes_end_when_the_one_that_started_them_is_killed(tmp_path: Path) -> None:
    with started(many(tmp_path)) as process:
        workers = children(process)
        process.kill()
    wait_for_the_end_of(workers)
