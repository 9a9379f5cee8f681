"""CONF004: a path that exists on one machine only."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Confidence, Needs, Pattern, Rule, RuleMeta, Severity
from mlaudit_rules.configuration.experiments import overridable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

# What lies in `/data` itself may be what a container mounts there, on any machine.
_ABSOLUTE = Pattern(
    r"^(?:file://)?(?P<root>/(?:home|Users)/[^/\s]+|/root|[A-Za-z]:(?=[\\/]+[^\\/\s:*?<>|])|~"
    r"|/(?:mnt|media|scratch|nfs|Volumes|export|gpfs|lustre|data\d+|ssd\d*|hdd\d*)(?=/[^/\s])"
    r"|/(?:data|datasets?)(?=/[^/\s]+/[^/\s])|\\\\[A-Za-z0-9_.-]+(?=\\[^\\\s]))(?:[\\/]|$)"
)
_PERSONAL = Pattern(r"(?i)^(/home|/Users|/root|~|[A-Za-z]:)")
_QUOTED = Pattern(r"""["'](file:/|/|~|[A-Za-z]:[\\/]|\\\\)""")
_BEGINNINGS = (":/", ":\\", *(f"{quote}{start}" for quote in "\"'" for start in ("/", "~", "\\")))
# Accounts and folders that a hosted environment gives to everybody.
_ENVIRONMENTS = Pattern(
    r"^/home/(jovyan|studio-lab-user|ec2-user|ubuntu|user|app|runner|jupyter|vscode|sagemaker-user"
    r"|workspace)\b|^/root/\.|^~/\.|^/Users/(user|username)\b|/path/to/|<|\{"
    r"|(?i:^(/mnt/)?[a-z]:?[\\/]+windows[\\/])"
)
_PATH_NAME = Pattern(
    r"(?i)(^|_|\d)(path|dir|directory|folder|root|file|filename|csv|home|location|dataset)s?(_|\d|$)"
    r"|(path|dir|folder|file)s?$"
)
_OPENING = Pattern(
    r"(?i)^(open|read_\w+|load\w*|imread|to_\w+|save\w*|dump|imwrite|ImageFolder|DatasetFolder|glob"
    r"|iglob|listdir|walk|scandir|chdir|makedirs|mkdir|exists|isfile|isdir|join|Path|PurePath"
    r"|append|insert|from_pretrained|flow_from_directory|image_dataset_from_directory|restore"
    r"|genfromtxt|fromfile|ZipFile|File|copy\w*|move|rmtree|remove|FileHandler|SummaryWriter"
    r"|connect|TensorBoard|ModelCheckpoint|\w+Dataset)$"
)
_WHERE = {"~": "lies in the home folder of whoever runs this, where others need not have it"}
_EXTENDING = frozenset({"append", "insert"})
_HOLDING = (ast.Call, ast.Assign, ast.AnnAssign, ast.Dict)
_DEFAULTS = frozenset({"default", "help"})
# What stands under these is a path of a machine that the program itself makes.
_MADE_ELSEWHERE = frozenset({"remote_path", "container_path", "mount_path", "bind", "workdir"})


class HardcodedPath(Rule):
    """Reports personal and absolute paths in calls that open files, and in names of paths."""

    meta = RuleMeta(
        code="CONF004",
        name="hardcoded-path",
        family="configuration",
        severity=Severity.WARNING,
        confidence=Confidence.HIGH,
        help="Take the folder from an option or an environment variable, or make it relative.",
        impact="The program runs on one machine only.",
    )

    needs = Needs(words=_BEGINNINGS)

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Report each home, drive or mount of a machine once, at its first use."""
        if module.is_test or not _QUOTED.search(module.document.text):
            return
        first: dict[str, list[ast.Constant]] = {}
        for node in _used_as_paths(module):
            root = _root(str(node.value))
            if root is not None and not overridable(module, node):
                first.setdefault(root, []).append(node)
        for root, nodes in first.items():
            node, *others = sorted(nodes, key=lambda node: (node.lineno, node.col_offset))
            more = f" ({len(others)} more like it)" if others else ""
            yield self.report(
                module.place(node),
                f"{module.text(node)} {_WHERE.get(root, 'is a path of one machine')}{more}",
                confidence=Confidence.HIGH if _PERSONAL.match(root) else Confidence.MEDIUM,
                evidence=[("also here", module.place(other)) for other in others[:3]],
            )


def _root(text: str) -> str | None:
    match = _ABSOLUTE.match(text)
    if match is None or _ENVIRONMENTS.search(text) or "\n" in text or len(text) < 4:
        return None
    return match["root"].lower()


def _used_as_paths(module: Module) -> Iterator[ast.Constant]:
    """Find the string literals that a call opens, or that a name for a path holds."""
    for node in module.nodes.find(*_HOLDING):
        for value in _path_values(node):
            yield from _literals(value)


def _path_values(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        return _path_arguments(node)
    if isinstance(node, ast.Assign):
        named = any(_PATH_NAME.search(_last(target)) for target in node.targets)
        return [node.value] if named else []
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        return [node.value] if _PATH_NAME.search(_last(node.target)) else []
    if isinstance(node, ast.Dict):
        return [
            value
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and _PATH_NAME.search(str(key.value))
        ]
    return []


def _path_arguments(node: ast.Call) -> list[ast.expr]:
    name = _last(node.func)
    if name in _EXTENDING and "path" not in ast.unparse(node.func):
        return []
    if _OPENING.match(name):
        here = (keyword for keyword in node.keywords if keyword.arg not in _MADE_ELSEWHERE)
        return [*node.args, *(keyword.value for keyword in here)]
    return [
        keyword.value
        for keyword in node.keywords
        if keyword.arg
        and keyword.arg not in _DEFAULTS | _MADE_ELSEWHERE
        and _PATH_NAME.search(keyword.arg)
    ]


def _literals(node: ast.expr) -> Iterator[ast.Constant]:
    """Find the strings that begin the value: a literal, a concatenation, a list of them."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node
    elif isinstance(node, ast.BinOp):
        yield from _literals(node.left)
    elif isinstance(node, ast.JoinedStr) and node.values:
        yield from _literals(node.values[0])
    elif isinstance(node, ast.List | ast.Tuple):
        for item in node.elts:
            yield from _literals(item)


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return str(node.slice.value)
    return node.id if isinstance(node, ast.Name) else ""
