"""Every export is graded by its own reward module: right programs get 1, wrong ones 0; nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pyarrow.parquet as pq
import pytest

from benchmarks.dataset.graded import GRADES, id_of, rewards, rows_of
from evaluator.local import LocalService
from evaluator.schema import Suite
from tests.dataset.values import stored, view
from trainer_client import EvaluatorClient, Submission
from trainer_client.benchmarks import livecodebench
from trainer_client.benchmarks.suites import read_tasks
from trainer_client.dataset.config import ExportFormat
from trainer_client.dataset.export import ExportOutput, formats
from trainer_client.dataset.export.files import SCHEMAS
from trainer_client.dataset.files import RunError
from trainer_client.dataset.row import Problem, Reference, Sample
from trainer_client.dataset.store import SuiteFiles, push_suites
from trainer_client.rewards.judge import shared_client

FORMATS: tuple[str, ...] = get_args(ExportFormat)
ECHO = "import sys\nprint(sys.stdin.read().strip())\n"
ADD = "class Solution:\n    def add(self, a, b):\n        return a + b\n"
CHECK = "def check(candidate):\n    assert candidate(2) == 4\n    assert candidate(5) == 10\n"


def problems(suites: SuiteFiles, large: int = 400_000) -> list[Problem]:
    """One of each mode, and one whose suite is too large to go in a column."""
    text = {
        "mode": "stdio",
        "tests": [{"input": "1\n", "output": "1\n"}, {"input": "two words\n", "output": "two words\n"}],
    }
    long = {"mode": "stdio", "tests": [{"input": f"{'x' * large}\n", "output": f"{'x' * large}\n"}]}
    call = {
        "mode": "function",
        "function": {"name": "add"},
        "tests": [{"input": [1, 2], "output": 3}, {"input": [[1], [2]], "output": [1, 2]}],
    }
    code = {"mode": "program", "program": {"test_code": CHECK, "entry_point": "double"}}
    close = {**text, "checker": {"kind": "float", "abs": 1e-6}, "tests": [{"input": "0.5\n", "output": "0.5\n"}]}
    rows: list[tuple[Problem, dict[str, Any], str]] = [
        (
            Problem(
                "set/echo",
                statement="Print the input.",
                samples=(Sample("1\n", "1\n"),),
                license="MIT",
                date="2024-02-03",
            ),
            text,
            ECHO,
        ),
        (Problem("set/large", statement="Print the input.", license="CC-BY-4.0"), long, ECHO),
        (
            Problem(
                "set/add",
                statement="Add.",
                io_mode="function",
                function_json={"name": "add"},
                starter_code=ADD.split("return")[0],
            ),
            call,
            ADD,
        ),
        (Problem("set/double", statement="Double.", io_mode="program"), code, "def double(n):\n    return n * 2\n"),
        (Problem("set/close", statement="Print about the input.", license="LicenseRef-unknown"), close, ECHO),
    ]
    return sorted(
        (
            stored(each, Suite.model_validate(suite), suites).evolve(
                references=(Reference(program, verdict="accepted"),)
            )
            for each, suite, program in rows
        ),
        key=lambda each: each.id,
    )


def exported(folder: Path, **settings: Any) -> list[Problem]:
    """Write all formats to a folder. Return the problems."""
    run = view([], folder, export=settings)
    found = problems(SuiteFiles(folder / "suites_of_run"))
    run = type(run)(run.config, SuiteFiles(folder / "suites_of_run"), found, (), (), {}, "")
    ExportOutput().write(run, folder)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("export")
    exported(folder)
    return folder


@pytest.fixture
def client(service: LocalService, monkeypatch: pytest.MonkeyPatch) -> Iterator[EvaluatorClient]:
    monkeypatch.setenv("MICROCODER_URL", service.url)
    shared_client.cache_clear()
    with EvaluatorClient(service.url) as client:
        yield client
    if shared_client.cache_info().currsize:
        shared_client().close()
        shared_client.cache_clear()


def file_of(folder: Path, name: str) -> Path:
    [file] = (folder / "export" / name).glob("train.*")
    return file


def answers(folder: Path, *, right: bool) -> dict[str, str]:
    found = problems(SuiteFiles(folder / "suites_of_run"))
    return {each.id: f"So:\n```python\n{each.references[0].code if right else 'x = 1'}\n```" for each in found}


@pytest.mark.parametrize("name", FORMATS)
def test_right_programs_get_1_and_wrong_ones_0(name: str, folder: Path, client: EvaluatorClient) -> None:
    if name == "skyrl":
        pytest.importorskip("skyrl_gym")
    assert push_suites(folder, client) == 5
    found = rewards(name, file_of(folder, name), answers(folder, right=True), client)
    assert found
    assert set(found.values()) == {1.0}
    assert set(rewards(name, file_of(folder, name), answers(folder, right=False), client).values()) == {0.0}


def test_no_format_loses_a_problem_without_saying_so(folder: Path) -> None:
    left_out = [json.loads(line) for line in (folder / "export" / "left_out.jsonl").read_text().splitlines()]
    assert {(each["id"], each["format"], each["reason"]) for each in left_out} == {
        ("set/close", "livecodebench", "checker_float"),
        ("set/double", "livecodebench", "mode_program"),
    }
    for name in GRADES:
        assert {id_of(row) for row in rows_of(file_of(folder, name))} == {
            "set/add", "set/close", "set/double", "set/echo", "set/large",
        }  # fmt: skip


def test_a_large_suite_goes_by_its_id(folder: Path) -> None:
    found = {row["id"]: row for row in rows_of(file_of(folder, "trl"))}
    assert found["set/large"]["suite"] is None
    assert found["set/large"]["suite_id"].startswith("sha256:")
    assert found["set/echo"]["suite_id"] is None
    assert Suite.model_validate_json(found["set/echo"]["suite"]).mode == "stdio"


def test_suites_lie_beside_the_tables(folder: Path) -> None:
    store = SuiteFiles(folder / "suites")
    for each in problems(SuiteFiles(folder / "suites_of_run")):
        assert store.get(each.suite_id).id == each.suite_id


def test_livecodebench_is_read_again_with_equal_tests(folder: Path) -> None:
    again = {each.id: each for each in livecodebench.read([file_of(folder, "livecodebench")])}
    given = {each.id: each for each in problems(SuiteFiles(folder / "suites_of_run"))}
    for name in ("set/echo", "set/add", "set/large"):
        suite = SuiteFiles(folder / "suites_of_run").get(given[name].suite_id)
        assert again[name].suite.tests == suite.tests
        assert again[name].suite.function == suite.function
    row = json.loads(file_of(folder, "livecodebench").read_text().splitlines()[1])
    assert (len(json.loads(row["public_test_cases"])), row["contest_date"]) == (1, "2024-02-03T00:00:00")


def test_what_livecodebench_wrote_comes_back_as_it_was(tmp_path: Path) -> None:
    """Read, exported and read again: equal suites."""
    exported(tmp_path)
    file = file_of(tmp_path, "livecodebench")
    before = {each.id: each.suite for each in livecodebench.read([file])}
    suites = SuiteFiles(tmp_path / "again_suites")
    second = [
        stored(Problem(name, io_mode="function" if suite.function else "stdio"), suite, suites)
        for name, suite in before.items()
    ]
    run = view([], tmp_path, export={"formats": ["livecodebench"]})
    run = type(run)(run.config, suites, second, (), (), {}, "")
    (tmp_path / "again").mkdir()
    ExportOutput().write(run, tmp_path / "again")
    assert {
        each.id: each.suite for each in livecodebench.read([file_of(tmp_path / "again", "livecodebench")])
    } == before


def test_our_own_file_has_every_suite_as_it_is(folder: Path) -> None:
    given = {each.id: each.suite_id for each in problems(SuiteFiles(folder / "suites_of_run"))}
    assert {task.id: task.suite.id for task in read_tasks(file_of(folder, "problems"))} == given


def test_permissive_keeps_rows_with_such_licences_alone(tmp_path: Path) -> None:
    exported(tmp_path, license="permissive")
    for name in GRADES:
        assert {id_of(row) for row in rows_of(file_of(tmp_path, name))} == {"set/echo", "set/large"}
    reasons = [json.loads(line)["reason"] for line in (tmp_path / "export" / "left_out.jsonl").read_text().splitlines()]
    assert reasons == ["license"] * 3
    assert len(list((tmp_path / "suites").glob("*/*"))) == 2


def test_splits_keep_groups_together(tmp_path: Path) -> None:
    exported(tmp_path, evaluation_share=0.5, formats=["rllm"])
    train, evaluation = (
        {id_of(row) for row in rows_of(tmp_path / "export" / "rllm" / f"{split}.jsonl")}
        for split in ("train", "evaluation")
    )
    assert train
    assert evaluation
    assert not train & evaluation


def test_tables_have_their_schema_and_large_texts(folder: Path) -> None:
    schema = pq.read_schema(file_of(folder, "verl"))
    assert str(schema.field("reward_model").type) == "struct<style: large_string, ground_truth: large_string>"


def test_tables_have_every_column_of_their_rows() -> None:
    """A table drops a column that its schema lacks without a word: a C++ row would be graded as Python."""
    suite = Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": "1"}]})
    problem = Problem("set/cpp", references=(Reference("int main() {}", "cpp"),))
    for name, schema in SCHEMAS.items():
        row = formats.FORMATS[name](problem, formats.TestColumn(suite, "id", "text"))
        assert set(row) <= set(schema.names), name


def test_a_folder_without_suites_is_named(tmp_path: Path, client: EvaluatorClient) -> None:
    with pytest.raises(RunError, match="has no suites"):
        push_suites(tmp_path, client)


def test_a_stored_suite_is_named_by_its_id(client: EvaluatorClient) -> None:
    suite = Suite.model_validate({"mode": "stdio", "tests": [{"input": "5\n", "output": "5\n"}]})
    assert client.store_suite(suite) == suite.id
    assert client.grade(Submission(code=ECHO, suite_id=suite.id)).verdict == "accepted"
