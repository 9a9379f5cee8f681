"""SEED014: a pretrained model is fetched in whatever version the hub has today."""

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
from mlaudit_rules.reproducibility.remote import given, is_on_hub, keywords, text_of

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from mlaudit.rulekit import Finding, Module

_LOADING = frozenset({"from_pretrained", "SentenceTransformer", "pipeline", "load"})
# Models that the hub keeps without the name of an owner.
_CANONICAL = Pattern(
    r"^((distil)?bert|(distil)?roberta|xlm|(distil)?gpt2|openai-gpt|t5|albert|xlnet|camembert|electra"
    r"|flaubert|ctrl|transfo-xl)(-[\w.-]+)?$"
)
_SENTENCES = Pattern(r"^(all|paraphrase|multi-qa|msmarco|distiluse|stsb|nli)-[\w.-]+$")


class UnpinnedModel(Rule):
    """Reports pretrained models that are named without a revision, once for each model."""

    meta = RuleMeta(
        code="SEED014",
        name="unpinned-model",
        family="reproducibility",
        severity=Severity.INFO,
        confidence=Confidence.HIGH,
        help="Name the revision of the pretrained model, by the hash of its commit.",
        impact="The owner of the model can change what the program starts from at any time.",
        tier=Tier.RESEARCH,
    )

    def check_module(self, module: Module) -> Iterable[Finding]:
        """Judge what is loaded from the hubs of Hugging Face and PyTorch."""
        if module.is_test:
            return
        found: dict[str, list[ast.Call]] = {}
        for name, node in _unpinned(module):
            found.setdefault(name, []).append(node)
        for name, (first, *others) in found.items():
            yield self.report(
                module.place(first),
                f"{quoted(name)} is loaded without a revision: what it holds may change from one "
                "run to the next",
                evidence=[("loaded here too", module.place(node)) for node in others[:3]],
                fix=Fix("Name the commit that was used.", _pinned(name, first)),
            )


def _unpinned(module: Module) -> Iterator[tuple[str, ast.Call]]:
    for named in module.calls_named(*_LOADING, *module.names.aliases):
        node = named.node
        name = last_name(node.func)
        if keywords(node) & {"revision", "local_files_only", "source", None}:
            continue
        if name == "from_pretrained":
            text = text_of(module, given(node, "pretrained_model_name_or_path"))
            if text and (is_on_hub(module, text) or _CANONICAL.match(text)):
                yield text, node
        elif name == "SentenceTransformer":
            text = text_of(module, given(node, "model_name_or_path"))
            if text and (is_on_hub(module, text) or _SENTENCES.match(text)):
                yield text, node
        elif name == "pipeline" and module.names.resolve(node.func) == "transformers.pipeline":
            text = text_of(module, given(node, "model", 1))
            if text and (is_on_hub(module, text) or _CANONICAL.match(text)):
                yield text, node
        elif module.names.resolve(node.func) == "torch.hub.load":
            text = text_of(module, given(node, "repo_or_dir"))
            if text and ":" not in text and is_on_hub(module, text):
                yield text, node


def _pinned(name: str, node: ast.Call) -> str:
    if last_name(node.func) == "load":
        return f'"{name}:<tag or commit>"'
    return 'revision="<commit>"'
