"""Small problem sets of ours, written as public ones are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

STATEMENT = "You are given two integers a and b. Return a plus b times {number}, as one number.\n\nExample 1:\n\nInput: a = 1, b = 2\nOutput: {sample}\n\nConstraints:\n\n0 <= a, b <= 100\n"


def leetcode_row(number: int, **changes: Any) -> dict[str, Any]:
    """A row as LeetCodeDataset has it, whose function adds."""
    code = f"class Solution:\n    def add{number}(self, a: int, b: int) -> int:\n        return a + b * {number}\n"
    tests = [(a, b) for a in range(3) for b in range(2, 5)]
    row = {
        "task_id": f"add-{number:03d}",
        "difficulty": "Easy",
        "tags": ["Math"],
        "problem_description": STATEMENT.format(number=number, sample=1 + 2 * number),
        "starter_code": code.split("return")[0],
        "estimated_date": "2024-08-11",
        "completion": code,
        "response": f"Easy.\n```python\n{code.replace('a + b', '(a + 0) + b')}```\n",
        "entry_point": f"Solution().add{number}",
        "input_output": [{"input": f"a = {a}, b = {b}", "output": str(a + b * number)} for a, b in tests],
    }
    return {**row, **changes}


def write_rows(file: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Write JSON lines, compressed where the name says so."""
    data = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    file.write_bytes(gzip.compress(data, mtime=0) if file.suffix == ".gz" else data)
    return file


def write_config(folder: Path, *sources: Mapping[str, Any], **sections: Any) -> Path:
    """Write a configuration whose run is in a folder."""
    content = {
        "run": str(folder / "run"),
        "dataset": str(folder / "dataset"),
        "collect": {"sources": [{**each, "files": list(map(str, each["files"]))} for each in sources]},
        **sections,
    }
    file = folder / "dataset.yaml"
    file.write_text(yaml.safe_dump(content))
    return file
