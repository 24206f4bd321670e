"""Files of tests as pytest runs them: fixtures, parameters, marks, and programs that would like to use them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from textwrap import dedent
from typing import Any

import pytest

from evaluator.grading.grader import Grader, open_grader
from evaluator.runtime import interpreter
from evaluator.settings import Settings
from tests.grading.conftest import Grade

STACK = "class Stack:\n    def __init__(self): self.a = []\n    def push(self, x): self.a.append(x)\n    def pop(self): return self.a.pop()\n"
WRONG = STACK.replace("self.a.pop()", "self.a.pop(0)")


def suite(tests: str, **program: Any) -> dict[str, Any]:
    return {"mode": "program", "program": {"test_code": "import pytest\n" + dedent(tests), **program}}


@pytest.fixture(scope="module")
def grader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grader]:
    """In the environment of submissions, which has pytest unless somebody made it otherwise."""
    python = interpreter(Settings())
    if python is None or subprocess.run([python, "-c", "import pytest"], capture_output=True).returncode:
        pytest.skip("the environment of submissions has no pytest: microcoder runtime adds it")
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), python=python, min_isolation="process")
    with open_grader(settings) as opened:
        yield opened


FILES = {
    "given": """
        @pytest.fixture
        def stack():
            stack = Stack()
            stack.push(1)
            return stack
        def test_last_in(stack):
            stack.push(2)
            assert stack.pop() == 2
        def test_anew(stack):
            stack.push(3)
            assert (stack.pop(), stack.pop()) == (3, 1)
        """,
    "undone": """
        seen = []
        @pytest.fixture
        def stack():
            seen.append("up")
            yield Stack()
            seen.append("down")
        def test_one(stack):
            stack.push(1); stack.push(2)
            assert stack.pop() == 2
        def test_two(stack): assert seen == ["up", "down", "up"]
        def test_three(): assert seen == ["up", "down"] * 2
        """,
    "scopes": """
        made = []
        @pytest.fixture(scope="module")
        def shared():
            made.append("module")
            return Stack()
        @pytest.fixture(scope="class", name="ours")
        def of_class(shared):
            made.append("class")
            yield shared
            made.append("end")
        class TestA:
            def test_one(self, ours): ours.push(1)
            def test_two(self, ours): ours.push(2)
        class TestB:
            def test_three(self, ours): assert ours.pop() == 2
        def test_counts(shared): assert made == ["module", "class", "end", "class", "end"]
        """,
    "automatic": """
        class TestIt:
            @pytest.fixture(autouse=True)
            def filled(self):
                self.stack = Stack()
                for x in range(3): self.stack.push(x)
            def test_it(self): assert self.stack.pop() == 2
        """,
    "parameters": """
        @pytest.fixture(params=[1, pytest.param(2, id="two"), [3]])
        def top(request):
            assert request.node.name.startswith("test_top[")
            return request.param
        @pytest.fixture
        def depth(request): return request.param * 2
        @pytest.mark.parametrize("x, y", [(4, 5), pytest.param(6, 7, marks=pytest.mark.skip)])
        @pytest.mark.parametrize("depth", [1, 2], indirect=True)
        def test_top(top, x, y, depth):
            assert depth in (2, 4) and y == 5
            stack = Stack()
            for each in [x] * depth + [top]: stack.push(each)
            assert stack.pop() == top
        """,
    "overridden": """
        @pytest.fixture
        def size(): return 2
        class TestLarge:
            @pytest.fixture
            def size(self, size): return size * 5
            def test_size(self, size):
                stack = Stack()
                for x in range(size): stack.push(x)
                assert stack.pop() == 9
        """,
    "request": """
        closed = []
        @pytest.fixture
        def stack(request):
            request.addfinalizer(lambda: closed.append(request.fixturename))
            return Stack()
        def test_late(request):
            stack = request.getfixturevalue("stack")
            stack.push(1); stack.push(2)
            assert stack.pop() == 2
        def test_closed(): assert closed == ["stack"]
        """,
    "of_pytest": """
        import os
        def test_them(tmp_path, monkeypatch):
            monkeypatch.setenv("DEPTH", "2")
            (tmp_path / "a").write_text(os.environ["DEPTH"])
            stack = Stack()
            for x in range(int((tmp_path / "a").read_text())): stack.push(x)
            assert stack.pop() == 1
        def test_undone(): assert "DEPTH" not in os.environ
        """,
    "set_up": """
        log = []
        def setup_module(): log.append("module")
        def setup_function(function): log.append(function.__name__)
        def teardown_function(): log.append("end")
        def test_first(): pass
        class TestIt:
            @classmethod
            def setup_class(cls): cls.x = 7
            def setup_method(self): self.stack = Stack()
            def test_it(self):
                self.stack.push(1); self.stack.push(self.x)
                assert self.stack.pop() == 7
        def test_last(): assert log == ["module", "test_first", "end", "test_last"]
        """,
    "marks": """
        @pytest.mark.skipif(True, reason="not here")
        def test_skipped(): assert False
        @pytest.mark.xfail
        def test_may_fail(): assert False
        @pytest.mark.xfail(strict=True, raises=IndexError)
        def test_must_fail(): Stack().pop()
        @pytest.mark.xfail(strict=True)
        def test_known(): assert Stack().a == [1]
        def test_it():
            stack = Stack()
            stack.push(1); stack.push(2)
            assert stack.pop() == pytest.approx(2)
            with pytest.raises(IndexError): Stack().pop()
        """,
    "mocked": """
        from unittest import mock
        @pytest.fixture
        def stack(): return Stack()
        @mock.patch("os.getcwd")
        def test_it(patched, stack):
            stack.push(1); stack.push(2)
            assert stack.pop() == 2
        """,
}


@pytest.mark.parametrize("apart", ["auto", False], ids=["auto", "sealed"])
@pytest.mark.parametrize("name", FILES)
def test_right_programs_pass_and_wrong_ones_do_not(grade: Grade, name: str, apart: bool | str) -> None:
    asked = suite(FILES[name], apart=apart)
    report = grade(STACK, asked)
    assert report.verdict == "accepted", report
    assert grade(WRONG, asked).verdict == "wrong_answer"


def test_each_set_of_parameters_is_a_test_and_none_that_is_skipped(grade: Grade) -> None:
    def told(name: str) -> set[str]:
        report = grade(STACK, suite(FILES[name], reference=STACK), policy="all")
        assert report.verdict == "accepted", report
        return {test.name for test in report.tests if test.name.startswith("test_")}

    assert len(told("parameters")) == 3 * 2  # not the row that is marked to be skipped
    assert told("marks") == {"test_must_fail", "test_known", "test_it"}  # as pytest, none that may fail


@pytest.mark.parametrize("apart", ["auto", False], ids=["auto", "sealed"])
@pytest.mark.parametrize("reference", [True, False], ids=["reference", "none"])
def test_a_test_that_may_fail_may_pass_too_and_counts_neither_way(grade: Grade, apart: Any, reference: bool) -> None:
    tests = """
        @pytest.mark.xfail
        def test_known(): assert f(-1) == 170
        def test_it(): assert f(1) == 400
        """
    right, better = "def f(x): return 400", "def f(x): return 400 if x > 0 else 170"
    asked = suite(tests, apart=apart, **({"reference": right} if reference else {}))
    for code, verdict in ((right, "accepted"), (better, "accepted"), ("def f(x): return 170", "wrong_answer")):
        report = grade(code, asked, policy="all")
        assert report.verdict == verdict, report
        assert [test.name for test in report.tests] == ["test_it"]


def test_a_test_that_must_fail_fails_by_passing(grade: Grade) -> None:
    tests = "@pytest.mark.xfail(strict=True)\ndef test_known(): assert f(-1) == 170\n"
    for asked in (suite(tests), suite(tests, reference="def f(x): return 0")):
        assert grade("def f(x): return 400", asked).verdict == "accepted"
        assert grade("def f(x): return 170", asked).verdict == "wrong_answer"


def test_a_suite_of_tests_that_may_fail_tests_nothing(grade: Grade) -> None:
    tests = "@pytest.mark.xfail\ndef test_known(): assert f(-1) == 170\n"
    for asked in (suite(tests), suite(tests, reference="def f(x): return 170")):
        assert grade("def f(x): return 170", asked).verdict == "judge_error"


@pytest.mark.parametrize("apart", ["auto", False], ids=["auto", "sealed"])
@pytest.mark.parametrize(
    "code",
    [
        "import pytest\nclass Stack:\n    def __init__(self): pytest.skip('no')",
        "import pytest\nclass Stack:\n    def __init__(self): pytest.xfail('no')",
        "class Stack:\n    def __init__(self): raise SystemExit(0)",
        STACK + "    def pop(self): raise SystemExit(0)",
        STACK + "    def pop(self): raise StopIteration",
        STACK + "    def pop(self): raise GeneratorExit",
    ],
    ids=["skip", "xfail", "exit-in-a-fixture", "exit", "stop", "generator-exit"],
)  # fmt: skip
def test_no_program_leaves_a_test_out(grade: Grade, code: str, apart: bool | str) -> None:
    for name in ("given", "undone"):
        report = grade(code, suite(FILES[name], apart=apart))
        assert report.verdict in ("wrong_answer", "runtime_error"), report
        assert report.score == 0


def test_what_fails_while_it_is_torn_down_has_failed(grade: Grade) -> None:
    tests = """
        @pytest.fixture(scope="{scope}")
        def stack():
            stack = Stack()
            stack.push(1); stack.push(2)
            yield stack
            assert stack.pop() == 2
        def test_it(stack): assert stack
        """
    for scope in ("function", "module"):
        assert grade(STACK, suite(tests.format(scope=scope))).verdict == "accepted"
        assert grade(WRONG, suite(tests.format(scope=scope))).verdict == "wrong_answer"


@pytest.mark.parametrize(
    ("tests", "said"),
    [
        ("def test_x(nothing): assert Stack()", "the fixture nothing"),
        ("def test_x(request): request.getfixturevalue('nothing')", "the fixture nothing"),
        ("@pytest.fixture\ndef a(b): pass\n@pytest.fixture\ndef b(a): pass\ndef test_x(a): pass", "the fixture a"),
    ],
)
def test_what_cannot_be_set_up_is_our_side(grade: Grade, tests: str, said: str) -> None:
    report = grade(STACK, suite(tests))
    assert (report.verdict, report.score) == ("judge_error", None)
    assert said in (report.reason or "")
