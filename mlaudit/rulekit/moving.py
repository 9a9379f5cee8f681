"""Repairs that move what was learnt from all rows below the split: from train, applied to both."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit.columnar import column_read, reads_others, still_holds
from mlaudit.rulekit.division import Division, divisions, rewritten, same_block
from mlaudit.rulekit.repair import NoRepair, Repair, statement_of
from mlaudit.rulekit.usage import (
    binds,
    function_of,
    is_constant,
    loads,
    names_columns,
    readers,
    reads_size,
)
from mlaudit.syntax.rewriting import with_keyword

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.model.finding import Finding
    from mlaudit.rulekit.module import Module

    Rows = dict[str, tuple[str, str]]

AGAIN = "again here"
_RESAMPLING = {"fit_resample", "fit_sample"}
_FITTING = {"fit", "fit_transform", *_RESAMPLING}
_STATISTICS = {"mean", "median", "std", "min", "max", "mode", "quantile", "var", "sum"}
_COLUMNS = {"columns", "columns.tolist()", "columns.values"}
_TRAIN, _TEST = 0, 1
_UNREAD = "_"
_NAMED = (
    ("Scaler", "scaler"), ("Imputer", "imputer"), ("Vectorizer", "vectorizer"),
    ("Encoder", "encoder"), ("Select", "selector"), ("RFE", "selector"), ("PCA", "pca"),
    ("SVD", "svd"), ("Transformer", "transformer"), ("Normalizer", "normalizer"),
)  # fmt: skip


def below_split(module: Module, finding: Finding) -> Iterator[Repair]:
    """Fit below the split, on the training part, and transform both parts.

    What was fitted on all rows must be read by the split alone.
    """
    again = [one.location for one in finding.evidence if one.role == AGAIN]
    calls = [module.node_at(location, ast.Call) for location in (finding.location, *again)]
    if calls[0] is None:
        return
    for division in divisions(module, statement_of(module, calls[0])):
        repair = Repair(module)
        try:
            for call in calls:
                Move(repair, division, call).make()
        except NoRepair:
            continue
        yield repair


class Move:
    """A fit or a statistic on its way below a split."""

    def __init__(self, repair: Repair, division: Division, call: ast.Call | None):
        if call is None or not isinstance(call.func, ast.Attribute):
            raise NoRepair
        self._repair = repair
        self._module = repair.module
        self._division = division
        self._call = call
        self._first = statement_of(self._module, call)
        self._between = same_block(self._module, self._first, division.statement)[1:-1]
        self._moved: list[ast.stmt] = [self._first]
        self._new_name = ""
        self._method = call.func.attr
        self._receiver = call.func.value

    def make(self) -> None:
        """Make the edits, or raise `NoRepair`."""
        if self._method == "fit":
            self._moved.append(self._transform())
        if self._method in _FITTING:
            self._check_receiver()
        elif self._method not in _STATISTICS:
            raise NoRepair
        lines = []
        for statement in self._moved:
            comments = self._repair.comments(statement)
            made = self._lines(statement)
            lines += [*comments, made[0] + self._repair.trailing(statement), *made[1:]]
        if self._new_name:
            lines.insert(0, f"{self._new_name} = {self._module.text(self._receiver)}")
        self._repair.below(self._division.statement, *lines)

    def _transform(self) -> ast.stmt:
        """Find the only statement between that transforms by what was fitted."""
        made = [call for one in self._between for call in self._by_receiver(one)]
        if len(made) != 1 or not self._is_transform(made[0]):
            raise NoRepair
        return statement_of(self._module, made[0])

    def _by_receiver(self, statement: ast.stmt) -> list[ast.Call]:
        """List the calls of methods of the transformer."""
        receiver = ast.dump(self._receiver)
        return [
            call
            for call in self._module.nodes.find(ast.Call, within=statement)
            if isinstance(call.func, ast.Attribute) and ast.dump(call.func.value) == receiver
        ]

    def _is_transform(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Attribute) and call.func.attr == "transform"

    def _check_receiver(self) -> None:
        """Make sure that nobody else needs the transformer to be fitted before the split."""
        if isinstance(self._receiver, ast.Name):
            rest = [one for one in self._between if one not in self._moved]
            if loads(self._module, rest, self._receiver.id):
                raise NoRepair
        elif not isinstance(self._receiver, ast.Call) or self._method == "fit":
            raise NoRepair

    def _lines(self, statement: ast.stmt) -> list[str]:
        """Take a statement away, and give the lines that do below the split what it did."""
        if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
            target = statement.targets[0]
            if self._method in _RESAMPLING:
                return self._resampled(statement, target)
            if isinstance(target, ast.Name):
                return self._assigned(statement, target.id)
            if column_read(self._module, target) is not None:
                return self._written(statement, target)
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return self._called(statement, statement.value)
        raise NoRepair

    def _assigned(self, statement: ast.Assign, name: str) -> list[str]:
        """Move `X = scaler.fit_transform(X)`, also where the two names differ."""
        parts = self._parts(name)
        given = self._given(statement)
        if isinstance(given, ast.Name) and given.id != name:
            return self._renamed(statement, name, given.id, parts)
        self._check_readers(name, None)
        if given is not None and not isinstance(given, ast.Name):
            # What is fitted is not in any array yet: it becomes what is divided.
            self._repair.replace(statement.value, self._module.text(given))
            return self._both(statement, {}, parts, given)
        self._repair.remove(statement)
        return self._both(statement, {name: parts}, parts, None)

    def _renamed(
        self, statement: ast.Assign, name: str, given: str, parts: tuple[str, str]
    ) -> list[str]:
        """Move `X_scaled = scaler.fit_transform(X)`; where others read it, it stays as well."""
        if self._division.parts_of(given) or self._is_bound_between(given):
            raise NoRepair
        self._divide(name, given)
        try:
            self._check_readers(name, None)
        except NoRepair:
            if statement is not self._first:
                raise
        else:
            self._repair.remove(statement)
        return self._both(statement, {given: parts}, parts, None)

    def _written(self, statement: ast.stmt, target: ast.expr) -> list[str]:
        """Move `table[columns] = scaler.fit_transform(table[columns])`."""
        table, columns = column_read(self._module, target) or ("", None)
        parts = self._division.parts_of(table)
        if parts is None and columns is not None:
            parts = self._taken_parts(table, columns)
        if parts is None:
            raise NoRepair
        self._check_readers(table, columns)
        self._repair.remove(statement)
        return self._both(statement, {table: parts}, parts, None)

    def _called(self, statement: ast.Expr, call: ast.Call) -> list[str]:
        """Move `scaler.fit(X)`, and `table.fillna(table.mean(), inplace=True)`."""
        if call is self._call and self._method == "fit":
            rows = {name: self._parts(name) for name in self._data(statement)}
            self._repair.remove(statement)
            return [self._value(statement, rows, _TRAIN, None)]
        inplace = [one for one in call.keywords if one.arg == "inplace"]
        is_fill = inplace and self._method in _STATISTICS
        if not is_fill or not isinstance(call.func, ast.Attribute):
            raise NoRepair
        changed = call.func.value
        if not isinstance(changed, ast.Name):
            return self._written(statement, changed)
        parts = self._parts(changed.id)
        self._check_readers(changed.id, None)
        self._repair.remove(statement)
        return self._both(statement, {changed.id: parts}, parts, None)

    def _resampled(self, statement: ast.Assign, target: ast.expr) -> list[str]:
        """Move `X, y = sampler.fit_resample(X, y)`: only the training part is resampled."""
        call = self._call
        names = [one.id for one in getattr(target, "elts", ()) if isinstance(one, ast.Name)]
        given = [one.id for one in call.args if isinstance(one, ast.Name)]
        if statement.value is not call or call.keywords or not len(names) == len(given) == 2:
            raise NoRepair
        rows = {}
        for source, name in zip(given, names, strict=True):
            rows[source] = self._parts(name)
            self._check_readers(name, None)
            if source != name:
                if self._is_bound_between(source):
                    raise NoRepair
                self._divide(name, source)
        self._repair.remove(statement)
        trains = ", ".join(parts[_TRAIN] for parts in rows.values())
        return [f"{trains} = {self._value(call, rows, _TRAIN, None)}"]

    def _both(
        self, statement: ast.stmt, rows: Rows, parts: tuple[str, str], given: ast.expr | None
    ) -> list[str]:
        """Write a statement for the training part, and then for the other.

        A statistic is taken of the training part as it was, so its part comes last.
        """
        rows = {**self._labels(), **rows}
        order = [_TRAIN, _TEST] if self._method not in _STATISTICS else [_TEST, _TRAIN]
        self._name_receiver()
        return [
            self._with_index(
                statement,
                self._value(statement, rows, part, (given, parts[part]) if given else None),
                parts[part],
            )
            for part in order
            if parts[part] != _UNREAD
        ]

    def _with_index(self, statement: ast.stmt, line: str, part: str) -> str:
        """Let a table that is made of fitted values keep the index of its part.

        Before the split, both are numbered from 0; afterwards only the old index fits the labels.
        """
        value = statement.value if isinstance(statement, ast.Assign) else None
        if not isinstance(value, ast.Call) or value is self._inner(statement):
            return line
        if not ast.unparse(value.func).endswith("DataFrame"):
            return line
        words = {one.arg: ast.unparse(one.value) for one in value.keywords}
        target, _, made = line.partition(" = ")
        if words.get("columns", "").partition(".")[2] in _COLUMNS and "index" not in words:
            indexed = with_keyword(made, "index", f"{part}.index")
            return f"{target} = {indexed}" if indexed else line
        self._repair.safe = False
        return line

    def _value(
        self, node: ast.AST, rows: Rows, part: int, given: tuple[ast.expr, str] | None
    ) -> str:
        """Write a statement or an expression for one part of the rows."""
        texts: dict[ast.AST, str] = {}
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            target = node.targets[0]
            parts = rows.get(target.id) or self._division.parts_of(target.id)
            assert parts is not None
            texts[target] = parts[part]
        inner = self._inner(node)
        if given is not None:
            texts[given[0]] = given[1]
        if inner is not None:
            texts |= self._fitting(inner, rows, part, given)
        covered = {one for held in texts for one in self._module.nodes.below(held)}
        for statistic in self._statistics(node):
            for name in self._module.nodes.find(ast.Name, within=statistic):
                if name.id in rows and name not in covered:
                    texts[name] = rows[name.id][_TRAIN]
        covered |= texts.keys()
        for name in self._module.nodes.find(ast.Name, within=node):
            if name in covered or self._is_neutral(name, rows):
                continue
            if name.id not in rows:
                raise NoRepair
            texts[name] = rows[name.id][part]
        return rewritten(self._module, node, texts)

    def _fitting(
        self, call: ast.Call, rows: Rows, part: int, given: tuple[ast.expr, str] | None
    ) -> dict[ast.AST, str]:
        """Write the call that fits; on the other part it only transforms."""
        assert isinstance(call.func, ast.Attribute)
        if part == _TRAIN:
            return {self._receiver: self._new_name} if self._new_name else {}
        receiver = self._new_name or self._module.text(call.func.value)
        source = call.args[0]
        text = given[1] if given else self._value(source, rows, part, None)
        return {call: f"{receiver}.transform({text})"}

    def _inner(self, node: ast.AST) -> ast.Call | None:
        """Find the call of the transformer that gives new values."""
        if self._method in {"fit", "fit_transform"}:
            for call in self._module.nodes.find(ast.Call, within=node):
                if call is self._call and self._method == "fit_transform":
                    return call
                if self._method == "fit" and call in self._by_receiver(self._moved[-1]):
                    return call
        return None

    def _statistics(self, node: ast.AST) -> list[ast.Call]:
        if self._method not in _STATISTICS:
            return []
        return [
            call
            for call in self._module.nodes.find(ast.Call, within=node)
            if isinstance(call.func, ast.Attribute) and call.func.attr in _STATISTICS
        ]

    def _given(self, statement: ast.Assign) -> ast.expr | None:
        """Give what the transformer is given; None for a statistic, which is given nothing."""
        inner = self._inner(statement)
        if inner is None:
            return None
        if not inner.args or isinstance(inner.args[0], ast.Starred):
            raise NoRepair
        return inner.args[0]

    def _labels(self) -> Rows:
        """Give the parts of the arrays that are divided with others, such as labels."""
        names = [one.id for one in self._division.arrays if isinstance(one, ast.Name)]
        return {name: self._parts(name) for name in names if not self._is_bound_between(name)}

    def _data(self, node: ast.AST) -> list[str]:
        names = self._module.nodes.find(ast.Name, within=node)
        return [one.id for one in names if not self._is_neutral(one, {})]

    def _parts(self, name: str) -> tuple[str, str]:
        parts = self._division.parts_of(name)
        if parts is None:
            raise NoRepair
        return parts

    def _taken_parts(self, table: str, columns: frozenset[str]) -> tuple[str, str] | None:
        """Give the parts of an array that was taken from a table with those columns in it."""
        found = [
            one
            for one in self._between
            if isinstance(one, ast.Assign)
            and isinstance(one.targets[0], ast.Name)
            and still_holds(self._module, one.value, table, columns)
        ]
        if len(found) != 1 or not isinstance(found[0].targets[0], ast.Name):
            return None
        return self._division.parts_of(found[0].targets[0].id)

    def _divide(self, name: str, source: str) -> None:
        """Let the split divide what was given to the transformer, not what it gave."""
        call = self._division.statement.value
        for node in self._module.nodes.find(ast.Name, within=call):
            if node.id == name:
                self._repair.replace(node, source)

    def _check_readers(self, name: str, columns: frozenset[str] | None) -> None:
        """Make sure that new values go into the split and nowhere else."""
        module = self._module
        split = set(module.nodes.below(self._division.statement))
        inside = {node for one in self._moved for node in module.nodes.below(one)}
        known = _globals(module)
        for node in readers(module, name, self._moved[-1]):
            mine = function_of(module, node) is function_of(module, self._first)
            if node in split or node in inside or (not mine and name not in known):
                continue
            if reads_size(module, node) or (columns and self._is_other(node, name, columns)):
                continue
            raise NoRepair
        rest = [one for one in self._between if one not in self._moved]
        if columns is None and binds(module, rest, name):
            raise NoRepair

    def _is_other(self, node: ast.Name, table: str, columns: frozenset[str]) -> bool:
        """Say whether other columns are read, or the table that is divided is taken from this."""
        statement = statement_of(self._module, node)
        taken = statement in self._between and isinstance(statement, ast.Assign)
        if taken and still_holds(self._module, statement.value, table, columns):  # type: ignore[attr-defined]
            return True
        return reads_others(self._module, node, columns)

    def _is_bound_between(self, name: str) -> bool:
        rest = [one for one in self._between if one not in self._moved]
        return binds(self._module, rest, name)

    def _is_neutral(self, name: ast.Name, rows: Iterable[str]) -> bool:
        """Say whether a name is no data: a module, the transformer, a number, column names."""
        module = self._module
        if name.id in rows:
            return False
        transformer = {one.id for one in module.nodes.find(ast.Name, within=self._receiver)}
        if self._method not in _STATISTICS and name.id in transformer:
            return True
        return is_constant(module, name.id) or names_columns(module, name)

    def _name_receiver(self) -> None:
        """Bind a transformer that is made where it is fitted, so that it can transform both."""
        if self._method != "fit_transform" or not isinstance(self._receiver, ast.Call):
            return
        made = ast.unparse(self._receiver.func).rsplit(".", 1)[-1]
        name = next((short for long, short in _NAMED if long in made), made.lower())
        if not self._repair.is_free(name) or not re.fullmatch(r"[a-z]\w*", name):
            raise NoRepair
        self._new_name = name


def _globals(module: Module) -> set[str]:
    """Name what the top level binds."""
    return {
        node.id
        for node in module.nodes.find(ast.Name)
        if not isinstance(node.ctx, ast.Load) and function_of(module, node) is None
    }
