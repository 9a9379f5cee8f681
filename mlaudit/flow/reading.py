"""What calls read: files, data sets and archives, of which each source gives rows of its own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.flow import entities, networks, order
from mlaudit.flow.regions import Rows, base, union
from mlaudit.flow.selectors import Selector
from mlaudit.flow.values import NONE, Constant, Data, Dictionary, Sequence, Value
from mlaudit.syntax.spelling import shortened
from mlaudit.trace.columns import Columns
from mlaudit.trace.events import Load

if TYPE_CHECKING:
    from collections.abc import Hashable

    from mlaudit.catalogue.entry import Entry
    from mlaudit.flow.arguments import Arguments
    from mlaudit.flow.interpreter import Interpreter

_PORTIONS = (
    *("train", "split", "subset", "image_set", "partition", "sheet_name", "key"),
    *("name", "data_files", "data_dir"),
)
_BOTH = ("subset", "both")


def load(run: Interpreter, name: str, entry: Entry, arguments: Arguments) -> Value:
    """Rows enter: the same literal source gives the same rows wherever it is read."""
    expression = next(
        (arguments.nodes[key] for key in (0, *arguments.named) if key in arguments.nodes), None
    )
    first = run.load(arguments.positional[0]) if arguments.positional else None
    short = shortened(name)
    if isinstance(first, Constant) and isinstance(first.value, str):
        key: tuple[Hashable, ...] = ("file", first.value, *_portion(run, arguments))
        label = first.value.replace("\\", "/").rsplit("/", 1)[-1]
    else:
        way = "drawn" if entry.random == "always" else "load"
        portion = [part for part in _portion(run, arguments) if part == _BOTH]
        key = (way, id(arguments.node), run.context, *portion)
        label = (
            run.text(expression)[:60]
            if expression is not None and arguments.positional
            else f"{short}()"
        )
    both = _both(key, label) if _BOTH in key else ()
    rows = union(both) if both else base(key, label, _gives_parts(entry, arguments))
    rows = _lines(run, arguments, rows)
    if key[0] != "file":
        entities.read(run, rows)
    run.emit(Load, arguments.node, reader=short, source=label, rows=rows)
    told = order.loaded(run, entry, arguments, rows)
    if both:
        return Sequence(tuple([Data("loader", part, order=told) for part in both]), way="tuple")
    tabular = entry.name.startswith("read_") or "DataFrame" in entry.name
    kind = "table" if tabular or entry.library in order.PRICES else "array"
    sheets = arguments.named.get("sheet_name")
    if sheets is not None and run.load(sheets) == NONE:
        return Data("archive", rows)
    if entry.kind == "archive" and not label.endswith(".npy"):
        return _members(run, rows, arguments.named.get("split"))
    data = Data(kind, rows, order=told)
    if kind == "table":
        return data.but(columns=Columns(), table=key)
    return networks.dataset_parts(run, name, entry, arguments, data)


def _both(key: tuple[Hashable, ...], label: str) -> tuple[Rows, ...]:
    """Give the two parts of a source that are read at once, as if each had been asked for."""
    position = key.index(_BOTH)
    asked = ((_BOTH[0], part) for part in ("training", "validation"))
    return tuple([base((*key[:position], one, *key[position + 1 :]), label) for one in asked])


def _gives_parts(entry: Entry, arguments: Arguments) -> bool:
    """Say whether an archive surely gives its parts by name: none of them is asked for."""
    if entry.kind != "archive" or "split" not in entry.parameters or arguments.spread:
        return False
    return arguments.get("split", entry.parameters.index("split")) is None


def _lines(run: Interpreter, arguments: Arguments, rows: Rows) -> Rows:
    """Give the rows from where a file is read on to where reading ends: `skiprows=`, `nrows=`.

    A few lines that are left out stand before the names of the columns.
    """
    if not arguments.named.keys() & {"skiprows", "nrows"}:
        return rows
    given = run.load(arguments.named.get("nrows", NONE))
    count = given.value if isinstance(given, Constant) else None
    start = _left_out(arguments.nodes.get("skiprows"))
    end = start + count if isinstance(start, int) and isinstance(count, int) else None
    if start is None or (start, end) == (0, None):
        return rows
    return rows.select(Selector("slice", "lines", (start, end)))


def _left_out(node: ast.expr | None) -> int | None:
    """Count the lines left out behind the names of columns, None where that is not told."""
    match node:
        case None:
            return 0
        case ast.Call(
            func=ast.Name("range"), args=[ast.Constant(value=1), ast.Constant(value=int() as end)]
        ):
            return end - 1
        case _:
            return None


def member(
    run: Interpreter, holder: Value, value: Data, name: str, arguments: Arguments
) -> Value | None:
    """Take what stands under a name in an archive: `book.parse("may")`, `store.get("may")`."""
    if value.kind != "archive" or not arguments.positional:
        return None
    asked = run.load(arguments.positional[0])
    key: Hashable = (id(arguments.node), run.context)
    if isinstance(asked, Constant):
        key = asked.value
    rows = base((value.rows.terms, key), run.text(arguments.nodes.get(0, arguments.node)))
    return Data("table", rows, columns=Columns(), table=(value.rows.terms, key))


def _members(run: Interpreter, rows: Rows, names: Value | None) -> Value:
    """Open an archive; of members that are asked for by a list of names give each."""
    inner = run.load(names) if names is not None else None
    if isinstance(inner, Constant) and isinstance(inner.value, str):
        return Data("table", rows, columns=Columns(), table=rows)
    members = [run.load(part) for part in inner.items] if isinstance(inner, Sequence) else []
    known = [member.value for member in members if isinstance(member, Constant)]
    if not known or len(known) < len(members):
        return Data("archive", rows)
    return Sequence(tuple(Data("array", base((rows.terms, n), str(n))) for n in known))


def _portion(run: Interpreter, arguments: Arguments) -> list[Hashable]:
    """Which portion of a source is read: training and test images may lie in one folder."""
    found: list[Hashable] = []
    for name in _PORTIONS if arguments.named else ():
        if name not in arguments.named:
            continue
        value = run.load(arguments.named[name])
        if isinstance(value, Constant):
            found.append((name, value.value))
        elif isinstance(value, Dictionary | Sequence):
            found.append((name, run.text(arguments.nodes[name])))
    if len(arguments.positional) > 1:
        more = run.load(arguments.positional[1])
        found += [more.value] if isinstance(more, Constant) else []
    return found
