"""HumanEvalPack in the layout of its authors, made again from labelled programs."""

from __future__ import annotations

import json
from itertools import takewhile
from pathlib import Path
from typing import Any


def layout(corpus: Path, language: str) -> list[dict[str, Any]]:
    """The rows of a language, in the order of its tasks. The prompt is what both solutions begin with."""
    solutions: dict[int, dict[str, dict[str, Any]]] = {}
    for line in filter(None, corpus.read_text(encoding="utf-8").split("\n")):
        item = json.loads(line)
        _, of, number, kind = item["id"].split("/")
        if of == language:
            solutions.setdefault(int(number), {})[kind] = item
    return [_row(f"{language}/{number}", **pair) for number, pair in sorted(solutions.items())]


def _row(name: str, canonical: dict[str, Any], buggy: dict[str, Any]) -> dict[str, Any]:
    right, wrong = (item["code"].splitlines(keepends=True) for item in (canonical, buggy))
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(right, wrong, strict=False)))
    return {
        "task_id": name,
        "prompt": "".join(right[:common]),
        "declaration": "".join(right[:common]),
        "canonical_solution": "".join(right[common:]),
        "buggy_solution": "".join(wrong[common:]),
        "test": canonical["test_code"],
        "entry_point": canonical["fn_name"],
        "instruction": "",
    }
