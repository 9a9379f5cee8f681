"""Which values stand in an order that nothing fixes: listings of files, and sets of strings."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern, frozen, last_name
from mlaudit_rules.reproducibility.draws import draws_by_call
from mlaudit_rules.reproducibility.seeding import Seeding

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_NAMES = (ast.Name, ast.Attribute)
_TURNS = (ast.ListComp, ast.GeneratorExp)
_SETS = (ast.SetComp, ast.Set)
_LISTINGS = frozenset({"os.listdir", "os.scandir", "glob.glob", "glob.iglob"})
_PATH_LISTINGS = frozenset({"glob", "rglob", "iterdir"})
# What these make of a sequence stands in the same order.
_KEEPING = frozenset(
    {
        "list",
        "tuple",
        "map",
        "filter",
        "enumerate",
        "zip",
        "reversed",
        "iter",
        "tqdm",
        "array",
        "asarray",
        "stack",
        "vstack",
        "concatenate",
        "chain",
        "Series",
        "DataFrame",
        "concat",
        "shuffle",
        "permutation",
        "from_tensor_slices",
    }
)
_KEEPING_METHODS = frozenset(
    {"copy", "tolist", "to_list", "astype", "reset_index", "reshape", "numpy", "values", "float"}
)
_SHUFFLES = frozenset({"shuffle", "permutation"})
_TEXT_METHODS = frozenset({"read", "split", "lower", "upper", "strip", "splitlines", "join"})
_TEXT_NAME = Pattern(
    r"(?i)(^|_)(words?|tokens?|chars?|characters?|text|vocab(ulary)?|sentences?|letters?|tags?|"
    r"corpus|strings?)(_|$|\d)|_names$"
)


@frozen
class Source:
    """The call, or the set, whose order nothing fixes; of sets it is another in every run.

    `keys` says that a dict has its keys in that order: a table of it has columns so, not rows.
    Where each turn of a loop in that order adds several things, `inner` is the order of these.
    """

    node: ast.expr
    is_set: bool
    keys: bool = False
    inner: Source | None = None


Environment = dict[str, Source]


class Order:
    """Tells which expressions stand in the order of a source, given what the names hold."""

    def __init__(self, module: Module):
        self._module = module
        self._paths = any(name.startswith("pathlib") for name in module.names.aliases.values())
        self.returned: dict[str, Source] = {}
        self._texts = _texts(module)

    def of(self, node: ast.expr, names: Environment) -> Source | None:
        """Find the source that gives a value its order."""
        if isinstance(node, _NAMES):
            path = path_of(node)
            known = names.get(path) if path else None
            if known is None and isinstance(node, ast.Attribute) and node.attr == "values":
                return self.of(node.value, names)
            return known
        if isinstance(node, ast.Call):
            return self._call(node, names)
        if isinstance(node, _TURNS):
            return self.turns(node.generators[0].iter, names)
        if isinstance(node, ast.DictComp):
            turning = self.turns(node.generators[0].iter, names)
            return turning and Source(turning.node, turning.is_set, keys=True)
        if isinstance(node, _SETS):
            text = not _is_one(node) and self._holds_text(node, names)
            return Source(node, is_set=True) if text else None
        if isinstance(node, ast.Subscript):
            return self._part(node, names)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return self.of(node.left, names) or self.of(node.right, names)
        if isinstance(node, ast.IfExp):
            return self.of(node.body, names) or self.of(node.orelse, names)
        if isinstance(node, ast.Starred):
            return self.of(node.value, names)
        return None

    def turns(self, node: ast.expr, names: Environment) -> Source | None:
        """Find the source of the order in which a value gives its items one by one."""
        source = self.of(node, names)
        return source and Source(source.node, source.is_set, inner=source.inner)

    def _part(self, node: ast.Subscript, names: Environment) -> Source | None:
        """A slice keeps the order; an element has none, but for those of `next(os.walk(path))`."""
        if isinstance(node.slice, ast.Slice):
            return self.of(node.value, names)
        inner = node.value
        if isinstance(inner, ast.Call) and last_name(inner.func) == "next" and inner.args:
            walk = inner.args[0]
            if isinstance(walk, ast.Call) and self.walks(walk):
                return Source(walk, is_set=False)
        return None

    def walks(self, node: ast.expr) -> bool:
        """Say whether an expression walks through folders."""
        return isinstance(node, ast.Call) and self._resolve(node) == "os.walk"

    def _call(self, node: ast.Call, names: Environment) -> Source | None:
        name = self._resolve(node)
        attribute = last_name(node.func)
        if name in _LISTINGS or (name is None and self._lists_path(node)):
            return Source(node, is_set=False)
        if name in {"builtins.set", "builtins.frozenset"}:
            held = node.args[0] if node.args and not _is_one(node.args[0]) else None
            text = held is not None and self._holds_text(held, names)
            return Source(node, is_set=True) if text else None
        if name is None and isinstance(node.func, ast.Name):
            return self.returned.get(node.func.id)
        if attribute in _KEEPING and not (attribute in _SHUFFLES and self.loses(node)):
            return self._rows(node, attribute == "DataFrame", names)
        if isinstance(node.func, ast.Attribute):
            if attribute in _KEEPING_METHODS:
                return self.of(node.func.value, names)
            if path_of(node.func.value) == "self":
                return self.returned.get(attribute)
        return None

    def _rows(self, node: ast.Call, makes_table: bool, names: Environment) -> Source | None:
        """Find what gives the rows of a sequence or table their order; columns are left aside."""
        given = _arguments(node)
        if _beside(node):  # what is written out has rows; the order of other tables is of columns
            written = (each for each in given if isinstance(each, ast.List | ast.Tuple))
            given = [column for each in written for column in each.elts]
        for argument in given:
            source = self.of(argument, names)
            if source is not None and not (makes_table and source.keys):
                return Source(source.node, source.is_set, inner=source.inner)
        return None

    def loses(self, node: ast.Call) -> bool:
        """Say whether nothing seeds a shuffle, so that the order before it does not matter."""
        drawing = self._module.fact(draws_by_call).get(node)
        if drawing is None:
            return False
        return not self._module.fact(Seeding).reaches(drawing.generator, drawing)

    def _lists_path(self, node: ast.Call) -> bool:
        if not self._paths or not isinstance(node.func, ast.Attribute):
            return False
        attribute = node.func.attr
        return attribute in _PATH_LISTINGS and (attribute != "iterdir" or not node.args)

    def _holds_text(self, node: ast.expr, names: Environment) -> bool:
        """Say whether a value is text, or surely holds strings; only these are hashed at random."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str)
        if isinstance(node, ast.Set | ast.List | ast.Tuple):
            return bool(node.elts) and all(self._holds_text(item, names) for item in node.elts)
        if isinstance(node, ast.Name):
            source = names.get(node.id)
            listed = source is not None and not source.is_set
            return listed or node.id in self._texts or bool(_TEXT_NAME.search(node.id))
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr in _TEXT_METHODS:
                return True
            if self._resolve(node) == "os.listdir":
                return True
            inner = last_name(node.func) in {"list", "tuple", "sorted", "set"} and node.args
            return bool(inner) and self._holds_text(node.args[0], names)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            element = node.elt
            if isinstance(element, ast.Name):
                return bool(_TEXT_NAME.search(element.id)) or element.id in {"w", "c", "ch"}
            return self._holds_text(element, names)
        if isinstance(node, ast.Subscript):
            return self._holds_text(node.value, names)
        return isinstance(node, ast.JoinedStr)

    def _resolve(self, node: ast.Call) -> str | None:
        return self._module.names.resolve(node.func)


def path_of(node: ast.AST) -> str | None:
    """Give `a.b` for the expression `a.b`, None for what is no name."""
    if isinstance(node, ast.Name):
        return node.id
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def _is_one(node: ast.expr) -> bool:
    """Say whether what is written out is a single thing, which stands in one order only."""
    written = node.elts if isinstance(node, ast.Set | ast.List | ast.Tuple) else []
    return len(written) == 1 and not isinstance(written[0], ast.Starred)


def _arguments(node: ast.Call) -> list[ast.expr]:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    inner = [value for argument in given for value in _inside(argument)]
    return [*given, *inner]


def _beside(node: ast.Call) -> bool:
    """Say whether a call puts columns side by side: `concat(tables, axis=1)`."""
    axes = (keyword.value for keyword in node.keywords if keyword.arg == "axis")
    return any(isinstance(axis, ast.Constant) and axis.value in {1, "columns"} for axis in axes)


def _inside(node: ast.expr) -> list[ast.expr]:
    """What a literal holds: `DataFrame({"path": paths})`, `concat([a, b])`."""
    if isinstance(node, ast.Dict):
        return list(node.values)
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else []


def _texts(module: Module) -> set[str]:
    """Name what is bound to text that is read or cut into words."""
    return {
        target.id
        for node in module.nodes.find(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Attribute)
        and node.value.func.attr in _TEXT_METHODS
    }
