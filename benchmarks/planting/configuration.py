"""Settings that are written into calls, never read, or hold on one machine only."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from benchmarks.planting.divisions import outputs
from benchmarks.planting.faults import Plant, fault
from benchmarks.planting.source import argument, called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.planting.source import Source

# Keywords whose number shapes a model or its training.
SETTINGS = re.compile(
    r"n_estimators|alpha|gamma|C|n_neighbors|learning_rate|lr|epochs|max_epochs|batch_size"
    r"|num_leaves|depth|num_boost_round|early_stopping_rounds|num_train_epochs"
    r"|per_device_train_batch_size|step_size|momentum"
)
JUDGED = re.compile(r"test|valid|val(?![a-z])")
READERS = ("read_csv", "read_parquet", "load_svmlight_file", "ImageFolder", "load", "save", "dump")
FOLDERS = ("/home/anna/project", "C:\\\\Users\\\\anna\\\\project")


@fault("number inside the call", "CONF001", also=("CONF003",))
def inlined(source: Source) -> Iterator[Plant]:
    """Write a number where a name stood."""
    numbers = _numbers(source)
    for call in source.find(ast.Call):
        for keyword in call.keywords:
            value = keyword.value
            if keyword.arg is None or not SETTINGS.fullmatch(keyword.arg):
                continue
            if isinstance(value, ast.Name) and numbers.get(value.id) and _makes(source, call):
                yield Plant([source.replace(value, numbers[value.id])])
            if isinstance(value, ast.Attribute) and source.code(value.value) == "args":
                default = _default(source, value.attr)
                if default:
                    yield Plant([source.replace(value, default)])


def _makes(source: Source, call: ast.Call) -> bool:
    """Say whether a call makes something of a library or trains it."""
    if called(call) == "TrainingArguments":
        return False  # That is the place for settings itself.
    if called(call) == "DataLoader" and JUDGED.search(source.code(call.args[0])):
        return False  # How many rows are judged at once changes no result.
    own = {node.name for node in source.find(ast.ClassDef)}
    own |= {node.name for node in source.find(ast.FunctionDef)}
    return called(call) not in own


def _numbers(source: Source) -> dict[str, str]:
    """Find the names that are bound to one number; zero and one tell nothing."""
    found = {}
    for statement in source.find(ast.Assign):
        match statement.targets, statement.value:
            case [ast.Name(id=name)], ast.Constant(value=int() | float() as value):
                if value not in (0, 1) and not isinstance(value, bool):
                    found[name] = source.code(statement.value)
            case [ast.Tuple(elts=names)], ast.Tuple(elts=values):
                for one, each in zip(names, values, strict=False):
                    if isinstance(one, ast.Name) and isinstance(each, ast.Constant):
                        found[one.id] = source.code(each)
    return found


def _default(source: Source, option: str) -> str:
    for call in source.calls("add_argument"):
        if call.args and source.code(call.args[0]).strip("\"'-").replace("-", "_") == option:
            default = argument(call, None, "default")
            if isinstance(default, ast.Constant) and isinstance(default.value, int | float):
                return source.code(default)
    return ""


@fault("option that nothing reads", "CONF003", also=("CONF001",))
def unread(source: Source) -> Iterator[Plant]:
    """Take out what reads an option, or add an option that nothing reads."""
    added = source.calls("add_argument")
    for call in added:
        option = source.code(call.args[0]).strip("\"'-").replace("-", "_")
        default = _default(source, option)
        reads = [one for one in source.find(ast.Attribute) if source.code(one) == f"args.{option}"]
        if reads and default:
            yield Plant([source.replace(one, default) for one in reads], near=[call])
    if added:
        statement = source.statement(added[-1])
        code = 'parser.add_argument("--warmup", type=int, default=5)'
        yield Plant([source.after(statement, code)])


@fault("path of one machine", "CONF004")
def absolute(source: Source) -> Iterator[Plant]:
    """Make the path of data absolute."""
    for call in source.calls(*READERS):
        for value in call.args[:2]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                for folder in FOLDERS:
                    yield Plant([source.replace(value, f'"{folder}/{value.value}"')])
    for statement in source.find(ast.Assign):
        if outputs(statement) in {("FOLDER",), ("TEST_FOLDER",)}:
            for folder in FOLDERS:
                text = f'"{folder}/{source.code(statement.value)[1:]}'
                yield Plant([source.replace(statement.value, text)])


@fault("device written down", "CONF005")
def device(source: Source) -> Iterator[Plant]:
    """Name a GPU by its number; the first one is a matter of stricter profiles."""
    for choice in source.find(ast.IfExp):
        if any(call in source.around(choice) for call in source.calls("add_argument")):
            continue  # An option can be changed.
        if "is_available" in source.code(choice.test):
            yield Plant([source.replace(choice, '"cuda:1"')])
            moved = source.statement(choice)
            code = 'os.environ["CUDA_VISIBLE_DEVICES"] = "2"'
            yield Plant([*source.imports("import os"), source.before(moved, code)])
    for call in source.calls("to"):
        if len(call.args) == 1 and source.code(call.args[0]) in {"device", "args.device"}:
            yield Plant([source.replace(call.args[0], '"cuda:1"')])
            assert isinstance(call.func, ast.Attribute)
            yield Plant([source.replace(call, f"{source.code(call.func.value)}.cuda(1)")])
