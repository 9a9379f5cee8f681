"""What of a program's training is random by a global generator that no seed reaches in time."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Fix,
    Needs,
    Pattern,
    Words,
    frozen,
    last_name,
    spelt,
)
from mlaudit_rules.reproducibility.batches import loop_around
from mlaudit_rules.reproducibility.bindings import values_by_target
from mlaudit_rules.reproducibility.distant import built_elsewhere, trained_elsewhere
from mlaudit_rules.reproducibility.draws import KINDS, Drawing, draws, unseeded_draws
from mlaudit_rules.reproducibility.given_weights import name_of
from mlaudit_rules.reproducibility.lent import draws_elsewhere, lent_draws
from mlaudit_rules.reproducibility.networks import (
    TorchTraining,
    keras_layers,
    keras_training,
    keras_weights,
    torch_training,
    trains_network,
)
from mlaudit_rules.reproducibility.orderless import only_orders
from mlaudit_rules.reproducibility.reach import Reach
from mlaudit_rules.reproducibility.running import Running
from mlaudit_rules.reproducibility.seed_names import ALL
from mlaudit_rules.reproducibility.seeding import LIBRARIES, Seeding
from mlaudit_rules.reproducibility.steps import step_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module, Place
    from mlaudit_rules.reproducibility.seeding import Site

# Where none of these is, nothing is random by a global generator but what rules of its own judge.
NEEDS = Needs(
    calls=("optimizer", "layer", "network", "draw", "trainer"),
    unseeded=tuple(sorted(KINDS)),
    words=("sample", "epoch", "fit_generator"),
    trace=("Draw", "trained_elsewhere"),
)
_SEEDS = {
    "python": "random.seed(42)",
    "numpy": "np.random.seed(42)",
    "torch": "torch.manual_seed(42)",
    "tensorflow": "keras.utils.set_random_seed(42)",
}
_DRAWN_BY_KERAS = "The initial weights come from the generator of Keras's initializers"
_SIZING = Words("Input(", "input_shape", "input_dim", "batch_input")
_SIZED = Pattern(r"\bInput\(|input_shape|input_dim|batch_input")
_LEARNING = ("backward", "fit")
_RESET = "reset_parameters"
_LATER_WEIGHTS = Pattern(
    r"load_state_dict|\.apply\(|reset_parameters|(init|initiali[sz]e)\w*_weights|weights?_init"
)


@frozen
class Randomness:
    """Random numbers of one global generator that reach a model.

    `subject` says what comes from which generator, `effect` what that does; between them a rule
    says why they are not seeded.  `purpose` says what they are drawn for, `late` is the seed that
    comes only afterwards, `others` are the seeds of other generators that come before.
    """

    generator: str
    place: Place
    purpose: str
    subject: str
    effect: str
    evidence: tuple[tuple[str, Place], ...]
    late: Place | None = None
    others: tuple[tuple[str, Place], ...] = ()

    @property
    def fix(self) -> Fix:
        """Show the seed to set."""
        description = "Seed the generator once, before anything is drawn from it."
        return Fix(description, _SEEDS[self.generator])


def unseeded(module: Module) -> list[Randomness]:
    """List what is random and unseeded, once a generator: networks first, then single draws."""
    distant = module.fact(built_elsewhere) or module.fact(trained_elsewhere)
    if not (trains_network(module) or module.fact(draws) or distant):
        return [*_lent(module, set())] if draws_elsewhere(module) else []
    seeding, running = module.fact(Seeding), module.fact(Running)
    found = [*_torch(module, seeding, running), *_keras(module, seeding)]
    covered = {randomness.generator for randomness in found}
    found += _draws(module, seeding, running, covered)
    if draws_elsewhere(module):
        found += _lent(module, {randomness.generator for randomness in found})
    return found


def _torch(module: Module, seeding: Seeding, running: Running) -> Iterator[Randomness]:
    training = torch_training(module, running)
    if training is None:
        yield from _distant(module, seeding, running)
        return
    if seeding.reaches("torch", training.optimizer):
        yield from _weights_before_seed(module, seeding, training)
        return
    loaders = _ordered_unseeded(module, seeding, training)
    if not (training.initialised or loaders):
        return
    late = _late_for_training(module, "torch", training.optimizer)
    if late is not None and (
        _built_anew(module, training.name, late) or _drawn_anew(module, training.name, late)
    ):
        return  # the seed is for another experiment, with a network or weights of its own
    name = name_of(module, training.built, training.name)
    random = [f"the initial weights of `{name}`"] if training.initialised else []
    if loaders:
        random.append("the order of the shuffled batches")
    what = " and ".join(random)
    come = "come" if training.initialised else "comes"
    built = training.built if training.initialised else loaders[0].node
    yield Randomness(
        "torch",
        module.place(built),
        what,
        f"{what[0].upper()}{what[1:]} {come} from PyTorch's global generator",
        ": every run trains another model",
        (
            *(("shuffled here", loader.place) for loader in loaders),
            _trained(module, training.optimizer),
        ),
        late,
        tuple(seeding.others("torch", training.optimizer)),
    )


def _ordered_unseeded(
    module: Module, seeding: Seeding, training: TorchTraining
) -> tuple[Call, ...]:
    """List the loaders whose order no seed reaches: it is drawn where a loop goes through them."""
    step = step_of(module, training.optimizer) if training.loaders else None
    loop = loop_around(module, step.node) if step is not None else None
    if step is None or loop is None:
        return training.loaders
    sites = [Drawing(step.node, module.place(loop), step.function, False, "torch")]
    if step.function is not None and step.function is not training.optimizer.function:
        sites += (
            Drawing(named.node, module.place(named.node), named.function, False, "torch")
            for named in module.calls_named(step.function.name)
        )
    return () if all(seeding.reaches("torch", site) for site in sites) else training.loaders


def _distant(module: Module, seeding: Seeding, running: Running) -> Iterator[Randomness]:
    """Find a network that other files describe or train."""
    distant = module.fact(trained_elsewhere)
    site = _site(module, distant.built, "torch") if distant is not None else None
    if distant is None or site is None or not running.reaches(site.function):
        return
    if seeding.seeds("torch") or seeding.reaches("torch", site):
        return
    yield Randomness(
        "torch",
        site.place,
        f"the initial weights of `{distant.name}`",
        f"The initial weights of `{distant.name}` come from PyTorch's global generator",
        ": every run trains another model",
        (("trained here", distant.trained),),
        others=tuple(seeding.others("torch", site)),
    )


def _trained(module: Module, optimizer: Call) -> tuple[str, Place]:
    """Give a step of an optimizer, or where it is made, if another file takes the steps."""
    step = step_of(module, optimizer)
    if step is None:
        return "given to an optimizer here", optimizer.place
    return "trained here", module.place(step.node)


def _weights_before_seed(
    module: Module, seeding: Seeding, training: TorchTraining
) -> Iterator[Randomness]:
    """Find a network that is built, once and for good, before the seed that reaches the rest."""
    site = _site(module, training.built, "torch")
    if site is None or not training.initialised or seeding.reaches("torch", site):
        return
    if _constructions(module, training.name) != [training.built] or _LATER_WEIGHTS.search(
        module.document.text
    ):
        return
    late = _late_for_training(module, "torch", site)
    if late is None:
        return
    name = name_of(module, training.built, training.name)
    yield Randomness(
        "torch",
        module.place(training.built),
        f"the initial weights of `{name}`",
        f"The initial weights of `{name}` come from PyTorch's global generator",
        ": every run trains another model",
        (_trained(module, training.optimizer),),
        late,
    )


def _late_for_training(module: Module, generator: str, site: Site) -> Place | None:
    """Find the seed that is set after a network is built, and before it is trained."""
    seed = module.fact(Seeding).after(generator, site)
    if seed is None:
        return None
    around = {named.function for named in module.calls_named(*_LEARNING)}
    training = {*_LEARNING, *(function.name for function in around if function)}
    later = (named.node.lineno > seed.line for named in module.calls_named(*training))
    return seed if any(later) else None


def _built_anew(module: Module, name: str, seed: Place) -> bool:
    return any(node.lineno > seed.end_line for node in _constructions(module, name))


def _drawn_anew(module: Module, name: str, seed: Place) -> bool:
    """Say whether a network draws its weights again, after a seed is set.

    It is told to, or each layer by `net.apply(reset)`, where that calls `layer.reset_parameters()`.
    """
    return any(
        named.node.lineno > seed.end_line
        and isinstance(named.node.func, ast.Attribute)
        and spelt(named.node.func.value) == name
        and (
            named.node.func.attr == _RESET
            or any(_resets(module, given) for given in named.node.args)
        )
        for named in module.calls_named("apply", _RESET)
    )


def _resets(module: Module, given: ast.expr) -> bool:
    """Say whether a function, of the document or written in place, resets the layer it is given."""
    function = module.names.functions.get(last_name(given), given)
    return any(
        last_name(call.func) == _RESET for call in module.nodes.find(ast.Call, within=function)
    )


def _constructions(module: Module, name: str) -> list[ast.expr]:
    """List what a network is bound to, but for itself on another device or in a wrapper."""
    if name in module.names.classes:
        calls = (named.node for named in module.calls_named(name))
        return [call for call in calls if isinstance(call.func, ast.Name)]
    return [
        value
        for value in module.fact(values_by_target).get(name, [])
        if name not in {node.id for node in module.nodes.find(ast.Name, within=value)}
    ]


def _site(module: Module, node: ast.AST, generator: str) -> Drawing | None:
    return next(
        (
            Drawing(call.node, module.place(node), call.function, call.in_loop, generator)
            for call in module.names.calls
            if call.node is node
        ),
        None,
    )


def _keras(module: Module, seeding: Seeding) -> Iterator[Randomness]:
    training = keras_training(module) or module.fact(built_elsewhere)
    if training is None:
        return
    site = _site(module, training.fit, "tensorflow")
    seeded = {
        generator
        for generator in ALL
        if seeding.seeds(generator) or (site and seeding.reaches(generator, site))
    }
    # The first Keras drew from NumPy's generator, Keras 3 takes its seeds from Python's.
    if seeded and not (seeded == {"numpy"} and training.library == "tensorflow"):
        yield from _layers_before_seed(module, seeding)
        return
    yield Randomness(
        "tensorflow",
        module.place(training.fit),
        "the initial weights",
        _DRAWN_BY_KERAS,
        ": every run trains another model",
        (("built here", training.built),),
        others=tuple(seeding.others("tensorflow", site)) if site else (),
    )


def _layers_before_seed(module: Module, seeding: Seeding) -> Iterator[Randomness]:
    """Find layers whose weights are drawn where they are made, all before the seed."""
    layers, weights = keras_layers(module), keras_weights(module)
    text = module.document.text
    if not weights or not (_SIZING.stand_in(text) and _SIZED.search(text)):
        return  # without the size of the input, weights are drawn when training begins
    if any(seeding.reaches("tensorflow", layer) for layer in layers):
        return
    late = _late_for_training(module, "tensorflow", weights[0])
    if late is None or any(layer.place.line > late.line for layer in layers):
        return
    yield Randomness(
        "tensorflow",
        weights[0].place,
        "the initial weights",
        _DRAWN_BY_KERAS,
        ": every run trains another model",
        (),
        late,
    )


def _draws(
    module: Module, seeding: Seeding, running: Running, covered: set[str]
) -> Iterator[Randomness]:
    by_generator: dict[str, list[Drawing]] = {}
    for draw in unseeded_draws(module, seeding, running):
        if draw.generator not in covered:
            by_generator.setdefault(draw.generator, []).append(draw)
    nodes = [draw.node for drawn in by_generator.values() for draw in drawn]
    if not nodes:
        return
    reach = Reach(module, nodes)
    reached = reach.reached
    for drawn in by_generator.values():
        arriving = [draw for draw in drawn if draw.node in reached]
        arriving = [draw for draw in arriving if not only_orders(module, draw)]
        taught = [draw for draw in arriving if not reach.only_judges(reached[draw.node])]
        arriving = taught or arriving
        if arriving:
            yield _drawn(module, seeding, arriving, reached[arriving[0].node])


def _drawn(module: Module, seeding: Seeding, drawn: list[Drawing], end: ast.Call) -> Randomness:
    first, *others = drawn
    late = seeding.after(first.generator, first)
    number = len(others)
    more = f"; {number} more draw{'s' if number > 1 else ''} like it" if others else ""
    text = module.text(first.node.func)
    return Randomness(
        first.generator,
        first.place,
        f"`{text}`",
        f"`{text}` draws from {LIBRARIES[first.generator]} global generator",
        f", and what it draws reaches `{module.text(end.func)}`{more}",
        (
            ("reaches this", module.place(end)),
            *(("drawn here too", draw.place) for draw in others[:3]),
        ),
        late if late is not None and end.lineno > late.line else None,
        tuple(seeding.others(first.generator, first)),
    )


def _lent(module: Module, covered: set[str]) -> Iterator[Randomness]:
    """Find what functions of other files draw for the document, the first of each generator."""
    seeding, running = module.fact(Seeding), module.fact(Running)
    found = set(covered)
    for lent in lent_draws(module):
        call, generator = lent.call, lent.call.generator
        if generator in found or not running.reaches(call.function):
            continue
        if seeding.seeds(generator) or seeding.reaches(generator, call):
            continue
        found.add(generator)
        yield Randomness(
            generator,
            call.place,
            f"`{module.text(call.node.func)}`",
            f"`{module.text(call.node.func)}` draws from {LIBRARIES[generator]} global generator",
            f", and what it draws reaches `{lent.name}`",
            (("drawn here", lent.drawn), ("reaches this", lent.end)),
            others=tuple(seeding.others(generator, call)),
        )
