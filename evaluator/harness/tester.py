"""Runs in the jail of the tests: test code that uses a submission's functions, which run in a jail of their own.

Reads ``tests.json``; writes ``result.json``: what became of each assertion or test, or why there is nothing to tell.
Only the tests' author and we write what runs here; what comes from the submission are values.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import functools
import json
import operator
import os
import sys
import traceback
import types
import typing
import unittest
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from evaluator.harness import loading, values
from evaluator.harness.channel import Channel, Gone
from evaluator.harness.excerpt import excerpt
from evaluator.harness.instrument import (
    CHECKED,
    FAILED,
    PASSED,
    Assertion,
    free_calls,
    instrument,
    names_in,
    reaches_a_check,
)
from evaluator.harness.pytest_style import PytestStyle, Unsupported, is_run_by_a_call, methods, require_a_call
from evaluator.harness.remote import is_of_library, result, wrap

TESTS, RESULT = "tests.json", "result.json"
SUBMISSION_MODULES = ("solution", "submission", "candidate", "main", "your_module", "your_code")
"""What tests may import the submission as."""

_ENDS_OF_ITERATION = frozenset({"StopIteration", "StopAsyncIteration"})
_SHOWN = 200
_PLAIN = (int, list, tuple, dict)


class CannotRun(Exception):
    """There is nothing to tell of the submission; ``outcome`` is written as the result."""

    def __init__(self, **outcome: Any) -> None:
        self.outcome = outcome


class Stop(BaseException):
    """A test failed, and the rest is not wanted."""


class Apart:
    """The submission in a process of its own."""

    def __init__(self, prelude: bool) -> None:
        self._channel = Channel(
            _serve_callback, wrap, lambda value: {"type": type(value).__name__}, trusts_only_values=True
        )
        _Callbacks.channel = self._channel
        answer = self._channel.ask(do="load", prelude=prelude)
        if "syntax_error" in answer:
            raise CannotRun(syntax_error=str(answer["syntax_error"]))
        try:
            result(self._channel, answer)
        except BaseException as error:
            raise CannotRun(raised=_line(error), trace=_trace(error)) from None

    def get(self, name: str) -> Any:
        """A global of the submission's.

        Raises:
            KeyError: it has none of that name.
        """
        answer = self._channel.ask(do="global", name=name)
        value = result(self._channel, answer)
        if not answer.get("found"):
            raise KeyError(name)
        return value

    def expect(self, names: set[str]) -> None:
        """Let the ends of iteration cross as what they are, if they are among the names that the tests use."""
        self._channel.passes_end_of_iteration = not names.isdisjoint(_ENDS_OF_ITERATION)


class Beside:
    """The submission in this very process: for tests that patch its modules or derive from its classes."""

    def __init__(self, prelude: bool) -> None:
        saved = dict(vars(builtins))
        try:
            self._names = vars(loading.load(loading.FOUND if prelude else None))
        except loading.NotPython as error:
            raise CannotRun(syntax_error=str(error)) from None
        except BaseException as error:
            loading.show(error)
            raise CannotRun(raised=_line(error), trace="") from None
        finally:
            vars(builtins).update(saved)

    def get(self, name: str) -> Any:
        """As above."""
        return self._names[name]

    def expect(self, names: set[str]) -> None:
        """Nothing crosses here: whatever is raised is what it is."""


class _Callbacks:
    channel: Channel


def _serve_callback(message: dict[str, Any]) -> dict[str, Any]:
    """The submission calls a function that a test gave it."""
    channel = _Callbacks.channel
    try:
        if message["do"] != "call":
            raise TypeError("only a call can be asked for")
        function = channel.value(message["of"])
        value = function(*channel.value(message["arguments"]), **channel.value(message["named"]))
        return {"value": channel.form(value)}
    except (Gone, Stop):
        raise
    except BaseException as error:
        return {"raised": type(error).__name__, "text": str(error)}


class _Names(dict[str, Any]):
    """Where test code looks for what it does not define: builtins, then the submission; for hints, ``typing``; for
    constants of the prelude, where the suite asks for it. A function is never found for one that is missing."""

    def __init__(self, submission: Apart | Beside, *, prelude: bool) -> None:
        super().__init__(vars(builtins))
        self._submission = submission
        self._hints = {name: getattr(typing, name) for name in typing.__all__}
        if prelude:
            self._hints |= loading.constants()

    def __missing__(self, name: str) -> Any:
        if name.startswith("__"):
            raise KeyError(name)
        try:
            value = self._submission.get(name)
        except KeyError:
            if name not in self._hints:
                raise
            return self._hints[name]
        return self._hints[name] if name in self._hints and is_of_library(value) else value


class _Module(types.ModuleType):
    """The submission, for tests that import it."""

    def __init__(self, name: str, submission: Apart | Beside) -> None:
        super().__init__(name)
        self.__dict__["_submission"] = submission

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self.__dict__["_submission"].get(name)
        except KeyError:
            raise AttributeError(f"the program defines no {name}") from None


class Step(NamedTuple):
    """Something to run; with a name where it is a test by itself."""

    name: str
    line: int
    run: Callable[[], Any]


class Tester:
    """One run of a test code."""

    def __init__(self, asked: dict[str, Any], submission: Apart | Beside) -> None:
        self._first_failure = asked["policy"] == "first_failure"
        self.items: list[dict[str, Any]] = []
        source = asked["test_code"]
        try:
            tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise CannotRun(broken="".join(traceback.format_exception_only(error)).strip()) from None
        called, names = free_calls(tree), _Names(submission, prelude=asked["prelude"])
        self._tests = _tests_in(tree)
        self._can_test = reaches_a_check(tree, {"check"} if asked.get("entry_point") else set())
        """Whether there is anything that can fail: an assertion that is reached, or a test, run or left out."""
        if not self._tests and not self._can_test:
            raise CannotRun(broken=_NO_TESTS)
        submission.expect(names_in(tree))
        self.checked = False
        """Whether anything was tested by other means than assertions."""
        self._assertions = instrument(tree, source, {test.name for test in self._tests})
        self.items = [{"name": assertion.text, "line": assertion.line} for assertion in self._assertions]
        self._globals: dict[str, Any] = {"__name__": "__main__", "__builtins__": names}
        self._pytest = PytestStyle(self._globals)
        self._set_up_module = _Once(partial(self._call_own, "setUpModule"))
        self._globals |= {PASSED: self._passed, FAILED: self._failed, CHECKED: self._note_check}
        entry = asked.get("entry_point") or _entry_point(called)
        if entry in vars(builtins):
            self._set_entry(submission, entry)
        for name in SUBMISSION_MODULES:
            sys.modules[name] = _Module(name, submission)
        self._source, self._tree, self._asked_entry = source, tree, asked.get("entry_point")

    def run(self) -> None:
        """Run everything; what happened is in ``items``."""
        unittest.main = _no_main  # type: ignore[assignment]
        try:
            for run in self._steps():
                self._step(run)
        except Stop:
            return
        except Unsupported as error:
            raise CannotRun(broken=f"the tests want {error}") from None
        if not self._can_test:
            raise CannotRun(broken=_NO_TESTS)

    def _set_entry(self, submission: Apart | Beside, entry: str) -> None:
        try:
            self._globals[entry] = submission.get(entry)
        except KeyError:
            return  # tests that use it will say so

    def _steps(self) -> Iterator[Step]:
        """Statement after statement, then the tests of unittest and pytest."""
        features = (
            getattr(__future__, alias.name).compiler_flag
            for node in self._tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "__future__"
            for alias in node.names
        )
        flags = functools.reduce(operator.or_, features, 0)
        for node in self._tree.body:
            code = compile(ast.Module([node], []), "<tests>", "exec", flags=flags, dont_inherit=True)
            yield Step("", node.lineno, partial(exec, code, self._globals))
        for node in self._tree.body:
            if node in self._tests or (isinstance(node, ast.FunctionDef) and node.name == "check"):
                yield from self._tests_of(node)
        yield Step("", self._tree.body[-1].lineno, partial(self._pytest.finish, "session"))
        if self._set_up_module.done:
            yield Step("", self._tree.body[-1].lineno, partial(self._call_own, "tearDownModule"))

    def _tests_of(self, node: Definition) -> Iterator[Step]:
        """What a definition holds that runs by itself: a TestCase, a class of pytest's, a test function, ``check``."""
        name, line, value = node.name, node.lineno, self._globals.get(node.name)
        if name == "check":
            if self._asked_entry and name not in _called(self._tree):
                yield Step("", line, partial(self._check, value))
        elif isinstance(value, type) and issubclass(value, unittest.TestCase):
            yield from self._unittests_of(value, line)
        elif isinstance(value, type) and name.startswith("Test"):
            for method, function in methods(value):
                self._can_test = True
                for label, run in self._pytest.cases(function, value):
                    yield Step(f"{name}.{method}{label}", line, run)
            yield Step("", line, partial(self._pytest.finish, "class"))
        elif isinstance(value, types.FunctionType):
            self._can_test = True
            for label, run in self._pytest.cases(value, None):
                yield Step(f"{name}{label}", line, run)

    def _unittests_of(self, case: type[unittest.TestCase], line: int) -> Iterator[Step]:
        set_up = _Once(self._set_up_module, case.setUpClass)
        for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
            assert isinstance(test, unittest.TestCase)
            self._can_test = True
            method = getattr(test, test._testMethodName)
            if any(getattr(of, "__unittest_skip__", False) for of in (case, method)):
                continue
            if not any(above.__name__ == "IsolatedAsyncioTestCase" for above in case.__mro__):
                require_a_call(method)
            yield Step(f"{case.__name__}.{test._testMethodName}", line, partial(_run_unittest, test, set_up))
        if set_up.done:
            yield Step("", line, case.tearDownClass)
            yield Step("", line, case.doClassCleanups)

    def _call_own(self, name: str) -> None:
        """``setUpModule`` or ``tearDownModule``, where the tests have it."""
        if callable(function := self._globals.get(name)):
            function()

    def _check(self, check: Any) -> None:
        """HumanEval's ``check(candidate)``, where the test code leaves the call to whoever runs it."""
        entry = str(self._asked_entry)
        try:
            candidate = self._globals.get(entry, check)
            if candidate is check:  # the program's own function may be called check too
                candidate = self._globals["__builtins__"][entry]
        except KeyError:
            raise NameError(f"the program defines no {entry}") from None
        check(candidate)

    def _step(self, step: Step) -> None:
        name, line, run = step
        item: dict[str, Any] = {"name": name, "line": line}
        try:
            run()
            item["passed"] = True
        except (Gone, Stop, CannotRun, Unsupported):
            raise
        except BaseException as error:
            item |= _failure(error)
        if name:
            self.items.append(item)
        elif "passed" not in item:
            self._blame(item)
        if "passed" not in item and self._first_failure:
            raise Stop

    def _blame(self, item: dict[str, Any]) -> None:
        """An error in the middle of a statement belongs to the first assertion from there on that has not passed."""
        for known in self.items:
            if known["line"] >= item["line"] and "passed" not in known and "failed" not in known:
                known |= {key: value for key, value in item.items() if key not in ("name", "line")}
                return
        self.items.append(item | {"name": f"line {item['line']}"})

    def _passed(self, number: int) -> None:
        if "failed" not in self.items[number]:
            self.items[number]["passed"] = True

    def _note_check(self) -> None:
        self.checked = True

    def _failed(self, number: int, message: Any, *compared: Any) -> None:
        assertion: Assertion = self._assertions[number]
        said = [assertion.text]
        self.items[number].pop("passed", None)
        self.items[number]["failed"] = assertion.text  # whatever happens when the values are shown
        if compared:
            said.append(" against ".join(_shown(value, repr)[:_SHOWN] for value in compared))
        elif message is not None:
            said.append(_shown(message, str)[-_SHOWN:])
        self.items[number]["failed"] = ": ".join(said)
        if self._first_failure:
            if assertion.may_go_on:
                raise Stop
            raise AssertionError(message)
        if not assertion.may_go_on:
            raise AssertionError(message)


def _entry_point(called: list[str]) -> str | None:
    """Where no entry point is named: a name that tests call is a builtin's own only if there is another to test."""
    own = [name for name in called if name not in vars(builtins)]
    return called[0] if called and not own else None


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_NO_TESTS = (
    "the test code tests nothing: it needs an assertion that is reached, a function named test_..., a class of tests, "
    "or a check(candidate) and the suite's entry_point"
)


def _tests_in(tree: ast.Module) -> list[Definition]:
    """Return the definitions that may hold tests, as pytest and unittest tell them by name and base; the functions that
    the code calls itself are no tests, nor are those left out whatever the program is."""
    called, found = _called(tree), list[Definition]()
    for node in tree.body:
        if not isinstance(node, Definition) or any(map(_leaves_out, node.decorator_list)):
            continue
        if isinstance(node, ast.ClassDef):
            # Whether it is one of tests is known when it is there.
            if node.name.startswith("Test") or not all(map(_is_builtin, node.bases)):
                found.append(node)
        elif node.name.startswith("test") and node.name not in called and not (_takes(node) and node.name[4:5] != "_"):
            found.append(node)
    return found


def _is_builtin(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id in vars(builtins)


def _called(tree: ast.Module) -> set[str]:
    return {name for node in tree.body if not isinstance(node, ast.FunctionDef) for name in names_in(node)}


def _leaves_out(decorator: ast.expr) -> bool:
    """``@unittest.skip("why")``, ``@pytest.mark.skip``."""
    of = decorator.func if isinstance(decorator, ast.Call) else decorator
    return (of.attr if isinstance(of, ast.Attribute) else getattr(of, "id", "")) == "skip"


def _takes(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it wants arguments: a helper, if its name does not say that it is a test."""
    return len(node.args.args) > len(node.args.defaults) and not node.decorator_list


class _Once:
    """Calls, made at the first time; what they raise is raised at every time."""

    def __init__(self, *calls: Callable[[], None]) -> None:
        self._calls = calls
        self.done = False
        self._raised: BaseException | None = None

    def __call__(self) -> None:
        if not self.done:
            self.done = True
            try:
                for call in self._calls:
                    call()
            except (Gone, Stop):
                raise
            except BaseException as error:
                self._raised = error
        if self._raised is not None:
            raise self._raised


class _Seen(unittest.TestResult):
    """Only what came to its end has passed: exceptions of unittest's own end a test without a word."""

    ended = passed = False

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.passed = self.ended

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        self.passed = True


def _to_the_end(method: Callable[[], Any], seen: _Seen) -> None:
    method()
    seen.ended = True


def _run_unittest(test: unittest.TestCase, set_up: Callable[[], None]) -> None:
    """One method, with its set-up. Its failure is raised as it was."""
    set_up()
    seen = _Seen()
    seen.failfast = True
    method = getattr(test, test._testMethodName)
    if is_run_by_a_call(method):
        setattr(test, test._testMethodName, partial(_to_the_end, method, seen))
        vars(vars(test)[test._testMethodName]).update(getattr(method, "__dict__", {}))  # what decorators say of it
    else:
        seen.ended = True
    test.run(seen)
    for _, reason in seen.skipped:
        # Whoever wrote the tests says so beforehand; what is skipped while it runs, the submission may have skipped.
        raise AssertionError(f"skipped while it ran: {reason}")
    for problems, kind in ((seen.failures, AssertionError), (seen.errors, RuntimeError)):
        for _, text in problems:
            raise kind(text.strip().splitlines()[-1])
    if not seen.passed:
        raise AssertionError("it was expected to fail, and passed" if seen.unexpectedSuccesses else "it did not end")


def _failure(error: BaseException) -> dict[str, Any]:
    """Return what the report says of a test that did not pass."""
    own = "microcoder_trace" not in error.__dict__
    if isinstance(error, ModuleNotFoundError) and own:
        raise CannotRun(broken=f"the tests import {error.name}, which the runtime for submissions does not have")
    if isinstance(error, AssertionError) and own:
        return {"failed": _line(error)}
    if isinstance(error, NameError | AttributeError) and own:
        return {"error": _line(error)}
    # Raised by our side of the wall over a value that the program returned: the value is wrong.
    return {"failed": _line(error)} if own else {"error": _line(error), "trace": _trace(error)}


def _line(error: BaseException) -> str:
    try:
        return "".join(traceback.format_exception_only(error)).strip()[:_SHOWN]
    except Gone:
        raise
    except BaseException:
        return type(error).__name__


def _trace(error: BaseException) -> str:
    return str(error.__dict__.get("microcoder_trace", ""))


def _shown(value: Any, show: Callable[[Any], str]) -> str:
    if type(value) in _PLAIN:  # to write a long integer in full takes the square of its length
        return excerpt(value, _SHOWN)
    try:
        return show(value)
    except Gone:
        raise
    except BaseException:
        return f"a {type(value).__name__}"


def _no_main(*_: Any, **__: Any) -> None:
    """What unittest.main would run is run one by one."""


def main() -> None:
    """Entry point."""
    home = os.getcwd()
    with open(TESTS) as file:
        asked = json.load(file)
    os.unlink(TESTS)
    loading.prepare()
    dumps, opened = json.dumps, open
    token = sys.stdin.readline().strip() if not asked["apart"] else ""
    outcome: dict[str, Any] = {}
    tester: Tester | None = None
    try:
        submission = (Apart if asked["apart"] else Beside)(asked["prelude"])
        tester = Tester(asked, submission)
        tester.run()
    except CannotRun as error:
        outcome = error.outcome
    except Gone:
        outcome = {"gone": True}
    except values.NotPlain as error:
        outcome = {"raised": f"the program answered with a {error}", "trace": ""}
    except BaseException as error:
        outcome = {"broken": f"the tests ended with {_line(error)}"}
    told = {"items": [], "checked": False} if tester is None else {"items": tester.items, "checked": tester.checked}
    with opened(f"{home}/{RESULT}", "w") as file:
        file.write(dumps({**told, "token": token, **outcome}))
