"""LiveCodeBench's JSONL, for its own tools and for ``microcoder score livecodebench``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from evaluator.schema import Suite, TestCase
from trainer_client.dataset.filter.predictor import label
from trainer_client.dataset.row import Problem

_UNKNOWN_DAY = "1970-01-01"
_STRICT = frozenset({"tokens", "lines", "exact", "json", "lcb"})
"""Checkers that LiveCodeBench's rule, equal lines or equal numbers, can replace."""
_LEVELS = ((0.34, "easy"), (0.67, "medium"), (2.0, "hard"))


class NotExpressible(Exception):
    """The format cannot express a suite; the message is a reason in one word."""


def livecodebench(problem: Problem, suite: Suite) -> Mapping[str, Any]:
    """Make a row with the suite's tests in order: first the statement's samples, as public tests.

    Raises:
        NotExpressible: another mode, a checker that accepts several answers, types beyond JSON, or bytes.
    """
    _check(suite)
    public = _samples_first(problem, suite)
    tests = [_test(each, suite) for each in suite.tests]
    name = {"func_name": suite.function.name} if suite.function else {}
    return {
        "question_title": problem.title or problem.id,
        "question_content": problem.statement,
        "platform": problem.platform or problem.source,
        "question_id": problem.id,
        "contest_id": problem.contest,
        "contest_date": f"{problem.date or _UNKNOWN_DAY}T00:00:00",
        "starter_code": problem.starter_code,
        "difficulty": _level(problem),
        "public_test_cases": json.dumps(tests[:public]),
        "private_test_cases": json.dumps(tests[public:]),
        "metadata": json.dumps(name),
    }


def _check(suite: Suite) -> None:
    function = suite.function
    if suite.mode not in ("stdio", "function"):
        raise NotExpressible(f"mode_{suite.mode}")
    if suite.checker is not None and suite.checker.kind not in _STRICT:
        raise NotExpressible(f"checker_{suite.checker.kind}")
    if function is not None and (function.style != "call" or function.types or function.answer is not None):
        raise NotExpressible("function_types")


def _test(test: TestCase, suite: Suite) -> dict[str, str]:
    if suite.mode == "function":
        if not isinstance(test.input, list):
            raise NotExpressible("named_arguments")
        lines = "\n".join(json.dumps(each) for each in test.input)
        return {"input": lines, "output": json.dumps(test.output), "testtype": "functional"}
    if not (isinstance(test.input, str) and isinstance(test.output, str)):
        raise NotExpressible("bytes")
    return {"input": test.input, "output": test.output, "testtype": "stdin"}


def _samples_first(problem: Problem, suite: Suite) -> int:
    """Count the first tests that are samples of the statement."""
    samples = {_blankless(each.input) for each in problem.samples}
    for place, test in enumerate(suite.tests):
        text = test.input if isinstance(test.input, str) else json.dumps(test.input)
        if _blankless(text) not in samples:
            return place
    return len(suite.tests)


def _blankless(text: str) -> str:
    return "".join(text.split())


def _level(problem: Problem) -> str:
    """Return one of LiveCodeBench's three levels, from the source's label, else from the score."""
    stated = label(problem)
    score = (problem.difficulty_json or {}).get("score")
    value = stated if stated is not None else (score - 1) / 4 if score is not None else 0.5
    return next(word for limit, word in _LEVELS if value < limit)
