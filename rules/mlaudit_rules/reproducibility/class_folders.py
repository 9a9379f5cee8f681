"""Labels that name the folder of each row, by which a stratified split goes class by class."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name, spelt

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlaudit.rulekit import Module
    from mlaudit_rules.reproducibility.order import Source

_KEEPING = frozenset({"array", "asarray", "list", "str", "full", "repeat", "basename", "Series"})
_CODING = _KEEPING | {"fit_transform"}
_PARTS = frozenset({"name", "stem"})
_TUPLES = (ast.Tuple, ast.List)


class FolderLabels:
    """Follows what holds one label a row, the name that a turn of a loop over folders is for.

    A split stratified by it takes the rows of each class by themselves, and the classes in sorted
    order: in which order the folders were listed moves nothing from one part to the other.
    """

    def __init__(self, module: Module):
        self._module = module
        self._lists: dict[str, ast.expr] = {}
        self._of_turn: set[str] = set()

    def add(self, receiver: ast.expr, added: ast.expr, turn: str, source: Source | None) -> None:
        """Note that a turn of a loop in the order of a source adds a value to a list."""
        if source is not None and turn and _labels(added, {turn, *self._of_turn}):
            self._lists[spelt(receiver)] = source.node
        elif self._lists:
            self._forget(receiver)

    def bind(self, target: ast.expr, value: ast.expr, turns: Iterable[str]) -> None:
        """Note what an assignment makes of labels, in a loop that is in the turn of some names."""
        names = {*turns, *self._of_turn}
        for position, part in enumerate(target.elts if isinstance(target, _TUPLES) else ()):
            self._mark(part, bool(names) and self._returns(value, position, names))
            self._forget(part)
        if not isinstance(target, _TUPLES):
            self._mark(target, bool(names) and _labels(value, names))
            if self._lists:
                self._rename(target, value)

    def stratifying(self, call: ast.Call) -> ast.expr | None:
        """Find the source that orders the folders by whose names a split is stratified."""
        given = (keyword.value for keyword in call.keywords if keyword.arg == "stratify")
        return next((self._lists.get(spelt(value)) for value in given), None)

    def _mark(self, target: ast.expr, labels: bool) -> None:
        if labels:
            self._of_turn.add(spelt(target))
        elif self._of_turn:
            self._of_turn.discard(spelt(target))

    def _forget(self, target: ast.expr) -> None:
        """Forget what is bound anew, and its columns."""
        name = spelt(target) if self._lists else ""
        for known in [*self._lists]:
            if known == name or known.startswith((f"{name}[", f"{name}.")):
                del self._lists[known]

    def _rename(self, target: ast.expr, value: ast.expr) -> None:
        """Follow labels into arrays, codes and columns; what is bound anew is no longer theirs."""
        name, found = spelt(target), {}
        match value:
            case ast.Name():
                found[name] = self._lists.get(value.id)
            case ast.Call(args=[ast.Dict() as table, *_]) if last_name(value.func) == "DataFrame":
                for key, held in zip(table.keys, table.values, strict=True):
                    if isinstance(key, ast.Constant):
                        found[f"{name}[{key.value!r}]"] = self._lists.get(spelt(held))
            case ast.Call(args=[given, *_]) if last_name(value.func) in _CODING:
                found[name] = self._lists.get(spelt(given))
        self._forget(target)
        self._lists |= {each: source for each, source in found.items() if source is not None}

    def _returns(self, call: ast.expr, position: int, names: set[str]) -> bool:
        """Say whether a function of the document gives labels alone, made of a name it is given."""
        functions = self._module.names.functions
        function = functions.get(spelt(call.func)) if isinstance(call, ast.Call) else None
        if function is None or not isinstance(call, ast.Call):
            return False
        parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        given = dict(zip(parameters, call.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        named = {name for name, value in given.items() if _labels(value, names)}
        returns = self._module.nodes.find(ast.Return, within=function)
        made = [_part(node.value, position) for node in returns]
        return bool(named and made) and all(part and _labels(part, named) for part in made)


def _part(value: ast.expr | None, position: int) -> ast.expr | None:
    """Give one of several values that a function returns."""
    parts = value.elts if isinstance(value, ast.Tuple) else []
    return parts[position] if position < len(parts) else None


def _labels(node: ast.expr, names: set[str]) -> bool:
    """Say whether a value is one of these names, or holds nothing but it, however often."""
    match node:
        case ast.Name(id=name):
            return name in names
        case ast.List(elts=[only]):
            return _labels(only, names)
        case ast.ListComp(elt=ast.Name() as each, generators=[turn]):
            return _labels(each, names) and each.id not in spelt(turn.target)
        case ast.BinOp(left=left, op=ast.Mult()):
            return isinstance(left, ast.List) and _labels(left, names)
        case ast.Attribute(value=value, attr=attribute):
            return attribute in _PARTS and _labels(value, names)
        case ast.Call(args=given):
            kept = last_name(node.func) in _KEEPING
            return kept and any(_labels(value, names) for value in given)
    return False
