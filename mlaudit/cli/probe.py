"""`mlaudit probe`: run a program within limits and review it with what was seen."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mlaudit.cli.artefacts import keep, ready
from mlaudit.cli.options import Unable, configurable, configure
from mlaudit.cli.rendering import deliver, format_options
from mlaudit.cli.review import exit_code
from mlaudit.cli.terminal import color_option
from mlaudit.cli.units import Bytes, Seconds
from mlaudit.cli.watching import Watching
from mlaudit.config.schema import Config, ConfigError, FailOn

if TYPE_CHECKING:
    from mlaudit.model.review import Review
    from mlaudit.probe.job import Job


@click.command(
    "probe",
    short_help="Run a training and review it with what was seen.",
    epilog="""\b
Exit codes:
  0  acceptable
  1  the verdict is at or above --fail-on
  2  mlaudit could not do its job; a program that fails by itself is reviewed""",
)
@click.argument("program")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("-m", "module", is_flag=True, help="PROGRAM is a module, as in `python -m`.")
@click.option("--python", metavar="FILE", help="The interpreter. [default: the one of mlaudit]")
@click.option("--max-steps", type=click.IntRange(1), help="Stop after so many optimizer steps.")
@click.option(
    "--timeout",
    type=Seconds(),
    default=600,
    show_default="10m",
    help="The longest that it may take.",
)
@click.option("--cpu-time", type=Seconds(), help="The most CPU time of one process.")
@click.option("--memory", type=Bytes(), help="The most memory of all processes.")
@click.option(
    "--processes",
    type=click.IntRange(1),
    default=256,
    show_default=True,
    help="The most processes at a time.",
)
@click.option("--network", is_flag=True, help="Let the program reach the network.")
@click.option(
    "--track-memory", is_flag=True, help="Follow the memory of torch's tensors; slows it down."
)
@click.option("--vram", type=Bytes(), help="The memory to fit into; implies --track-memory.")
@click.option(
    "--gpu", metavar="NAME", help="The card to fit on, e.g. 'RTX 2080 Ti'; implies the same."
)
@click.option(
    "--simulate-cuda",
    is_flag=True,
    help="Give it a CUDA card that holds no data, to count what it takes; implies the same.",
)
@click.option(
    "--largest-batch",
    is_flag=True,
    help="Find the largest batch that fits, by further runs; implies the same.",
)
@click.option(
    "--artefacts",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Draw memory and loss as SVG there, and keep CUDA's snapshot.",
)
@click.option(
    "--determinism", is_flag=True, help="Run it twice more, once with other seeds, and compare."
)
@click.option("--show-output", is_flag=True, help="Pass on what it prints, to standard error.")
@click.option(
    "--fail-on",
    type=click.Choice([verdict.value for verdict in FailOn]),
    help="The mildest verdict that exits with 1. [default: needs-rework]",
)
@configurable
@click.option("--keep-going", is_flag=True, default=None, help="Incomplete work does not exit 2.")
@format_options
@color_option
@click.option("-q", "--quiet", is_flag=True, help="Findings only: no verdict.")
@click.option("-v", "--verbose", is_flag=True, help="Every code frame, and what else is known.")
def command(
    program: str,
    arguments: tuple[str, ...],
    module: bool,
    python: str | None,
    max_steps: int | None,
    timeout: float,
    cpu_time: float | None,
    memory: int | None,
    processes: int,
    network: bool,
    track_memory: bool,
    vram: int | None,
    gpu: str | None,
    simulate_cuda: bool,
    largest_batch: bool,
    artefacts: Path | None,
    determinism: bool,
    show_output: bool,
    file: Path | None,
    isolated: bool,
    form: str | None,
    output: Path | None,
    statistics: bool,
    color: str,
    quiet: bool,
    verbose: bool,
    **settings: Any,
) -> None:
    """Run PROGRAM (a script, a notebook, or a module) and review it with what was seen.

    It runs unmodified, in a copy of its project, by its own interpreter; ARGUMENTS, best behind --,
    are its own.
    """
    from mlaudit.model.frozen import replace
    from mlaudit.probe.cards import budget
    from mlaudit.probe.job import Limits, ProbeError, job_of
    from mlaudit.probe.memory import simulated

    limits = Limits(
        timeout, None if cpu_time is None else int(cpu_time), memory, processes, network, max_steps
    )
    track = track_memory or simulate_cuda or largest_batch or bool(vram or gpu)
    try:
        allowed = budget(vram, gpu) if track else None
        job = job_of(
            program,
            arguments,
            module=module,
            python=python,
            limits=limits,
            track_memory=track,
        )
        job = replace(job, repeat=determinism)
        if simulate_cuda and allowed is not None:
            job = simulated(job, allowed)
        config = configure(job.program, file, isolated, **settings)
        shown = sys.stderr.buffer if show_output else None
        steps, wanted = job.limits.steps, not show_output and not quiet
        with Watching(wanted=wanted, steps=steps, seconds=timeout) as told:
            ready(artefacts)
            options = {"allowed": allowed, "largest_batch": largest_batch, "kept": artefacts}
            review = _review(job, config, told=told, shown=shown, **options)
    except ProbeError as error:
        raise Unable(str(error)) from None
    keep(review, artefacts)
    deliver(
        review,
        form,
        output,
        statistics=statistics,
        color=color,
        quiet=quiet,
        verbose=verbose,
    )
    click.get_current_context().exit(exit_code(review, config))


def _review(job: Job, config: Config, **options: Any) -> Review:
    from mlaudit.engine.probed import probe
    from mlaudit.engine.review import UsageProblem

    try:
        return probe(job, config, **options)
    except UsageProblem as problem:
        raise Unable(problem.message) from None
    except ConfigError as error:
        raise Unable(str(error)) from None
