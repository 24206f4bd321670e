"""Journals, stores and files survive what happens to them."""

from __future__ import annotations

import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from evaluator.schema import Suite
from trainer_client.dataset.files import DiskFull, RunError, exclusive, new_folder, write_whole
from trainer_client.dataset.journal import KeyedJournal, lines
from trainer_client.dataset.parts import ProblemFiles, read_rejections, write_problems, write_rejections
from trainer_client.dataset.row import Problem, Rejection
from trainer_client.dataset.store import SuiteFiles, SuiteLost

KEYS = [f"{number:064x}" for number in range(20)]


def test_what_was_written_is_there_when_the_journal_is_opened_again(tmp_path: Path) -> None:
    with KeyedJournal(tmp_path / "journal.jsonl") as journal:
        for number, key in enumerate(KEYS):
            journal.write(key, {"number": number, "text": "ä" * 100_000})
        assert journal.get(KEYS[7])["number"] == 7
    with KeyedJournal(tmp_path / "journal.jsonl") as journal:
        assert len(journal) == 20
        assert journal.get(KEYS[19])["number"] == 19
        assert journal.get("f" * 64) is None


def test_a_journal_of_mostly_old_outcomes_is_made_small(tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    with KeyedJournal(file) as journal:
        for key in KEYS:
            journal.write(key, {"of": "old settings", "text": "x" * 1000})
        journal.write(KEYS[3], {"of": "new settings"})
        assert not journal.compact(KEYS, 1000), "half of it and more is needed"
        assert not journal.compact(KEYS[3:5]), "it is small"
        assert journal.compact(KEYS[3:5], 1000)
        assert journal.get(KEYS[3]) == {"of": "new settings"}
        journal.write(KEYS[5], {"of": "later"})
        assert KEYS[0] not in journal
    assert [line["key"] for line in lines(file)] == [KEYS[4], KEYS[3], KEYS[5]]
    assert [each.name for each in tmp_path.iterdir()] == ["journal.jsonl"]


@pytest.mark.parametrize("cut", [1, 2, 20, 70, 90])
def test_a_line_that_was_cut_is_written_anew(tmp_path: Path, cut: int) -> None:
    file = tmp_path / "journal.jsonl"
    with KeyedJournal(file) as journal:
        for key in KEYS[:3]:
            journal.write(key, "value")
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut])
    with KeyedJournal(file) as journal:
        assert KEYS[1] in journal or cut >= 90
        assert KEYS[2] not in journal
        for key in KEYS[1:3]:
            if key not in journal:
                journal.write(key, "value")
    assert file.read_bytes() == whole
    assert [line["key"] for line in lines(file)] == KEYS[:3]


def test_another_file_is_no_journal(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text("hello\n")
    with pytest.raises(RunError, match=r"journal\.jsonl: the line at byte 0 does not belong to a journal"):
        KeyedJournal(tmp_path / "journal.jsonl")


def test_a_full_disk_is_a_sentence_and_the_journal_as_before(tmp_path: Path) -> None:
    """The size that a file may have is limited: the kernel says EFBIG where a full disk says ENOSPC."""
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from trainer_client.dataset.journal import KeyedJournal\n"
        "from trainer_client.dataset.files import DiskFull\n"
        "journal = KeyedJournal(Path(sys.argv[1]))\n"
        "journal.write('a' * 64, 'kept')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, resource.RLIM_INFINITY))\n"
        "try:\n"
        "    journal.write('b' * 64, 'x' * 5000)\n"
        "except DiskFull as error:\n"
        "    print(error)\n"
    )
    file = tmp_path / "journal.jsonl"
    ended = subprocess.run([sys.executable, "-c", script, str(file)], capture_output=True, text=True, check=True)
    assert f"{file} could not be written: File too large. Make room" in ended.stdout
    with KeyedJournal(file) as journal:
        assert len(journal) == 1
        assert journal.get("a" * 64) == "kept"
    assert file.read_bytes().endswith(b"\n")


def test_a_file_is_whole_or_as_before(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    write_whole(tmp_path / "file", b"old")
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(DiskFull):
            write_whole(tmp_path / "file", b"new" * 100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (tmp_path / "file").read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_a_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    def make(text: str, *, fail: bool) -> None:
        with new_folder(tmp_path / "set") as folder:
            (folder / text).touch()
            if fail:
                raise KeyError("interrupted")

    make("first", fail=False)
    with pytest.raises(KeyError):
        make("second", fail=True)
    assert [each.name for each in (tmp_path / "set").iterdir()] == ["first"]
    make("third", fail=False)
    assert [each.name for each in tmp_path.rglob("*")] == ["set", "third"]


def test_a_run_is_one_process_s(tmp_path: Path) -> None:
    with exclusive(tmp_path):
        other = f"from pathlib import Path\nfrom trainer_client.dataset.files import *\nwith exclusive(Path({str(tmp_path)!r})): pass"
        ended = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=False)
        assert "another process works in this folder" in ended.stderr
    with exclusive(tmp_path):
        pass


def test_suites_are_stored_by_their_names(tmp_path: Path) -> None:
    store = SuiteFiles(tmp_path)
    suite = Suite.model_validate({"mode": "stdio", "tests": [{"input": "ä", "output": "x"}]})
    suite_id, size = store.put(suite)
    assert suite_id == suite.id
    assert size == len(suite.canonical())
    assert store.get(suite_id) == suite
    digest = suite_id.removeprefix("sha256:")
    assert (tmp_path / digest[:2] / f"{digest}.json.zst").exists()
    name, _ = store.put_raw({"inputs": ["1"]})
    assert store.get_raw(name) == {"inputs": ["1"]}
    with pytest.raises(SuiteLost, match=r"does not exist\. Remove it and the stages' folders"):
        store.get("sha256:" + "0" * 64)
    with pytest.raises(KeyError, match="names no suite"):
        store.get(name)


def test_threads_store_one_suite_at_the_same_time(tmp_path: Path) -> None:
    """Two problems may have the same tests, and stages work on several problems at a time."""
    store, start = SuiteFiles(tmp_path), Barrier(8, timeout=60)

    def put(number: int) -> str:
        names = []
        for turn in range(40):
            start.wait()
            names.append(store.put_raw({"inputs": ["x" * 200_000, turn]})[0])
        return ",".join(names)

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(put, range(8)))) == 1
    assert not list(tmp_path.rglob("*.part"))


def test_parts_hold_problems_and_rejections(tmp_path: Path) -> None:
    problems = [Problem(f"p{number:04d}", statement="x" * 5000) for number in range(300)]
    assert write_problems(iter(problems), tmp_path) == 300
    assert list(ProblemFiles(tmp_path)) == problems
    assert len(ProblemFiles(tmp_path)) == 300
    rejections = [Rejection("a", "process", "no_tests", {"where": "file:1"})]
    assert write_rejections(rejections, tmp_path / "rejected.parquet") == 1
    assert read_rejections(tmp_path / "rejected.parquet") == rejections


def test_a_set_without_problems_is_a_file_too(tmp_path: Path) -> None:
    assert write_problems(iter(()), tmp_path) == 0
    assert list(ProblemFiles(tmp_path)) == []
    assert len(ProblemFiles(tmp_path).files()) == 1
