"""EVAL008: the outputs of a split are unpacked into names that say something else."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Needs, Pattern, Repair, Rule, RuleMeta, Severity, Words
from mlaudit_rules.evaluation.returned_parts import mixed_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mlaudit.rulekit import Call, Finding, Module

# Letters that tell a part wherever they stand, and words that do so as a whole.
_PARTS = {
    "train": (Words("train"), frozenset({"tr", "trn"})),
    "test": (
        Words("test", "valid", "holdout"),
        frozenset({"te", "ts", "tst", "va", "val", "vld", "cv", "dev", "eval"}),
    ),
}
_ROLES = {"x": "X", "y": "y"}
_ROLE = Pattern(r"_?([XxYy])($|_|\d|[a-z]*(tr|te|val))")


class SplitUnpackOrder(Rule):
    """Reports `train_test_split` whose results go to names that contradict their positions."""

    meta = RuleMeta(
        code="EVAL008",
        name="split-unpack-order",
        family="evaluation",
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        help="Unpack in the order of the documentation: the train and the test part of each array.",
        impact="The model learns from, or is scored on, other rows or columns than the names say.",
    )
    needs = Needs(calls=("split",))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what splits are unpacked into, then what the functions around them return."""
        for call in filter(_splits_in_two, module.calls_of("split")):
            if any(isinstance(item, ast.Starred) for item in call.node.args):
                continue
            for target in _unpackings(module, call.node):
                names = [_name(item) for item in target.elts]
                if len(names) == 2 * len(call.node.args) and None not in names:
                    yield from self._judge(module, call, target, [name or "" for name in names])
        for mixed in mixed_up(module, _part):
            taken, returned = mixed.targets.elts[mixed.index], mixed.returned.elts[mixed.index]
            order = ", ".join(map(module.text, mixed.returned.elts))
            yield self.report(
                module.place(mixed.targets),
                f"`{module.text(taken)}` gets what `{mixed.function}` returns as "
                f"`{module.text(returned)}`: it returns {order}",
                evidence=[("returned here", module.place(mixed.returned))],
            )

    def repairs(self, module: Module, finding: Finding) -> Iterable[Repair]:
        """Put the names into the documented order."""
        target = module.node_at(finding.location, ast.Tuple) or module.node_at(
            finding.location, ast.List
        )
        ordered = finding.fix.code.split(", ") if finding.fix and finding.fix.code else []
        if target is not None and len(ordered) == len(target.elts):
            repair = Repair(module)
            for item, text in zip(target.elts, ordered, strict=True):
                if module.text(item) != text:
                    repair.replace(item, text)
            yield repair

    def _judge(
        self, module: Module, call: Call, target: ast.expr, names: list[str]
    ) -> Iterator[Finding]:
        arrays = [module.text(argument) for argument in call.node.args]
        index = _fault(tuple(names), tuple(arrays), _deliberate(call, names))
        if index is None or _fitted_together(module, names, index):
            return
        part = "test" if index % 2 else "train"
        texts = [module.text(item) for item in getattr(target, "elts", ())]
        yield self.report(
            module.place(target),
            f"`{texts[index]}` gets the {part} part of `{arrays[index // 2]}`: "
            f"`{call.name.rsplit('.', 1)[-1]}` returns the train and the test part of each array "
            "in turn",
            evidence=[("split here", call.place)],
            fix=_reordered(dict(zip(texts, names, strict=True)), arrays),
        )


@lru_cache(maxsize=512)
def _fault(names: tuple[str, ...], arrays: tuple[str, ...], deliberate: bool) -> int | None:
    """Find the first name that contradicts its position; most programs use the same ones."""
    index = None if deliberate else _misplaced_part(_parts(names))
    if index is None:
        index = _misplaced_role(names, arrays)
    return _crossed(names) if index is None else index


def _fitted_together(module: Module, names: list[str], index: int) -> bool:
    """Say whether a model learns from what gets the train part beside that of another array.

    Then the order is right, and only the name is odd; one that the other contradicts too tells
    nothing.
    """
    beside = {name for name in names[::2] if _part(name) != "test"} - {names[index]}
    return index % 2 == 0 and any(
        names[index] in given and not beside.isdisjoint(given)
        for fit in module.calls_named("fit")
        if (given := {_name(argument) for argument in _given(fit.node)})
    )


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args[:2], *(one.value for one in call.keywords if one.arg in {"X", "x", "y"})]


def _splits_in_two(call: Call) -> bool:
    two = call.entry is not None and call.entry.outputs == 2
    return two and call.name.endswith("train_test_split")


def _unpackings(module: Module, call: ast.Call) -> list[ast.Tuple | ast.List]:
    """Find what the results of a call are unpacked into."""
    parent = module.nodes.parents[call]
    targets = parent.targets if isinstance(parent, ast.Assign) else []
    return [target for target in targets if isinstance(target, ast.Tuple | ast.List)]


def _name(node: ast.expr) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return None


@lru_cache(maxsize=512)
def _part(name: str) -> str | None:
    """Tell train from test names; None where a name says neither or both."""
    name = name.lower()
    words = "".join(letter if "a" <= letter <= "z" else " " for letter in name).split()
    found = [
        part
        for part, (anywhere, whole) in _PARTS.items()
        if anywhere.stand_in(name) or not whole.isdisjoint(words)
    ]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=512)
def _role(name: str) -> str | None:
    found = _ROLE.match(name)
    return _ROLES[found[1].lower()] if found else None


def _parts(names: Sequence[str]) -> list[str | None]:
    """Tell the part of each name; two of one array that differ by a number alone tell none."""
    stems = [name.rstrip("0123456789") for name in names]
    return [
        None if stems[index] == stems[index ^ 1] and name != stems[index] else _part(name)
        for index, name in enumerate(names)
    ]


def _misplaced_part(parts: list[str | None]) -> int | None:
    """Find the first name of a train part at a test position, or the reverse.

    `X_val, X_test` contradicts nothing: the two parts may themselves be parts of held-out rows.
    """
    if "train" not in parts or "test" not in parts:
        return None
    for index, part in enumerate(parts):
        expected = "test" if index % 2 else "train"
        if part is not None and part != expected:
            return index
    return None


def _misplaced_role(names: Sequence[str], arrays: Sequence[str]) -> int | None:
    """Find the first label name for a part of `X`, if a name of `X` goes to a part of `y` too."""
    given = [_role(name) for name in names]
    wanted = [_role(array) for array in arrays for _ in range(2)]
    crossed = [
        index
        for index, pair in enumerate(zip(given, wanted, strict=True))
        if pair in {("X", "y"), ("y", "X")}
    ]
    return crossed[0] if len({given[index] for index in crossed}) == 2 else None


def _crossed(names: Sequence[str]) -> int | None:
    """Find names that pair the parts in another way than the call gives them, by their endings.

    They are `X_rest, X_test, y_test, y_rest` and `X_rest, y_rest, X_test, y_test`.
    """
    if len(names) != 4 or any("_" not in name for name in names):
        return None
    parts = [tuple(name.rsplit("_", 1)) for name in names]
    stems, ends = [stem for stem, _ in parts], [end for _, end in parts]
    if stems[0] == stems[1] and stems[2] == stems[3]:
        return 2 if ends[0] != ends[1] and ends[2:] == [ends[1], ends[0]] else None
    if any(map(_part, stems)) or not any(map(_part, ends)):
        return None
    alternate = stems[:2] == stems[2:] and ends[0] == ends[1] and ends[2] == ends[3]
    return 1 if alternate and ends[0] != ends[2] else None


def _deliberate(call: Call, names: list[str]) -> bool:
    """Say whether the parts are swapped as wholes because the sizes are given the other way."""
    swapped = all(_part(name) == ("train" if i % 2 else "test") for i, name in enumerate(names))
    if not swapped:
        return False
    test, train = call.arguments.get("test_size"), call.arguments.get("train_size")
    given = test or train
    if given is None:
        return False
    if not given.known or not isinstance(given.value, int | float):
        return True
    return given.value > 0.5 if given is test else given.value < 0.5


def _reordered(names: dict[str, str], arrays: list[str]) -> Fix | None:
    """Sort the very same targets into the documented order, if every position gets exactly one."""
    ordered: list[str] = []
    for array in arrays:
        if len(arrays) > 1 and _role(array) is None:
            return None
        for part in ("train", "test"):
            fitting = [
                text
                for text, name in names.items()
                if _part(name) == part and (len(arrays) == 1 or _role(name) == _role(array))
            ]
            if len(fitting) != 1:
                return None
            ordered += fitting
    return Fix("Unpack in the documented order.", ", ".join(ordered))
