"""Networks all of whose weights start from constants, as `nn.Parameter(torch.zeros(n))` does."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import last_name
from mlaudit_rules.reproducibility.classes import constructor
from mlaudit_rules.reproducibility.zeros import wiped_out

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_BASES = frozenset({"torch.nn.Module", "torch.nn.modules.module.Module"})
_COUNTS = frozenset({"super", "__init__", "range", "len", "int", "float", "min", "max"})


def draws_no_weights(module: Module, owner: ast.ClassDef) -> bool:
    """Say whether a class of PyTorch makes no layer that draws its weights, and draws none itself.

    What its constructor calls must be known, down to the last call.
    """
    making = constructor(owner)
    if making is None or not all(module.names.resolve(base) in _BASES for base in owner.bases):
        return False
    inside = module.nodes.find(ast.Call, within=owner)
    own = [call for call in inside if _is_layer(module, call)]
    asked = module.nodes.find(ast.Call, within=making)
    return bool(own) and all(_is_constant(module, call) for call in {*own, *asked})


def _is_layer(module: Module, node: ast.Call) -> bool:
    call = module.call_of.get(node)
    return call is not None and call.entry is not None and call.entry.kind in {"layer", "network"}


def _is_constant(module: Module, node: ast.Call) -> bool:
    call = module.call_of.get(node)
    if call is None or call.entry is None or call.entry.library != "torch":
        return last_name(node.func) in _COUNTS
    return not call.entry.generators or wiped_out(module, node)
