"""Labelled programs that lie beside the project on some machines; tests and benchmarks skip without them."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DIRECTORY = Path(os.environ.get("MICROCODER_CORPUS", Path(__file__).parents[2] / "shared" / "corpus"))
FULL = ("lcb_full_official", "lcb_full_thirdparty")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A submission as it travels, and the verdict that its source gave it (``rejected``: any but accepted)."""

    id: str
    submission: dict[str, Any]
    expected: str
    disputed: bool

    def met_by(self, verdict: str) -> bool:
        """Whether a verdict agrees on what counts for a score: accepted or not, and never our own fault."""
        return verdict != "judge_error" and (verdict == "accepted") == (self.expected == "accepted")


def load(name: str) -> Iterator[Labelled]:
    """The programs of one file, each with its suite."""
    for line in (DIRECTORY / f"{name}.jsonl").open():
        item = json.loads(line)
        suite: dict[str, Any] = {
            "mode": item["mode"],
            "limits": {"cpu_s": item["time_limit_s"]},
            "tests": [_test(test, item["mode"]) for test in _tests(item)],
        }
        if item["mode"] == "function":
            suite["function"] = {"name": item["fn_name"]}
        submission = {"id": item["id"], "language": item["language"], "code": item["code"], "suite": suite}
        yield Labelled(item["id"], submission, item["expected"], bool(item.get("disputed")))


def _tests(item: dict[str, Any]) -> list[dict[str, str]]:
    tests: list[dict[str, str]] = item.get("tests") or _problem(item["tests_ref"])["tests"]
    return tests


def _test(test: dict[str, str], mode: str) -> dict[str, Any]:
    if mode == "function":
        arguments = [json.loads(line) for line in test["input"].split("\n")]
        return {"input": arguments, "output": json.loads(test["output"])}
    return {"input": test["input"], "output": test["output"]}


@lru_cache(4)
def _problem(reference: str) -> dict[str, Any]:
    with gzip.open(DIRECTORY / reference, "rt") as file:
        problem: dict[str, Any] = json.load(file)
    return problem
