"""From the job that the parent wrote to the end of the user's program."""

from __future__ import annotations

import faulthandler
import json
import os
import signal

from .batches import Batches
from .calls import Calls
from .confine import confine
from .estimators import Estimators
from .faults import Faults
from .hooks import PostImport
from .lineage import Lineage
from .networks import Networks
from .places import Places
from .program import Program
from .selection import Selection
from .simulated import Simulated
from .stop import Stop
from .stream import Stream
from .tensors import Tensors
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
    hooks = PostImport(stream)
    tensors = Tensors(stream, places) if job["track_memory"] else None
    if tensors is not None:
        tensors.attach(hooks)
        if job["simulated"] is not None:
            Simulated(stream, job["simulated"], tensors.held).attach(hooks)
    Training(stream, places, stop, tensors).attach(hooks)
    calls, lineage = Calls(stream), Lineage(folder)
    estimators = Estimators(stream, places, calls, lineage)
    estimators.latency.of_networks = tensors is None
    estimators.attach(hooks)
    Selection(stream, places, calls, lineage, estimators).attach(hooks)
    networks = Networks(stream, places, calls, estimators, Batches(calls, lineage))
    faults = Faults(stream, places, calls)
    if job["simulated"] is None:  # else there are no values to look at
        networks.attach(hooks)
        faults.attach(hooks)
    hooks.install()
    last_words = [networks.tell, faults.tell]
    Program(job, stream, places, last_words, [estimators.latency.measure]).run()
