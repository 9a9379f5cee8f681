from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from mlaudit.catalogue.catalogue import Catalogue, CatalogueError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Shelf = Callable[..., Catalogue]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Write tables, one for each keyword (`a__b` is `a.b`), and load them."""

    def write(**tables: str) -> Catalogue:
        for name, text in tables.items():
            (tmp_path / f"{name.replace('__', '.')}.toml").write_text(text)
        return Catalogue([tmp_path])

    return write


SCALER = '[[entry]]\nnames = ["Scaler"]\nkind = "transformer"\n'


@pytest.mark.parametrize(
    "qualified",
    ["lab.Scaler", "lab.preprocessing.Scaler", "lab.preprocessing._data.Scaler"],
)
def test_a_name_is_found_wherever_its_library_keeps_it(shelf: Shelf, qualified: str) -> None:
    entry = shelf(lab=SCALER).find(qualified)
    assert entry is not None
    assert (entry.name, entry.library, entry.kind) == ("Scaler", "lab", "transformer")


def test_what_comes_with_python_is_no_library_that_learns(shelf: Shelf) -> None:
    assert shelf(random="", torch="").learning == {"torch"}


@pytest.mark.parametrize(
    "qualified", ["lab", "lab.Other", "lab.Scaler.fit", "other.Scaler", "Scaler"]
)
def test_nothing_is_known_of_other_names(shelf: Shelf, qualified: str) -> None:
    assert shelf(lab=SCALER).find(qualified) is None


def test_the_longest_ending_wins(shelf: Shelf) -> None:
    catalogue = shelf(
        lab='[[entry]]\nnames = "Fold"\nkind = "splitter"\n'
        '[[entry]]\nnames = "old.Fold"\nkind = "index"\n'
    )
    kinds = {
        name: entry.kind
        for name in ("lab.new.Fold", "lab.old.Fold", "lab.very.old.Fold")
        if (entry := catalogue.find(name))
    }
    assert kinds == {
        "lab.new.Fold": "splitter",
        "lab.old.Fold": "index",
        "lab.very.old.Fold": "index",
    }


def test_the_table_of_the_longest_module_wins(shelf: Shelf) -> None:
    catalogue = shelf(
        lab=SCALER,
        lab__deep='[[entry]]\nnames = "Scaler"\nkind = "layer"\n',
    )
    shallow, deep = catalogue.find("lab.x.Scaler"), catalogue.find("lab.deep.x.Scaler")
    assert shallow is not None
    assert deep is not None
    assert (shallow.kind, deep.kind) == ("transformer", "layer")


def test_an_alias_shares_the_table_of_another_library(shelf: Shelf) -> None:
    catalogue = shelf(lab=SCALER, big__lab='include = "lab"\n')
    assert catalogue.find("big.lab.x.Scaler") == catalogue.find("lab.Scaler")
    assert catalogue.find("big.lab.x.Scaler") is not None
    assert catalogue.libraries == ["big.lab", "lab"]


def test_a_later_group_adds_to_an_earlier_one(shelf: Shelf) -> None:
    catalogue = shelf(
        lab='[[entry]]\nnames = "A B"\nkind = "predictor"\ntask = "classifier"\n'
        '[[entry]]\nnames = "B"\ntask = "regressor"\nseed = "random_state"\n'
    )
    a, b = catalogue.entries("lab")["A"], catalogue.entries("lab")["B"]
    assert (a.kind, a.task, a.seed) == ("predictor", "classifier", None)
    assert (b.kind, b.task, b.seed) == ("predictor", "regressor", "random_state")


def test_words_may_be_one_string(shelf: Shelf) -> None:
    listed = shelf(
        lab='[[entry]]\nnames = ["f"]\nkind = "metric"\noperands = ["true", "labels"]\n'
    ).find("lab.f")
    spelled = shelf(
        lab='[[entry]]\nnames = """\nf\ng\n"""\nkind = "metric"\noperands = "true labels"\n'
    ).find("lab.f")
    assert listed == spelled
    assert listed is not None
    assert listed.operands == ("true", "labels")


def test_conditions_are_tuples_of_values(shelf: Shelf) -> None:
    entry = shelf(
        lab='[[entry]]\nnames = "KFold"\nkind = "splitter"\nseed = "random_state"\n'
        'random = "when"\nwhen = { shuffle = [true], mode = "all" }\n'
    ).find("lab.KFold")
    assert entry is not None
    assert entry.when == {"shuffle": (True,), "mode": ("all",)}


def test_methods_belong_to_no_library(shelf: Shelf) -> None:
    catalogue = shelf(values='[[method]]\nnames = "mean"\nkind = "reduce"\nalong = "axis"\n')
    mean = catalogue.method("mean")
    assert mean is not None
    assert (mean.kind, mean.along) == ("reduce", "axis")
    assert catalogue.method("fit") is None
    assert catalogue.libraries == []
    assert catalogue.find("values.mean") is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('names = "A"\nkind = "predictor"\ncolour = "red"', "lab.toml: unknown key 'colour'"),
        ('names = "A"\nkind = "estimator"', "lab.toml: unknown kind 'estimator'"),
        ('names = "A"\nkind = "layer"\nrandom = "often"', "lab.toml: random must be one of"),
        ('kind = "layer"', "lab.toml: a group without names"),
        ('names = ""\nkind = "layer"', "lab.toml: a group without names"),
        ('names = "A"\ntask = "classifier"', "lab.toml: 'A' has no kind"),
    ],
)
def test_a_faulty_table_is_named_with_its_fault(shelf: Shelf, text: str, complaint: str) -> None:
    catalogue = shelf(lab=f"[[entry]]\n{text}\n")
    with pytest.raises(CatalogueError, match=complaint):
        catalogue.entries("lab")


def test_a_fault_of_one_group_does_not_hide_the_others(shelf: Shelf) -> None:
    catalogue = shelf(lab=f'{SCALER}[[entry]]\nnames = "A"\nkind = "estimator"\n')
    assert catalogue.find("lab.Scaler") is not None
    with pytest.raises(CatalogueError, match="unknown kind 'estimator'"):
        catalogue.find("lab.A")


def test_a_fault_of_syntax_is_told_with_its_line_in_the_file(shelf: Shelf) -> None:
    catalogue = shelf(lab=f'{SCALER}\n[[entry]]\nnames = "A"\nkind = layer\n')
    with pytest.raises(CatalogueError, match=r"lab\.toml: .*at line 7, column 8"):
        catalogue.find("lab.A")


def test_headings_may_be_written_in_any_way(shelf: Shelf) -> None:
    catalogue = shelf(
        lab='[[ entry ]] # one\nnames = "A"\nkind = "layer"\n'
        '[[entry]]\nnames = "B"\nkind = "splitter"\nrandom = "when"\n[entry.when]\nx = [1]\n'
        '[[entry]] # three\nnames = "B A"\nseed = "s"\n'
    )
    a, b = catalogue.find("lab.A"), catalogue.find("lab.B")
    assert a is not None
    assert b is not None
    assert (a.kind, a.seed) == ("layer", "s")
    assert (b.kind, b.seed, b.when) == ("splitter", "s", {"x": (1,)})


def test_a_file_is_read_when_it_is_no_longer_what_was_noted(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(SCALER)
    facts = (path.stat().st_size, None, [("Scaler Other", {"kind": "layer"})])
    noted = {str(tmp_path): {"lab.toml": facts}}
    before = Catalogue([tmp_path], noted)
    assert {name: entry.kind for name, entry in before.entries("lab").items()} == {
        "Scaler": "layer",
        "Other": "layer",
    }
    path.write_text(f"{SCALER}# changed\n")
    after = Catalogue([tmp_path], noted)
    assert {name: entry.kind for name, entry in after.entries("lab").items()} == {
        "Scaler": "transformer"
    }


def test_a_table_is_read_when_its_library_is_first_named(shelf: Shelf) -> None:
    catalogue = shelf(lab=SCALER, broken="this is not TOML")
    assert catalogue.find("lab.Scaler") is not None
    with pytest.raises(CatalogueError, match=r"broken\.toml: "):
        catalogue.find("broken.x")
