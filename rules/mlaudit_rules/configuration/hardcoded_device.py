"""CONF005: the program names one GPU of one machine."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Fix, Needs, Pattern, Rule, RuleMeta, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

_VISIBLE = "CUDA_VISIBLE_DEVICES"
_INDEXED = Pattern(r"^(?:cuda:|/?(?:device:)?gpu:)(\d+)$", re.IGNORECASE)
_LISTED = Pattern(r"^\d+(\s*,\s*\d+)*$")
_LISTS = frozenset({"device_ids", "gpus", "devices", "gpu_ids"})
_DECLARING = frozenset({"add_argument", "option", "argument", "setdefault", "get", "getenv"})
_PLAIN = frozenset({"cuda", "cuda:0"})
_MOVING = frozenset({"cuda", "to", "device", "load"})
_ASKING = Pattern(
    r"is_available|device_count|no_?cuda|use_?cuda|use_?gpu|train_on_gpu|args\.(cuda|gpu|device)"
    r"|accelerat|local_rank|LOCAL_RANK"
)


class HardcodedDevice(Rule):
    """Reports GPUs other than the first by their number, and the choice of visible GPUs."""

    meta = RuleMeta(
        code="CONF005",
        name="hardcoded-device",
        family="configuration",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Take the device from an option or the environment, and ask what there is.",
        impact="The program fails on another machine, or takes a GPU that somebody else is using.",
    )

    needs = Needs(words=("cuda", "gpu", "device"))

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Report the first use of a numbered GPU, then the choice of visible ones."""
        if module.is_test:
            return
        named = list(_named(module))
        numbers = {number for _, number in named}
        # Who names several GPUs divides the work among them.
        found = len(numbers) == 1 and numbers != {"0"}
        if found:
            yield self._numbered(module, [node for node, _ in named])
        for node, value in _made_visible(module):
            yield self.report(
                module.place(node),
                f"{_VISIBLE} is set to {value!r} here, whatever has been chosen where the "
                "program is started",
                severity=None if value != "0" else Severity.INFO,
                fix=Fix(
                    "Leave the choice to whoever starts the program.", f"{_VISIBLE}=… python …"
                ),
            )
            return
        if not found and module.profile != "exploration":
            yield from self._taken_for_granted(module)

    def _numbered(self, module: Module, nodes: list[ast.expr]) -> Finding:
        first, *others = nodes
        more = f" ({len(others)} more like it)" if others else ""
        return self.report(
            module.place(first),
            f"`{module.text(first)}` is one GPU of one machine{more}",
            evidence=[("also here", module.place(other)) for other in others[:3]],
            fix=Fix(
                "Take the device from outside, and ask what there is.",
                'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")',
            ),
        )

    def _taken_for_granted(self, module: Module) -> Iterator[Finding]:
        if _ASKING.search(module.document.text):
            return
        for named in module.names.calls:
            node = named.node
            if _moves_to_gpu(node):
                yield self.report(
                    module.place(node),
                    f"`{module.text(node)}` needs a GPU, and nothing asks whether there is one",
                    severity=Severity.INFO,
                    fix=Fix(
                        "Ask once, and move everything to the same device.",
                        'device = torch.device("cuda" if torch.cuda.is_available() else "cpu")',
                    ),
                )
                return


def _named(module: Module) -> Iterator[tuple[ast.expr, str]]:
    """Find GPUs that are named by a number which no caller can change, in source order."""
    found: list[tuple[ast.expr, str]] = [
        (node, match[1])
        for node in module.nodes.find(ast.Constant)
        if isinstance(node.value, str)
        and (match := _INDEXED.match(node.value)) is not None
        and not _changeable(module, node)
    ]
    for named in module.names.calls:
        if named.node.args or named.node.keywords:
            found += _in_call(module, named.node)
    found = [(node, number) for node, number in found if not _counted(module, node)]
    yield from sorted(found, key=lambda pair: (pair[0].lineno, pair[0].col_offset))


def _in_call(module: Module, node: ast.Call) -> Iterator[tuple[ast.expr, str]]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    numbered = node.args and _is_number(node.args[0])
    if numbered and (name == "cuda" or _sets_device(module, node)):
        yield node, module.text(node.args[0])
    if name in _DECLARING:
        return
    for keyword in node.keywords:
        value = keyword.value
        one = keyword.arg == "gpu_id" and _is_number(value)
        if one or (keyword.arg in _LISTS and _is_list(value)):
            yield value, module.text(value).strip("[]() ")


def _sets_device(module: Module, node: ast.Call) -> bool:
    return module.names.resolve(node.func) == "torch.cuda.set_device"


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _is_list(node: ast.expr) -> bool:
    if not isinstance(node, ast.List | ast.Tuple):
        return False
    return bool(node.elts) and all(_is_number(item) for item in node.elts)


def _counted(module: Module, node: ast.AST) -> bool:
    """Say whether the program has counted its GPUs before it names this one."""
    parents = module.nodes.parents
    while node in parents:
        node = parents[node]
        if isinstance(node, ast.If | ast.IfExp) and "device_count" in ast.unparse(node.test):
            return True
    return False


def _changeable(module: Module, node: ast.AST) -> bool:
    """Say whether a literal is a default, is compared with, or only shown."""
    parents = module.nodes.parents
    user = parents[node]
    if isinstance(user, ast.Dict):
        return node in user.keys or isinstance(parents[user], ast.keyword)
    if isinstance(user, ast.arguments | ast.Compare | ast.Expr | ast.JoinedStr):
        return True
    if isinstance(user, ast.keyword):
        user = parents[user]
    if not isinstance(user, ast.Call):
        return False
    function = user.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _DECLARING or name == "print"


def _made_visible(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Find `os.environ["CUDA_VISIBLE_DEVICES"] = "2"` under no condition."""
    for node in module.nodes.find(ast.Assign):
        target, value = node.targets[0], node.value
        if (
            isinstance(target, ast.Subscript)
            and isinstance(target.slice, ast.Constant)
            and target.slice.value == _VISIBLE
            and isinstance(value, ast.Constant)
            and isinstance(value.value, str)
            and _LISTED.match(value.value)
            and not isinstance(module.nodes.parents[node], ast.If)
        ):
            yield node, value.value


def _moves_to_gpu(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Attribute) or node.func.attr not in _MOVING:
        return False
    if node.func.attr == "cuda":
        return not node.args and not node.keywords
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    return any(isinstance(value, ast.Constant) and value.value in _PLAIN for value in given)
