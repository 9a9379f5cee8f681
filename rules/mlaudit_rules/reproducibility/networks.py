"""Where a document builds and trains a network, and what in it is random."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, frozen, last_name, spelt
from mlaudit_rules.reproducibility.batches import shuffled_for_training
from mlaudit_rules.reproducibility.bindings import assignments, values_by_target
from mlaudit_rules.reproducibility.classes import (
    ancestors,
    class_around,
    has_parts,
    is_shell,
    layers_made,
)
from mlaudit_rules.reproducibility.constructions import (
    bare,
    construction,
    made,
    weights_of,
    whole,
)
from mlaudit_rules.reproducibility.dead import Dead
from mlaudit_rules.reproducibility.frozen_fits import fits_frozen
from mlaudit_rules.reproducibility.given_weights import (
    all_read_back,
    name_of,
    new_after_reading,
    new_part,
    passed_over,
    read_before_training,
    read_in,
    set_to_constants,
)
from mlaudit_rules.reproducibility.makers import new_for_others, reads_for_others
from mlaudit_rules.reproducibility.never_run import never_run
from mlaudit_rules.reproducibility.read_in_time import read_in_time
from mlaudit_rules.reproducibility.steps import never_steps, only_kept, steps_once
from mlaudit_rules.reproducibility.undrawn import draws_no_weights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Call, Module, Place
    from mlaudit_rules.reproducibility.running import Running

KERAS = frozenset({"keras", "tensorflow", "tf_keras"})
_TORCH = frozenset({"torch", "transformers"})
_STEP = "apply_gradients"
_KERAS_FIT = frozenset({"fit", "fit_generator", "train_on_batch"})
_KERAS_WEIGHTS = frozenset({"trainable_variables", "trainable_weights", "variables", "weights"})
_KERAS_ARGUMENTS = frozenset(
    {"epochs", "nb_epoch", "batch_size", "steps_per_epoch", "validation_split", "callbacks"}
)
_PRETRAINED = Pattern(
    r"from_pretrained|pretrained\s*=\s*True|weights\s*=\s*(?!None)|torch\.load|load_model|hub\.load"
    r"|joblib\.load|pickle\.load|load_from_checkpoint"
)
# Layers of Keras that draw while they run, and have no weights to draw before.
_WEIGHTLESS = Pattern(r"Dropout|Noise|^Random|^Rand|^AugMix|^MixUp|^CutMix")
# Layers all of whose weights are one kernel and one bias, and what starts these from constants.
_ONE_KERNEL = Pattern(r"^(Dense|TimeDistributedDense|(Atrous)?Conv(olution)?[123]D(Transpose)?)$")
_STARTS_FIXED = Pattern(r"(?i)^([\w.]+\.)?(zeros?|ones?|constant|identity)(_?initializer)?(\(|$)")
_FROZEN = Pattern(r"requires_grad\s*=\s*False|requires_grad_\(\s*False\s*\)")
_NEW_HEAD = Pattern(r"from_pretrained|num_(classes|labels)|n_classes|out_features")
_REBUILT = frozenset({"model_from_json", "model_from_yaml", "model_from_config", "clone_model"})

_SEED_ALONE = Pattern(r"(?i)(glorot|he|lecun)_?(uniform|normal)")
_INITIALISER = Pattern(r"(?i)^(glorot|he|lecun|random|truncated|variance|orthogonal)")


@frozen
class TorchTraining:
    """The network that the first optimizer trains, and the loaders that shuffle for it."""

    name: str
    built: ast.AST
    optimizer: Call
    loaders: tuple[Call, ...]
    initialised: bool


@frozen
class KerasTraining:
    """The first `fit` of a network of Keras, and where weights are drawn by which library."""

    fit: ast.Call
    built: Place
    library: str


def trains_network(module: Module) -> bool:
    """Say at little cost whether a network may be trained at all."""
    return bool(module.calls_of("optimizer", "layer", "network"))


def torch_training(module: Module, running: Running) -> TorchTraining | None:
    """Find the first optimizer that the program makes, and the network whose weights it steps."""
    optimizers = [call for call in module.calls_of("optimizer") if _library(call) in _TORCH]
    dead = module.fact(Dead)
    optimizers.sort(key=lambda call: dead.holds(call.node))
    if not optimizers or dead.holds(optimizers[0].node):
        return None
    # One that no run makes tells of the same network as the other, whose owner may not be known.
    for call in optimizers:
        owner = _owner(module, call.node)
        if owner is None or not running.reaches(call.function) or steps_once(module, call):
            continue
        if never_steps(module, call) or only_kept(module, call):
            continue
        if _is(owner, "self") and not _is_told_to_train(module, call):
            continue
        owner = _class_of(module, call.node) if _is(owner, "self") else owner
        name, built = construction(module, owner, call.node) or (whole(owner), None)
        initialised = _has_layers(module) if built is None else _initialises(module, name, built)
        layers = {layer.node for layer in layers_made(module)}
        lent = built is not None and reads_for_others(module, bare(built), layers)
        initialised = initialised and not (
            lent
            or read_in(module, name, call.node)
            or read_in_time(module, name, call)
            or (built is not None and read_before_training(module, built, call))
        )
        loaders = _not_of_siblings(module, built, shuffled_for_training(module, call))
        new = built and (
            new_after_reading(module, name, built, call.node, layers)
            or new_for_others(module, bare(built), layers)
            or (
                (lent or _pretrained(module, bare(built)))
                and new_part(module, name, built, call.node, layers, built.lineno)
            )
        )
        if new:
            (name, built), initialised = new, True
        if initialised or loaders:
            return TorchTraining(name, built or call.node, call, loaders, initialised)
    return None


def _not_of_siblings(
    module: Module, built: ast.Call | None, loaders: tuple[Call, ...]
) -> tuple[Call, ...]:
    """Leave out the loaders that belong to another class of the same kin as what is trained."""
    owner = module.names.classes.get(last_name(bare(built).func)) if built is not None else None
    kin = set(ancestors(module, owner)) if owner is not None else set()
    homes = [class_around(module, loader.node) for loader in loaders]
    return tuple(
        loader
        for loader, home in zip(loaders, homes, strict=True)
        if home is None or home is owner or home in kin or kin.isdisjoint(ancestors(module, home))
    )


def _is_told_to_train(module: Module, optimizer: Call) -> bool:
    """Say whether what only tells which optimizer it wants is trained in the document."""
    if getattr(optimizer.function, "name", "") != "configure_optimizers":
        return True
    return bool(module.calls_of("trainer") or module.calls_named("fit"))


def keras_training(module: Module) -> KerasTraining | None:
    """Find the first `fit` of a Keras network, and the first weights that the program draws."""
    weights = keras_weights(module)
    if not weights or _seeds_initialisers(module):
        return None
    for fit, name in keras_fits(module):
        layer = weights_of(module, name, fit, weights)
        return KerasTraining(fit, layer.place, _library(layer))
    return None


def keras_fits(module: Module) -> Iterator[tuple[ast.Call, str]]:
    """Give what may fit a network of Keras that is not read from a file, and the name of that.

    Steps along gradients come last: a network of its own class has them for its `fit`.
    """
    for named in (*module.calls_named(*_KERAS_FIT), *module.calls_named(_STEP)):
        function = named.node.func
        if not isinstance(function, ast.Attribute):
            continue
        given = {keyword.arg for keyword in named.node.keywords}
        if not given & _KERAS_ARGUMENTS and function.attr == "fit":
            continue
        stepped = _stepped(module, named.node) if function.attr == _STEP else function.value
        if stepped is None:
            continue
        name = spelt(stepped)
        if all_read_back(module, name, named.node) or read_in(module, name, named.node):
            continue
        if passed_over(module, named.node) or module.fact(Dead).holds(named.node):
            continue
        if never_run(module, named.function) or fits_frozen(module, named.node, name):
            continue
        yield named.node, name


def _stepped(module: Module, call: ast.Call) -> ast.expr | None:
    """Find the network in `optimizer.apply_gradients(zip(gradients, net.trainable_variables))`.

    A network that takes steps of its own may stand in a library, and whoever uses that may seed.
    """
    weights = (
        node.value
        for argument in call.args[:1]
        for node in module.nodes.find(ast.Attribute, within=argument)
        if node.attr in _KERAS_WEIGHTS and not _is(node.value, "self")
    )
    return next(weights, None)


def _seeds_initialisers(module: Module) -> bool:
    """Say whether layers get initialisers with seeds of their own, which no generator moves."""
    return "kernel_initializer" in module.document.text and any(
        _INITIALISER.search(last_name(call.node.func)) is not None
        and any(
            not (isinstance(seed, ast.Constant) and seed.value is None)
            for seed in _seeds_of(call.node)
        )
        for call in module.names.calls
    )


def _seeds_of(call: ast.Call) -> Iterator[ast.expr]:
    """Give the seed of an initialiser; of those that take nothing else, it may have no name."""
    yield from (keyword.value for keyword in call.keywords if keyword.arg == "seed")
    if _SEED_ALONE.fullmatch(last_name(call.func)):
        yield from call.args[:1]


def keras_weights(module: Module) -> list[Call]:
    """List the layers and networks of Keras whose weights are drawn, and not read from a file."""
    return [call for call in keras_layers(module) if _draws_weights(call)]


def _draws_weights(call: Call) -> bool:
    name = call.name.rsplit(".", 1)[-1]
    if _kind(call) == "layer":
        drawn = call.entry is not None and bool(call.entry.generators)
        given = call.arguments.get("weights")
        return drawn and given is None and not (_WEIGHTLESS.search(name) or _starts_fixed(call))
    weights = call.arguments.get("weights")
    return name in _REBUILT or (weights is not None and weights.known and weights.value is None)


def _starts_fixed(call: Call) -> bool:
    """Say whether the kernel and the bias of a layer start from constants; a bias does so alone."""
    kernel = call.arguments.get("kernel_initializer") or call.arguments.get("init")
    bias = call.arguments.get("bias_initializer") or kernel
    return (
        _ONE_KERNEL.search(call.name.rsplit(".", 1)[-1]) is not None
        and kernel is not None
        and bias is not None
        and all(_STARTS_FIXED.search(str(one.value or one.text)) for one in (kernel, bias))
    )


def keras_layers(module: Module) -> list[Call]:
    """List the layers and networks of Keras that the document makes."""
    return [call for call in layers_made(module) if _library(call) in KERAS]


def _kind(call: Call) -> str:
    return call.entry.kind if call.entry else ""


def _library(call: Call) -> str:
    return call.name.split(".", 1)[0] if call.entry else ""


def _owner(module: Module, optimizer: ast.Call) -> ast.expr | None:
    """Find `net` in `Adam(net.parameters())`, also in lists, groups, filters and by a name."""
    values = [*optimizer.args[:1], *(k.value for k in optimizer.keywords if k.arg == "params")]
    for value in values:
        bound = module.fact(values_by_target).get(getattr(value, "id", ""), [])
        for node in (node for part in (value, *bound) for node in ast.walk(part)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"parameters", "named_parameters"}
            ):
                return node.func.value
    return None


def _class_of(module: Module, node: ast.Call) -> ast.expr:
    """Name the class whose method makes the optimizer of its own parameters."""
    for name, owner in module.names.classes.items():
        if any(inner is node for inner in module.nodes.find(ast.Call, within=owner)):
            return ast.Name(name, ast.Load())
    return ast.Name("self", ast.Load())


def _is(target: ast.expr, named: str) -> bool:
    return isinstance(target, ast.Name) and target.id == named


def _initialises(module: Module, name: str, built: ast.Call) -> bool:
    """Say whether a construction draws weights: not where all come from elsewhere."""
    built = bare(built)
    if _pretrained(module, built):
        return _has_layers(module) and _may_have_new_parts(module, name, built)
    owner = module.names.classes.get(last_name(built.func) or "")
    layers = {call.node for call in layers_made(module)}
    if set_to_constants(module, owner or built, layers):
        return False
    if owner is not None and (_keeps_frozen(module, owner) or draws_no_weights(module, owner)):
        return False
    if owner is None or has_parts(module, owner):
        return True
    if is_shell(module, owner):
        return False
    given = (made(module, spelt(value), built) for value in built.args)
    return not any(call is not None and _pretrained(module, call) for call in given)


def _keeps_frozen(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether all networks that a class makes are trained, and it trains them no further.

    Its own parameters are taken to start at constants where none of its calls draws.
    """
    own = set(module.nodes.find(ast.Call, within=owner))
    layers = (call for call in layers_made(module) if not call.name.endswith("nn.Parameter"))
    parts = [call.node for call in layers if call.node in own]
    if not parts or not all(_pretrained(module, part) for part in parts):
        return False
    if any(call.node in own for call in module.calls_of("draw")):
        return False
    return _FROZEN.search(module.text(owner)) is not None


def _may_have_new_parts(module: Module, name: str, built: ast.Call) -> bool:
    """Say whether a network whose weights were read may get others, as for a number of classes."""
    if _NEW_HEAD.search(module.text(built)) or name in module.names.classes:
        return True
    names = {name, name_of(module, built, name)}
    targets = [spelt(target) for target, _ in module.fact(assignments)]
    return any(target.startswith(f"{one}.") for target in targets for one in names)


def _pretrained(module: Module, built: ast.Call) -> bool:
    return bool(_PRETRAINED.search(module.text(built)))


def _has_layers(module: Module) -> bool:
    return any(_library(call) == "torch" for call in layers_made(module))
