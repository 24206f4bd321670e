"""Problems with suites of their own: a line that is none is named, with what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from trainer_client.benchmarks.suites import read_tasks
from trainer_client.benchmarks.task import BadFile

SUITE = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"task_id": "a", "solution": "print(3)"}, "not a problem: unknown fields ['solution']; known are"),
        ({"id": "a"}, "not a problem: it needs a suite"),
        ({"suite": SUITE}, "not a problem: it needs a task_id"),
        ({"task_id": "a", "id": "a", "suite": SUITE}, "not a problem: it has a task_id and an id; task_id will do"),
        ({"id": "a", "suite": {**SUITE, "limits": {"cpu": 1}}}, "not a problem: limits.cpu: Extra inputs"),
        ({"id": "a", "suite": {**SUITE, "tests": []}}, 'not a problem: mode "stdio" needs at least one test'),
        ({"id": "a", "suite": "sum"}, "not a problem: neither a suite nor JSON"),
    ],
)
def test_a_line_that_is_no_problem_is_named(tmp_path: Path, row: dict[str, Any], said: str) -> None:
    file = tmp_path / "problems.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in ({"id": "good", "suite": SUITE}, row)))
    with pytest.raises(BadFile) as raised:
        read_tasks(file)
    assert str(raised.value).startswith(f"{file}:2: {said}")
    assert "\n" not in str(raised.value)
