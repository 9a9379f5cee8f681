"""Networks of Keras that the document fits, and that another file of the project builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Fit, Pattern
from mlaudit_rules.reproducibility.networks import KERAS, KerasTraining, keras_fits

if TYPE_CHECKING:
    from mlaudit.rulekit import Model, Module

# Layers whose weights are drawn; a file with none of them may build what has no weights.
_WEIGHTS = Pattern(
    r"\b(Dense|Embedding|LSTM|GRU|SimpleRNN|(Separable|Depthwise)?Conv(LSTM)?[123]D(Transpose)?)\("
)
# What reads weights, or makes the drawn ones the same in every run.
_GIVEN = Pattern(r"(?i)load|seed|determinis|from_pretrained|set_weights|model_from|clone_model")


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
