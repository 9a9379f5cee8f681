"""Finds and reads the configuration file, and lays the command line's options over it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlaudit.config.schema import Config, ConfigError, FailOn, Profile, Settings, key_of, keys
from mlaudit.model.frozen import names_of, replace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OWN_FILE = "mlaudit.toml"
SHARED_FILE = "pyproject.toml"
_SHARED_TABLE = "tool.mlaudit"


def load(start: Path | None = None, *, file: Path | None = None) -> Config:
    """Read `file`, or else the configuration that governs `start` (default: the working directory).

    Raises ConfigError for a file that cannot be read, is not TOML, or says what it may not say.
    """
    if file is not None:
        return read(file)
    found = find(start or Path())
    return read(found) if found is not None else Config()


def find(start: Path) -> Path | None:
    """Look for a configuration file in the folder of `start` and in those above it."""
    start = Path(start).absolute()
    for folder in (start, *start.parents):
        own = folder / OWN_FILE
        if own.is_file():
            return own
        shared = folder / SHARED_FILE
        if shared.is_file() and _speaks_of_us(shared):
            return shared
    return None


def read(path: Path) -> Config:
    """Read one configuration file; raises ConfigError when it is wrong."""
    from mlaudit.config.positions import positions

    shown = _shown(path)
    text = _text(path, shown)
    table = _table(path, text, shown)
    name = _SHARED_TABLE if path.name == SHARED_FILE else ""
    lines = {place: f"{shown}:{line}" for place, line in positions(text, name).items()}
    _refuse_unknown_keys(table, lines, shown)
    settings = _validate(table, lines, shown)
    values = {name: getattr(settings, name) for name in names_of(Settings)}
    root = str(path.absolute().parent)
    origins = {(key, ""): shown for key in table} | lines
    return Config(**values, file=shown, root=root, origins=origins)


def with_options(config: Config, options: Mapping[str, Any]) -> Config:
    """Lay the options of a command line over a configuration; None and () mean "not given".

    `select` decides alone: it replaces `select`, `extend_select` and `ignore` of the file.  Other
    lists are added to those of the file, single values replace them.
    """
    changes: dict[str, Any] = {}
    origins = dict(config.origins)
    if options.get("select"):
        changes = {"extend_select": (), "ignore": ()}
        origins = {place: at for place, at in origins.items() if place[0] != "select"}
    for name, value in options.items():
        if value is None or value == ():
            continue
        key, flag = key_of(name), f"--{key_of(name)}"
        if isinstance(value, tuple):
            before = () if name == "select" else changes.get(name, getattr(config, name))
            changes[name] = (*before, *value)
            origins |= {(key, entry): flag for entry in value}
        else:
            changes[name] = type(getattr(config, name))(value)
            origins[key, ""] = flag
    return replace(config, **changes, origins=origins)


def nearest(word: str, words: Sequence[str]) -> str:
    """Word the suggestion of the nearest known word: `; did you mean "x"?`, or nothing."""
    import difflib

    def likeness(known: str) -> float:
        return difflib.SequenceMatcher(None, word.lower(), known.lower()).ratio()

    best = max(words, key=likeness, default="")
    return f'; did you mean "{best}"?' if likeness(best) >= 0.55 else ""


def _speaks_of_us(path: Path) -> bool:
    """Tell cheaply whether a pyproject.toml has our table; a broken one is not ours to report."""
    try:
        text = path.read_bytes()
    except OSError:
        return False
    if b"mlaudit" not in text:
        return False
    import tomllib

    try:
        table = tomllib.loads(text.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return b"[tool.mlaudit" in text
    return isinstance(table.get("tool"), dict) and "mlaudit" in table["tool"]


def _shown(path: Path) -> str:
    """Give the shorter of the absolute and the relative path."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _text(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigError(f"{shown}: is not UTF-8 text") from None
    except OSError as error:
        raise ConfigError(f"{shown}: {error.strerror or error}") from None


def _table(path: Path, text: str, shown: str) -> dict[str, Any]:
    import tomllib

    try:
        table: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{shown}: is not TOML: {error}") from None
    if path.name == SHARED_FILE:
        for part in _SHARED_TABLE.split("."):
            table = table.get(part, {}) if isinstance(table, dict) else table
    if not isinstance(table, dict):
        raise ConfigError(f"{shown}: {_SHARED_TABLE} is not a table")
    return table


def _refuse_unknown_keys(
    table: Mapping[str, Any], lines: Mapping[tuple[str, str], str], shown: str
) -> None:
    for key in table:
        if key not in keys():
            place = lines.get((key, ""), shown)
            raise ConfigError(f'{place}: unknown key "{key}"{nearest(key, keys())}')


def _validate(table: dict[str, Any], lines: Mapping[tuple[str, str], str], shown: str) -> Settings:
    from mlaudit.config.values import WrongValueError, settings

    try:
        return settings(table)
    except WrongValueError as error:
        wrong = error
    key, *rest = wrong.place
    place = lines.get((key, rest[0] if rest else "")) or lines.get((key, "")) or shown
    subject = f"{key}.{rest[0]}" if rest and not rest[0].isdigit() else key
    raise ConfigError(f"{place}: {subject}: {wrong}{_suggestion(key, wrong.given)}")


def _suggestion(key: str, given: object) -> str:
    choices: dict[str, list[str]] = {"profile": [*Profile], "fail-on": [*FailOn]}
    return nearest(given, choices.get(key, [])) if isinstance(given, str) else ""
