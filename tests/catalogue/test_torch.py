"""The table of torch against the installed torch."""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from types import ModuleType

    from mlaudit.catalogue.catalogue import Catalogue
    from mlaudit.catalogue.entry import Entry

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.filterwarnings("ignore")

NO_LAYERS = {"LinearCrossEntropyOptions", "UninitializedBuffer", "UninitializedParameter"}
ARGUMENTS: tuple[tuple[int, ...], ...] = ((), (4,), (4, 2), (2, 4), (4, 4, 2), (4, 2, 4))


def classes(module: ModuleType, base: type | None = None) -> dict[str, Any]:
    """The public classes that a module offers."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and not name.startswith("_")
        and (base is None or (issubclass(value, base) and value is not base))
    }


def known(catalogue: Catalogue, qualified: str) -> Entry:
    entry = catalogue.find(qualified)
    assert entry is not None, qualified
    return entry


def order(function: Any) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]


@pytest.mark.parametrize("name", sorted(classes(torch.optim, torch.optim.Optimizer)))
def test_optimizers_are_known(catalogue: Catalogue, name: str) -> None:
    entry, signature = known(catalogue, f"torch.optim.{name}"), order(getattr(torch.optim, name))
    assert entry.kind == "optimizer"
    assert list(entry.parameters) == signature[: len(entry.parameters)]
    assert set(signature) & {"lr", "weight_decay", "momentum"} <= set(entry.hyperparameters)


@pytest.mark.parametrize(
    "name",
    sorted(
        set(classes(torch.optim.lr_scheduler, torch.optim.lr_scheduler.LRScheduler))
        - {"LRScheduler"}
    ),
)
def test_schedulers_are_known(catalogue: Catalogue, name: str) -> None:
    scheduler = getattr(torch.optim.lr_scheduler, name)
    entry, signature = known(catalogue, f"torch.optim.lr_scheduler.{name}"), order(scheduler)
    assert entry.kind == "scheduler"
    if name != "ChainedScheduler":
        assert list(entry.parameters) == signature[: len(entry.parameters)]


def test_no_hyperparameter_is_made_up(catalogue: Catalogue) -> None:
    optimizers = classes(torch.optim, torch.optim.Optimizer)
    schedulers = classes(torch.optim.lr_scheduler, torch.optim.lr_scheduler.LRScheduler)
    taken = {
        name for group in (optimizers, schedulers) for c in group.values() for name in order(c)
    }
    listed = {
        name
        for entry in catalogue.entries("torch").values()
        if entry.kind in {"optimizer", "scheduler"}
        for name in entry.hyperparameters
    }
    assert listed - taken == set()


@pytest.mark.parametrize("name", sorted(set(classes(torch.nn, torch.nn.Module)) - NO_LAYERS))
def test_modules_are_layers_or_losses(catalogue: Catalogue, name: str) -> None:
    entry = known(catalogue, f"torch.nn.{name}")
    loss = name.endswith(("Loss", "Loss2d")) and not name.endswith("WithLoss")
    assert (entry.kind == "loss") == loss
    assert loss or entry.kind in {"layer", "network"}


@cache
def weights(name: str, arguments: tuple[int, ...], seed: int) -> Any:
    torch.manual_seed(seed)
    made = getattr(torch.nn, name)(*arguments)
    return [parameter.detach().clone() for parameter in made.parameters()]


def initialised(name: str) -> list[Any] | None:
    """The initial weights under two seeds; None where the layer has none."""
    for arguments in ARGUMENTS:
        try:
            found = [weights(name, arguments, seed) for seed in (1, 2)]
        except Exception:
            continue
        if found[0]:
            return found
    return None


@pytest.mark.parametrize(
    "name", [name for name in sorted(classes(torch.nn, torch.nn.Module)) if "Lazy" not in name]
)
def test_layers_that_draw_their_weights_are_random(catalogue: Catalogue, name: str) -> None:
    drawn = initialised(name)
    entry = catalogue.find(f"torch.nn.{name}")
    if drawn is None or entry is None or entry.kind != "layer":
        return
    one, other = drawn
    varies = any(not torch.equal(a, b) for a, b in zip(one, other, strict=True))
    assert varies == (entry.random == "always")


@pytest.mark.parametrize("layer", ["Dropout", "AlphaDropout", "RReLU", "Softmax", "ReLU"])
def test_layers_that_draw_in_training_are_random(catalogue: Catalogue, layer: str) -> None:
    rows, results = torch.linspace(-1, 1, 200).reshape(10, 20), []
    for seed in (1, 2):
        torch.manual_seed(seed)
        made = torch.nn.Softmax(1) if layer == "Softmax" else getattr(torch.nn, layer)()
        results.append(made(rows))
    varies = not torch.equal(*results)
    assert varies == (known(catalogue, f"torch.nn.{layer}").random == "always")


def test_functional_losses_are_known(catalogue: Catalogue) -> None:
    functional = torch.nn.functional
    for name in dir(functional):
        function = getattr(functional, name)
        if not name.endswith(("_loss", "cross_entropy", "_with_logits", "kl_div")):
            continue
        if not callable(function):
            continue
        entry = known(catalogue, f"torch.nn.functional.{name}")
        assert entry.kind == "loss", name
        if order(function)[:2] == ["input", "target"]:
            assert entry.parameters == ("input", "target"), name
            assert entry.operands[1] == "true", name


@pytest.mark.parametrize(
    ("qualified", "function"),
    [
        ("torch.utils.data.DataLoader", torch.utils.data.DataLoader),
        ("torch.utils.data.Subset", torch.utils.data.Subset),
        ("torch.utils.data.random_split", torch.utils.data.random_split),
        ("torch.utils.data.SubsetRandomSampler", torch.utils.data.SubsetRandomSampler),
        ("torch.utils.data.RandomSampler", torch.utils.data.RandomSampler),
        ("torch.utils.data.ConcatDataset", torch.utils.data.ConcatDataset),
        ("torch.manual_seed", torch.manual_seed),
    ],
)
def test_arguments_stand_in_this_order(catalogue: Catalogue, qualified: str, function: Any) -> None:
    entry = known(catalogue, qualified)
    assert entry.parameters
    assert list(entry.parameters) == order(function)[: len(entry.parameters)]
    if entry.seed:
        assert entry.seed in order(function)


@pytest.mark.parametrize("name", ["rand", "randn", "randint", "randperm", "normal", "bernoulli"])
def test_draws_come_from_the_generator_that_is_named(catalogue: Catalogue, name: str) -> None:
    arguments = {
        "randint": (1000, (9,)),
        "normal": (torch.zeros(9), torch.ones(9)),
        "bernoulli": (torch.full((99,), 0.5),),
        "randperm": (99,),
    }.get(name, (9,))
    results = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        results.append(getattr(torch, name)(*arguments))
    assert torch.equal(results[0], results[1])
    assert not torch.equal(results[1], results[2])
    entry = known(catalogue, f"torch.{name}")
    assert (entry.kind, entry.generators) == ("draw", ("torch",))


def test_every_name_of_the_table_is_or_was_in_torch(catalogue: Catalogue) -> None:
    """Dotted names can be looked up; most others live in one of these modules."""
    homes = [
        torch,
        torch.nn,
        torch.nn.functional,
        torch.nn.init,
        torch.nn.utils,
        torch.nn.utils.rnn,
        torch.optim,
        torch.optim.lr_scheduler,
        torch.utils,
        torch.utils.data,
        torch.autograd,
        torch.cuda,
        torch.cuda.amp,
        torch.distributed,
        torch.hub,
        torch.nn.parallel,
    ]
    gone = {
        "Container",
        "SummaryWriter",
        "clip_grad_norm",
        "init.constant",
        "init.normal",
        "init.uniform",
        "kaiming_normal",
        "kaiming_uniform",
        "orthogonal",
        "xavier_normal",
        "xavier_uniform",
        "functional.linear_cross_entropy",
        "LinearCrossEntropyLoss",
        "Muon",
        "onnx.export",
    }

    def exists(home: Any, name: str) -> bool:
        for part in name.split("."):
            home = getattr(home, part, None)
        return home is not None

    names = set(catalogue.entries("torch")) - gone
    assert {name for name in names if not any(exists(home, name) for home in homes)} == set()
