"""One name for several models: which of them may be meant, and which speaks for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow.values import Choice, Estimator, Value

if TYPE_CHECKING:
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

# Arguments of `fit` that boosters and networks take, and no model of scikit-learn does.
_FOREIGN = frozenset(
    {"eval_set", "eval_metric", "early_stopping_rounds", "validation_data", "validation_split",
     "epochs", "batch_size", "callbacks"}
)  # fmt: skip
_ASKED = frozenset({"predict", "predict_proba", "decision_function", "score"})


def leave_open(run: Interpreter, choice: Choice) -> None:
    """Note of models that a branch has chosen from that none of them is surely the one."""
    models = [each.model for each in map(run.load, choice.options) if isinstance(each, Estimator)]
    for model in models if len({model.name for model in models}) > 1 else ():
        model.left_open = True


def able(run: Interpreter, choice: Choice, name: str, arguments: Arguments) -> Choice:
    """Leave out the models of which a method cannot be called so, as long as one is left."""
    foreign = name == "fit" and not _FOREIGN.isdisjoint(arguments.named)
    if not foreign and name not in _ASKED:
        return choice
    options = choice.options
    left = tuple(each for each in options if not _unable(run.load(each), foreign))
    return Choice(left, choice.parted) if 0 < len(left) < len(options) else choice


def _unable(value: Value, foreign: bool) -> bool:
    """Models of scikit-learn take no arguments of others, and are not asked before a fit."""
    return isinstance(value, Estimator) and of_sklearn(value) and (foreign or not value.fits)


def of_sklearn(estimator: Estimator) -> bool:
    """Say whether it is a single model of scikit-learn, whose training watches no rows."""
    single = estimator.entry.kind in {"predictor", "unknown"}
    return single and estimator.model.qualified.startswith("sklearn.")


def foremost(run: Interpreter, choice: Choice) -> Value:
    """Give the model that speaks for all: the first, if any, that minds the units of columns."""
    if choice.parted:
        leave_open(run, choice)
    return next((each for each in choice.options if _minds(run.load(each))), choice.options[0])


def _minds(value: Value) -> bool:
    return isinstance(value, Estimator) and not (value.model.compares_only or value.model.affine)
