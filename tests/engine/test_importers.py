"""Seeds that only the files which import a document set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlaudit.config.schema import Config
from mlaudit.engine.review import review

HELPER = """\
from sklearn.mixture import GaussianMixture

def grouped(rows):
    return GaussianMixture(n_components=4).fit_predict(rows)
"""
CALLER = """\
import numpy as np
from helpers.groups import grouped

np.random.seed(7)
print(grouped(np.load("rows.npy")))
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "project"
    (folder / "helpers").mkdir(parents=True)
    monkeypatch.chdir(folder)
    Path("helpers/groups.py").write_text(HELPER)


def unseeded(cache: Path | None = None) -> list[str]:
    found = review(["."], Config(), cache=cache).findings
    return [finding.location.path for finding in found if finding.code in {"SEED003", "SEED005"}]


def test_a_helper_draws_by_the_seed_of_the_program_that_calls_it() -> None:
    Path("main.py").write_text(CALLER)
    assert unseeded() == []


def test_a_seed_that_is_only_a_remark_seeds_nothing() -> None:
    Path("main.py").write_text(CALLER.replace("np.random.seed", "# np.random.seed"))
    assert unseeded() == ["helpers/groups.py"]


def test_another_generator_is_of_no_help() -> None:
    text = CALLER.replace("import numpy as np", "import random\nimport numpy as np")
    Path("main.py").write_text(text.replace("np.random.seed", "random.seed"))
    assert unseeded() == ["helpers/groups.py"]


def test_notebooks_and_files_between_count() -> None:
    Path("between.py").write_text("from helpers.groups import grouped\n")
    source = CALLER.replace("helpers.groups", "between")
    cell = {"cell_type": "code", "source": source, "metadata": {}, "outputs": []}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    Path("main.ipynb").write_text(json.dumps(notebook))
    assert unseeded() == []


def test_what_is_imported_beside_a_helper_may_seed_at_its_top_level() -> None:
    Path("main.py").write_text(CALLER.replace("np.random.seed(7)", "import rows"))
    Path("rows.py").write_text("from settings import *\n")
    Path("settings.py").write_text("import numpy as np\n\nnp.random.seed(7)\n")
    assert unseeded() == []
    Path("settings.py").write_text("import numpy as np\n\ndef set_seed():\n    np.random.seed(7)\n")
    assert unseeded() == ["helpers/groups.py"]


def test_a_function_beside_a_helper_that_the_program_calls_may_seed() -> None:
    text = CALLER.replace("np.random.seed(7)", "set_up(7)")
    Path("main.py").write_text(f"from again import set_up\n{text}")
    seeding = "import numpy as np\n\ndef set_up(number):\n    np.random.seed(number)\n"
    Path("again.py").write_text(seeding)
    assert unseeded() == []
    Path("again.py").write_text(seeding.replace("set_up", "other"))
    assert unseeded() == ["helpers/groups.py"]


def test_what_a_program_makes_of_its_configuration_it_imports(tmp_path: Path) -> None:
    program = CALLER.replace("from helpers.groups import grouped", "import hydra")
    Path("main.py").write_text(program.replace("grouped(", 'hydra.utils.instantiate("groups", '))
    Path("conf/parts").mkdir(parents=True)
    named = Path("conf/parts/rows.yaml")
    cache = tmp_path / "cache"
    assert unseeded(cache) == ["helpers/groups.py"]
    named.write_text("groups:\n  _target_: helpers.groups.grouped\n  _partial_: true\n")
    assert unseeded(cache) == []
    Path("main.py").write_text(program.replace("grouped(", "print("))
    assert unseeded(cache) == ["helpers/groups.py"]


GAUGES = """\
import pytorch_lightning as pl
import torch
from torch import nn

class Gauge(pl.LightningModule):
    def __init__(self, width=24):
        super().__init__()
        self.inner = nn.Linear(width, 1)

    def training_step(self, batch, number):
        return nn.functional.mse_loss(self.inner(batch[0]), batch[1])

    def configure_optimizers(self):
        return torch.optim.Adam(self.inner.parameters())

    def learn(self, batches):
        pl.Trainer().fit(self, batches)

class HarbourGauge(Gauge):
    pass
"""
LEARNING = """\
import torch
from helpers.gauges import HarbourGauge

torch.manual_seed(7)
HarbourGauge().learn(torch.load("harbour.pt"))
"""


def test_weights_of_a_derived_class_are_drawn_by_the_seeds_of_those_who_make_it() -> None:
    Path("helpers/groups.py").unlink()
    Path("helpers/gauges.py").write_text(GAUGES)
    assert unseeded() == []
    Path("main.py").write_text(LEARNING)
    assert unseeded() == []
    Path("main.py").write_text(LEARNING.replace("torch.manual_seed(7)", ""))
    assert unseeded() == ["helpers/gauges.py"]


def test_the_seed_of_a_test_is_none_of_the_program() -> None:
    Path("test_groups.py").write_text(CALLER)
    assert unseeded() == ["helpers/groups.py"]


def test_a_file_that_trains_by_itself_needs_its_own_seed() -> None:
    Path("main.py").write_text(CALLER)
    Path("helpers/groups.py").write_text(f"{HELPER}\nprint(grouped([[1], [2], [4], [9], [3]]))\n")
    assert unseeded() == ["helpers/groups.py"]


def test_what_is_remembered_rests_upon_the_importers(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert unseeded(cache) == ["helpers/groups.py"]
    Path("main.py").write_text(CALLER)
    assert unseeded(cache) == []
    Path("main.py").write_text(CALLER.replace("np.random.seed(7)", ""))
    assert unseeded(cache) == ["helpers/groups.py"]


PARTS = """\
import pandas as pd
from sklearn.model_selection import train_test_split


class Parts:
    def divide(self, path):
        return train_test_split(pd.read_csv(path))


if __name__ == "__main__":
    print(Parts().divide("rows.csv")[0].head())
"""
USER = """\
import numpy as np
from helpers.parts import Parts

np.random.seed(7)
print(Parts().divide("rows.csv"))
"""


def divided() -> list[tuple[str, bool]]:
    """Tell of each unseeded split whether it is said of runs alone whose caller sets no seed."""
    found = review(["."], Config()).findings
    return [
        (finding.location.path, "whose caller sets no seed" in finding.message)
        for finding in found
        if finding.code == "SEED001"
    ]


PROGRAM = """\
import numpy as np
from sklearn.linear_model import SGDClassifier

SEED = 7
np.random.seed(SEED)


def main():
    SGDClassifier().fit(np.load("rows.npy"), np.load("kinds.npy"))


if __name__ == "__main__":
    main()
"""


def test_what_nothing_imports_is_seeded_as_all_programs_that_train_are() -> None:
    Path("helpers/parts.py").write_text(PARTS.partition("\n\nif __name__")[0])
    Path("main.py").write_text(PROGRAM)
    assert divided() == []
    Path("show.py").write_text(PROGRAM.replace("np.random.seed", "print").replace(".fit", ""))
    assert divided() == []
    Path("show.py").write_text(PROGRAM.replace("np.random.seed", "print"))
    assert divided() == [("helpers/parts.py", True)]


@pytest.mark.parametrize("also", ["import helpers.parts\n", PARTS[PARTS.index("if __name__") :]])
def test_what_is_imported_or_run_is_not_seeded_by_other_programs(also: str) -> None:
    lent = PARTS.partition("if __name__")[0]
    Path("helpers/parts.py").write_text(lent)
    Path("main.py").write_text(PROGRAM)
    if also.startswith("import"):
        Path("other.py").write_text(also)
    else:
        Path("helpers/parts.py").write_text(lent + also)
    assert [path for path, _ in divided()] == ["helpers/parts.py"]


def test_what_is_only_tried_out_is_divided_by_the_seeds_of_all_who_use_it() -> None:
    Path("helpers/parts.py").write_text(PARTS)
    assert divided() == [("helpers/parts.py", False)]
    Path("main.py").write_text(USER)
    assert divided() == []
    Path("other.py").write_text(USER.replace("np.random.seed(7)", ""))
    assert divided() == [("helpers/parts.py", True)]


def test_rows_sampled_apart_are_drawn_by_the_seed_of_the_program_that_calls() -> None:
    cut = "import pandas as pd\n\ndef cut(path):\n    rows = pd.read_csv(path)\n"
    part = "    known = rows.sample(frac=0.7)\n    return known, rows.drop(known.index)\n"
    Path("helpers/parts.py").write_text(cut + part)
    calling = 'import numpy as np\nfrom helpers.parts import cut\n\n{}\ncut("rows.csv")\n'
    Path("main.py").write_text(calling.format("np.random.seed(7)"))
    assert divided() == []
    Path("main.py").write_text(calling.format("np.random.rand(7)"))
    assert divided() == [("helpers/parts.py", False)]


def test_a_file_that_only_shows_what_it_prepares_has_no_say() -> None:
    Path("helpers/parts.py").write_text(PARTS)
    working = USER.replace("print(", "print(SVC().fit(*").replace('csv")', 'csv"))')
    Path("main.py").write_text(f"from sklearn.svm import SVC\n{working}")
    showing = USER.replace("np.random.seed(7)", "")
    Path("show.py").write_text(showing)
    assert divided() == []
    Path("other.py").write_text("import show\n")
    assert divided() == [("helpers/parts.py", True)]
    Path("other.py").unlink()
    Path("show.py").write_text(working.replace("np.random.seed(7)", ""))
    assert divided() == [("helpers/parts.py", True)]


def test_a_file_that_uses_something_else_has_no_say() -> None:
    Path("helpers/parts.py").write_text(f"{PARTS}\nROWS = 4\n")
    Path("main.py").write_text(USER.replace("Parts().divide", "print").replace("Parts", "ROWS"))
    assert divided() == [("helpers/parts.py", False)]


def test_a_program_that_learns_in_its_main_part_is_no_trial() -> None:
    learning = "from sklearn.svm import SVC\n" + PARTS + "    SVC().fit([[1], [2]], [0, 1])\n"
    Path("helpers/parts.py").write_text(learning)
    Path("main.py").write_text(USER)
    assert divided() == [("helpers/parts.py", False)]


JUDGE = """\
from imblearn.over_sampling import SMOTE
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC


def judge(rows, kinds):
    X_train, X_test, y_train, y_test = train_test_split(rows, kinds, random_state=7)
    X_train, y_train = SMOTE(random_state=7).fit_resample(X_train, y_train)
    model = SVC().fit(X_train, y_train)
    print(classification_report(y_test, model.predict(X_test)))
"""
BALANCING = """\
import numpy as np
from helpers.judge import judge
from helpers.rows import balance_samples

judge(*balance_samples(np.load("rows.npy"), np.load("kinds.npy")))
"""


def unstratified() -> list[str]:
    found = review(["."], Config()).findings
    return [finding.location.path for finding in found if finding.code == "IMBA001"]


def test_rows_that_importers_even_out_by_hand_need_no_strata() -> None:
    Path("helpers/judge.py").write_text(JUDGE)
    Path("main.py").write_text(BALANCING.replace("balance_samples", "read_samples"))
    assert unstratified() == ["helpers/judge.py"]
    Path("main.py").write_text(BALANCING)
    assert unstratified() == []
