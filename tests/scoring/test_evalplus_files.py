"""EvalPlus's folders of samples, and the results that it and we write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import lines, score
from tests.scoring.test_languages import HALF, TWICE
from trainer_client.benchmarks import evalplus_files
from trainer_client.benchmarks.functions import read_samples, read_tasks
from trainer_client.benchmarks.task import BadFile

__all__ = ["client"]
RIGHT, BASE_ONLY = "def twice(n):\n    return 2 * n\n", "def twice(n):\n    return 4\n"


def folder(path: Path, *programs: str) -> Path:
    (path / "HumanEval_0").mkdir(parents=True)
    for number, program in enumerate(programs):
        (path / "HumanEval_0" / f"{number}.py").write_text(program)
    return path


def test_a_folder_of_samples_is_scored_and_has_evalplus_s_results(tmp_path: Path, client: Client) -> None:
    samples = folder(tmp_path / "model_temp_0.2", RIGHT, BASE_ONLY)
    common = ("functions", lines(tmp_path / "plus.jsonl", TWICE), samples, "--server", client.service.url)
    done = score(*common)
    assert done.returncode == 0, done
    assert "pass@1 0.5000" in done.stdout
    results = samples / "eval_results.json"
    assert str(results) in done.stdout
    assert (tmp_path / "model_temp_0.2.base.score.json").exists()
    rows = json.loads(results.read_text())["eval"]["HumanEval/0"]
    assert [(row["base_status"], row["plus_status"]) for row in rows] == [("pass", "pass"), ("pass", "fail")]
    assert [row["solution"] for row in rows] == [RIGHT, BASE_ONLY]
    compared = score("compare", results, tmp_path / "model_temp_0.2.score.json")
    assert "+0.0000 pass@1 over 1 problems" in compared.stdout, compared

    theirs = json.dumps({"hash": "0123", "eval": {}})
    results.write_text(theirs)
    again = score(*common)
    assert f"{results} is not ours, and is left as it is" in again.stderr, again
    assert results.read_text() == theirs


def test_the_order_of_a_folder_is_that_of_its_numbers(tmp_path: Path) -> None:
    tasks = read_tasks(lines(tmp_path / "plus.jsonl", TWICE, HALF))
    programs = [f"x = {number}" for number in range(11)]
    read = read_samples(folder(tmp_path / "samples", *programs), tasks, partial=True)
    assert [each.text for each in read["HumanEval/0"]] == programs
    (tmp_path / "samples" / "Other_7").mkdir()
    (tmp_path / "samples" / "Other_7" / "0.py").touch()
    with pytest.raises(BadFile, match="no task 'Other_7'"):
        read_samples(tmp_path / "samples", tasks)
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadFile, match=r"such as HumanEval_0/0\.py"):
        read_samples(tmp_path / "empty", tasks)


def test_results_without_added_tests_are_compared_too() -> None:
    rows = [{"base_status": "pass", "plus_status": None}, {"base_status": "fail", "plus_status": None}]
    assert evalplus_files.pass_at_1({"eval": {"a": rows}}) == {"a": 0.5}
