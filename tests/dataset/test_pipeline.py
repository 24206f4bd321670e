"""A run is the same whatever happens to it; bad input is a sentence; nothing that was done is lost."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluator.local import LocalService
from tests.command import microcoder
from tests.dataset.erring import erring
from tests.dataset.problem_set import leetcode_row, write_config, write_rows
from trainer_client.dataset import collect
from trainer_client.dataset.config import read_config
from trainer_client.dataset.files import RunError, sha256_of
from trainer_client.dataset.parts import read_rejections
from trainer_client.dataset.pipeline import Pipeline, stage_folder
from trainer_client.dataset.process import ProcessStage
from trainer_client.dataset.row import Problem
from trainer_client.dataset.story import explain

DIES = """
import os, signal, sys
from evaluator.cli.app import app
from trainer_client.dataset.journal import KeyedJournal
when, left, write = sys.argv.pop(1), 70, KeyedJournal.write
def write_and_die(*arguments):
    global left
    left -= 1
    if when == "after": write(*arguments)
    if left == 0: os.kill(os.getpid(), signal.SIGKILL)
    if when == "before": write(*arguments)
KeyedJournal.write = write_and_die
app()
"""
"""A command that is killed as by ``kill -9`` before or after a line of a journal: a stage of 150 problems has as many."""


def source(file: Path, **more: Any) -> dict[str, Any]:
    return {"format": "leetcodedataset", "files": [file], "name": "lc", **more}


def outcome(folder: Path) -> dict[str, str]:
    """Hashes of everything that a run's stages made, without what only serves to go on."""
    files = [each for each in (folder / "run").rglob("*") if each.suffix in (".parquet", ".zst")]
    assert files
    return {str(each.relative_to(folder)): sha256_of(each) for each in sorted(files)}


def command(config: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "evaluator", "dataset", "run", "--config", str(config), *arguments]


def journal_lines(folder: Path) -> int:
    return sum(each.read_bytes().count(b"\n") for each in (folder / "run").glob("*/journal.jsonl"))


def test_two_runs_are_equal_byte_for_byte(tmp_path: Path) -> None:
    rows = [leetcode_row(number) for number in range(40)]
    file = write_rows(tmp_path / "rows.jsonl.gz", [*rows, leetcode_row(3), {**leetcode_row(50), "input_output": []}])
    outcomes = []
    for name, threads in (("one", 1), ("two", 8)):
        (tmp_path / name).mkdir()
        config = read_config(write_config(tmp_path / name, source(file), service={"concurrency": threads}))
        Pipeline(config).run("process")
        outcomes.append(outcome(tmp_path / name))
    assert outcomes[0] == outcomes[1]


def test_a_run_that_was_killed_again_and_again_comes_to_the_same(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(150)])
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
    config = write_config(tmp_path / "killed", source(file))
    for when in ("before", "after", "before", "after"):
        dies = [sys.executable, "-c", DIES, when, "dataset", "run", "--config", str(config), "--until", "process"]
        assert subprocess.run(dies, stderr=subprocess.DEVNULL, check=False).returncode == -signal.SIGKILL
    subprocess.run(command(config, "--until", "process"), check=True, capture_output=True)
    Pipeline(read_config(write_config(tmp_path / "whole", source(file)))).run("process")
    assert outcome(tmp_path / "killed") == outcome(tmp_path / "whole")


def test_nothing_is_done_twice(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(10)])
    config = read_config(write_config(tmp_path, source(file)))
    Pipeline(config).run("process")
    before = {each: each.stat().st_mtime_ns for each in (tmp_path / "run").rglob("part-*")}
    Pipeline(config).run("process")
    assert {each: each.stat().st_mtime_ns for each in (tmp_path / "run").rglob("part-*")} == before
    stricter = config.model_copy(update={"process": config.process.model_copy(update={"statement_min_chars": 10_000})})
    [collected, processed] = Pipeline(stricter).run("process")
    assert (collected.problems_out, processed.rejections) == (10, {"statement_short": 10})
    first = stage_folder(config, "collect").problems.files()[0]
    assert first.stat().st_mtime_ns == before[first]


def test_one_row_that_changed_is_one_row_that_is_done(tmp_path: Path) -> None:
    rows = [leetcode_row(number) for number in range(10)]
    config = read_config(write_config(tmp_path, source(write_rows(tmp_path / "rows.jsonl", rows))))
    Pipeline(config).run("process")
    write_rows(tmp_path / "rows.jsonl", [{**rows[0], "difficulty": "Hard"}, *rows[1:]])
    Pipeline(config).run("process")
    assert journal_lines(tmp_path) == 2 * 11
    problems = {each.id: each for each in stage_folder(config, "process").problems}
    assert problems["lc/add-000"].source_difficulty == "hard"


def rejected(config_file: Path) -> dict[str, Mapping[str, Any]]:
    return {each.reason: each.evidence for each in read_rejections(config_file.parent / "run" / "rejected.parquet")}


def test_rows_that_cannot_be_problems_go_aside_with_their_file_and_row(tmp_path: Path) -> None:
    good = [leetcode_row(number) for number in range(3)]
    lacking = {name: value for name, value in leetcode_row(5).items() if name != "completion"}
    large = leetcode_row(6, problem_description="x" * (2 << 20))
    file = write_rows(
        tmp_path / "rows.jsonl", [*good, leetcode_row(1), {**leetcode_row(4), "input_output": []}, lacking, large]
    )
    config = write_config(tmp_path, source(file))
    [collected] = Pipeline(read_config(config, ["collect.row_mb=1"])).run("collect")
    assert (collected.problems_in, collected.problems_out) == (7, 3)
    evidence = rejected(config)
    assert evidence["duplicate_id"] == {"where": f"{file}:4", "first": f"{file}:2"}
    assert evidence["no_tests"]["where"] == f"{file}:5"
    assert evidence["missing_column"]["where"] == f"{file}:6"
    assert "no column 'completion'" in evidence["missing_column"]["message"]
    assert evidence["row_too_large"]["where"] == f"{file}:7"


def run(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return microcoder("dataset", "run", "--config", config, *arguments, columns=4000)


def sentence(ended: subprocess.CompletedProcess[str]) -> str:
    """Return the message of a command that failed, on one line: the terminal's width must not matter."""
    assert ended.returncode in (2, 3), ended.stderr
    assert "Traceback" not in ended.stderr
    return " ".join(ended.stderr.split("error:", 1)[1].split())


def test_a_file_that_was_cut_is_a_sentence_and_goes_on_when_it_is_whole(tmp_path: Path) -> None:
    rows = [leetcode_row(number, note=os.urandom(300).hex()) for number in range(200)]
    whole = write_rows(tmp_path / "rows.jsonl.gz", rows).read_bytes()
    (tmp_path / "rows.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    config = write_config(tmp_path, source(tmp_path / "rows.jsonl.gz"))
    said = sentence(run(config, "--until", "process"))
    kept = journal_lines(tmp_path)
    assert 0 < kept < 200
    assert f"rows.jsonl.gz:{kept + 1}: the file is cut or damaged here" in said
    (tmp_path / "rows.jsonl.gz").write_bytes(whole)
    assert run(config, "--until", "process").returncode == 0
    assert len(stage_folder(read_config(config), "process").problems) == 200


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda file: write_rows(file, [{"task_id": "x", "other": 1}]), "no column 'completion', 'entry_point'"),
        (lambda file: file.write_text('{"task_id": \n'), "not JSON"),
        (lambda file: file.write_text("[1]\n"), "a row must be an object, not list"),
        (lambda file: None, "does not exist"),
    ],
)
def test_a_file_of_another_kind_is_a_sentence(tmp_path: Path, write: Any, message: str) -> None:
    file = tmp_path / "rows.jsonl"
    write(file)
    with pytest.raises(RunError) as caught:
        Pipeline(read_config(write_config(tmp_path, source(file)))).run("collect")
    assert str(file) in str(caught.value)
    assert message in str(caught.value)


def test_a_parquet_file_without_a_column_is_a_sentence(tmp_path: Path) -> None:
    pq.write_table(pa.table({"task_id": ["a"]}), tmp_path / "rows.parquet")
    with pytest.raises(RunError, match=r"rows\.parquet:1: no column 'completion'"):
        Pipeline(read_config(write_config(tmp_path, source(tmp_path / "rows.parquet")))).run("collect")


def test_a_full_disk_is_a_sentence_and_the_run_goes_on_after(tmp_path: Path) -> None:
    """Files may grow to a limit, at which the kernel refuses as a full disk does."""
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(60)])
    for name in ("full", "whole"):
        (tmp_path / name).mkdir()
    config = write_config(tmp_path / "full", source(file))

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))

    ended = subprocess.run(
        command(config, "--until", "process"),
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "4000"},
        preexec_fn=limited,
    )
    said = sentence(ended)
    assert "could not be written: File too large. Make room and run the same command again" in said
    assert 0 < journal_lines(tmp_path / "full") < 60
    assert run(config, "--until", "process").returncode == 0
    Pipeline(read_config(write_config(tmp_path / "whole", source(file)))).run("process")
    assert outcome(tmp_path / "full") == outcome(tmp_path / "whole")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small file system")
def test_a_small_disk_that_is_full_is_a_sentence(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "none", str(disk)], check=False).returncode:
        pytest.skip("this root may not mount")
    try:
        file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(300)])
        config = write_config(disk, source(file))
        assert "could not be written: No space left on device. Make room" in sentence(run(config, "--until", "process"))
        kept = journal_lines(disk)
        assert kept > 0
        subprocess.run(["mount", "-o", "remount,size=40m", str(disk)], check=True)
        assert run(config, "--until", "process").returncode == 0
        assert len(stage_folder(read_config(config), "process").problems) == 300
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize("stage", ["collect", "process"])
@pytest.mark.parametrize("name", ["part-00000.parquet", "rejected.parquet", "done.json"])
@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda file: file.write_bytes(file.read_bytes()[:5])], ids=["gone", "cut"]
)
def test_a_file_of_a_stage_that_is_gone_is_written_anew(tmp_path: Path, stage: str, name: str, damage: Any) -> None:
    rows = [*(leetcode_row(number) for number in range(3)), leetcode_row(1)]
    config = read_config(write_config(tmp_path, source(write_rows(tmp_path / "rows.jsonl", rows))))
    Pipeline(config).run("process")
    before, lines = outcome(tmp_path), journal_lines(tmp_path)
    damage(stage_folder(config, stage).path / name)
    Pipeline(config).run("process")
    assert (outcome(tmp_path), journal_lines(tmp_path)) == (before, lines)


def test_a_suite_that_is_lost_is_a_sentence_that_says_how_to_get_it_back(tmp_path: Path) -> None:
    config = read_config(write_config(tmp_path, source(write_rows(tmp_path / "rows.jsonl", [leetcode_row(1)]))))
    Pipeline(config).run("process")
    before = outcome(tmp_path)
    for suite in (tmp_path / "run" / "suites").rglob("*.zst"):
        suite.write_bytes(suite.read_bytes()[:9])
    shutil.rmtree(stage_folder(config, "process").path)
    with pytest.raises(RunError, match=r"is damaged\. Remove it and the stages' folders beside"):
        Pipeline(config).run("process")
    for folder in (tmp_path / "run" / "suites", stage_folder(config, "collect").path):
        shutil.rmtree(folder)
    Pipeline(config).run("process")
    assert outcome(tmp_path) == before


def test_ids_that_are_no_text_that_can_be_written_are_mended(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(1, task_id="half \ud800"), leetcode_row(2, task_id=7)])
    config = read_config(write_config(tmp_path, source(file)))
    Pipeline(config).run("process")
    assert [each.id for each in stage_folder(config, "process").problems] == ["lc/7", "lc/half \\ud800"]


def test_a_key_that_nobody_knows_is_a_sentence(tmp_path: Path) -> None:
    config = write_config(tmp_path, source(tmp_path / "rows.jsonl"))
    assert "process: unknown key 'statment_min_chars'; the nearest known one is 'statement_min_chars'" in sentence(
        run(config, "process.statment_min_chars=1")
    )


@pytest.mark.parametrize("key", ["decontaminate.benchmarks", "filter.pass_rates"])
def test_a_file_that_a_later_step_needs_is_missed_at_once(tmp_path: Path, key: str) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(1)])
    value = "[{format: humaneval, files: [none.jsonl]}]" if "benchmarks" in key else "[none.jsonl]"
    config = read_config(write_config(tmp_path, source(file)), [f"{key}={value}"])
    with pytest.raises(RunError, match=rf"{key}: .*none\.jsonl does not exist"):
        Pipeline(config).run()
    assert not (tmp_path / "run").exists()
    Pipeline(config).run("process")


def test_without_a_service_nothing_is_verified(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(1)])
    with pytest.raises(RunError, match="there is no service: set"):
        Pipeline(read_config(write_config(tmp_path, source(file)))).run("verify")


def test_a_service_that_errs_makes_the_same_data_set(tmp_path: Path, service: LocalService) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(4)])
    outcomes = []
    with erring(service.url) as proxy:
        for name, url in (("good", service.url), ("erring", proxy.url)):
            (tmp_path / name).mkdir()
            config = write_config(tmp_path / name, source(file), service={"url": url})
            Pipeline(read_config(config)).run("verify")
            outcomes.append(outcome(tmp_path / name))
        assert proxy.seen["unavailable"] > 0
        assert proxy.seen["judge_error"] > 0
    assert outcomes[0] == outcomes[1]


def test_what_the_service_failed_over_is_tried_by_the_next_run(tmp_path: Path, service: LocalService) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(2)])
    for name in ("failed", "good"):
        (tmp_path / name).mkdir()
    config = read_config(write_config(tmp_path / "failed", source(file), service={"judge_retries": 0}))
    with erring(service.url, unavailable=0.0, judge_error=1.0) as proxy:
        [*_, verified] = Pipeline(config, lambda: nullcontext(proxy.url)).run("verify")
    assert (verified.problems_out, verified.quarantine["unverified"]) == (2, 2)
    [*_, verified] = Pipeline(config, lambda: nullcontext(service.url)).run("verify")
    assert "unverified" not in verified.quarantine
    whole = read_config(write_config(tmp_path / "good", source(file), service={"url": service.url}))
    Pipeline(whole).run("verify")
    assert outcome(tmp_path / "failed") == outcome(tmp_path / "good")


def test_a_service_that_is_lost_ends_the_run_with_a_sentence_and_what_is_done_stays(
    tmp_path: Path, service: LocalService
) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(3)])
    config = write_config(tmp_path, source(file), service={"patience_s": 0.5, "concurrency": 1})
    said = sentence(run(config, "--until", "verify", "--service", "http://127.0.0.1:9"))
    assert "Unreachable" in said
    assert "what is done is kept" in said
    assert run(config, "--until", "verify", "--service", service.url).returncode == 0


def test_the_story_of_a_problem_is_told(tmp_path: Path) -> None:
    file = write_rows(
        tmp_path / "rows.jsonl",
        [leetcode_row(1), leetcode_row(2, input_output=[{"input": "a = 1, b = 1", "output": "Error: x"}])],
    )
    config = write_config(tmp_path, source(file))
    Pipeline(read_config(config)).run("process")
    told = microcoder("dataset", "explain", "lc/add-002", "--config", config).stdout
    assert "process: REJECTED, error outputs" in told
    assert "Error: x" in told
    unknown = microcoder("dataset", "explain", "lc/none", "--config", config)
    assert "no stage knows a problem 'lc/none'" in " ".join(unknown.stderr.split())
    with pytest.raises(RunError, match=r"'lc/add-01'; the nearest are lc/add-001"):
        list(explain(read_config(config), "lc/add-01"))


def test_the_lock_says_what_a_run_was_made_of(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(1)])
    Pipeline(read_config(write_config(tmp_path, source(file)))).run("process")
    lock = json.loads((tmp_path / "run" / "config.lock.json").read_text())
    assert lock["inputs"][str(file)]["sha256"] == sha256_of(file)
    assert lock["stages"] == {"collect": collect.VERSION, "process": ProcessStage.version}
    assert lock["packages"]["pyarrow"]


def test_parts_open_wherever_parquet_does(tmp_path: Path) -> None:
    file = write_rows(tmp_path / "rows.jsonl", [leetcode_row(number) for number in range(5)])
    config = read_config(write_config(tmp_path, source(file)))
    Pipeline(config).run("process")
    table = pq.read_table(stage_folder(config, "process").problems.files()[0])
    assert table["id"].to_pylist() == [f"lc/add-{number:03d}" for number in range(5)]
    assert Problem.from_json(table.to_pylist()[0]).references[0].language == "python"


def test_a_data_set_is_written_once_and_again_where_a_file_was_changed(tmp_path: Path, service: LocalService) -> None:
    rows = [leetcode_row(number) for number in range(3)]
    config = write_config(
        tmp_path, source(write_rows(tmp_path / "rows.jsonl", rows), license="MIT"), service={"url": service.url}
    )
    Pipeline(read_config(config)).run()
    folder = tmp_path / "dataset"
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    assert files - {"manifest.json"} == set(manifest["files"])
    assert all(sha256_of(folder / name) == facts["sha256"] for name, facts in manifest["files"].items())
    written = (folder / "README.md").stat().st_mtime_ns
    Pipeline(read_config(config)).run()
    assert (folder / "README.md").stat().st_mtime_ns == written
    (folder / "README.md").write_text("changed")
    Pipeline(read_config(config)).run()
    assert json.loads((folder / "manifest.json").read_text()) == manifest
    assert sha256_of(folder / "README.md") == manifest["files"]["README.md"]["sha256"]


def test_a_permissive_data_set_holds_no_other_row(tmp_path: Path, service: LocalService) -> None:
    sources = [
        {**source(write_rows(tmp_path / f"{name}.jsonl", [leetcode_row(number)])), "name": name, "license": spdx}
        for number, (name, spdx) in enumerate({"a": "MIT", "b": "LicenseRef-unknown", "c": "GPL-3.0-only"}.items())
    ]
    config = write_config(tmp_path, *sources, service={"url": service.url}, deduplicate={"behaviour": False})
    for license_, expected in {"any": ["MIT", "LicenseRef-unknown", "GPL-3.0-only"], "permissive": ["MIT"]}.items():
        Pipeline(read_config(config, [f"export.license={license_}", "filter.quarantine=keep"])).run("export")
        assert pq.read_table(tmp_path / "dataset" / "data")["license"].to_pylist() == expected
