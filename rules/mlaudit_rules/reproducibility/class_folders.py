"""Labels that name the folder of each row, by which a stratified split goes class by class."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name, spelt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Module
    from mlaudit_rules.reproducibility.order import Source

_KEEPING = frozenset({"array", "asarray", "list", "str", "full", "repeat", "basename", "Series"})
_CODING = _KEEPING | {"fit_transform"}
_SAME_ROWS = frozenset({"copy", "reset_index"})
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
        names = {turn, *self._of_turn} if source is not None and turn else set[str]()
        columns = self._columns_of_turn(added, names)
        if source is not None and names and _labels(added, names):
            self._lists[spelt(receiver)] = source.node
        elif source is not None and columns:
            self._forget(receiver)
            self._lists |= {f"{spelt(receiver)}{column}": source.node for column in columns}
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
            self._mark_columns(spelt(target), self._columns_of_turn(value, names))
            if self._lists:
                self._rename(target, value)

    def stratifying(self, call: ast.Call) -> ast.expr | None:
        """Find the source that orders the folders by whose names a split is stratified."""
        given = (keyword.value for keyword in call.keywords if keyword.arg == "stratify")
        return next((self._lists.get(spelt(value)) for value in given), None)

    def _columns_of_turn(self, table: ast.expr, names: set[str]) -> list[str]:
        """Give the columns, as `['kind']`, that hold nothing but the label in the table of a turn.

        One column of each table that a turn adds is one of all the tables put together.
        """
        if not names:
            return []
        table = _with_rows_of(table)
        if isinstance(table, ast.Name):
            own = (name for name in self._of_turn if name.startswith(f"{table.id}["))
            return [name.removeprefix(table.id) for name in own]
        return [column for column, held in _columns(table) if _labels(held, names)]

    def _mark(self, target: ast.expr, labels: bool) -> None:
        if labels:
            self._of_turn.add(spelt(target))
        elif self._of_turn:
            self._of_turn.discard(spelt(target))

    def _mark_columns(self, table: str, columns: list[str]) -> None:
        """Note which columns of a table that is bound anew hold the label of the turn."""
        before = {name for name in self._of_turn if name.startswith(f"{table}[")}
        self._of_turn = self._of_turn - before | {f"{table}{column}" for column in columns}

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
            case ast.Call(args=[ast.Dict(), *_]):
                found |= {
                    f"{name}{column}": self._lists.get(spelt(held))
                    for column, held in _columns(value)
                }
            case ast.Call(args=[given, *_]) if last_name(value.func) in _CODING:
                found[name] = self._lists.get(spelt(given))
        old = spelt(_with_rows_of(value))
        for known, source in self._lists.items():
            if known.startswith(f"{old}["):
                found[f"{name}{known.removeprefix(old)}"] = source
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


def _columns(table: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Give the columns of a table that is written out, as `['kind']`, with what each holds."""
    match table:
        case ast.Call(args=[ast.Dict() as given, *_]) if last_name(table.func) == "DataFrame":
            for key, held in zip(given.keys, given.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield f"[{key.value!r}]", held


def _with_rows_of(table: ast.expr) -> ast.expr:
    """Give the table, or the list of tables put below one another, whose rows these are."""
    match table:
        case ast.Call(func=ast.Attribute(value=given, attr=method)) if method in _SAME_ROWS:
            return _with_rows_of(given)
        case ast.Call(args=[given, *_], keywords=words) if last_name(table.func) == "concat":
            return table if any(word.arg == "axis" for word in words) else given
    return table


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
