"""EVAL018: rows that judge a model are changed at random, as only training rows should be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    quoted,
    says_test,
    says_training,
    says_validation,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

AUGMENTING = Pattern(
    r"(Random\w+|ColorJitter|AutoAugment|RandAugment|TrivialAugmentWide|AugMix|ElasticTransform)"
)
_SHIFTS = "rotation_range zoom_range shear_range width_shift_range height_shift_range"
_FLIPS = "horizontal_flip vertical_flip brightness_range channel_shift_range"
RANDOM_OPTIONS = frozenset(f"{_SHIFTS} {_FLIPS}".split())
COMPOSES = frozenset({"Compose", "Sequential"})
# Several views of each test row may be meant, or the transform may be changed afterwards.
MEANT = Pattern(
    r"(?i)tta|test[ _-]?time[ _-]?aug|contrastive|self[ _-]?supervised|\.transforms? ?="
)


class TrainTransformOnTest(Rule):
    """Reports random transforms of rows that are called test or validation rows."""

    meta = RuleMeta(
        code="EVAL018",
        name="train-transform-on-test",
        family="evaluation",
        severity=Severity.WARNING,
        confidence=Confidence.MEDIUM,
        help="Give test and validation rows a transform without random steps.",
        impact="The score is of distorted rows, mostly too low, and differs from run to run.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge data sets by the transforms that they are given."""
        if module.is_test:
            return
        random, generators = _random_transforms(module), _random_generators(module)
        if not (random or generators) or MEANT.search(module.document.text):
            return
        if random:
            yield from self._data_sets(module, random)
        if generators:
            yield from self._flows(module, generators)

    def _data_sets(self, module: Module, random: dict[str, ast.expr]) -> Iterator[Finding]:
        """Judge data sets of test rows, and those of all rows that are divided afterwards."""
        augmented: dict[str, ast.expr] = {}
        for target, call in _bound_calls(module):
            transform = next((random[n] for n in _names_given(call) if n in random), None)
            if transform is None:
                continue
            text = f"{target} {_without(module, call, random)}"
            if _is_of_test(call) or (_judging(target) and not says_training(target)):
                yield self._judge(module, call, transform, text)
            elif not _judging(text) and not says_training(text):
                augmented[target] = transform
        for targets, call in _splits(module):
            first = call.args[0]
            held = next((name for name in targets if _judging(name)), None)
            if held and isinstance(first, ast.Name) and first.id in augmented:
                yield self._judge(module, call, augmented[first.id], held)

    def _flows(self, module: Module, generators: dict[str, ast.expr]) -> Iterator[Finding]:
        """Judge what Keras generators give: test folders and validation subsets."""
        for target, call in _bound_calls(module):
            match call.func:
                case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr.startswith("flow"):
                    subset = _given(call, "subset")
                    held = isinstance(subset, ast.Constant) and subset.value == "validation"
                    judged = held or (_judging(target) and subset is None)
                    if name in generators and judged and not says_training(target):
                        yield self._judge(module, call, generators[name], target)
                case _:
                    continue

    def _judge(self, module: Module, node: ast.expr, transform: ast.expr, name: str) -> Finding:
        what = "validation" if says_validation(name) and not says_test(name) else "test"
        return self.report(
            module.place(node),
            f"{quoted(module.text(node))} gives {what} rows that {quoted(module.text(transform))} "
            "changes at random",
            evidence=[("changed at random by", module.place(transform))],
            fix=Fix(f"Make a transform for the {what} rows that has no random step."),
        )


def _judging(name: str) -> bool:
    return says_test(name) or says_validation(name)


def _bound_calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Give the calls that are bound to one name or attribute, with it."""
    for node in module.nodes.find(ast.Assign):
        target = node.targets[0]
        if isinstance(node.value, ast.Call) and isinstance(target, ast.Name | ast.Attribute):
            yield target.id if isinstance(target, ast.Name) else target.attr, node.value


def _bindings(module: Module) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in module.nodes.find(ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(node.value)
    return found


def _random_transforms(module: Module) -> dict[str, ast.expr]:
    """Find the names that are bound to compositions with a random step, and to nothing else."""
    if not AUGMENTING.search(module.document.text):
        return {}
    composed = {
        call.node: _random_steps(call.node)
        for call in module.calls
        if call.name.rsplit(".", 1)[-1] in COMPOSES and "transforms" in call.name
    }
    found = {}
    for name, values in _bindings(module).items():
        steps = [composed.get(value) for value in values if isinstance(value, ast.Call)]
        if len(steps) == len(values) and all(steps):
            first = steps[0]
            assert first is not None
            found[name] = first
    return found


def _random_steps(node: ast.Call) -> ast.expr | None:
    """Find the first random step of a composition."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            name = ast.unparse(part.func).rsplit(".", 1)[-1]
            if AUGMENTING.fullmatch(name) and not _is_certain(part, name):
                return part
    return None


def _is_certain(node: ast.Call, name: str) -> bool:
    """Say whether a step with a random name does nothing, or always the same."""
    probability = _given(node, "p")
    if isinstance(probability, ast.Constant) and probability.value == 0:
        return True
    return name in {"RandomApply", "RandomChoice", "RandomOrder"}


def _given(node: ast.Call, name: str) -> ast.expr | None:
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _names_given(call: ast.Call) -> list[str]:
    values = [*call.args, *(k.value for k in call.keywords if k.arg in {"transform", "transforms"})]
    return [value.id for value in values if isinstance(value, ast.Name)]


def _without(module: Module, call: ast.Call, random: dict[str, ast.expr]) -> str:
    """Give the text of a call's arguments but for the transform, whose name tells its purpose."""
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    kept = (v for v in values if not (isinstance(v, ast.Name) and v.id in random))
    return " ".join(module.text(value) for value in kept)


def _is_of_test(call: ast.Call) -> bool:
    """Say whether a data set is told to give its test part: `train=False`, `split="test"`."""
    train, split = _given(call, "train"), _given(call, "split")
    if isinstance(train, ast.Constant):
        return train.value is False
    return isinstance(split, ast.Constant) and split.value in {"test", "val", "valid", "validation"}


def _splits(module: Module) -> Iterator[tuple[list[str], ast.Call]]:
    """Find `train, val = random_split(data, …)`."""
    for node in module.nodes.find(ast.Assign):
        target, value = node.targets[0], node.value
        if not (isinstance(value, ast.Call) and isinstance(target, ast.Tuple) and value.args):
            continue
        if ast.unparse(value.func).rsplit(".", 1)[-1] == "random_split":
            yield [part.id for part in target.elts if isinstance(part, ast.Name)], value


def _random_generators(module: Module) -> dict[str, ast.expr]:
    """Find names bound to Keras generators with a random option, and to nothing else."""
    if "ImageDataGenerator" not in module.document.text:
        return {}
    found: dict[str, ast.expr] = {}
    for name, values in _bindings(module).items():
        made = [value for value in values if isinstance(value, ast.Call) and _distorts(value)]
        if made and len(made) == len(values):
            found[name] = made[0]
    return found


def _distorts(call: ast.Call) -> bool:
    """Say whether a generator of images flips, turns, moves or colours them at random."""
    if ast.unparse(call.func).rsplit(".", 1)[-1] != "ImageDataGenerator":
        return False
    for keyword in call.keywords:
        if keyword.arg in RANDOM_OPTIONS:
            off = isinstance(keyword.value, ast.Constant) and not keyword.value.value
            if not off:
                return True
    return False
