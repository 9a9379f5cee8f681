"""The review of a program that is run as well as read."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import IO, TYPE_CHECKING

from mlaudit.engine import coverage
from mlaudit.engine.review import review
from mlaudit.model.finding import Certainty
from mlaudit.model.frozen import replace
from mlaudit.model.measured import Measured
from mlaudit.model.profile import Profile
from mlaudit.probe.ending import How
from mlaudit.probe.largest import largest
from mlaudit.probe.launch import running
from mlaudit.probe.measures import measure
from mlaudit.probe.memory import keep_snapshots, measured, needs_cuda, simulated, thinned
from mlaudit.probe.observed import observe
from mlaudit.probe.places import Resolver
from mlaudit.probe.reconcile import join, reconcile
from mlaudit.probe.repeats import again
from mlaudit.source.document import Place
from mlaudit.source.read import read

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mlaudit.config.schema import Config
    from mlaudit.engine.outcome import Outcome
    from mlaudit.engine.project import ProjectFiles
    from mlaudit.engine.review import Change
    from mlaudit.model.budgets import Budgets
    from mlaudit.model.finding import Finding
    from mlaudit.model.location import Location
    from mlaudit.model.review import Review
    from mlaudit.probe.job import Budget, Job
    from mlaudit.probe.largest import Largest
    from mlaudit.probe.launch import Event, Run
    from mlaudit.probe.repeats import Again
    from mlaudit.rulekit.module import Module
    from mlaudit.rulekit.rule import Rule
    from mlaudit.source.document import Document

_KINDS_OF_REFUSALS = {
    "network": "reached for the network, which is off (--network turns it on)",
    "processes": "asked for more processes than --processes allows",
    "writing": "tried to write into the checkout, which is kept as it is",
}


def probe(
    job: Job,
    config: Config,
    paths: Sequence[str] = (),
    *,
    allowed: Budget | None = None,
    largest_batch: bool = False,
    kept: Path | None = None,
    change: Change | None = None,
    told: Callable[[Event], None] | None = None,
    shown: IO[bytes] | None = None,
) -> Review:
    """Run a program within its limits, and review it with what was seen.

    With `paths`, all that they hold is reviewed, and the program with them; of a `change`, only
    what it touches is judged.
    The memory of its tensors is judged by what is `allowed`, if they are followed; a program that
    cannot do without CUDA runs once more with a simulated one.  The `largest_batch` that fits is
    found by further runs.  Snapshots of CUDA's memory are put into the folder `kept`.  `told`
    hears of every event, `shown` gets what the program prints.  Raises `ProbeError` when the
    program cannot be started.
    """
    shown_path = str(job.program)
    everything = [*paths] if _among(job, paths) else [*paths, shown_path]
    document = read(job.program, shown_path, frozenset(config.python_magics))

    def judged(run: Run) -> Review:
        if kept is not None:
            keep_snapshots(run, kept)
        found = largest(run, document, allowed) if allowed and largest_batch else None
        witness = _Witness(run, allowed, config.budgets, found, again(job, document, run))
        return review(everything, config, witness=witness, change=change)

    with running(job, document, told=told, shown=shown) as run:
        if allowed is None or job.simulated is not None or not needs_cuda(run):
            return judged(run)
    with running(simulated(job, allowed), document, told=told, shown=shown) as run:
        return judged(run)


def _among(job: Job, paths: Sequence[str]) -> bool:
    """Say whether a program is in one of some files and folders."""
    program = job.program.resolve()
    return any(program.is_relative_to(Path(path).resolve()) for path in paths)


class _Witness:
    """Knows one run; what was read of the program is held against it."""

    def __init__(
        self,
        run: Run,
        allowed: Budget | None,
        budgets: Budgets,
        found: Largest | None = None,
        later: Again | None = None,
    ):
        self._run = run
        self._later = later
        self._budgets = budgets
        self._largest = found
        self._allowed = allowed
        self._told: Profile | None = None

    def weigh(
        self, module: Module, project: ProjectFiles, rules: Sequence[Rule], found: list[Finding]
    ) -> tuple[list[Finding], dict[str, Exception]]:
        """Say of findings whether the run bore them out, and add what only it has shown."""
        if self._run.job.simulated is not None:
            return found, {}
        places = self._resolver(project)
        observed = observe(self._run, module.trace, module.catalogue, places)
        return reconcile(found, rules, module.trace, observed)

    def measured(self, document: Document, project: ProjectFiles) -> Profile | None:
        """Tell what was measured, where the document is the program that ran."""
        program = self._program(project)
        known = program is not None and document.path == program.path
        return self._profile(project) if known else None

    def join(self, found: list[Finding], measured: list[Finding]) -> list[Finding]:
        """Add what was measured to what was found."""
        return join(found, measured)

    def testify(self, project: ProjectFiles, outcomes: Sequence[Outcome]) -> Profile:
        """Describe the run; one that ended before its time leaves the program partly unseen."""
        ending = self._run.ending
        settled = Counter(one.finding.certainty for outcome in outcomes for one in outcome.findings)
        profile = replace(
            self._profile(project),
            confirmed=settled[Certainty.CONFIRMED],
            refuted=settled[Certainty.REFUTED],
            observed=settled[Certainty.OBSERVED],
        )
        if ending.how in {How.FAILED, How.LIMITED}:
            at = f" at {profile.location}" if profile.location else ""
            note = f"the run {ending.words}{at}: what comes after was not observed"
            program = self._program(project)
            for outcome in outcomes:
                if program is not None and outcome.coverage.path == program.path:
                    gap = replace(outcome.coverage, status=coverage.PARTIAL)
                    outcome.coverage = coverage.noted(gap, [note])
        return profile

    def _profile(self, project: ProjectFiles) -> Profile:
        if self._told is None:
            self._told = self._described(project)
        return self._told

    def _described(self, project: ProjectFiles) -> Profile:
        run = self._run
        places = self._resolver(project)
        place = places(run.ending.position)
        memory = measured(run, self._allowed, places) if self._allowed is not None else None
        if memory is not None and self._largest is not None:
            batch, size, by = self._largest.batch, self._largest.size, self._largest.by
            memory = replace(memory, batch=batch, largest=size, largest_by=by)
        losses = _losses(run)
        return Profile(
            command=run.job.command,
            python=run.python,
            how=run.ending.how.value,
            ended=run.ending.words,
            location=place.location if place else None,
            seconds=round(run.seconds, 2),
            steps=sum(1 for _ in run.of("step")),
            libraries=tuple(_libraries(run)),
            limits=run.held,
            notes=tuple(_notes(run)),
            losses=losses[:1] + losses[1:][-1:],
            curve=thinned(losses),
            memory=memory,
            measured=self._measured(places),
            program=_beginning(self._program(project)),
        )

    def _program(self, project: ProjectFiles) -> Document | None:
        """Give the program that ran as the review knows it."""
        program = self._run.job.program
        found = project.document(str(program)) or project.at(program)
        return found[0] if found else None

    def _measured(self, places: Resolver) -> Measured:
        """Measure, unless a simulated device has held no data."""
        if self._run.job.simulated is not None:
            return Measured(budgets=self._budgets)
        return measure(self._run, self._budgets, places, self._later)

    def _resolver(self, project: ProjectFiles) -> Resolver:
        original, job = self._run.scratch.original, self._run.job
        program = job.program.resolve()

        def find(file: str) -> Document | None:
            path = original / file
            if path == program:
                return self._program(project)
            found = project.at(path)
            return found[0] if found else None

        return Resolver(find)


def _on_cuda(run: Run) -> list[str]:
    """Say what is different for want of a CUDA device."""
    if run.job.simulated is None:
        asked = next(run.of("no_cuda"), None) is not None
        hint = "the program would use CUDA, which is not here: --simulate-cuda counts what it takes"
        return [hint] if asked and run.job.track_memory else []
    notes = ["what the simulated CUDA device computes is made up: no loss or score is reported"]
    made_up = dict.fromkeys(str(event["operation"]) for event in run.of("assumed"))
    if made_up:
        notes.append(f"results that depend on values were assumed: {', '.join(made_up)}")
    return notes


def _beginning(program: Document | None) -> Location | None:
    """Give the first line of code."""
    if program is None:
        return None
    for unit in program.units:
        for number, line in enumerate(unit.text.split("\n"), unit.first_line):
            if line.strip() and not line.lstrip().startswith("#"):
                return Place(program, number, 1, number, len(line) + 1).location
    return None


def _libraries(run: Run) -> list[str]:
    """Name the libraries that were observed, with their versions."""
    told = {}
    for event in run.of("hooked"):
        name = str(event["module"]).split(".")[0]
        told[name] = f"{name} {event['version']}" if event.get("version") else name
    return sorted(told.values())


def _losses(run: Run) -> tuple[float, ...]:
    """Give the losses that training followed and that were numbers."""
    told = (event["loss"] for event in run.of("step"))
    return tuple(float(loss) for loss in told if loss is not None and math.isfinite(loss))


def _notes(run: Run) -> list[str]:
    """Say what the run could not show, and what was kept from it."""
    notes = [f"{event['what']} failed: {event['error']}" for event in run.of("trouble")]
    notes += [f"{limit}: {how}" for limit, how in run.held.items() if how != "enforced"]
    notes += [
        f"{event['library']} is not installed there, so nothing of it could be observed"
        for event in run.of("absent")
    ]
    unjudged = dict.fromkeys(event["model"] for event in run.of("unjudged"))
    notes += [
        f"how well `{model}` answers was not held against a guess or its training rows: the run "
        "could not tell its answers from what was to be answered"
        for model in unjudged.keys()
        - {event["owner"].rsplit(".", 1)[-1] for event in run.of("judged")}
    ]
    refused = dict.fromkeys(str(event["what"]) for event in run.of("refused"))
    notes += [f"the program {_KINDS_OF_REFUSALS[what]}" for what in refused]
    notes += _on_cuda(run)
    if next(run.of("compiled"), None) is not None and run.job.track_memory:
        notes.append("torch.compile is bypassed while tensors are followed")
    scratch = run.scratch
    if scratch.linked:
        notes.append(
            f"{len(scratch.linked)} large files were linked, not copied ({scratch.linked[0]})"
        )
    if scratch.left_out:
        notes.append(f"{scratch.left_out} files were missing from the working copy")
    return notes
