"""Configuration files: where they are found, what they may say, and how mistakes are reported."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mlaudit.config.load import load, nearest, with_options
from mlaudit.config.schema import Config, ConfigError, FailOn, Profile, keys, schema
from mlaudit.model.finding import Confidence, Severity

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_file_everything_is_default(tmp_path: Path) -> None:
    assert load(tmp_path) == Config()


def test_every_key_of_mlaudit_toml_is_understood(tmp_path: Path) -> None:
    (tmp_path / "mlaudit.toml").write_text(
        """\
profile = "production"
select = ["LEAK", "evaluation"]
extend-select = ["CONF012"]
ignore = ["LEAK010"]
exclude = ["old/"]
respect-gitignore = false
python-magics = ["benchmark"]
rework-confidence = "high"
fail-on = "never"
keep-going = true

[per-file-ignores]
"notebooks/*" = ["CONF"]

[severity]
SEED001 = "error"
"""
    )
    config = load(tmp_path)
    assert config.profile is Profile.PRODUCTION
    assert config.select == ("LEAK", "evaluation")
    assert config.extend_select == ("CONF012",)
    assert config.ignore == ("LEAK010",)
    assert config.exclude == ("old/",)
    assert not config.respect_gitignore
    assert config.python_magics == ("benchmark",)
    assert config.rework_confidence is Confidence.HIGH
    assert config.fail_on is FailOn.NEVER
    assert config.keep_going
    assert config.per_file_ignores == {"notebooks/*": ("CONF",)}
    assert config.severity == {"SEED001": Severity.ERROR}
    assert config.root == str(tmp_path)


def test_the_nearest_folder_above_decides(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "src"
    inner.mkdir(parents=True)
    (tmp_path / "mlaudit.toml").write_text('profile = "research"\n')
    (tmp_path / "project" / "pyproject.toml").write_text('[tool.mlaudit]\nprofile = "production"\n')
    assert load(inner).profile is Profile.PRODUCTION
    assert load(inner / "train.py").profile is Profile.PRODUCTION
    assert load(tmp_path).profile is Profile.RESEARCH


def test_mlaudit_toml_wins_over_pyproject_in_one_folder(tmp_path: Path) -> None:
    (tmp_path / "mlaudit.toml").write_text('profile = "research"\n')
    (tmp_path / "pyproject.toml").write_text('[tool.mlaudit]\nprofile = "production"\n')
    assert load(tmp_path).profile is Profile.RESEARCH


def test_a_pyproject_without_our_table_is_passed_over(tmp_path: Path) -> None:
    inner = tmp_path / "package"
    inner.mkdir()
    (tmp_path / "mlaudit.toml").write_text('profile = "research"\n')
    (inner / "pyproject.toml").write_text('[project]\ndependencies = ["mlaudit"]\n')
    assert load(inner).profile is Profile.RESEARCH


def test_somebody_elses_broken_pyproject_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\nname = mlaudit\n")
    assert load(tmp_path) == Config()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selct = ["LEAK"]', 'mlaudit.toml:1: unknown key "selct"; did you mean "select"?'),
        (
            "\nrespect_gitignore = true",
            'mlaudit.toml:2: unknown key "respect_gitignore"; did you mean "respect-gitignore"?',
        ),
        ("zzz = 1", 'mlaudit.toml:1: unknown key "zzz"'),
        (
            'profile = "reserch"',
            (
                "mlaudit.toml:1: profile: should be 'exploration', 'research' or 'production', "
                'not "reserch"; did you mean "research"?'
            ),
        ),
        ('select = "LEAK"', 'mlaudit.toml:1: select: should be a list of strings, not "LEAK"'),
        ("ignore = [1]", "mlaudit.toml:1: ignore: should be a string, not 1"),
        ('keep-going = "yes"', 'mlaudit.toml:1: keep-going: should be true or false, not "yes"'),
        (
            '[severity]\nLEAK001 = "fatal"',
            (
                "mlaudit.toml:2: severity.LEAK001: should be 'error', 'warning' or 'info', "
                'not "fatal"'
            ),
        ),
        ("profile =", "mlaudit.toml: is not TOML: Invalid value (at end of document)"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "mlaudit.toml").write_text(text)
    with pytest.raises(ConfigError) as raised:
        load(tmp_path)
    assert str(raised.value) == message


def test_a_mistake_in_pyproject_is_found_below_its_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.other]\nprofle = 1\n\n[tool.mlaudit]\n# why\nprofle = "research"\n'
    )
    with pytest.raises(ConfigError, match=r'^pyproject\.toml:6: unknown key "profle"'):
        load(tmp_path)


def test_a_file_that_is_not_text_or_not_there_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "mlaudit.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"^mlaudit\.toml: is not UTF-8 text$"):
        load(tmp_path)
    with pytest.raises(ConfigError, match=r"^gone\.toml: No such file or directory$"):
        load(file=tmp_path / "gone.toml")


def test_settings_remember_their_lines(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        """\
[project]
name = "churn"

[tool.mlaudit]
profile = 'research'
ignore = [
    "LEAK010",  # judged by hand
    "CONF",
]

[tool.mlaudit.per-file-ignores]
"notebooks/*" = ["SEED"]
"""
    )
    config = load(tmp_path)
    assert config.origin("profile") == "pyproject.toml:5"
    assert config.origin("ignore", "LEAK010") == "pyproject.toml:7"
    assert config.origin("ignore", "CONF") == "pyproject.toml:8"
    assert config.origin("per-file-ignores", "notebooks/*") == "pyproject.toml:12"
    assert config.origin("fail-on") == "default"


def test_options_replace_single_values_and_add_to_lists(tmp_path: Path) -> None:
    (tmp_path / "mlaudit.toml").write_text('profile = "research"\nignore = ["CONF"]\n')
    config = with_options(
        load(tmp_path), {"profile": Profile.PRODUCTION, "ignore": ("SEED",), "exclude": ()}
    )
    assert config.profile is Profile.PRODUCTION
    assert config.ignore == ("CONF", "SEED")
    assert config.origin("ignore", "SEED") == "--ignore"
    assert config.origin("ignore", "CONF") == "mlaudit.toml:2"
    assert config.origin("profile") == "--profile"


def test_select_on_the_command_line_decides_alone(tmp_path: Path) -> None:
    (tmp_path / "mlaudit.toml").write_text(
        'select = ["CONF"]\nextend-select = ["SEED"]\nignore = ["LEAK001"]\n'
    )
    config = with_options(load(tmp_path), {"select": ("LEAK001",), "ignore": ("LEAK002",)})
    assert config.select == ("LEAK001",)
    assert config.extend_select == ()
    assert config.ignore == ("LEAK002",)


def test_the_schema_names_the_keys_as_files_do() -> None:
    described = schema()
    assert tuple(described["properties"]) == keys()
    assert described["additionalProperties"] is False
    assert "per-file-ignores" in keys()


def test_nearest_is_silent_when_nothing_is_near() -> None:
    assert nearest("leak01", ["LEAK001", "SEED001"]) == '; did you mean "LEAK001"?'
    assert nearest("quite-different", ["LEAK001"]) == ""


def test_pydantic_is_loaded_only_for_a_file(tmp_path: Path) -> None:
    program = (
        "import sys; from mlaudit.config.load import load; load();"
        "print(sorted({'pydantic', 'tomllib', 'pathspec'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout.strip() == "[]"
