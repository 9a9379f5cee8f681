"""What a document fetches from hubs and the web: names, versions, addresses."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern
from mlaudit_rules.reproducibility.bindings import sole_values

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_OWNED = Pattern(r"^[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*$")
_LOCAL = Pattern(
    r"(?i)^(models?|checkpoints?|ckpts?|outputs?|results?|data|datasets?|saved\w*|tmp|temp|artifacts?"
    r"|weights?|pretrained\w*|runs?|logs?|exp\w*|trained\w*|fine_?tuned\w*|my_?\w*|local\w*|input"
    r"|src|assets?|resources?|bert|\w*(model|checkpoint|output|dir|path))/"
    r"|\.(pt|pth|bin|json|csv|tsv|txt|zip|tar|gz|h5|pkl|onnx|safetensors)$"
)
_WRITING = Pattern(r"save|output|dir|path|mkdir|repo|push")


def text_of(module: Module, node: ast.expr | None) -> str | None:
    """Give a string that is written out, also in pieces or under a name bound once to one."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(module, node.left), text_of(module, node.right)
        return left + right if left is not None and right is not None else None
    if isinstance(node, ast.Name):
        value = module.fact(sole_values).get(node.id)
        return None if isinstance(value, ast.Name) else text_of(module, value)
    return None


def is_on_hub(module: Module, name: str) -> bool:
    """Say whether a name is that of a repository of a hub, and of no folder that is written to."""
    if not _OWNED.match(name) or _LOCAL.search(name):
        return False
    return name not in module.fact(_written)


def given(node: ast.Call, parameter: str, position: int | None = 0) -> ast.expr | None:
    """Give an argument by its name or position."""
    for keyword in node.keywords:
        if keyword.arg == parameter:
            return keyword.value
    if position is not None and position < len(node.args):
        found = node.args[position]
        return None if isinstance(found, ast.Starred) else found
    return None


def keywords(node: ast.Call) -> set[str | None]:
    """Name the keywords of a call; None stands for `**settings`."""
    return {keyword.arg for keyword in node.keywords}


def _written(module: Module) -> set[str]:
    """List the strings that are given to what saves or makes folders."""
    return {
        argument.value
        for node in module.nodes.find(ast.Call)
        if _WRITING.search(ast.unparse(node.func))
        for argument in (*node.args, *(keyword.value for keyword in node.keywords))
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }
