"""Whatever a program leaves as its result, or writes, judging it is an outcome, and soon over."""

from __future__ import annotations

import json
import time
from collections import Counter
from typing import Any

from hypothesis import strategies as st

from evaluator.grading import python_tests
from evaluator.grading.modes import function, stdio
from evaluator.grading.outcome import JudgeBroken
from evaluator.grading.trial import Trial
from evaluator.harness.function import RESULT
from evaluator.judging.records import OUTCOMES, Lines
from evaluator.judging.verdicts import conclude
from evaluator.schema import Suite
from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import Sealed
from sandbox.build import CompileFailed
from sandbox.execution import Execution
from tests.fuzz import hostile
from tests.fuzz.findings import Found, search

_LONGEST_CPU_S = 6.0
_CHECKERS: list[dict[str, Any]] = [
    {"kind": "tokens"},
    {"kind": "lines"},
    {"kind": "exact"},
    {"kind": "float", "abs": 1e-6, "rel": 1e-6},
    {"kind": "unordered", "of": "lines"},
    {"kind": "unordered", "of": "tokens"},
    {"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]},
    {"kind": "lcb"},
    {"kind": "microcoder_loose"},
]
_VALUES: list[Any] = [1, 1.5, "a", None, [], [1, [2.5, "x"]], {"a": [1]}, [[1, 2], [3]], True, [None]]
_OUTPUTS = ["", "1\n", "1 2 3\n4 5 6\n", "1e-7 0.5\n", "YES\n", '[1, {"a": null}]']


def _function(checker: dict[str, Any], value: Any) -> Suite:
    tests = [{"input": [1], "output": value}]
    return Suite.model_validate({"mode": "function", "function": {"name": "f"}, "tests": tests, "checker": checker})


def _stdio(checker: dict[str, Any], text: str) -> Suite:
    return Suite.model_validate({"mode": "stdio", "tests": [{"input": "", "output": text}], "checker": checker})


_OF_VALUES = [
    {"kind": "json"},
    {"kind": "float", "abs": 1e-6, "rel": 1e-6},
    {"kind": "unordered"},
    {"kind": "lcb"},
]
_FUNCTIONS = [_function(checker, value) for checker in _OF_VALUES for value in _VALUES]
_STDIO = [_stdio(checker, text) for checker in _CHECKERS for text in _OUTPUTS]
_WRITTEN = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(
        st.one_of(
            st.sampled_from(
                ["1", "2", "3", "4", "5", "6", "1e-7", "0.5", "nan", "inf", "1e999", "-0", "1/3", "1_0", "١"]
            ),
            st.floats().map(str),
        )
    ).map(lambda tokens: " ".join(tokens).encode()),
    hostile.FORMS.map(lambda form: json.dumps(form).encode()),
    st.tuples(st.sampled_from([b"1 ", b"\n", b"[", b"a\n", b"\0", b"\xff", b"9", b"1e"]), st.integers(1, 20_000)).map(
        lambda piece: piece[0] * piece[1]
    ),
)
_TEST_CODES = [
    "from solution import f\nassert f(1) == [2, {'a': 1.5}]\nfor n, m in [(1, 2), (3, 4)]:\n    assert f(n) == m, n\n",
    "import math, pytest\nfrom solution import f\n"
    "@pytest.mark.parametrize('n, m', [(1, 2), (3, 4.5)])\n"
    "def test_rows(n, m): assert math.isclose(f(n), m) or f(n) == pytest.approx(m)\n"
    "def test_raises():\n    with pytest.raises(KeyError): f(None)\n",
    "import unittest\nfrom unittest.mock import Mock, call\nfrom solution import f\n"
    "class T(unittest.TestCase):\n"
    "    def test_values(self): self.assertCountEqual(f(1), [3, 1]); self.assertRegex(f(2), 'a+')\n"
    "    def test_mock(self):\n        seen = Mock()\n        f(seen)\n        seen.assert_called_once_with(1, b=[2])\n",
]
_SEALED = [seal(test_code) for test_code in _TEST_CODES]
_FORM_LISTS = st.one_of(st.lists(hostile.FORMS, max_size=3), hostile.FORMS)
_SITE_NUMBERS = st.one_of(st.integers(-1, 6), hostile.FORMS)
_WORDS = st.one_of(st.text(max_size=8), st.sampled_from(["test_values", "test_rows[1-2]", "\ud800"]), hostile.FORMS)
_RECORD = st.one_of(
    st.tuples(
        st.sampled_from(["site", "mock", "reached", "raised", "failed"]), _SITE_NUMBERS, _FORM_LISTS, _FORM_LISTS
    ).map(list),
    st.tuples(st.sampled_from(["reached", "raised", "failed"]), _SITE_NUMBERS, _WORDS).map(list),
    st.tuples(st.just("test"), _WORDS, st.sampled_from(sorted(OUTCOMES)), _WORDS, _WORDS).map(list),
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(("ok", "collected", "exit_in_submission"), hostile.FORMS)
        | dict.fromkeys(("error", "trace", "leaks", "syntax_error", "raised"), _WORDS),
    ).map(lambda end: ["end", end]),
    hostile.FORMS,
)
_RECORDS = st.one_of(
    st.lists(_RECORD, max_size=6).map(lambda records: "\n".join(map(json.dumps, records)).encode()), hostile.RESULTS
)
_TRIALS = st.one_of(
    st.tuples(st.sampled_from(_FUNCTIONS), hostile.RESULTS),
    st.tuples(st.sampled_from(_STDIO), _WRITTEN),
    st.tuples(st.sampled_from(_SEALED), _RECORDS),
)


def _judged(suite: Suite | Sealed, data: bytes) -> str:
    if isinstance(suite, Sealed):
        result = json.loads(json.dumps(conclude(suite, Lines(data), None)))
        return python_tests.as_one(python_tests._judged(Trial(_ran(), result))).verdict
    if suite.mode == "function":
        return function.judging(suite)(0, _ran()._replace(collected={RESULT: data})).verdict
    return stdio.judging(suite, None)(0, _ran()._replace(stdout=data)).verdict


def _ran() -> Execution:
    """A program that ended well."""
    return Execution(0, None, 0.01, 0.01, time.monotonic(), 1 << 20, b"", b"")


class Results:
    """The outcomes of results."""

    def __init__(self) -> None:
        self.verdicts: Counter[str] = Counter()

    def holds(self, trial: tuple[Suite | Sealed, bytes]) -> None:
        """Judge what a program left.

        Raises:
            AssertionError: it took too long.
            Exception: it is a fault of ours.
        """
        before = time.process_time()
        try:
            verdict = _judged(*trial)
        except (CompileFailed, JudgeBroken) as error:
            verdict = type(error).__name__
        used_s = time.process_time() - before
        self.verdicts[verdict] += 1
        assert used_s < _LONGEST_CPU_S, f"{used_s:.1f} s"
        assert verdict != "JudgeBroken"


def fuzz(seconds: float, seed: int) -> Found:
    """Judge results for so long."""
    results = Results()
    tried, findings = search(_TRIALS, results.holds, seconds, seed)
    return Found(tried, findings, ", ".join(f"{n} {verdict}" for verdict, n in results.verdicts.most_common()))
