"""What a function does with gradients: it looks at them, takes a step, or leaves that to others."""

from __future__ import annotations

import ast

import pytest

from mlaudit.syntax.gradients import only_read, steps_around
from mlaudit.syntax.spelling import last_name

READ = [
    "loss.backward()\nfor p in net.parameters():\n    sums[p] += p.grad.detach() ** 2",
    "loss.backward()\nnear = row + 0.1 * row.grad.sign()",
    "row.grad = None\nloss.backward()\nreturn row.grad.abs().max()",
    "net.zero_grad()\nloss.backward()\nif w.grad is not None:\n    total = total + w.grad",
]
NOT_ONLY_READ = [
    "loss.backward()",
    "loss.backward()\nprint(w.grad is None)",
    "loss.backward()\ntold = w.grad.norm()\noptimizer.step()",
    "loss.backward()\ntold = w.grad.norm()\nscaler.step(optimizer)",
    "loss.backward()\nw.data = w.data - 0.1 * w.grad",
    "loss.backward()\nw -= 0.1 * w.grad",
    "loss.backward()\nw.data.add_(-0.1 * w.grad)",
    "loss.backward()\nreturn [p.grad for p in net.parameters()]",
    "loss.backward()\nreturn [p.grad.clone() for p in net.parameters()]",
    "loss.backward()\nfor p, q in pairs:\n    q.grad = 2 * p.grad",
    "loss.backward()\ntold = w.grad.norm()\nclip_grad_norm_(net.parameters(), 1)",
    "inner = torch.autograd.grad(loss, w)\n(loss + inner).backward()",
]


def function(body: str) -> ast.AST:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return ast.parse(f"def look():\n{lines}").body[0]


@pytest.mark.parametrize("body", READ)
def test_gradients_that_are_computed_with_are_read(body: str) -> None:
    assert only_read(function(body))


@pytest.mark.parametrize("body", NOT_ONLY_READ)
def test_a_step_may_be_taken_here_or_elsewhere(body: str) -> None:
    assert not only_read(function(body))


@pytest.mark.parametrize(
    ("body", "steps"),
    [
        ("for row in rows:\n    look(row)\n    optimizer.step()", True),
        ("look(row)\noptimizer.step()", True),
        ("for row in rows:\n    loss.backward()\n    optimizer.step()\nlook(row)", False),
        ("for row in rows:\n    look(row)\noptimizer.step()", True),
    ],
)
def test_a_caller_may_take_the_step_but_not_in_another_loop(body: str, steps: bool) -> None:
    caller = function(body)
    calls = [node for node in ast.walk(caller) if isinstance(node, ast.Call)]
    (call,) = (node for node in calls if last_name(node.func) == "look")
    assert steps_around(call, caller) is steps
