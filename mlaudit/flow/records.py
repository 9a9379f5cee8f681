"""Tables made of records: what stands under a key reaches the column of that name alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.flow import containers
from mlaudit.flow.values import Data, Dictionary, Sequence, in_column, merge_influences

if TYPE_CHECKING:
    from mlaudit.flow.interpreter import Interpreter
    from mlaudit.flow.values import Value

_TABLES = ("DataFrame", "DataFrame.from_records", "DataFrame.from_dict")


def in_columns(run: Interpreter, name: str, given: Value, table: Data) -> Data:
    """Tell which column each influence reaches, in a table of a dict or of a list of dicts."""
    if not table.influences or not name.endswith(_TABLES):
        return table
    records = _records(run, given)
    if records is None:
        return table
    reaching = [
        in_column(run.data(part).influences, str(key))
        for record in records
        for key, part in record.items.items()
    ]
    return table.but(influences=merge_influences(*reaching))


def _records(run: Interpreter, given: Value) -> list[Dictionary] | None:
    """Give the dicts of which a table is made, None where not all of their keys are known."""
    parts = containers.parts(given) if isinstance(given, Sequence) else [given]
    records = [part for part in map(run.load, parts) if isinstance(part, Dictionary)]
    named = all(
        record.rest is None and all(isinstance(key, str) for key in record.items)
        for record in records
    )
    return records if named and records and len(records) == len(parts) else None
