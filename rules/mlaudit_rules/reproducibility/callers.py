"""Seeds that are set by the files which import a document, told from their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlaudit.rulekit import Pattern
from mlaudit_rules.reproducibility.seed_names import ALL, HELPER

if TYPE_CHECKING:
    from mlaudit.rulekit import Module

_CALLED = Pattern(r"([\w.]*\w)\s*\(")
_IN = {
    "random.seed": ("python",),
    "np.random.seed": ("numpy",),
    "numpy.random.seed": ("numpy",),
    "torch.manual_seed": ("torch",),
    "manual_seed": ("torch",),
    "tf.random.set_seed": ("tensorflow",),
    "tensorflow.random.set_seed": ("tensorflow",),
    "tf.set_random_seed": ("tensorflow",),
}
_TEST = Pattern(r"(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$|(^|/)tests?/")


def seeded_by_callers(module: Module) -> frozenset[str]:
    """Name the generators that a file seeds which imports the document; tests do not count."""
    texts = [text for name, text in module.importers if not _TEST.search(name.replace("\\", "/"))]
    return frozenset(generator for text in texts for generator in _seeded(text))


def _seeded(text: str) -> set[str]:
    if "seed" not in text and "determinis" not in text and "reproducib" not in text:
        return set()
    found: set[str] = set()
    code = "\n".join(line.partition("#")[0] for line in text.splitlines())
    for target in _CALLED.findall(code):
        if target in _IN:
            found.update(_IN[target])
        elif HELPER.fullmatch(target.rpartition(".")[2]):
            found.update(ALL)
    return found
