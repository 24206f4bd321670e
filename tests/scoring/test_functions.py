"""HumanEval and MBPP by the command line."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import score
from trainer_client.benchmarks.functions import read_samples, read_tasks
from trainer_client.benchmarks.task import BadFile, head_of

__all__ = ["client"]
HUMANEVAL = {
    "task_id": "HumanEval/0", "prompt": "def twice(n):\n", "canonical_solution": "    return 2 * n\n",
    "test": "def check(candidate):\n    assert candidate(2) == 4\n", "entry_point": "twice",
}  # fmt: skip
MBPP = {"task_id": 1, "text": "Double.", "code": "def twice(n): return 2 * n", "test_list": ["assert twice(2) == 4"]}


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return score("functions", *arguments)


def lines(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("task", [HUMANEVAL, MBPP])
def test_references_are_accepted(tmp_path: Path, client: Client, task: dict[str, object]) -> None:
    said = run(lines(tmp_path / "tasks.jsonl", task), "--reference", "--server", client.service.url)
    assert said.returncode == 0, said.stderr
    assert "pass@1 1.0000 over 1 problems" in said.stdout


def test_samples_are_scored(tmp_path: Path, client: Client) -> None:
    tasks = lines(tmp_path / "tasks.jsonl", HUMANEVAL)
    samples = [
        {"completion": "    return n + n"},
        {"completion": "    return n"},
        {"solution": "twice = lambda n: 2 * n"},
    ]
    file = lines(tmp_path / "samples.jsonl", *({"task_id": "HumanEval/0", **sample} for sample in samples))
    said = run(tasks, file, "--server", client.service.url)
    assert "pass@1 0.6667 over 1 problems" in said.stdout, said.stderr


HELPED = {
    **HUMANEVAL,
    "prompt": "from typing import List\nimport hashlib\n\n\ndef helper(n):\n    return n + n\n\n\n"
    "@staticmethod\ndef twice(n):\n",
}


@pytest.mark.parametrize(
    ("program", "score"),
    [
        ("def twice(n: int) -> List[int]:\n    hashlib.md5(b'')\n    return helper(n)", "1.0000"),
        ("x = None\ndef twice(n):\n    return helper(n)", "1.0000"),
        ("from __future__ import annotations\ndef twice(n: Unknown) -> int:\n    return helper(n)", "1.0000"),
        ("def helper(n):\n    return 3 * n\n\ndef twice(n):\n    return helper(n)", "0.0000"),
        ("def twice(n):\n    return n", "0.0000"),
    ],
)
def test_an_answer_may_rest_on_its_prompt_s_imports_and_helpers(
    tmp_path: Path, client: Client, program: str, score: str
) -> None:
    tasks = lines(tmp_path / "tasks.jsonl", HELPED)
    samples = lines(
        tmp_path / "samples.jsonl", {"task_id": "HumanEval/0", "answer": f"So:\n```python\n{program}\n```\n"}
    )
    said = run(tasks, samples, "--server", client.service.url)
    assert f"pass@1 {score} over 1 problems" in said.stdout, said.stderr


def test_an_answer_without_a_program_is_no_program(tmp_path: Path, client: Client) -> None:
    tasks = lines(tmp_path / "tasks.jsonl", HELPED)
    said = run(
        tasks, lines(tmp_path / "s.jsonl", {"task_id": "HumanEval/0", "answer": "No."}), "--server", client.service.url
    )
    assert "no_code 1" in said.stdout, said.stderr


@pytest.mark.parametrize(
    ("prompt", "language", "head"),
    [
        (HELPED["prompt"], "python", HELPED["prompt"].removesuffix("@staticmethod\ndef twice(n):\n")),
        ("def f():\n", "python", ""),
        ("import functools\n\n\n@functools.cache\ndef f(n):\n", "python", "import functools\n\n\n"),
        ("x = 1\n@a\n@b(\n    1,\n)\n# why\n\n@c\nasync def f():\n", "python", "x = 1\n"),
        ("@a\ndef g():\n    pass\n\n\n@b\ndef f():\n", "python", "@a\ndef g():\n    pass\n\n\n"),
        ("@a\nclass C:\n    @b\n    def g(self): ...\n\ndef f():\n", "python",
         "@a\nclass C:\n    @b\n    def g(self): ...\n\n"),
        ('"""No function."""\n', "python", ""),
        ("#include <map>\nusing namespace std;\nint g() { return 1; }\nint f() {\n", "cpp",
         "#include <map>\nusing namespace std;\n"),
        ("import java.util.*;\n\nclass Solution {\n", "java", "import java.util.*;\n"),
        ("const f = (x) => {\n", "javascript", ""),
    ],
)  # fmt: skip
def test_a_prompt_s_head_is_what_stands_before_its_function(prompt: str, language: str, head: str) -> None:
    assert head_of(prompt, language) == head


@pytest.mark.parametrize(("factor", "score"), [(2, "1.0000"), (3, "0.0000")])
def test_a_function_may_be_called_check(tmp_path: Path, client: Client, factor: int, score: str) -> None:
    task = {**HUMANEVAL, "prompt": "def check(n):\n", "entry_point": "check"}
    sample = {"task_id": "HumanEval/0", "completion": f"    return {factor} * n"}
    said = run(
        lines(tmp_path / "tasks.jsonl", task), lines(tmp_path / "s.jsonl", sample), "--server", client.service.url
    )
    assert f"pass@1 {score} over 1 problems" in said.stdout, said.stderr


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"task_id": "HumanEval/0"}, 'a sample needs "completion"'),
        ({"task_id": "other", "solution": ""}, "no task 'other'"),
        ([], "no JSON object"),
    ],
)
def test_what_is_no_sample_is_named(tmp_path: Path, row: object, said: str) -> None:
    tasks = read_tasks(lines(tmp_path / "tasks.jsonl", HUMANEVAL))
    with pytest.raises(BadFile, match=said):
        read_samples(lines(tmp_path / "samples.jsonl", row), tasks)


def test_every_task_needs_a_sample(tmp_path: Path) -> None:
    tasks = read_tasks(lines(tmp_path / "tasks.jsonl", HUMANEVAL, MBPP))
    with pytest.raises(BadFile, match="no sample for 1 of 2 problems; the first is 1; --partial"):
        read_samples(lines(tmp_path / "samples.jsonl", {"task_id": "HumanEval/0", "completion": "x"}), tasks)


def test_what_is_no_task_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"tasks.jsonl:2: neither HumanEval's .* MBPP's"):
        read_tasks(lines(tmp_path / "tasks.jsonl", MBPP, {"task_id": 2}))
    assert run(tmp_path / "absent.jsonl", "--reference").returncode == 2
