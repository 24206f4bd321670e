"""Problems from files: our rows, and LiveCodeBench's."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evaluator.schema import Suite
from trainer_client.grpo.config import BadConfig, ProblemSource
from trainer_client.grpo.problems import read

TESTS = [{"input": "1\n", "output": "2\n"}]
SUITE = {"mode": "stdio", "tests": TESTS}


def source(folder: Path, *rows: dict[str, Any], **options: Any) -> ProblemSource:
    file = folder / "problems.jsonl"
    file.write_text("".join(json.dumps(row) + "\n\n" for row in rows))
    return ProblemSource(files=(file,), **options)


def row(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "prompt": f"solve {name}", "suite": SUITE} | more


def test_a_row_is_a_prompt_and_tests_in_any_known_shape(tmp_path: Path) -> None:
    shapes = [{"suite": SUITE}, {"suite": json.dumps(SUITE)}, {"tests": TESTS}]
    rows = [{"prompt": "p", **shape} for shape in shapes]
    tasks = read(source(tmp_path, *rows, {"prompt": "q", "suite_id": "sha256:" + "0" * 64}))
    assert [task.id for task in tasks] == [f"problems.jsonl:{number}" for number in (1, 3, 5, 7)]
    assert all(Suite.model_validate_json(task.tests).tests[0].input == "1\n" for task in tasks[:3])
    assert tasks[3].tests.startswith("sha256:")


def test_prompts_become_messages_where_that_is_asked_for(tmp_path: Path) -> None:
    user = {"role": "user", "content": "solve a"}
    assert read(source(tmp_path, row("a")))[0].prompt == "solve a"
    assert read(source(tmp_path, row("a"), chat=True))[0].prompt == [user]
    assert read(source(tmp_path, row("a"), system="s"))[0].prompt == [{"role": "system", "content": "s"}, user]
    messages = [{"role": "user", "content": "as it is"}]
    assert read(source(tmp_path, row("a", prompt=messages), system="s"))[0].prompt == messages


def test_problems_are_chosen_by_difficulty_and_pass_rate(tmp_path: Path) -> None:
    rows = [row("a", difficulty="easy", pass_rate=1.0), row("b", difficulty="hard", pass_rate=0.0)]
    rows += [row("c", difficulty="medium", pass_rate=0.5), row("d", difficulty="hard", pass_rate=0.25)]
    assert [each.id for each in read(source(tmp_path, *rows, difficulties=("hard",)))] == ["b", "d"]
    assert [each.id for each in read(source(tmp_path, *rows, pass_rates=(0.25, 0.5)))] == ["c", "d"]
    assert [each.id for each in read(source(tmp_path, *rows, limit=1))] == ["a"]


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([row("a", suite={"mode": "none"})], {}, "problems.jsonl:1: not a problem"),
        ([row("a"), {"id": "b", "suite": SUITE}], {}, "problems.jsonl:3: not a problem: a row needs a column 'prompt'"),
        ([{"prompt": "p"}], {}, "a row needs its tests in a known shape"),
        ([row("a"), row("a")], {}, "the id 'a' comes 2 times"),
        ([row("a"), row("b", prompt=[{"role": "user", "content": "c"}])], {}, "chat: true makes all messages"),
        ([row("a")], {"pass_rates": (0.1, 0.9)}, "has no pass_rate"),
        ([row("a")], {"difficulties": ("hard",)}, "has no difficulty"),
        ([row("a", difficulty="easy")], {"difficulties": ("hard",)}, "no problem is left"),
    ],
)
def test_rows_that_are_no_problems_are_refused(
    tmp_path: Path, rows: list[dict[str, Any]], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(BadConfig) as caught:
        read(source(tmp_path, *rows, **options))
    assert said in str(caught.value)


def test_a_file_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"none\.jsonl"):
        read(ProblemSource(files=(tmp_path / "none.jsonl",)))


def test_livecodebench_s_files_are_read_with_its_prompt(tmp_path: Path) -> None:
    private = base64.b64encode(zlib.compress(pickle.dumps(json.dumps([{"input": "[1]", "output": "2", "testtype": "functional"}]))))  # fmt: skip
    common = {"platform": "leetcode", "contest_id": "c", "contest_date": "2025-01-01T00:00:00", "difficulty": "hard"}
    function = {"question_title": "t", "question_content": "Add one.", "question_id": "1", **common}
    function |= {"starter_code": "class Solution: ...", "metadata": json.dumps({"func_name": "f"})}
    function |= {"public_test_cases": "[]", "private_test_cases": private.decode()}
    text = {**function, "question_id": "2", "starter_code": "", "difficulty": "easy", "metadata": "{}"}
    text |= {"public_test_cases": json.dumps([{**TESTS[0], "testtype": "stdin"}]), "private_test_cases": "[]"}
    first, second = read(source(tmp_path, text, function, format="livecodebench"))
    assert Suite.model_validate_json(first.tests).mode == "function"
    assert "class Solution: ..." in first.prompt[1]["content"]  # type: ignore[index,call-overload]
    assert Suite.model_validate_json(second.tests).checker.kind == "lcb"  # type: ignore[union-attr]
    assert "# YOUR CODE HERE" in second.prompt[1]["content"]  # type: ignore[index,call-overload]
    assert [each["role"] for each in second.prompt] == ["system", "user"]  # type: ignore[call-overload,index]
    hard = read(source(tmp_path, text, function, format="livecodebench", difficulties=("hard",), chat=False))
    assert [each.id for each in hard] == ["1"]
    assert isinstance(hard[0].prompt, str)


def test_columns_of_other_names_are_mapped(tmp_path: Path) -> None:
    columns = {"id": "key", "prompt": "question", "tests": "cases", "language": "lang", "difficulty": "level"}
    other = {"key": 7, "question": "Add.", "cases": TESTS, "lang": "cpp", "level": "hard", "pass_rate": 0.5}
    [task] = read(source(tmp_path, other, columns=columns, template="Solve:\n{prompt}\nIn C++."))
    assert (task.id, task.prompt, task.difficulty, task.pass_rate) == ("7", "Solve:\nAdd.\nIn C++.", "hard", 0.5)
    assert json.loads(task.tests)["language"] == "cpp"
    for missing in ("prompt", "tests"):
        with pytest.raises(
            BadConfig,
            match=f"a row needs a column 'none'.*it has: key, question.*columns.{missing}|columns.{missing} names; it has",
        ):
            read(source(tmp_path, other, columns=columns | {missing: "none"}))


def test_parquet_json_and_folders_are_read_as_json_lines_are(tmp_path: Path) -> None:
    rows = [row("a"), row("b", prompt=[{"role": "user", "content": "solve b"}])]
    expected = [read(source(tmp_path, each, chat=True))[0] for each in rows]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(rows[:1]))
    table = pa.Table.from_pylist([{**rows[1], "suite": json.dumps(SUITE)}])
    pq.write_table(table, folder / "b.parquet")
    assert read(ProblemSource(files=(folder,), chat=True)) == expected
    (folder / "c.jsonl").write_text("{")
    with pytest.raises(BadConfig, match=r"c\.jsonl:1: not JSON"):
        read(ProblemSource(files=(folder,)))


@pytest.mark.parametrize("trainer", ["trl", "verl", "skyrl"])
def test_our_data_sets_exports_are_read(tmp_path: Path, trainer: str) -> None:
    from trainer_client.dataset.export import formats
    from trainer_client.dataset.row import Problem

    suite = Suite.model_validate(SUITE)
    problem = Problem(id="p1", source="s", source_id="1", statement="Add one.")
    for inline in (suite.canonical().decode(), None):
        tests = formats.TestColumn(suite, "sha256:" + "0" * 64, inline)
        [task] = read(source(tmp_path, dict(getattr(formats, trainer)(problem, tests))))
        assert task.id == "p1"
        assert "Add one." in task.prompt[-1]["content"]  # type: ignore[index,call-overload]
        assert json.loads(task.tests)["suite"] == (inline or tests.suite_id)


def test_a_data_set_of_the_hub_is_read_by_its_library(tmp_path: Path) -> None:
    """A folder stands for the hub, which tests do not reach."""
    pytest.importorskip("datasets", reason="it comes with TRL")
    folder = tmp_path / "set"
    folder.mkdir()
    rows = [{"id": name, "prompt": f"solve {name}", "suite": json.dumps(SUITE)} for name in "ab"]
    (folder / "train.jsonl").write_text("".join(json.dumps(each) + "\n" for each in rows))
    assert [each.id for each in read(ProblemSource(hub={"id": str(folder)}, limit=1))] == ["a"]
    for wrong, said in (
        ({"id": str(folder), "split": "none"}, "split none"),
        ({"id": str(tmp_path / "no")}, "cannot be read"),
    ):
        with pytest.raises(BadConfig, match=said):
            read(ProblemSource(hub=wrong))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "name either files or hub"),
        ({"files": ("a",), "hub": {"id": "b"}}, "name either files or hub"),
        ({"hub": {"id": "b"}, "format": "livecodebench"}, "is read from files"),
        ({"files": ("a",), "template": "Solve."}, "has no {prompt}"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ProblemSource(**options)
