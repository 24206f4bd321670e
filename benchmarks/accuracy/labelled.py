"""Labelled programs in the corpus's format (one JSON object a line) as submissions with their suites.

A line has ``id source mode language code expected`` and what its mode needs: ``tests`` or ``tests_ref`` (a gzipped
problem with tests, limits and checker), ``test_code``, ``fn_name``, ``checker``. Times that the source does not state
are generous.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DEFAULT_TIME_S = 10.0
_REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A submission as it travels, and the verdict that its source gave it (``rejected``: any but accepted)."""

    id: str
    source: str
    mode: str
    language: str
    submission: dict[str, Any]
    expected: tuple[str, ...]
    disputed: bool
    """Its label cannot be met by measurement: a plain run disagrees, or it is too slow for a limit that nobody
    states."""

    @property
    def label(self) -> str:
        return " or ".join(self.expected)

    def met_by(self, verdict: str) -> bool:
        """Tell whether a verdict agrees on the score: accepted or not, and never a fault of ours."""
        if verdict == "judge_error":
            return False
        accepted = "accepted" in self.expected
        either = accepted and len(self.expected) > 1
        return either or (verdict == "accepted") == accepted


def load(path: Path) -> Iterator[Labelled]:
    """The programs of one file, each with its suite."""
    with path.open() as lines:
        for line in lines:
            item = json.loads(line)
            problem = _problem(path.parent / item["tests_ref"]) if "tests_ref" in item else {}
            submission = {"id": item["id"], "language": item["language"], "code": item["code"]}
            yield Labelled(
                item["id"],
                item.get("source", path.stem),
                item["mode"],
                item["language"],
                submission | {"suite": _suite(item, problem)},
                tuple(item["expected_any"]) if item["expected"] == "any_of" else (item["expected"],),
                bool(item.get("disputed")) or (_too_slow(item) and not _time_limit(item, problem)),
            )


def _suite(item: dict[str, Any], problem: dict[str, Any]) -> dict[str, Any]:
    limits: dict[str, Any] = {"cpu_s": _time_limit(item, problem) or DEFAULT_TIME_S}
    memory_mb = item.get("memory_limit_mb") or problem.get("memory_limit_mb")
    limits["memory_mb"] = int(memory_mb or 2048)
    if item["mode"] == "asserts":
        return {
            "mode": "program",
            "limits": limits,
            "program": {
                "test_code": item["test_code"],
                "entry_point": item.get("fn_name"),
                "prelude": "prelude" in item,
            },
        }
    tests = item.get("tests") or problem["tests"]
    if item["mode"] == "function":
        function = {"name": item["fn_name"]}
        return {"mode": "function", "limits": limits, "function": function, "tests": [_call(test) for test in tests]}
    suite = {"limits": limits, "tests": [{"input": test["input"], "output": test["output"]} for test in tests]}
    checker = item["checker"] if isinstance(item.get("checker"), dict) else problem.get("checker")
    if item["mode"] == "interactive":
        return suite | {"mode": "interactive", "interactor": _program(checker)}
    if checker:
        suite["checker"] = _checker(checker)
    return suite | {"mode": "stdio"}


def _too_slow(item: dict[str, Any]) -> bool:
    return bool(item["expected"] == "time_limit_exceeded")


def _time_limit(item: dict[str, Any], problem: dict[str, Any]) -> float | None:
    return item.get("time_limit_s") or problem.get("time_limit_s")


def _call(test: dict[str, str]) -> dict[str, Any]:
    return {"input": [json.loads(line) for line in test["input"].split("\n")], "output": json.loads(test["output"])}


def _checker(checker: dict[str, Any]) -> dict[str, Any]:
    if checker["kind"] == "icpc_default":
        return {"kind": "icpc_default", "args": checker["flags"].split()}
    return {"kind": "program", **_program(checker)}


def _program(checker: dict[str, Any]) -> dict[str, Any]:
    return {
        "language": checker["lang"],
        "files": checker["files"],
        "args": (checker.get("flags") or "").split(),
        "protocol": "icpc",
    }


@lru_cache(4)
def _problem(path: Path) -> dict[str, Any]:
    with gzip.open(path, "rt") as file:
        problem: dict[str, Any] = json.load(file)
    return problem
