"""SEED005: random numbers decide the model, and nothing seeds the generator they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Rule, RuleMeta, Severity
from mlaudit_rules.reproducibility.draws import draws, unseeded_draws
from mlaudit_rules.reproducibility.networks import keras_training, torch_training, trains_network
from mlaudit_rules.reproducibility.reach import Reach
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.seeding import ALL, LIBRARIES, Seeding

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

_SEEDS = {
    "python": "random.seed(42)",
    "numpy": "np.random.seed(42)",
    "torch": "torch.manual_seed(42)",
    "tensorflow": "keras.utils.set_random_seed(42)",
}


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

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge networks that are trained first, then draws from the global generators."""
        if module.is_test:
            return
        if not trains_network(module) and not draws(module):
            return
        seeding, running = module.fact(Seeding), module.fact(Running)
        networks = {
            "torch": self._torch(module, seeding, running),
            "tensorflow": self._keras(module, seeding),
        }
        yield from (finding for finding in networks.values() if finding is not None)
        reported = {generator for generator, finding in networks.items() if finding is not None}
        yield from self._draws(module, seeding, running, reported)

    def _torch(self, module: Module, seeding: Seeding, running: Running) -> Finding | None:
        training = torch_training(module, running)
        if training is None or seeding.reaches("torch", training.optimizer):
            return None
        random = [f"the initial weights of `{training.name}`"] if training.initialised else []
        if training.loaders:
            random.append("the order of the shuffled batches")
        late = seeding.late("torch", training.optimizer)
        what = " and ".join(random)
        come = "come" if training.initialised else "comes"
        return self.report(
            module.place(training.built),
            f"{what[0].upper()}{what[1:]} {come} from PyTorch's global generator, which "
            "nothing seeds: every run trains another model",
            evidence=[
                *(("shuffled here", loader.place) for loader in training.loaders),
                ("trained here", training.optimizer.place),
                *((("seeded only here", late),) if late else ()),
            ],
            fix=_seed_first("torch"),
        )

    def _keras(self, module: Module, seeding: Seeding) -> Finding | None:
        training = keras_training(module)
        if training is None or any(seeding.seeds(generator) for generator in ALL):
            return None
        fit, layer = training
        return self.report(
            module.place(fit),
            "The initial weights come from Keras' global generator, which nothing seeds: every run "
            "trains another model",
            evidence=[("built here", layer.place)],
            fix=_seed_first("tensorflow"),
        )

    def _draws(
        self, module: Module, seeding: Seeding, running: Running, reported: set[str]
    ) -> Iterator[Finding]:
        by_generator: dict[str, list[ast.Call]] = {}
        for draw in unseeded_draws(module, seeding, running):
            if draw.generator not in reported:
                by_generator.setdefault(draw.generator, []).append(draw.node)
        nodes = [node for drawn in by_generator.values() for node in drawn]
        reached = Reach(module, nodes).reached if nodes else {}
        for generator, drawn in by_generator.items():
            arriving = [node for node in drawn if node in reached]
            if arriving:
                yield self._drawn(module, generator, arriving, reached[arriving[0]])

    def _drawn(
        self, module: Module, generator: str, nodes: list[ast.Call], end: ast.Call
    ) -> Finding:
        first, *others = nodes
        number = len(others)
        more = f"; {number} more draw{'s' if number > 1 else ''} like it" if others else ""
        return self.report(
            module.place(first),
            f"`{module.text(first.func)}` draws from {LIBRARIES[generator]} global generator, "
            f"which nothing seeds, and what it draws reaches `{module.text(end.func)}`{more}",
            evidence=[
                ("reaches this", module.place(end)),
                *(("drawn here too", module.place(node)) for node in others[:3]),
            ],
            fix=_seed_first(generator),
        )


def _seed_first(generator: str) -> Fix:
    return Fix("Seed the generator once, before anything is drawn from it.", _SEEDS[generator])
