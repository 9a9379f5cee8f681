"""SEED006: a seed is set when the random numbers that matter have been drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Rule, RuleMeta, Severity, quoted, replace
from mlaudit_rules.reproducibility.estimators import (
    SeededElsewhere,
    lends_probabilities,
    unseeded,
)
from mlaudit_rules.reproducibility.lateness import fits_of, late_for_fit, late_seed
from mlaudit_rules.reproducibility.randomness import NEEDS
from mlaudit_rules.reproducibility.randomness import unseeded as unseeded_randomness
from mlaudit_rules.reproducibility.reseeding import moved_up
from mlaudit_rules.reproducibility.seeding import LIBRARIES, generator_of, seedless

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Finding, Module, Place, Repair

    # The seed that comes too late, its generator, what was drawn before it, and where.
    Early = tuple[Place, str, str, Place]

_ESTIMATORS = frozenset({"predictor", "wrapper", "clusterer", "resampler"})


class SeededTooLate(Rule):
    """Reports, once for each seed, splits, networks and draws that come before it."""

    meta = RuleMeta(
        code="SEED006",
        name="seeded-too-late",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Set the seed before anything is drawn, built or divided.",
        impact="The program looks reproducible, and its model and scores change from run to run.",
    )
    needs = replace(NEEDS, unseeded=(*NEEDS.unseeded, "split", *sorted(_ESTIMATORS)))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the seeds that come after a random draw of the same generator."""
        if module.is_test:
            return
        early = [*_splits(module), *_fits(module), *_randomness(module)]
        by_seed: dict[Place, list[Early]] = {}
        for one in sorted(early, key=lambda one: one[3].line):
            by_seed.setdefault(one[0], []).append(one)
        for seed, drawn in by_seed.items():
            _, generator, first, _ = drawn[0]
            more = f" and {len(drawn) - 1} more" if len(drawn) > 1 else ""
            yield self.report(
                seed,
                f"{quoted(seed)} comes too late: {LIBRARIES[generator]} global generator has been "
                f"drawn from before it, for {first}{more}",
                evidence=[("drawn before", place) for _, _, _, place in drawn],
                fix=Fix("Set the seed first.", seed.text),
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Move the seed to the start."""
        return moved_up(module, finding)


def _splits(module: Module) -> Iterator[Early]:
    for call in seedless(module, "split"):
        generator = generator_of(call)
        late = late_seed(module, generator, call)
        if late is not None:
            yield late, generator, f"`{_short(call)}`", call.place


def _fits(module: Module) -> Iterator[Early]:
    """Find the estimators that are fitted before the seed; they draw nothing before that."""
    late = [
        (call, seed)
        for call in module.calls_of(*_ESTIMATORS)
        if unseeded(call) and (seed := late_for_fit(module, generator_of(call), call)) is not None
    ]
    for call, seed in late:
        held = module.fact(SeededElsewhere).holds(call)
        if not held and not lends_probabilities(module, call):
            yield seed, generator_of(call), f"the fit of `{_short(call)}`", fits_of(module, call)[0]


def _randomness(module: Module) -> Iterator[Early]:
    for randomness in module.fact(unseeded_randomness):
        if randomness.late is not None:
            yield randomness.late, randomness.generator, randomness.purpose, randomness.place


def _short(call: Call) -> str:
    return call.name.rsplit(".", 1)[-1]
