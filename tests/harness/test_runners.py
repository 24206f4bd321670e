"""Delivered tests run as unittest, pytest and the interpreter run them."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from sandbox.execution import Limit
from tests.harness.conftest import RunTests

UNITTEST = """
import unittest
def setUpModule(): order.append("module")
def tearDownModule(): order.append("end of module")
class Base(unittest.TestCase):
    @classmethod
    def setUpClass(cls): order.append("class")
    def setUp(self): self.addCleanup(order.append, "cleanup")
class TestB(Base):
    def test_0(self): self.assertEqual(f(1), 2)
    def test_1(self): self.assertEqual(f(1), 3)
    def test_2(self):
        for i in range(3):
            with self.subTest(i=i): self.assertNotEqual(f(i), 2)
    def test_3(self): raise KeyError("odd")
    @unittest.skip("later")
    def test_4(self): pass
    def test_5(self): self.skipTest("now")
    @unittest.expectedFailure
    def test_6(self): self.fail()
    @unittest.expectedFailure
    def test_7(self): pass
class TestA(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self): self.value = f(1)
    async def test_0(self): self.assertEqual(self.value, 2)
class TestC(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise ValueError("cannot")
    def test_0(self): pass
@unittest.skip("whole")
class TestD(unittest.TestCase):
    def test_0(self): pass
if __name__ == "__main__":
    unittest.main()
unittest.main()
"""
CODE = "def f(x): return x + 1\norder = []\n"
OWN_TESTS = "import unittest\nclass TestOwn(unittest.TestCase):\n    def test_own(self): pass\ndef test_own(): pass\n"


def test_unittest_is_run_whole(run: RunTests) -> None:
    ran = run(CODE + OWN_TESTS, UNITTEST, "unittest")
    assert ran.outcomes == {
        "TestA.test_0": "passed",
        "TestB.test_0": "passed",
        "TestB.test_1": "failed",
        "TestB.test_2": "failed",
        "TestB.test_3": "error",
        "TestB.test_4": "skipped",
        "TestB.test_5": "skipped",
        "TestB.test_6": "xfailed",
        "TestB.test_7": "xpassed",
        "setUpClass (test_solution.TestC)": "error",
        "TestD.test_0": "skipped",
    }
    assert not ran.end["ok"]
    assert ran.end["collected"][:2] == ["TestA.test_0", "TestB.test_0"]


def test_set_ups_and_clean_ups_happen_in_their_order(run: RunTests) -> None:
    text = UNITTEST.partition("class TestA")[0] + "import atexit\natexit.register(lambda: print(order))\n"
    ran = run(CODE, text.replace("test_1", "no_1").replace("test_3", "no_3"), "unittest")
    assert ran.execution.stdout.decode().startswith("['module', 'class', 'cleanup',")
    assert ran.execution.stdout.decode().rstrip().endswith("'end of module']")


PYTEST = """
import pytest
@pytest.fixture(scope="module", params=[1, 2])
def number(request):
    yield request.param
    order.append("teardown")
@pytest.fixture(autouse=True)
def always(): order.append("always")
def test_0(number): assert f(number) == number + 1
@pytest.mark.parametrize("a, b", [(1, 2), pytest.param(3, 5, id="secret"), (5, 6)])
def test_1(a, b): assert f(a) == b
def test_2(capsys, monkeypatch, tmp_path, caplog, recwarn):
    import logging, os
    print("out")
    assert capsys.readouterr().out == "out\\n"
    monkeypatch.setenv("NAME", "value")
    (tmp_path / "file").write_text("text")
    logging.getLogger("x").warning("odd")
    assert "odd" in caplog.text
def test_3(): pytest.skip("later")
@pytest.mark.xfail
def test_4(): assert False
@pytest.mark.xfail(strict=True)
def test_5(): pass
@pytest.mark.skipif(True, reason="never")
def test_6(): pass
@pytest.mark.xfail
def test_12(): pass
@pytest.mark.xfail(strict=True)
def test_13(): assert False
@pytest.mark.xfail(strict=True, run=False)
def test_14(): assert False
def test_15(): pytest.xfail("later")
def test_16(request):
    request.applymarker(pytest.mark.xfail(strict=True))
    assert False
def test_7(missing): pass
class TestX:
    def setup_method(self): self.value = f(1)
    def test_8(self): assert self.value == 2
class TestZ:
    class TestInner:
        def test_9(self): assert f(1) == 3
import unittest
class TestY(unittest.TestCase):
    def test_10(self): self.assertEqual(f(1), 2)
    def test_11(self): self.assertEqual(f(1), 3)
    @unittest.expectedFailure
    def test_17(self): self.assertEqual(f(1), 3)
    @unittest.expectedFailure
    def test_18(self): self.assertEqual(f(1), 2)
@unittest.expectedFailure
class TestW(unittest.TestCase):
    def test_19(self): self.assertEqual(f(1), 3)
"""


def test_pytest_is_run_whole(run: RunTests) -> None:
    ran = run(CODE + OWN_TESTS, PYTEST, "pytest")
    assert ran.outcomes == {
        "test_0[0]": "passed",
        "test_0[1]": "passed",
        "test_1[0]": "passed",
        "test_1[1]": "failed",
        "test_1[2]": "passed",
        "test_2": "passed",
        "test_3": "skipped",
        "test_4": "optional",
        "test_5": "failed",
        "test_6": "skipped",
        "test_12": "optional",
        "test_13": "xfailed",
        "test_14": "optional",
        "test_15": "optional",
        "test_16": "xfailed",
        "test_7": "error",
        "TestX.test_8": "passed",
        "TestZ.TestInner.test_9": "failed",
        "TestY.test_10": "passed",
        "TestY.test_11": "failed",
        "TestY.test_17": "xfailed",
        "TestY.test_18": "failed",
        "TestW.test_19": "xfailed",
    }
    assert "secret" not in str(ran.records)


def test_the_trace_of_a_failure_begins_with_the_tests(run: RunTests) -> None:
    failing = "def test_0():\n    assert g(1) == 2\n"
    ran = run("def g(x):\n    return 1 // 0\n", failing, "pytest")
    _, name, outcome, text, trace = ran.records[0]
    assert (name, outcome, text) == ("test_0", "failed", "ZeroDivisionError: integer division or modulo by zero")
    assert trace.splitlines()[1].endswith('test_solution.py", line 2, in test_0')
    assert "assert g(1) == 2" in trace
    assert "solution.py" in trace


@pytest.mark.parametrize("framework", ["unittest", "pytest"])
def test_the_first_failure_ends_a_run_where_it_is_to(run: RunTests, framework: str) -> None:
    body = "def test_0(*_): assert False\ndef test_1(*_): assert True\n"
    text = body if framework == "pytest" else f"import unittest\nclass T(unittest.TestCase):\n{indent(body, '    ')}"
    assert len(run("", text, framework, policy="first_failure").outcomes) == 1
    assert len(run("", text, framework).outcomes) == 2


@pytest.mark.parametrize("framework", ["unittest", "pytest"])
def test_nothing_that_is_collected_is_not_ok(run: RunTests, framework: str) -> None:
    ran = run(OWN_TESTS, "x = 1\n", framework)
    assert not ran.end["ok"] or ran.end["ran"] == 0
    assert ran.outcomes == {}


def test_a_script_goes_on_after_a_statement_that_raised(run: RunTests) -> None:
    ran = run(CODE, "assert f(1) == 3\n_R_.site(0, (f(1),), ())\n")
    assert ran.records[0][:3] == ["failed", 1, "AssertionError"]
    assert ran.values == [[2]]
    stopped = run(CODE, "assert f(1) == 3\n_R_.site(0, (f(1),), ())\n", policy="first_failure")
    assert stopped.values == []
    assert not stopped.end["ok"]


def test_check_is_called_with_the_program_s_function(run: RunTests) -> None:
    text = "def check(candidate):\n    _R_.site(0, (candidate(1),), ())\n"
    assert run(CODE, text, "check", entry_point="f").values == [[2]]
    assert run("def check(x): return x + 5\n", text, "check", entry_point="check").values == [[6]]
    missing = run("", text, "check", entry_point="f")
    assert missing.records[0][2] == "NameError: the program defines no f"


def test_a_library_s_function_is_not_taken_for_the_one_that_was_asked_for(run: RunTests) -> None:
    text = "def check(candidate):\n    _R_.site(0, (candidate(6, 4),), ())\n"
    own = "def gcd(a, b): return floor(1.5)\n"
    assert run(own, text, "check", entry_point="gcd", prelude=True).values == [[1]]
    assert run("", text, "check", entry_point="gcd", prelude=True).values == []


def test_a_prelude_has_constants_for_the_tests_and_no_functions(run: RunTests) -> None:
    ran = run(
        "def f(): return gcd(4, 6)\n", "_R_.site(0, (f(), inf > 1), ())\n_R_.site(1, (gcd(4, 6),), ())\n", prelude=True
    )
    assert ran.values == [[2, True]]
    assert ran.records[1][2] == "NameError: name 'gcd' is not defined"


def test_pytest_collects_beside_what_answers_to_every_name(run: RunTests) -> None:
    ran = run("", "from unittest.mock import call\ndef test_0(): pass\n", "pytest")
    assert ran.outcomes == {"test_0": "passed"}
    assert ran.execution.cpu_s < 1.0


def test_an_import_gives_the_tests_a_name_space_of_their_own(run: RunTests) -> None:
    text = """
        from solution import f
        import solution as other
        helper = 5
        _R_.site(0, (f(1), other.g(), helper, g()), ())
    """
    code = "helper = 1\ndef f(x): return x + helper\ndef g(): return helper\n"
    assert run(code, text, separate=True, module_names=["solution"]).values == [[2, 1, 5, 1]]
    assert run(code, text).values == [[6, 5, 5, 5]]


def test_what_is_patched_is_patched_for_the_program(run: RunTests) -> None:
    text = """
        from unittest.mock import patch
        with patch("builtins.input", side_effect=["4"]): _R_.site(0, (f(),), ())
        with patch("solution.g", return_value=9): _R_.site(1, (f2(),), ())
        with patch("__main__.g", return_value=8): _R_.site(2, (f2(),), ())
    """
    code = "def g(): return 1\ndef f(): return input()\ndef f2(): return g()\n"
    assert run(code, text).values == [["4"], [9], [8]]
    assert run(code, text, prelude=True).values[:2] == [["4"], [9]]


EXITS = {
    "sys.exit(0)": "import sys\ndef f(): sys.exit(0)\n",
    "SystemExit": "def f(): raise SystemExit\n",
    "in a library": "import runpy, sys\ndef f(): [sys.exit() for _ in range(1)]\n",
}


@pytest.mark.parametrize("code", EXITS.values(), ids=EXITS)
def test_an_exit_through_the_program_is_told_from_one_of_the_tests(run: RunTests, code: str) -> None:
    ran = run(code, "f()\n_R_.site(0, (1,), ())\n")
    assert ran.values == []
    assert ran.end["exit_in_submission"]
    assert not run(code, "import sys\n_R_.site(0, (1,), ())\nsys.exit(0)\n").end["exit_in_submission"]


@pytest.mark.parametrize("leave", ["os._exit(0)", "os.execv('/bin/true', ['true'])", "os.kill(os.getpid(), 9)"])
@pytest.mark.parametrize("when", ["", "def f(): "])
def test_a_process_that_is_left_has_no_end(run: RunTests, leave: str, when: str) -> None:
    ran = run(f"import os\n{when}{leave}\n", "f()\n")
    assert not any(record[0] == "end" for record in ran.records)


def test_an_exit_while_the_program_is_loaded_is_its_own(run: RunTests) -> None:
    ran = run("raise SystemExit(0)\n", "_R_.site(0, (1,), ())\n")
    assert ran.end["exit_in_submission"]
    assert not ran.end["ok"]
    assert ran.end["where"] == "submission"


def test_a_program_that_does_not_parse_says_so(run: RunTests) -> None:
    ran = run("def f(:\n", "f()\n")
    assert "SyntaxError" in ran.end["syntax_error"]


def test_a_program_that_raises_while_it_is_loaded_says_so(run: RunTests) -> None:
    ran = run("1 / 0\n", "f()\n")
    assert ran.end["raised"] == "ZeroDivisionError: division by zero"
    assert b"ZeroDivisionError" in ran.execution.stderr


def test_what_was_sent_before_a_limit_is_kept_test_by_test(run: RunTests) -> None:
    text = "def test_0(): _R_.site(0, (f(1),), ())\ndef test_1():\n    while True: pass\n"
    ran = run(CODE, text, "pytest", cpu_s=0.3)
    assert ran.execution.stopped_by is Limit.CPU
    assert ran.outcomes == {"test_0": "passed"}


def test_pytest_says_what_it_says_of_coroutines(run: RunTests) -> None:
    text = "import pytest\n@pytest.mark.asyncio\nasync def test_0(): _R_.site(0, (await f(1),), ())\n"
    ran = run("async def f(x): return x\n", text, "pytest")
    has_plugin = ran.outcomes == {"test_0": "passed"} and ran.values == [[1]]
    assert has_plugin or "async def functions are not natively supported" in str(ran.records)


def test_output_is_kept(run: RunTests) -> None:
    ran = run("print('loaded')\ndef f(): print('called')\n", "def test_0(): f()\n", "pytest")
    assert ran.execution.stdout == b"loaded\ncalled\n"


def test_source_can_be_read(run: RunTests) -> None:
    text = "import inspect\ndef test_0(): _R_.site(0, (inspect.getsource(f), inspect.getsource(test_0)), ())\n"
    ran = run("def f(): return 1\n", text, "pytest")
    assert ran.values[0][0] == "def f(): return 1\n"
    assert ran.values[0][1].startswith("def test_0()")


def test_objects_of_the_tests_can_be_pickled(run: RunTests) -> None:
    text = """
        import pickle
        class Point:
            def __init__(self): self.x = 1
        _R_.site(0, (pickle.loads(pickle.dumps(Point())).x, pickle.loads(pickle.dumps(Thing())).y), ())
    """
    assert run("class Thing:\n    y = 2\n", text).values == [[1, 2]]
    assert run("class Thing:\n    y = 2\n", "from solution import Thing\n" + dedent(text), separate=True).values == [
        [1, 2]
    ]
