"""Suites on disk: parsed once, within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

import evaluator.suites
from evaluator.errors import SuiteNotFound
from evaluator.schema import Suite
from evaluator.suites import SuiteStore


def suite(number: int) -> Suite:
    return Suite.model_validate({"mode": "stdio", "tests": [{"input": f"{number}", "output": "x" * 1000}]})


def test_a_suite_is_parsed_once(tmp_path: Path) -> None:
    store = SuiteStore(tmp_path, max_bytes=1 << 20)
    suite_id, new = store.put(suite(1))
    assert (new, store.put(suite(1))) == (True, (suite_id, False))
    assert store.get(suite_id) is store.get(suite_id)
    assert store.get(suite_id) == suite(1)


def test_what_is_kept_parsed_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluator.suites, "_PARSED_BYTES", 3000)
    store = SuiteStore(tmp_path, max_bytes=1 << 20)
    names = [store.put(suite(number))[0] for number in range(4)]
    first = store.get(names[0])
    for name in names[1:]:
        store.get(name)
    assert store.get(names[0]) is not first, "it had to go"
    assert store.get(names[0]) == first


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    store = SuiteStore(tmp_path, max_bytes=1 << 20)
    for name in ("sha256:" + "0" * 64, "../etc/passwd", ""):
        assert name not in store
        with pytest.raises(SuiteNotFound):
            store.get(name)


@pytest.mark.parametrize("kept", [b"{", b'{"mode": "stdio", "tests": []}'], ids=["cut", "of a version that took it"])
def test_a_file_that_is_no_suite_counts_as_absent_and_is_replaced(tmp_path: Path, kept: bytes) -> None:
    wanted = suite(1)
    file = tmp_path / wanted.id.removeprefix("sha256:")[:2] / wanted.id.removeprefix("sha256:")[2:]
    file.parent.mkdir()
    file.write_bytes(kept)
    store = SuiteStore(tmp_path, max_bytes=1 << 20)
    assert wanted.id not in store
    with pytest.raises(SuiteNotFound):
        store.get(wanted.id)
    assert store.put(wanted) == (wanted.id, True)
    assert wanted.id in store
    assert store.get(wanted.id) == wanted
