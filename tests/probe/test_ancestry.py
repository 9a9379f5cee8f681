"""Which calls of a network a loss has come from, however it was made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn
from torch.utils import checkpoint

from mlaudit.probe.agent.ancestry import among_ancestors, order_of

if TYPE_CHECKING:
    from collections.abc import Callable


class Twice(torch.autograd.Function):  # type: ignore[misc]
    """Doubles what it gets."""

    @staticmethod
    def forward(_context: Any, value: Any) -> Any:
        return value * 2

    @staticmethod
    def backward(_context: Any, gradient: Any) -> Any:
        return gradient * 2


def outputs(count: int) -> list[Any]:
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    return [network(torch.randn(5, 3)) for _ in range(count)]


def wanted(found: list[Any]) -> dict[int, Any]:
    orders = {order_of(one): one for one in found}
    assert None not in orders and len(orders) == len(found)
    return orders  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("loss", "learnt"),
    [
        (lambda a, b, c: nn.functional.cross_entropy(b, torch.zeros(5, dtype=torch.long)), "b"),
        (lambda a, b, c: b.mean() + 0.1 * (a**2).sum(), "ab"),
        (lambda a, b, c: torch.stack([a.sum(), b.sum(), c.sum()]).mean(), "abc"),
        (lambda a, b, c: c.sum() + b.detach().sum(), "c"),
        (lambda a, b, c: nn.Linear(2, 1)(a).relu().mean(), "a"),
        (lambda a, b, c: Twice.apply(c).view(-1)[:3].sum(), "c"),
        (lambda a, b, c: checkpoint.checkpoint(torch.exp, a, use_reentrant=False).sum(), "a"),
        (lambda a, b, c: [a.sum(), c.sum()], "ac"),
        (lambda a, b, c: nn.Linear(2, 1)(torch.ones(5, 2)).sum(), ""),
        (lambda a, b, c: torch.ones(()), ""),
    ],
    ids=[
        "a loss of torch",
        "a sum of two",
        "all stacked",
        "one cut off",
        "through another network",
        "a function of the program",
        "what is computed again",
        "several losses",
        "another network",
        "no graph",
    ],
)
def test_a_loss_is_followed_to_the_outputs_it_was_made_of(
    loss: Callable[..., Any], learnt: str
) -> None:
    a, b, c = outputs(3)
    names = dict(zip(wanted([a, b, c]), "abc", strict=True))
    found = among_ancestors(loss(a, b, c), wanted([a, b, c]))
    assert sorted(names[order] for order in found) == list(learnt)


def test_outputs_are_found_when_nobody_holds_them_any_more() -> None:
    one, other = outputs(2)
    names = dict(zip(wanted([one, other]), ("one", "other"), strict=True))
    loss = (one.exp() + other.detach()).mean()
    del one, other
    assert [names[order] for order in among_ancestors(loss, names)] == ["one"]


def test_a_leaf_has_no_number() -> None:
    assert order_of(nn.Parameter(torch.ones(3))) is None
