"""Tests that are calls (``judging.calls``), made from here: the submission, in its jail, is asked one call at a time.

It is what the tests' own process does (``harness.apart``), of which there need be none: nothing of an author's is
executed. What is not as usual is ``Irregular``: the tests' own process has to tell what comes of it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from evaluator.grading.prepared import PreparedTest, StepData
from evaluator.harness.trace import SubmissionRaised, describe
from evaluator.judging.conditions import OutOfReach
from evaluator.judging.plain import PlainConditions
from evaluator.judging.records import Break, Observation, Reading
from evaluator.schema import Policy, ProgramSpec
from sandbox.talk import HungUp, Line

_SIZE_BYTES = 8
_MAX_ANSWER_BYTES = 32 * 1024
"""To read and compare so much takes this process no more time than the start of another would."""
_HOOKS = ("setup", "teardown", "setUp", "tearDown", "pytest", "load_tests")
"""Beginnings of names by which frameworks find what is no test."""
_MAKE: Final[dict[str, Callable[..., Any]]] = {
    "sorted": sorted,
    "len": len,
    "set": set,
    "list": list,
    "tuple": tuple,
    "round": round,
    "sum": sum,
    "max": max,
    "min": min,
    "abs": abs,
    "bool": bool,
    "int": int,
    "item": lambda value, place: value[place],
}


class Irregular(OutOfReach):
    """The answer is one of which only the tests' own process can tell what comes of it."""


class _TestEnded(Exception):
    """A test that did not come to its end. ``raised``: by an exception of the submission's."""

    def __init__(self, line: str, trace: str, *, raised: bool) -> None:
        super().__init__(line)
        self.line, self.trace, self.raised = line, trace, raised


def hold(line: Line, test: PreparedTest, spec: ProgramSpec, policy: Policy) -> Reading:
    """Make all calls of a test code, and return what its tests came to.

    Raises:
        OutOfReach: something is irregular.
        Exception: the parts of the test do not fit together.
    """
    return _Dialogue(line, test, spec, policy).reading()


class _Dialogue:
    """The conversation with one submission."""

    def __init__(self, line: Line, test: PreparedTest, spec: ProgramSpec, policy: Policy) -> None:
        assert test.calls is not None
        self._line, self._calls, self._prelude = line, test.calls, spec.prelude
        self._suite, self._stops = test.suite, policy == "first_failure"
        self._conditions: PlainConditions = test.plain_conditions
        self._of_script = self._suite.framework in ("check", "script")
        self._reading = Reading()

    def reading(self) -> Reading:
        """
        Raises:
            Exception: as of ``hold``.
        """
        try:
            answer = self._ask(do="load", prelude=self._prelude)
            if (fault := _fault(answer)) is not None:
                self._reading.end = fault
            else:
                self._require_usual(answer.get("functions"))
                self._run_tests()
        except HungUp:
            pass  # it has ended: so there is no end of the tests
        return self._reading

    def _require_usual(self, functions: object) -> None:
        """Raise where the submission lacks what the tests call, or has what would change what they mean."""
        if not isinstance(functions, list) or not all(isinstance(name, str) for name in functions):
            raise Irregular
        has_hooks = not self._of_script and any(name.startswith(_HOOKS) for name in functions)
        if (
            has_hooks
            or not set(self._calls.names) <= set(functions)
            or not set(self._calls.collisions).isdisjoint(functions)
        ):
            raise Irregular

    def _run_tests(self) -> None:
        ok, ran = True, 0
        for test in self._calls.tests:
            ran += 1
            try:
                self._run(test)
            except _TestEnded as end:
                ok = False
                self._note_end(test, end)
                if self._stops:
                    break
            else:
                if not self._of_script:
                    self._reading.end_test(test.name, "passed", "", "")
        names = [] if self._of_script else [test.name for test in self._calls.tests]
        self._reading.end = {"ok": ok, "ran": ran, "collected": names, "error": None, "trace": "", "leaks": []}

    def _note_end(self, test: StepData, end: _TestEnded) -> None:
        reading = self._reading
        if not self._of_script:
            is_error = end.raised and self._suite.framework == "unittest"
            reading.end_test(test.name, "error" if is_error else "failed", end.line, end.trace)
        elif len(reading.breaks) <= len(self._suite.sites):  # more tell nothing more
            reading.breaks.append(Break(reading.last, end.line, end.trace))

    def _run(self, test: StepData) -> None:
        results: list[Any] = []
        for step in test.steps:
            match step:
                case ["call", str(name), list(arguments), dict(named)]:
                    results.append(self._call(name, arguments, named))
                case ["site", int(number), list(leaves), list(tokens)]:
                    self._observe(number, [_leaf(leaf, results) for leaf in leaves], tokens)
                case _:
                    raise Irregular

    def _observe(self, number: int, values: list[Any], tokens: list[int]) -> None:
        site = self._suite.sites[number]
        failure = self._conditions.evaluate(site, values, tokens)
        self._reading.observe(Observation(site, tuple(tokens), failure))
        if failure is not None and self._stops:
            raise _TestEnded(*describe(AssertionError(failure.reason)), raised=False)

    def _call(self, name: str, arguments: list[Any], named: dict[str, Any]) -> Any:
        answer = self._ask(do="call", name=name, arguments=arguments, named=named)
        if "raised" in answer:
            raised = SubmissionRaised(str(answer["raised"]), str(answer.get("trace", "")))
            raise _TestEnded(*describe(raised), raised=True)
        if "after" in answer:
            self._require_alike(answer["after"], arguments, named)
        return self._conditions.value(answer.get("value"))

    def _require_alike(self, after: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        """Raise unless these are values of the arguments, which no test looks at again."""
        match after:
            case [list(positional), dict(by_name)] if (
                len(positional) == len(arguments) and by_name.keys() == named.keys()
            ):
                for form in (*positional, *by_name.values()):
                    self._conditions.value(form)
            case _:
                raise Irregular

    def _ask(self, **message: Any) -> dict[str, Any]:
        data = json.dumps(message).encode()
        self._line.say(len(data).to_bytes(_SIZE_BYTES, "little") + data)
        size = int.from_bytes(self._line.hear(_SIZE_BYTES), "little")
        if not 0 < size <= _MAX_ANSWER_BYTES:
            raise Irregular
        try:
            answer = json.loads(self._line.hear(size))
        except (ValueError, RecursionError):
            raise Irregular from None
        if not isinstance(answer, dict):
            raise Irregular
        return answer


def _fault(answer: dict[str, Any]) -> dict[str, Any] | None:
    """The end of tests whose submission could not be loaded."""
    if isinstance(answer.get("syntax_error"), str):
        return {"ok": False, "syntax_error": answer["syntax_error"]}
    if isinstance(answer.get("raised"), str):
        return {"ok": False, "raised": answer["raised"], "trace": str(answer.get("trace", ""))}
    return None


def _leaf(data: Any, results: list[Any]) -> Any:
    """The value that an assertion looks at."""
    match data:
        case ["result", int(place)]:
            return results[place]
        case [str(name), of, *more] if name in _MAKE:
            value = _leaf(of, results)
            try:
                return _MAKE[name](value, *more)
            except Exception:
                raise Irregular from None
    raise Irregular
