"""The memory of cards by their names."""

from __future__ import annotations

from mlaudit.probe.job import Budget, ProbeError

GIB = 2**30

# GiB by name; a name that comes with several sizes says which.
CARDS = {
    "GTX 1080 Ti": 11,
    "RTX 2080 Ti": 11,
    "RTX 3060": 12,
    "RTX 3070": 8,
    "RTX 3080": 10,
    "RTX 3090": 24,
    "RTX 4060": 8,
    "RTX 4070": 12,
    "RTX 4080": 16,
    "RTX 4090": 24,
    "RTX 5090": 32,
    "T4": 16,
    "V100 16GB": 16,
    "V100 32GB": 32,
    "L4": 24,
    "A10": 24,
    "A100 40GB": 40,
    "A100 80GB": 80,
    "H100": 80,
    "H200": 141,
}
DEFAULT_CARD = "RTX 2080 Ti"


def budget(size: int | None, card: str | None) -> Budget:
    """Give the budget of a size, of a card, or the default one.

    Raises `ProbeError` for an unknown card.
    """
    if size is not None:
        return Budget(size, "")
    wanted = _plain(card or DEFAULT_CARD)
    found = [name for name in CARDS if _plain(name) == wanted]
    if not found:
        raise ProbeError(
            f"no card is known as {card!r}: give its memory by --vram, or one of "
            + ", ".join(CARDS)
        )
    return Budget(CARDS[found[0]] * GIB, found[0])


def _plain(name: str) -> str:
    return "".join(name.lower().replace("nvidia", "").replace("geforce", "").split())
