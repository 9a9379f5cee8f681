"""CONF010: a long training that nothing ends when it no longer gets better."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Pattern, Rule, RuleMeta, Severity, Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Call, Finding, Module

_MANY_EPOCHS, _MANY_TREES = 100, 1000
_KERAS = frozenset({"keras", "tensorflow", "tf_keras"})
_BOOSTERS = frozenset({"xgboost", "lightgbm", "catboost"})
_EPOCHS = frozenset({"epochs", "nb_epoch", "max_epochs"})
_TREES = frozenset({"n_estimators", "num_boost_round", "iterations", "num_iterations"})
# Somebody watches the score, in whatever way; generators and their critics have no one score.
_STOPPED = Pattern(
    r"(?i)early_?stop|patience|ModelCheckpoint|save_?best|best_(loss|score|acc|epoch|model|val|state)"
    r"|use_best_model|od_(type|wait)|discriminator|adversarial|terminate"
)


class NoEarlyStopping(Rule):
    """Reports, once a document, trainings over many epochs or trees that nothing watches."""

    meta = RuleMeta(
        code="CONF010",
        name="no-early-stopping",
        family="configuration",
        severity=Severity.INFO,
        confidence=Confidence.MEDIUM,
        help="Stop on a validation part, or keep the best state that was seen there.",
        impact="The model may fit the noise of its training rows, and time is spent on that.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge the calls that train, in documents that never speak of stopping."""
        long = [] if module.is_test else list(_long(module))
        if long and not _STOPPED.search(module.document.text):
            (node, number, what), *others = long
            more = f" ({len(others)} more like it)" if others else ""
            yield self.report(
                module.place(node),
                f"`{module.text(node.func)}` trains {number} {what}, and nothing stops it when it "
                f"no longer gets better{more}",
                evidence=[("trained here too", module.place(other)) for other, _, _ in others[:3]],
                fix=Fix("Stop when the validation score does not improve.", _remedy(what)),
            )


def _long(module: Module) -> Iterator[tuple[ast.Call, int, str]]:
    known = {call.node: call for call in module.calls if call.entry is not None}
    keras = any(_is_layer(call) for call in known.values())
    # CatBoost keeps the best of its trees when it is given rows to watch.
    watched = any(_watches(named.node) for named in module.names.calls)
    for named in module.names.calls:
        node = named.node
        call = known.get(node)
        library = call.name.split(".", 1)[0] if call else ""
        keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        fits = isinstance(node.func, ast.Attribute) and node.func.attr in {"fit", "fit_generator"}
        trains = call is not None and call.entry is not None and call.entry.kind == "trainer"
        if "callbacks" in keywords or None in keywords:
            continue
        if (fits and keras and call is None) or trains:
            yield from _above(module, node, keywords, _EPOCHS, _MANY_EPOCHS, "epochs")
        elif library in _BOOSTERS and not (library == "catboost" and watched):
            yield from _above(module, node, keywords, _TREES, _MANY_TREES, "trees")


def _is_layer(call: Call) -> bool:
    kind = call.entry.kind if call.entry else ""
    return kind in {"layer", "network"} and call.name.split(".", 1)[0] in _KERAS


def _watches(node: ast.Call) -> bool:
    return any(keyword.arg == "eval_set" for keyword in node.keywords)


def _above(
    module: Module,
    node: ast.Call,
    keywords: dict[str | None, ast.expr],
    names: frozenset[str],
    least: int,
    what: str,
) -> Iterator[tuple[ast.Call, int, str]]:
    for name, value in keywords.items():
        if name in names:
            number = module.argument(value).value
            if isinstance(number, int) and number >= least:
                yield node, number, what


def _remedy(what: str) -> str:
    if what == "trees":
        return "early_stopping_rounds=50"
    return "callbacks=[EarlyStopping(patience=10, restore_best_weights=True)]"
