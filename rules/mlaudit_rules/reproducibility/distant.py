"""Networks that one file of the project builds, and another one describes or trains."""

from __future__ import annotations

import ast
from itertools import chain
from typing import TYPE_CHECKING

from mlaudit.rulekit import Fit, Pattern, frozen, spelt
from mlaudit_rules.reproducibility.constructions import bare, made
from mlaudit_rules.reproducibility.networks import KERAS, KerasTraining, keras_fits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlaudit.rulekit import Model, Module, Place

# Layers whose weights are drawn; a file with none of them may build what has no weights.
_WEIGHTS = Pattern(
    r"\b(Dense|Embedding|LSTM|GRU|SimpleRNN|(Separable|Depthwise)?Conv(LSTM)?[123]D(Transpose)?)\("
)
# What reads weights, or makes the drawn ones the same in every run.
_GIVEN = Pattern(r"(?i)load|seed|determinis|from_pretrained|set_weights|model_from|clone_model")

# The same of PyTorch, whose loaders and learning rates are no sign of either.
_TORCH_WEIGHTS = Pattern(
    r"\b(Linear|Bilinear|Conv(Transpose)?[123]d|(LSTM|GRU|RNN)(Cell)?|Embedding(Bag)?"
    r"|MultiheadAttention|Transformer(En|De)coderLayer)\("
)
_READ = Pattern(r"load_state_dict|torch\.load|hub\.load|load_from|model\w*\.load")
_SET = Pattern(r"(?i)seed|determinis|pretrained|(constant|zeros|ones|eye)_\(|\.(fill|zero)_\(")


@frozen
class Distant:
    """A network of PyTorch that is built here: its name, where it is built and where it learns."""

    name: str
    built: ast.Call
    trained: Place


def trained_elsewhere(module: Module) -> Distant | None:
    """Find the first network built here whose class or training stands in another file.

    Of these files it is mostly the text that tells: a word of seeds or of weights that are read is
    enough to stay silent, in any of them.  A class may have a method to read weights, though.
    """
    if any(call.name.startswith("torch.optim.") for call in module.calls_of("optimizer")):
        return None
    for name, node, place in (*_stepped(module), *_handed_over(module)):
        model = next((one for one in module.trace.models if one.place == module.place(node)), None)
        if model is None or model.home is None or model.home is module.document:
            continue
        reading = [_learning(module, model, place), module.document.text]
        seeding = [model.home.text, place.document.text, module.document.text]
        if any(map(_READ.search, reading)) or any(map(_SET.search, seeding)):
            continue
        if _TORCH_WEIGHTS.search(model.home.text) and not _reads_itself(module, model):
            return Distant(name, node, place)
    return None


def _learning(module: Module, model: Model, place: Place) -> str:
    """Give the text around a training: of its file, but of the file of the class its functions."""
    if place.document is not model.home:
        return place.document.text
    home = module.beside(place.document)
    functions = home.nodes.find(ast.FunctionDef)
    return "\n".join(
        home.text(node) for node in functions if node.lineno <= place.line <= (node.end_lineno or 0)
    )


def _reads_itself(module: Module, model: Model) -> bool:
    """Say whether a network reads weights where it is made."""
    home = module.beside(model.home) if model.home is not None else module
    owner = home.names.classes.get(model.name)
    making = (
        node
        for node in (owner.body if owner is not None else ())
        if isinstance(node, ast.FunctionDef) and node.name == "__init__"
    )
    return owner is None or any(_READ.search(home.text(node)) for node in making)


def _stepped(module: Module) -> Iterator[tuple[str, ast.Call, Place]]:
    """Find what another file takes steps of."""
    steps = {fit.model.place: fit.place for fit in module.trace.trained_elsewhere}
    for call in module.names.calls if steps else ():
        place = steps.get(module.place(call.node))
        if place is not None:
            around = module.nodes.parents.get(call.node)
            named = around.targets[0] if isinstance(around, ast.Assign) else call.node.func
            yield spelt(named), call.node, place


def _handed_over(module: Module) -> Iterator[tuple[str, ast.Call, Place]]:
    """Find what is handed to a trainer of Lightning."""
    for named in module.calls_named("fit") if module.calls_of("trainer") else ():
        by_name = (keyword.value for keyword in named.node.keywords if keyword.arg == "model")
        given = next(chain(named.node.args, by_name), None)
        node = made(module, spelt(given), named.node) if given is not None else None
        if node is not None and given is not None:
            yield spelt(given), bare(node), module.place(named.node)


def built_elsewhere(module: Module) -> KerasTraining | None:
    """Find the first `fit` of a network whose file draws its weights, and neither seeds nor reads.

    Of that file there is the text alone: a word of either in it is enough to stay silent.
    """
    built = {event.place: event.model for event in module.trace.of(Fit) if _distant(module, event)}
    for fit, _ in keras_fits(module) if built else ():
        model = built.get(module.place(fit))
        if model is not None:
            return KerasTraining(fit, model.place, _library(model))
    return None


def _distant(module: Module, event: Fit) -> bool:
    model = event.model
    there = model.place.document
    if there is module.document or event.place.document is not module.document:
        return False
    if _library(model) not in KERAS:
        return False
    return bool(_WEIGHTS.search(there.text)) and not _GIVEN.search(there.text)


def _library(model: Model) -> str:
    return model.qualified.split(".", 1)[0]
