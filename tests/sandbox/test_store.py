"""Files by hash: whole or absent, and no more of them than there may be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sandbox.store import HashStore


def test_what_was_put_is_got(tmp_path: Path) -> None:
    store = HashStore(tmp_path, max_bytes=1 << 20)
    key = store.key("compiler", "source")
    assert store.get(key) is None
    assert not store.touch(key)
    store.put(key, b"binary")
    assert store.get(key) == b"binary"
    assert HashStore(tmp_path, max_bytes=1 << 20).touch(key), "another process sees it too"


def test_parts_do_not_run_into_each_other() -> None:
    assert HashStore.key("ab", "c") != HashStore.key("a", "bc")


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    store = HashStore(tmp_path, max_bytes=1000)
    keys = [store.key(str(number)) for number in range(128)]
    for number, key in enumerate(keys):
        store.put(key, bytes(100))
        os.utime(tmp_path / key[:2] / key[2:], (number, number))
    left = [number for number, key in enumerate(keys) if store.get(key) is not None]
    assert len(left) <= 11
    assert left[-1] == 127


def test_a_broken_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = HashStore(tmp_path, max_bytes=1000)

    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        store.put(store.key("x"), b"data")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_large_files_make_room_sooner(tmp_path: Path) -> None:
    store = HashStore(tmp_path, max_bytes=1000)
    for number in range(8):
        store.put(store.key(str(number)), bytes(400))
        assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) <= 1000
    assert store.get(store.key("7")) is not None
