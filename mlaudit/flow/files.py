"""What a program writes to a file and reads again: it keeps its rows and influences."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.flow.regions import Region
from mlaudit.flow.values import (
    Choice,
    Constant,
    Data,
    Dictionary,
    Estimator,
    Instance,
    Sequence,
    Symbol,
    Value,
)
from mlaudit.trace.columns import Columns
from mlaudit.trace.guards import excluded

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.trace.guards import Guards

# Archives of several arrays, models of another format and single texts are not followed.
_TABLES = ("csv", "parquet", "pickle", "feather", "excel", "json", "hdf")
_WRITES = frozenset({"dump", "save", "save_model", *(f"to_{form}" for form in _TABLES)})
_READS = frozenset({"load", "load_model", "read_table", *(f"read_{form}" for form in _TABLES)})
_OPENED = "opened"


def opened(run: Interpreter, arguments: Arguments) -> Value:
    """Open a file: what is written to it goes by its path."""
    path = _path(run, arguments, 0)
    return Data("scalar", table=(_OPENED, path)) if path is not None else Data("scalar")


def write(run: Interpreter, name: str, content: Value | None, arguments: Arguments) -> None:
    """Remember what is written where; functions take content and file in either order."""
    if name.rpartition(".")[2] not in _WRITES:
        return
    run.told += 1
    position = 0
    if content is None:
        first = name.startswith("numpy.")
        position = 0 if first else 1
        given = arguments.positional
        content = given[1 - position] if len(given) > 1 - position else None
    path = _path(run, arguments, position)
    if path is not None and content is not None:
        run.stored += 1
        before = run.written.get(path, {}) if run.guards else {}
        before.pop(run.guards, None)
        run.written[path] = {**before, run.guards: run.load(content)}


def read(run: Interpreter, name: str, arguments: Arguments) -> Value | None:
    """Give what the program wrote to the file that is read now, None if it wrote nothing."""
    if name.rpartition(".")[2] not in _READS:
        return None
    run.told += 1
    run.sought += 1
    value = _last_written(run, run.written.get(_path(run, arguments, 0), {}))
    if value is None or isinstance(value, Constant | Symbol):
        return None
    if isinstance(value, Instance) and value.estimator is None:
        return None  # an object of the program, of which a run need not keep all that it holds
    if not isinstance(value, Data):
        return run.state.allocate(value)
    if not (value.rows.terms or value.influences):
        return None
    if ".read_" not in name or name.endswith("pickle"):
        return value
    columns = value.columns or Columns()
    table = value.table or ("written", value.rows.terms)
    return value.but(kind="table", columns=columns, table=table, name=None, select=None)


def _last_written(run: Interpreter, kept: dict[Guards, Value]) -> Value | None:
    """Give what this run has written last, or else another one that learnt the same rows."""
    if not kept:
        return None
    here = [value for when, value in kept.items() if not excluded(when, run.guards)]
    value = (here or list(kept.values()))[-1]
    return value if here or _learnt_again(run, value) else None


def _learnt_again(run: Interpreter, value: Value) -> bool:
    """Note that another run of the program has written models; say whether it had the same rows.

    Those of a file that is read by its name are there in each run, others are what each is given.
    """
    fits = [fit for model in _models(run, value) for fit in model.fits]
    bases = [base for fit in fits for base in fit.rows.bases]
    if not all(map(_of_named_file, bases)):
        return False
    run.kept.update(map(id, fits))
    return True


def _of_named_file(base: Hashable) -> bool:
    key = base.selector.key if isinstance(base, Region) else None
    return isinstance(key, tuple) and key[0] == "file"


def _models(run: Interpreter, value: Value) -> Iterator[Estimator]:
    """Give the models that are written, alone or in a record."""
    match run.load(value):
        case Estimator() as model:
            yield model
        case Instance(estimator=Value() as network):
            yield from _models(run, network)
        case Dictionary(items=items):
            for each in items.values():
                yield from _models(run, each)
        case Sequence(items=several) | Choice(options=several):
            for each in several:
                yield from _models(run, each)


def _path(run: Interpreter, arguments: Arguments, position: int) -> Hashable:
    """Name the file in an argument: by its path, or by code that gives the same path again."""
    names = ("file", "path", "path_or_buf", "filepath_or_buffer", "filename", "filepath", "f")
    if position in arguments.nodes:
        return _named(run, run.load(arguments.positional[position]), arguments.nodes[position])
    for name in names:
        if name in arguments.nodes:
            return _named(run, run.load(arguments.named[name]), arguments.nodes[name])
    return None


def _named(run: Interpreter, value: Value, node: ast.expr) -> Hashable:
    if isinstance(value, Data) and isinstance(value.table, tuple) and value.table[:1] == (_OPENED,):
        path: Hashable = value.table[1]
        return path
    if isinstance(value, Constant):
        return re.sub(r"^(\./)+", "", value.value) if isinstance(value.value, str) else None
    known = [
        _known(run, part.id)
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and not isinstance(run.find(part.id), Symbol)
    ]
    return None if None in known else (run.text(node), *known)


def _known(run: Interpreter, name: str) -> Hashable:
    """Tell the value that a name stands for from others that it had before.

    In another call the same code may well give the same path.
    """
    value = run.load(run.find(name) or Data())
    if isinstance(value, Constant):
        return ("constant", value.value)
    origin = run.origins.get((run.state.scope.identity, name))
    return origin[0] if origin is not None else None
