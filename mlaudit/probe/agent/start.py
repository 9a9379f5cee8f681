"""From the job that the parent wrote to the end of the user's program."""

from __future__ import annotations

import faulthandler
import json
import os
import signal
from collections.abc import Callable
from typing import Any

from .batches import Batches
from .boosters import Boosters
from .calls import Calls
from .confine import confine
from .counters import Counters
from .estimators import Estimators
from .faults import Faults
from .gradients import Gradients
from .hooks import PostImport
from .lineage import Lineage
from .loading import Loading
from .marks import Marks
from .networks import Networks
from .places import Places
from .program import Program
from .seeding import Seeding
from .selection import Selection
from .shifting import Shifting
from .simulated import Simulated
from .steps import Steps
from .stop import Stop
from .stream import Stream
from .tensors import Tensors
from .trainers import Trainers
from .training import Training


def start(path: str) -> None:
    """Run the job described in a file of JSON; does not return."""
    with open(path, encoding="utf-8") as file:
        job = json.load(file)
    folder = os.path.dirname(path)
    stream = Stream(os.path.join(folder, "events.jsonl"))
    places = Places(job["roots"], job["cells_of"])
    stream.emit("confined", **confine(job, folder, stream, places))
    # Kept open for as long as the process lives: a crash writes the stack of the program to it.
    crash = open(os.path.join(folder, "crash.txt"), "w", encoding="utf-8")  # noqa: SIM115
    faulthandler.enable(crash)
    if hasattr(signal, "SIGXCPU"):
        faulthandler.register(signal.SIGXCPU, crash, chain=True)
    stop = Stop(job["max_steps"], stream, places)
    hooks = PostImport(stream, places)
    tensors = _memory(job, folder, stream, places, hooks) if job["track_memory"] else None
    marks = Marks(stream, places, job["marks"])
    gradients = Gradients()
    steps = Steps(os.path.join(folder, "steps"))
    Training(stream, steps, places, stop, tensors, marks, gradients).attach(hooks)
    gradients.attach(hooks)
    Seeding(stream, places).attach(hooks)
    if job["seed_shift"]:
        Shifting(job["seed_shift"]).attach(hooks)
    # On a simulated device there are no values to look at.
    there = job["simulated"] is None
    looked = _values(job, folder, stream, places, hooks, marks, gradients) if there else ([], [])
    hooks.install()
    Program(job, stream, places, *looked).run()


def _memory(
    job: dict[str, Any], folder: str, stream: Stream, places: Places, hooks: PostImport
) -> Tensors:
    """Have the memory of tensors followed, on the device that is there or on a simulated one."""
    counters = Counters(stream, folder)
    tensors = Tensors(stream, places, counters)
    tensors.attach(hooks)
    Loading(stream, places, job["batches"]).attach(hooks)
    if job["simulated"] is None:
        counters.attach(hooks)
    else:
        Simulated(stream, job["simulated"], tensors.held).attach(hooks)
    return tensors


def _values(
    job: dict[str, Any],
    folder: str,
    stream: Stream,
    places: Places,
    hooks: PostImport,
    marks: Marks,
    gradients: Gradients,
) -> tuple[list[Callable[[], None]], list[Callable[[], None]]]:
    """Have rows and training followed; give what is to be told at the end, and measured then."""
    calls, lineage = Calls(stream), Lineage(folder)
    estimators = Estimators(stream, places, calls, lineage, marks)
    estimators.latency.of_networks = not job["track_memory"]
    estimators.attach(hooks)
    Selection(stream, places, calls, lineage, estimators).attach(hooks)
    Boosters(calls, lineage, estimators).attach(hooks)
    batches = Batches(calls, lineage)
    networks = Networks(stream, places, calls, estimators, batches, gradients)
    networks.looking = not job["track_memory"]
    networks.attach(hooks)
    Trainers(calls, lineage, estimators, networks, batches).attach(hooks)
    faults = Faults(stream, places, calls, gradients)
    faults.attach(hooks)
    return [calls.tell, networks.finish, faults.tell], [estimators.latency.measure]
