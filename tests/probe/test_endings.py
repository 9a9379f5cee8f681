"""Programs that end in every way there is: what is said of it, and the line that it is said of.

Each program says in its first comments under which limits it runs and how it ends, and `# here`
marks the line that the end is traced to.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mlaudit.probe.ending import decode
from mlaudit.probe.job import MIB, Limits, ProbeError, job_of
from mlaudit.probe.launch import running
from mlaudit.source.read import read

if TYPE_CHECKING:
    from mlaudit.probe.ending import Position
    from mlaudit.probe.launch import Run

FOLDER = Path(__file__).parents[2] / "fixtures" / "probe" / "endings"
PROGRAMS = sorted(FOLDER.glob("*.py"))


def told(text: str, key: str) -> str:
    found = re.search(rf"^# {key}: (.*)$", text, re.MULTILINE)
    return found[1] if found else ""


def probe(
    target: Path | str, arguments: tuple[str, ...] = (), *, module: bool = False, **limits: float
) -> Run:
    """Run a program to its end; the folder of the run is gone when this returns."""
    allowed = Limits(**{"seconds": 30.0, **limits})  # type: ignore[arg-type]
    job = job_of(str(target), arguments, module=module, python=None, limits=allowed)
    with running(job, read(job.program, str(job.program))) as run:
        return run


def alive(marker: str) -> bool:
    return any(
        marker.encode() in path.read_bytes()
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.exists()
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_the_end_is_told_in_words_and_by_its_line(program: Path, folder: Path) -> None:
    text = program.read_text()
    shutil.copy(program, folder)
    limits = eval(f"dict({told(text, 'limits')})", {"MIB": MIB})
    run = probe(program.name, tuple(told(text, "arguments").split()), **limits)
    marked = [n for n, line in enumerate(text.split("\n"), 1) if line.endswith("# here")]
    other = told(text, "or ends")
    if other and run.ending.words == other:
        return  # a race that the program may win or lose; it is contained either way
    assert run.ending.words == told(text, "ends"), run.output
    assert line_of(run.ending.position) == next(iter(marked), None)


def line_of(position: Position | None) -> int | None:
    return position[2] if position else None


def test_nobody_outlives_the_run() -> None:
    """The program of `orphan.py` starts a sleeper in a session of its own."""
    shutil.copy(FOLDER / "orphan.py", ".")
    probe("orphan.py", seconds=0.5)
    assert not alive("time.sleep(7531)")


def test_the_checkout_stays_as_it_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = folder / "project"
    (project / "data").mkdir(parents=True)
    (project / "pyproject.toml").write_text("")
    (project / "data" / "rows.csv").write_text("a,b\n1,2\n")
    (project / "train.py").write_text(
        "import os, pathlib\n"
        "print(pathlib.Path('data/rows.csv').read_text())\n"
        "pathlib.Path('data/rows.csv').write_text('changed')\n"
        "os.mkdir('models')\n"
        "pathlib.Path('models/best.pt').write_text('weights')\n"
        f"pathlib.Path({str(project)!r}, 'absolute.txt').write_text('stray')\n"
    )
    monkeypatch.chdir(project)
    before = contents(project)
    run = probe(project / "train.py")
    assert contents(project) == before
    assert run.ending.words.startswith("ended with PermissionError")
    assert line_of(run.ending.position) == 6


MOUNTING = """
import os, subprocess, sys
sys.path.insert(0, {agent!r})
from mlaudit.probe.agent.apart import apart
folder = sys.argv[1]
for name in ("data", "data/inner", "more data"):
    os.makedirs(os.path.join(folder, name))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "none", os.path.join(folder, name)])
    if mounted.returncode:
        sys.exit("nothing can be mounted")
print(*apart(network=False, folder=folder))
for path in (".", "data", "more data", "data/inner"):
    wrote = subprocess.run(["touch", os.path.join(folder, path, "x")], capture_output=True)
    print(path, wrote.returncode)
print(subprocess.run(["touch", sys.argv[2]]).returncode)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mounts are those of Linux")
def test_what_is_mounted_below_the_checkout_cannot_be_changed_either(tmp_path: Path) -> None:
    folder = tmp_path / "a checkout"
    folder.mkdir()
    (tmp_path / "try.py").write_text(MOUNTING.format(agent=str(Path(__file__).parents[2])))
    apart = ["unshare", "--mount", "--map-root-user", sys.executable]
    given = [str(tmp_path / "try.py"), str(folder), str(tmp_path / "elsewhere")]
    try:
        done = subprocess.run([*apart, *given], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if not done.stdout:
        pytest.skip(f"no name space of mounts here: {done.stderr.strip()}")
    held, *wrote, elsewhere = done.stdout.splitlines()
    assert held == "False True"
    assert [line.rpartition(" ")[2] for line in wrote] == ["1"] * 4, done.stdout
    assert elsewhere == "0"


def test_the_checkout_cannot_be_changed_by_what_is_no_python(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = folder / "project"
    project.mkdir()
    (project / "pyproject.toml").write_text("")
    (project / "train.py").write_text(
        "import os, sqlite3\n"
        f"os.system('echo stray > {project}/stray.txt; rm -f {project}/pyproject.toml')\n"
        f"sqlite3.connect({str(project / 'runs.db')!r}).execute('create table runs (name)')\n"
    )
    monkeypatch.chdir(project)
    before = contents(project)
    run = probe(project / "train.py")
    if run.held["checkout"] != "enforced":
        pytest.skip("name spaces are refused here")
    assert contents(project) == before
    assert run.ending.words.startswith("ended with OperationalError")


ON_ITS_OWN = """\
import socket
import sys
from pathlib import Path
from mlaudit.probe.agent import confine
from mlaudit.probe.agent.places import Places
from mlaudit.probe.agent.stream import Stream

folder, project = sys.argv[1:]
confine.apart = lambda **_: (False, False)
stream = Stream(folder + "/events")
job = dict.fromkeys(("cpu_seconds", "memory_bytes", "processes"))
job |= {"parent": int(sys.stdin.read()), "network": False, "protected": project}
for how in confine.confine(job, folder, stream, Places([project], None)).values():
    print(how)
for attempt in (
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=3),
    lambda: Path(project, "stray.txt").write_text("stray"),
    lambda: Path(project, "kept.txt").unlink(),
    lambda: Path(folder, "scratch.txt").write_text("fine"),
):
    try:
        print("done", attempt())
    except OSError as error:
        print(type(error).__name__, error.args[1])
"""


def test_where_name_spaces_are_refused_python_itself_holds_back(folder: Path) -> None:
    (folder / "kept.txt").write_text("kept")
    inside = folder / "run"
    inside.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", ON_ITS_OWN, inside, folder],
        input=str(os.getpid()),
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == [
        *["not enforced: only what Python itself opens is refused"] * 2,
        "OSError Network is unreachable: the probe keeps it off",
        "PermissionError the probe keeps the checkout as it is",
        "PermissionError the probe keeps the checkout as it is",
        "done 4",
    ], done.stderr
    assert (folder / "kept.txt").exists()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_module_runs_by_its_name(folder: Path) -> None:
    package = folder / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "sizes.py").write_text("WIDTH = 4\n")
    (package / "train.py").write_text(
        "import sys\nfrom pkg.sizes import WIDTH\nsys.exit(f'{__name__} {WIDTH} {sys.argv[1:]}')\n"
    )
    run = probe("pkg.train", ("--fast",), module=True)
    assert run.ending.words == "left by sys.exit(\"__main__ 4 ['--fast']\")"
    assert run.ending.position is not None and run.ending.position[0] == "pkg/train.py"


def test_a_notebook_runs_cell_by_cell_with_its_magics(folder: Path) -> None:
    run = probe(FOLDER / "magics.ipynb")
    assert run.ending.words == "ended with ValueError: 45"
    assert run.ending.position is not None
    assert run.ending.position[:3] == ["magics.ipynb", 4, 3]


def test_a_library_that_is_missing_is_told_with_who_misses_it(folder: Path) -> None:
    (folder / "train.py").write_text("import no_such_library\n")
    words = probe(folder / "train.py").ending.words
    assert words.startswith("ended with ModuleNotFoundError: No module named 'no_such_library' (")
    assert words.endswith(f"(it was run by {sys.executable}: --python takes another)")


def raised(kind: str, message: str, **limits: float) -> str:
    end = {"event": "end", "how": "exception", "type": kind, "message": message}
    return decode([end], 1, None, Limits(**limits), None).words  # type: ignore[arg-type]


def test_memory_that_torch_does_not_get_is_told_with_the_limit() -> None:
    message = "DefaultCPUAllocator: can't allocate memory: you tried to allocate 80 bytes"
    allowed = " (--memory allowed it 2 GiB)"
    assert raised("RuntimeError", message, memory=2048 * MIB).endswith(allowed)
    assert raised("MemoryError", "", memory=2048 * MIB) == f"ended with MemoryError{allowed}"


def test_without_a_limit_nothing_is_said_of_one() -> None:
    assert raised("MemoryError", "") == "ended with MemoryError"
    assert raised("ValueError", "45", memory=MIB) == "ended with ValueError: 45"


def test_steps_before_a_kill_are_kept(folder: Path) -> None:
    (folder / "train.py").write_text(
        "import os, signal, torch\n"
        "weight = torch.nn.Parameter(torch.ones(3))\n"
        "optimizer = torch.optim.SGD([weight], lr=0.1)\n"
        "for step in range(3):\n"
        "    (weight**2).sum().backward()\n"
        "    optimizer.step()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = probe(folder / "train.py")
    assert "SIGKILL" in run.ending.words
    steps = list(run.of("step"))
    assert [step["number"] for step in steps] == [1, 2, 3]
    assert steps[0]["loss"] == 3.0 and steps[0]["place"][:3] == ["train.py", None, 6]


def test_events_before_a_crash_are_kept(folder: Path) -> None:
    (folder / "train.py").write_text(
        "import ctypes, torch\n"
        "model = torch.nn.Linear(3, 1)\n"
        "optimizer = torch.optim.SGD(model.parameters(), 0.1)\n"
        "for step in range(9):\n"
        "    model(torch.ones(2, 3)).sum().backward()\n"
        "    optimizer.step()\n"
        "    if step == 2:\n"
        "        ctypes.string_at(0)\n"
    )
    run = probe("train.py")
    assert [event["number"] for event in run.of("step")] == [1, 2, 3]
    assert line_of(run.ending.position) == 8


def test_an_interpreter_that_does_not_start_is_named(folder: Path) -> None:
    (folder / "train.py").write_text("")
    job = job_of("train.py", (), module=False, python="/no/python", limits=Limits())
    with pytest.raises(ProbeError, match=r"/no/python does not start: No such file"):
        running(job, read(job.program, "train.py")).__enter__()


@pytest.mark.parametrize("target", ["missing.py", "notes.txt"])
def test_what_cannot_be_run_is_told(folder: Path, target: str) -> None:
    (folder / "notes.txt").write_text("")
    with pytest.raises(ProbeError, match=target):
        job_of(target, (), module=False, python=None, limits=Limits())


def test_the_agent_needs_the_standard_library_only() -> None:
    agent = Path(__file__).parents[2] / "mlaudit" / "probe" / "agent"
    code = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('agent', {str(agent / '__init__.py')!r},"
        f" submodule_search_locations=[{str(agent)!r}])\n"
        "sys.modules['agent'] = package = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(package)\n"
        "import agent.start\n"
        "print(sorted({n.split('.')[0] for n in sys.modules} & {'mlaudit', 'numpy', 'torch'}))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")
