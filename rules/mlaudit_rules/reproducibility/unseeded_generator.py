"""SEED005: random numbers decide the model, and nothing seeds the generator they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Rule, RuleMeta, Severity, replace
from mlaudit_rules.reproducibility.draws import never_imported
from mlaudit_rules.reproducibility.randomness import NEEDS, unseeded
from mlaudit_rules.reproducibility.reach import Reach
from mlaudit_rules.reproducibility.reseeding import seeded, seeded_globally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Finding, Module, Repair

_MAKING = frozenset({"numpy.random.default_rng", "numpy.random.RandomState"})


class UnseededGenerator(Rule):
    """Reports, once for each generator, the first random draw that a result depends on."""

    meta = RuleMeta(
        code="SEED005",
        name="unseeded-generator",
        family="reproducibility",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Seed every random generator that the program draws from, before anything is drawn.",
        impact="The model, and every score reported for it, changes from run to run.",
    )
    needs = replace(NEEDS, calls=(*NEEDS.calls, "generator"))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge programs that seed nothing at all, or nothing before they draw."""
        if module.is_test:
            return
        for randomness in module.fact(unseeded):
            if randomness.late or randomness.others:
                continue  # there are rules for seeds that come too late, and for those that lack
            yield self.report(
                randomness.place,
                f"{randomness.subject}, which nothing seeds{randomness.effect}",
                evidence=randomness.evidence,
                fix=randomness.fix,
            )
        yield from self._own(module)

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Seed the global generator, or the one that is made here."""
        call = module.call_at(finding.location)
        if call is not None and _unseeded_generator(call):
            return seeded(module, finding)
        return seeded_globally(module, finding)

    def _own(self, module: Module) -> Iterator[Finding]:
        """Judge generators that the program makes for itself, without a seed."""
        generators = module.calls_of("generator")
        made = [call.node for call in generators if _unseeded_generator(call)]
        made = [node for node in made if not never_imported(module, node)]
        reached = Reach(module, made).reached if made else {}
        for node, end in reached.items():
            yield self.report(
                module.place(node),
                f"`{module.text(node)}` takes its seed from the system, and what is drawn from it "
                f"reaches `{module.text(end.func)}`",
                evidence=[("reaches this", module.place(end))],
                fix=Fix("Give the generator a seed.", f"{module.text(node.func)}(42)"),
            )


def _unseeded_generator(call: Call) -> bool:
    """Say whether a call makes a generator of NumPy without a seed."""
    if call.entry is None or call.entry.kind != "generator" or call.spread:
        return False
    return call.name in _MAKING and call.lacks_seed
