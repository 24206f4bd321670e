"""Does before any submission is there what runs of tests do: a process that did it first would copy the memory that it
changes, and Python adapts code to how it is used."""

from __future__ import annotations

import json
import sys
from typing import Any

from evaluator.harness import loading
from evaluator.harness.recorder import Log, Recorder
from evaluator.harness.runner import find_runner, run_tests
from evaluator.harness.suite import Delivered, TestModule
from evaluator.harness.trace import TESTS_FILE
from evaluator.judging import verdicts
from evaluator.judging.records import Lines
from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import Sealed

_TIMES = 12
"""Python adapts code within so many uses."""
_SUBMISSION = """
def f(x): return [x, {"a": (x, 1.5)}]
class Thing:
    def __init__(self): self.items = []
    def add(self, x): self.items.append(x)
"""
_TYPICAL = {
    "check": """
def check(candidate):
    assert candidate(1) == [1, {"a": (1, 1.5)}]
    for x, y in [(1, 2), (3, 4)]:
        assert candidate(x)[0] == y - 1, "odd"
""",
    "unittest": """
import unittest
from unittest.mock import Mock, patch
class TestThing(unittest.TestCase):
    def setUp(self): self.thing = Thing()
    def test_add(self):
        self.thing.add(500)
        with self.subTest(x=1): self.assertEqual(self.thing.items, [500])
        self.assertAlmostEqual(len(self.thing.items), 1.0)
        with self.assertRaises(ZeroDivisionError): 1 / 0
        with patch("solution.f", return_value=3) as m: m(1)
        m.assert_called_once_with(1)
""",
    "pytest": """
import pytest
@pytest.fixture
def thing(): return Thing()
@pytest.mark.parametrize("a, b", [(1, 500), (2, 600)])
def test_values(a, b): assert f(a)[0] * 100 + 400 == b
def test_fixture(thing, monkeypatch, capsys):
    thing.add(3)
    print(3)
    assert capsys.readouterr().out == "3\\n"
    with pytest.raises(ZeroDivisionError): 1 / 0
class TestThing:
    def test_in_class(self): assert Thing().items == []
""",
}


def rehearse() -> None:
    """Run typical tests, of each framework that this slot runs tests of, as often as it takes."""
    modules, main = dict(sys.modules), sys.modules["__main__"]
    unittest_runner, pytest_runner = (
        modules.get(f"evaluator.harness.{name}_runner") for name in ("unittest", "pytest")
    )
    _run_typical("check")
    if unittest_runner is not None:
        _run_typical("unittest")
    if pytest_runner is not None and pytest_runner.prepare():
        _run_typical("pytest")
        pytest_runner.prepare()
    for name in {*loading.MODULE_NAMES, TESTS_FILE.removesuffix(".py")} - modules.keys():
        sys.modules.pop(name, None)
    sys.modules["__main__"] = main
    if "tempfile" in sys.modules:
        vars(sys.modules["tempfile"])["tempdir"] = None  # programs have one of their own


def _run_typical(framework: str) -> None:
    text, entry = _TYPICAL[framework], "f" if framework == "check" else None
    sealed = seal(text, entry_point=entry)
    fields = {"text": sealed.text, "framework": sealed.framework, "entry_point": entry, "prelude": False}
    delivered = {**fields, "policy": "all", "separate": False, "module_names": ()}
    for _ in range(_TIMES):
        _run_once(Sealed.from_json(json.loads(json.dumps(sealed.to_json()))), Delivered.of(delivered))


def _run_once(sealed: Sealed, delivered: Delivered) -> None:
    submission = loading.run(compile(_SUBMISSION, f"/{loading.SOURCE}", "exec"), None)
    log = Log()
    end: dict[str, Any] = run_tests(
        TestModule(delivered, submission, log, Recorder(log)), find_runner(delivered.framework)
    )
    log.add("end", end)
    result = verdicts.conclude(sealed, Lines(b"".join(log.lines)), None)
    assert result["accepted"], result
