"""Processes that examine files side by side, and what they find: the same as one alone."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
import threading
from multiprocessing import connection
from typing import TYPE_CHECKING

from mlaudit.engine.encoding import decode, encode
from mlaudit.engine.examination import Examination
from mlaudit.engine.examiner import Examiner
from mlaudit.engine.runner import failed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from mlaudit.config.schema import Config
    from mlaudit.engine.inputs import Input

PATIENCE = 5.0  # seconds for a process without work to end by itself


class Crew:
    """As many processes as asked for, or as the machine allows."""

    def __init__(self, config: Config, inputs: Sequence[Input], examiner: Examiner, jobs: int):
        self._config = config
        self._inputs = inputs
        self._examiner = examiner
        self._jobs = jobs

    def results(
        self, places: Sequence[int], tell: Callable[[int], None]
    ) -> Iterator[tuple[int, Examination]]:
        """Examine the files at some places; what is done first comes first.

        `tell` hears of each file before its turn.  The file that a process dies of has a failure
        for its outcome, and another process takes over.
        """
        waiting = list(reversed(places))
        workers: list[Worker] = []
        try:
            while waiting or workers:
                while waiting and len(workers) < self._jobs:
                    worker = self._hired()
                    if worker is None:
                        break
                    workers.append(worker)
                    tell(waiting[-1])
                    worker.give(waiting.pop())
                if not workers:  # the machine has no room for a process
                    tell(waiting[-1])
                    place = waiting.pop()
                    yield place, self._examiner.examine(self._inputs[place])
                for worker in ready(workers):
                    yield worker.place, self._done(worker)
                    if worker.alive and waiting:
                        tell(waiting[-1])
                        worker.give(waiting.pop())
                    else:
                        workers.remove(worker)
                        worker.dismiss()
        finally:
            for worker in workers:
                worker.kill()

    def _hired(self) -> Worker | None:
        try:
            return Worker(self._config, self._inputs, self._examiner)
        except OSError:
            return None

    def _done(self, worker: Worker) -> Examination:
        answer = worker.answer()
        if answer is None:
            how = f"the process that examined it died ({worker.ending()})"
            return Examination(failed(self._inputs[worker.place].shown, how), None, [])
        content, text = answer
        asked, outcome = decode(text)
        return Examination(outcome, content, asked)


class Worker:
    """A process that examines one file after the other; `place` is that of the file in hand."""

    def __init__(self, config: Config, inputs: Sequence[Input], examiner: Examiner):
        self.place = -1
        self.alive = True
        self.pipe, far = connection.Pipe()
        self._process: BaseProcess
        if forking():  # then the process has all that is loaded here
            self._process = multiprocessing.get_context("fork").Process(
                target=work, args=(config, inputs, far, self.pipe, examiner), daemon=True
            )
        else:
            self._process = multiprocessing.get_context("spawn").Process(
                target=work, args=(config, inputs, far, None, examiner.details), daemon=True
            )
        with _uninterrupted():
            self._process.start()
        far.close()

    def give(self, place: int) -> None:
        """Hand over a file."""
        self.place = place
        with contextlib.suppress(OSError):  # one that has died is found out by its silence
            self.pipe.send(place)

    def answer(self) -> tuple[str | None, str] | None:
        """Take what was found; None from a process that has died."""
        try:
            answer: tuple[str | None, str] = self.pipe.recv()
        except (EOFError, OSError):
            self.alive = False
            return None
        return answer

    def ending(self) -> str:
        """Say how the process ended."""
        self._process.join(PATIENCE)
        code = self._process.exitcode
        if code is None or code >= 0:
            return f"exit code {code}"
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"

    def dismiss(self) -> None:
        """Let the process end."""
        with contextlib.suppress(OSError):
            self.pipe.send(None)
        self._process.join(PATIENCE)
        self.kill()

    def kill(self) -> None:
        """End the process, whatever it does."""
        if self._process.exitcode is None:
            self._process.kill()
        self._process.join()
        self.pipe.close()


def ready(workers: Sequence[Worker]) -> list[Worker]:
    """Wait until some have an answer, or have died."""
    if not workers:
        return []
    pipes = connection.wait([worker.pipe for worker in workers])
    return [worker for worker in workers if worker.pipe in pipes]


def work(
    config: Config,
    inputs: Sequence[Input],
    pipe: Connection,
    other_end: Connection | None,
    examiner: Examiner | bool,
) -> None:
    """Examine files as they are asked for, until there is no more to do or nobody to ask.

    Without an `examiner` at hand, one is made that tells details or not.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us ends us
    if other_end is not None:
        other_end.close()  # while we hold it, we would not see that nobody is there
    with contextlib.suppress(EOFError, OSError):
        if not isinstance(examiner, Examiner):
            examiner = Examiner(config, inputs, details=examiner)
        while (place := pipe.recv()) is not None:
            done = examiner.examine(inputs[place])
            pipe.send((done.content, encode([done.asked, done.outcome])))


def forking() -> bool:
    """Say whether a process may be forked: where that is safe, and no other thread holds a lock."""
    return sys.platform.startswith("linux") and threading.active_count() == 1


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Let what starts now never mind an interrupt from the keyboard, and keep ours for later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
