"""Texts are kept as a whole or not at all, and what is no text of ours is as good as absent."""

from __future__ import annotations

import multiprocessing
import os
import time
from typing import TYPE_CHECKING

import pytest

from mlaudit.engine.cache import Cache, prune
from mlaudit.engine.digest import digest

if TYPE_CHECKING:
    from pathlib import Path

KEY, OTHER = digest(b"one"), digest(b"other")
TEXT = '["é \\ud800", 1]'.replace("é", "\\u00e9")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache"


def kept(folder: Path, key: str = KEY, text: str = TEXT) -> Path:
    Cache(str(folder)).keep(key, text)
    return folder / f"{key}.json"


def test_gives_what_was_kept(folder: Path) -> None:
    cache = Cache(str(folder))
    assert cache.get(KEY) is None
    kept(folder)
    assert cache.get(KEY) == TEXT
    assert cache.get(OTHER) is None
    kept(folder, KEY, "[]")
    assert cache.get(KEY) == "[]"


def test_keeps_itself_out_of_version_control(folder: Path) -> None:
    assert kept(folder).parent.joinpath(".gitignore").read_text() == "*\n"


def test_a_folder_of_somebody_else_gets_no_gitignore(tmp_path: Path) -> None:
    kept(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [f"{KEY}.json"]


@pytest.mark.parametrize("harm", [b"", b"[]", b"\n", b"\xff\xfe", None], ids=repr)
def test_what_is_damaged_is_absent_and_replaced(folder: Path, harm: bytes | None) -> None:
    path = kept(folder)
    path.write_bytes(path.read_bytes()[:-1] if harm is None else harm)
    assert Cache(str(folder)).get(KEY) is None
    kept(folder)
    assert Cache(str(folder)).get(KEY) == TEXT


def test_a_text_under_the_key_of_another_is_absent(folder: Path) -> None:
    kept(folder).rename(folder / f"{OTHER}.json")
    assert Cache(str(folder)).get(OTHER) is None


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_place_that_cannot_be_written_is_an_empty_cache(tmp_path: Path, place: str) -> None:
    (tmp_path / "taken").write_text("a file")
    cache = Cache(str(tmp_path / place))
    cache.keep(KEY, TEXT)
    cache.keep(OTHER, TEXT)
    cache.close()
    assert cache.get(KEY) is None
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_a_write_that_fails_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept(folder)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    cache = Cache(str(folder))
    cache.keep(OTHER, TEXT)
    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", f"{KEY}.json"]
    assert cache.get(KEY) == TEXT


def write_often(folder: str, word: str) -> None:
    cache = Cache(folder)
    for turn in range(150):
        cache.keep(KEY, word * (1 + 500 * (turn % 7)))
    cache.close()


def test_runs_at_the_same_time_harm_nothing(folder: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write_often, args=(str(folder), word)) for word in ("ab", "cd")
    ]
    for writer in writers:
        writer.start()
    seen = set()
    while any(writer.is_alive() for writer in writers):
        text = Cache(str(folder)).get(KEY)
        assert text is None or set(text) in ({"a", "b"}, {"c", "d"})
        seen.add(text is None)
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert False in seen
    left = {path.name for path in folder.iterdir()}
    assert left == {".gitignore", "pruned", f"{KEY}.json"}


def aged(path: Path, seconds: float) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def test_pruning_drops_the_old_the_unfinished_and_the_oldest_beyond_a_size(folder: Path) -> None:
    keys = [digest(bytes([number])) for number in range(6)]
    paths = [aged(kept(folder, key, "x" * 1000), 100 * age) for age, key in enumerate(keys)]
    aged(paths[1], 40 * 86_400)
    unfinished = folder / "0123456789abcdef.part"
    unfinished.write_text("")
    aged(unfinished, 2 * 86_400)
    prune(str(folder), most=3500)
    assert [path.exists() for path in paths] == [True, False, True, True, False, False]
    assert not unfinished.exists()


def test_pruning_leaves_alone_what_is_not_ours(folder: Path) -> None:
    kept(folder)
    names = ["review.json", f"{KEY}.txt", f"{KEY[:-1]}x.json", "notes.part", "pruned"]
    for name in names:
        (folder / name).write_text("mine")
        aged(folder / name, 90 * 86_400)
    prune(str(folder), most=0)
    assert sorted(path.name for path in folder.iterdir()) == sorted([".gitignore", *names])


def test_it_is_pruned_once_a_day_and_when_much_was_kept(folder: Path) -> None:
    old = aged(kept(folder, OTHER), 40 * 86_400)
    cache = Cache(str(folder))
    cache.keep(KEY, TEXT)
    cache.close()
    assert not old.exists()
    old = aged(kept(folder, OTHER), 40 * 86_400)
    cache = Cache(str(folder))
    cache.keep(KEY, TEXT)
    cache.close()
    assert old.exists()
    for _ in range(200):
        cache.keep(KEY, TEXT)
    cache.close()
    assert not old.exists()


def test_what_is_used_is_not_pruned(folder: Path) -> None:
    path = aged(kept(folder), 40 * 86_400)
    Cache(str(folder)).get(KEY)
    prune(str(folder))
    assert path.exists()
