"""SEED015: data are fetched in whatever version there is today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import (
    Confidence,
    Fix,
    Pattern,
    Rule,
    RuleMeta,
    Severity,
    Tier,
    last_name,
    quoted,
)
from mlaudit_rules.reproducibility.learning import learns
from mlaudit_rules.reproducibility.remote import given, is_on_hub, keywords, text_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

_FETCHING = frozenset({"load_dataset", "fetch_openml"})
_FORMATS = frozenset(
    {
        "csv",
        "json",
        "parquet",
        "text",
        "arrow",
        "pandas",
        "xml",
        "sql",
        "imagefolder",
        "audiofolder",
        "videofolder",
        "webdataset",
        "generator",
    }
)
_SIMPLE = Pattern(r"^[A-Za-z0-9][\w.-]*$")
_READING = Pattern(r"^(read_\w+|loadtxt|genfromtxt|urlretrieve|urlopen|get_file|download\w*|wget)$")
_BRANCH = Pattern(
    r"^https?://(raw\.githubusercontent\.com/[^/]+/[^/]+/|(www\.)?github\.com/[^/]+/[^/]+/(raw|blob)/)"
    r"(refs/heads/[^/]+|master|main|dev|develop)/"
)
_LATEST = Pattern(r"(?i)^https?://.*\blatest\b")


class UnpinnedDataset(Rule):
    """Reports data sets that are fetched without a version, once for each."""

    meta = RuleMeta(
        code="SEED015",
        name="unpinned-dataset",
        family="reproducibility",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help="Name the version of the data, or keep a copy with its checksum.",
        impact="The data can change without a trace, and results with them.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what a program that learns loads from hubs, OpenML and branches of repositories."""
        if module.is_test or not module.fact(learns):
            return
        found: dict[str, list[tuple[ast.Call, str, str]]] = {}
        for name, node, why, pinned in _unpinned(module):
            found.setdefault(name, []).append((node, why, pinned))
        for name, ((first, why, pinned), *others) in found.items():
            yield self.report(
                module.place(first),
                f"{quoted(name)} {why}: the data may change from one run to the next",
                evidence=[("loaded here too", module.place(node)) for node, _, _ in others[:3]],
                fix=Fix("Name the version that was used.", pinned),
            )


def _unpinned(module: Module) -> Iterator[tuple[str, ast.Call, str, str]]:
    """Find what is loaded without a version: its name, the call, why, and how to pin it."""
    fetching = (name for name in module.called if name in _FETCHING or _READING.match(name))
    for named in module.calls_named(*fetching):
        node = named.node
        name = last_name(node.func)
        if None in keywords(node):
            continue
        if name == "load_dataset":
            yield from _from_hub(module, node)
        elif name == "fetch_openml" and not keywords(node) & {"version", "data_id"}:
            text = text_of(module, given(node, "name"))
            if text and len(node.args) < 2:
                yield text, node, "is fetched without a version", "version=1"
        elif name not in _FETCHING:
            yield from _from_web(module, node)


def _from_hub(module: Module, node: ast.Call) -> Iterator[tuple[str, ast.Call, str, str]]:
    resolved = module.names.resolve(node.func) or ""
    if resolved.split(".", 1)[0] != "datasets":
        return
    if keywords(node) & {"revision", "data_files", "data_dir"}:
        return
    text = text_of(module, given(node, "path"))
    if text and text not in _FORMATS and (is_on_hub(module, text) or _SIMPLE.match(text)):
        yield text, node, "is loaded without a revision", 'revision="<commit>"'


def _from_web(module: Module, node: ast.Call) -> Iterator[tuple[str, ast.Call, str, str]]:
    for argument in (*node.args[:2], *(keyword.value for keyword in node.keywords)):
        text = text_of(module, argument)
        if text is None:
            continue
        if _BRANCH.match(text):
            why = "is read from a branch that goes on"
            yield text, node, why, "the hash of a commit in place of the branch"
        elif _LATEST.match(text):
            yield text, node, "is read in its latest version", "an address that names a version"
