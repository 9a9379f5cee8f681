"""Programs that load or import a model of another file, and judge it by more than accuracy."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Module

SAVED = ("save", "save_weights", "save_model", "dump", "ModelCheckpoint")
_LOADING = {"load_state_dict", "load_model", "load_weights", "load_from_checkpoint", "load"}
_TELLING_MORE = (
    *("classification_report", "confusion_matrix", "f1_score", "average_precision"),
    *("recall_score", "balanced_accuracy_score", "matthews_corrcoef"),
)
_OF_A_MODEL = Pattern(
    r"[^\s*?{}]+\.(keras|h5|hdf5|pth?|ckpt|pkl|pickle|joblib|sav|onnx|safetensors|model|bin)"
)
_TELLS_MORE = Pattern(rf"\b({'|'.join(_TELLING_MORE)})")
_FUNCTION = Pattern(r"(?m)^\s*def (?=\w)")
_CALLED = Pattern(r"\b(\w+)\s*\(")
_JOINING = {"join", "joinpath", "Path", "PurePath", "str"}
_WRITES_BYTES = {"wb", "bw", "wb+", "w+b"}


def judged_where_loaded(module: Module) -> bool:
    """Say whether a file loads what is saved here, or may do so next to it, and tells more."""
    if not module.calls_named(*SAVED):
        return False
    return _judged_beside(module) or _judged_by_name(module)


def judged_where_imported(module: Module) -> bool:
    """Say whether a file that imports this one tells more, itself or by a function it calls."""
    programs = [text for _, text in module.importers]
    if not programs:
        return False
    if any(map(_TELLS_MORE.search, programs)):
        return True
    called = {name for text in programs for name in _CALLED.findall(text)}
    return any(
        not called.isdisjoint(_telling_functions(text))
        for _, text in module.alongside
        if _TELLS_MORE.search(text)
    )


def _telling_functions(text: str) -> Iterator[str]:
    """Name the functions of a file in which a metric is named that tells more."""
    for part in _FUNCTION.split(text)[1:]:
        if _TELLS_MORE.search(part):
            yield part.partition("(")[0].strip()


def _judged_beside(module: Module) -> bool:
    return any(_loads(tree) for word in _TELLING_MORE for tree in module.neighbours(word))


def _judged_by_name(module: Module) -> bool:
    """Say whether a file somewhere loads by its name what is saved here.

    One that saves something by that name itself judges its own.
    """
    files = _files(_stored(module))
    return bool(files) and any(
        _loads(tree) and _tells_more(tree) and files & _files(ast.walk(tree)) - _saved_in(tree)
        for tree in module.mentioning(sorted(files))
    )


def _loads(tree: ast.Module) -> bool:
    return any(last_name(node) in _LOADING for node in _names(tree))


def _tells_more(tree: ast.Module) -> bool:
    return any(last_name(node) in _TELLING_MORE for node in _names(tree))


def _names(tree: ast.Module) -> Iterator[ast.expr]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute))


def _saved_in(tree: ast.Module) -> set[str]:
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return _files(part for call in calls if last_name(call.func) in SAVED for part in _below(call))


def _stored(module: Module) -> Iterator[ast.AST]:
    """Give the parts of what says where models are saved, and of paths that it goes by."""
    calls = [named.node for named in module.calls_named(*SAVED)]
    calls += [named.node for named in module.calls_named("open") if _writes_bytes(named.node)]
    given = [part for call in calls for part in _below(call)]
    yield from given
    names = {part.id for part in given if isinstance(part, ast.Name)}
    for node in module.nodes.find(ast.Assign):
        if any(isinstance(one, ast.Name) and one.id in names for one in node.targets):
            yield from ast.walk(node.value) if _is_path(node.value) else ()


def _below(call: ast.Call) -> Iterator[ast.AST]:
    for given in (*call.args, *(keyword.value for keyword in call.keywords)):
        yield from ast.walk(given)


def _writes_bytes(call: ast.Call) -> bool:
    return any(isinstance(p, ast.Constant) and p.value in _WRITES_BYTES for p in _below(call))


def _is_path(value: ast.expr) -> bool:
    return not isinstance(value, ast.Call) or last_name(value.func) in _JOINING


def _files(nodes: Iterable[ast.AST]) -> set[str]:
    """Name the files of models among texts, without their folders.

    What follows upon a value in a text, as `_best.keras` in `f"{kind}_best.keras"`, is no name.
    """
    texts, ends = set[str](), set[str]()
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            texts.add(node.value.replace("\\", "/"))
        elif isinstance(node, ast.JoinedStr):
            ends |= {str(p.value) for p in node.values[1:] if isinstance(p, ast.Constant)}
    whole = (text for text in texts if _OF_A_MODEL.fullmatch(text))
    return {text.rpartition("/")[2] for text in whole if "/" in text or text not in ends}
