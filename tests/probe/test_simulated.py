"""A CUDA device that holds no data: programs run on it, and it takes what the CPU would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.probed import probe
from mlaudit.probe.cards import budget
from mlaudit.probe.job import Limits, job_of
from mlaudit.probe.memory import SIMULATED_STEPS, simulated

if TYPE_CHECKING:
    from pathlib import Path

    from mlaudit.model.profile import Profile

NETWORKS = {
    "perceptron": """
model = nn.Sequential(nn.Linear(256, 512), nn.ReLU(), nn.Linear(512, 10))
inputs = torch.randn(512, 256)
""",
    "convolutions": """
model = nn.Sequential(nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
                      nn.Conv2d(16, 16, 3), nn.Flatten(), nn.Linear(16 * 13 * 13, 10))
inputs = torch.randn(16, 3, 32, 32)
""",
    "attention": """
layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)
model = nn.Sequential(nn.Embedding(100, 64), nn.TransformerEncoder(layer, 2), nn.Flatten(),
                      nn.Linear(64 * 64, 10))
inputs = torch.randint(0, 100, (8, 64))
""",
}
TRAINING = """
labels = torch.randint(0, 10, (len(inputs),))
model, inputs, labels = model.to(DEVICE), inputs.to(DEVICE), labels.to(DEVICE)
optimizer = torch.optim.AdamW(model.parameters())
for step in range(4):
    with torch.autocast(DEVICE, dtype=torch.bfloat16, enabled=MIXED):
        loss = nn.functional.cross_entropy(model(inputs), labels)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def run(folder: Path, program: str, *, on_card: bool) -> Profile:
    (folder / "train.py").write_text("import torch\nfrom torch import nn\n" + program)
    limits, card = Limits(seconds=120), budget(None, None)
    job = job_of("train.py", (), module=False, python=None, limits=limits, track_memory=True)
    review = probe(simulated(job, card) if on_card else job, Config(), allowed=card)
    assert review.profile is not None
    return review.profile


@pytest.mark.parametrize(
    ("network", "mixed"),
    [
        pytest.param("perceptron", True, marks=pytest.mark.slow),
        pytest.param("perceptron", False, marks=pytest.mark.slow),
        pytest.param("convolutions", True, marks=pytest.mark.slow),
        pytest.param("convolutions", False, marks=pytest.mark.slow),
        ("attention", True),
        pytest.param("attention", False, marks=pytest.mark.slow),
    ],
)
def test_a_simulated_device_takes_what_the_cpu_takes(
    network: str, mixed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    taken = {}
    for device in ("cpu", "cuda"):
        settings = f"DEVICE, MIXED = {device!r}, {mixed}\n"
        program = settings + NETWORKS[network] + TRAINING
        profile = run(tmp_path, program, on_card=device == "cuda")
        assert profile.ended == "ran to its end"
        assert profile.memory is not None
        assert profile.memory.device == device
        taken[device] = profile.memory
    assert taken["cuda"].tier.startswith("T3, simulated")
    # The layer that an encoder copies stays behind on the host.
    assert taken["cuda"].peak == pytest.approx(taken["cpu"].peak, rel=0.05)
    for kind in ("gradients", "activations and batch"):
        assert taken["cuda"].kinds[kind] == pytest.approx(taken["cpu"].kinds[kind], rel=0.01)


NEEDS_CUDA = """
model = nn.Linear(8, 1).cuda()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
while True:
    loss = model(torch.randn(4, 8, device="cuda")).square().mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
"""


def test_a_program_that_cannot_do_without_cuda_gets_one_that_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    profile = run(tmp_path, NEEDS_CUDA, on_card=False)
    assert (profile.how, profile.steps) == ("stopped", SIMULATED_STEPS)
    assert profile.losses == ()
    assert any("made up" in note for note in profile.notes)
    assert profile.memory is not None
    assert profile.memory.tier.startswith("T3, simulated")


def test_who_would_like_cuda_is_told_of_the_simulated_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    program = NEEDS_CUDA.replace(".cuda()", ".to(device)").replace('"cuda")', "device)", 1)
    chosen = 'device = "cuda" if torch.cuda.is_available() else "cpu"\n'
    profile = run(
        tmp_path, chosen + program.replace("while True", "for _ in range(3)"), on_card=False
    )
    assert profile.how == "finished"
    assert [note for note in profile.notes if "--simulate-cuda" in note]
