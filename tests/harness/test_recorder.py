"""No honest program keeps the recorder from writing what tests send, and none keeps the runner from its end."""

from __future__ import annotations

import pytest

from tests.harness.conftest import RunTests

HONEST = {
    "patches json": "import json\njson.dumps = json.loads = json.JSONEncoder = None\nimport sys\nsys.modules['json'] = None",
    "patches os": "import os\nos.open = os.write = os.close = os.getpid = os.fstat = lambda *a, **k: 1 / 0",
    "patches builtins": "import builtins\nfor name in 'sum print input open'.split():\n    setattr(builtins, name, lambda *a, **k: 1 / 0)",
    "replaces open": "import builtins\nbuiltins.open = lambda *a: 1 / 0",
    "has its own names": "def len(x): return 1\ndef list(x): return 2\ndef type(x): return 3\nencode = dumps = Recorder = None",
    "closes standard streams": "import sys\nsys.stdout.close(); sys.stderr.close()\nsys.stdout = sys.stderr = sys.stdin = None",
    "closes descriptors": "import os\nos.closerange(0, 1024)",
    "changes directory": "import os\nos.mkdir('deep'); os.chdir('deep')",
    "removes all files": "import os\nfor name in os.listdir('.'): os.remove(name)",
    "forks": "import os\nif os.fork() == 0: os._exit(0)\nos.wait()",
    "forks and goes on": "import os\nchild = os.fork()\nif child: os.waitpid(child, 0)",
    "starts threads": "import threading\nthread = threading.Thread(target=print)\nthread.start()\nthread.join()",
    "turns warnings into errors": "import warnings\nwarnings.simplefilter('error')",
    "lowers the recursion limit": "import sys\nsys.setrecursionlimit(100)",
    "sets a decimal context": "import decimal\ndecimal.getcontext().prec = 2\ndecimal.getcontext().traps[decimal.Inexact] = True",
    "disturbs traceback": "import traceback\ntraceback.format_exception = None",
    "empties sys.modules": "import sys\nfor name in [name for name in sys.modules if 'harness' in name]: del sys.modules[name]",
    "ends no thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()",
    "freezes time": "import time\ntime.time = time.monotonic = time.perf_counter = lambda: 0.0",
}
TESTS = {
    "script": "_R_.site(0, (f(2),), ())\n",
    "unittest": "import unittest\nclass T(unittest.TestCase):\n    def test_0(self):\n        _R_.site(0, (f(2),), ())\n",
    "pytest": "def test_0():\n    _R_.site(0, (f(2),), ())\n",
}


@pytest.mark.parametrize("framework", TESTS)
@pytest.mark.parametrize("deed", HONEST.values(), ids=HONEST)
def test_values_arrive_whatever_an_honest_program_has_done(run: RunTests, deed: str, framework: str) -> None:
    code = "def f(x):\n    return [x, {'a': (x, 1.5)}]\n" + deed
    ran = run(code, TESTS[framework], framework)
    assert ran.values == [[[2, {"dict": [["a", {"tuple": [2, 1.5]}]]}]]], ran.execution
    assert ran.end["ok"], ran.records


@pytest.mark.parametrize("deed", HONEST.values(), ids=HONEST)
def test_values_arrive_whatever_a_tested_function_does(run: RunTests, deed: str) -> None:
    lines = "".join(f"    {line}\n" for line in deed.splitlines())
    ran = run(f"def f(x):\n{lines}    return [x]\n", TESTS["script"])
    assert ran.values == [[[2]]], ran.execution
    assert ran.end["ok"], ran.records


def test_builtins_may_be_patched_where_values_are_sent(run: RunTests) -> None:
    text = """
        import builtins
        names = "len sorted sum min max map zip all any iter next range abs round type hasattr getattr open".split()
        found, saved = vars(builtins), dict(vars(builtins))
        found.update(dict.fromkeys(names))
        _R_.site(0, ([f(2)],), ())
        found.update(saved)
    """
    assert run("def f(x): return {x: (x, {x})}\n", text).values == [[[{"dict": [[2, {"tuple": [2, {"set": [2]}]}]]}]]]


def test_a_value_is_written_as_it_was_when_it_was_sent(run: RunTests) -> None:
    ran = run("x = [1]", "_R_.site(0, (x,), ())\nx.append(2)\n_R_.site(1, (x,), ())\n")
    assert ran.values == [[[1]], [[1, 2]]]


def test_what_is_sent_is_not_changed_or_asked(run: RunTests) -> None:
    code = """
        asked = []
        class Odd(list):
            def __iter__(self): asked.append("iter"); return list.__iter__(self)
            def __eq__(self, other): asked.append("eq"); return True
            def __len__(self): asked.append("len"); return 0
            def __getattribute__(self, name): asked.append(name); return list.__getattribute__(self, name)
            __class__ = int
            __hash__ = None
    """
    ran = run(code, "_R_.site(0, ([Odd()],), ())\n_R_.site(1, (list(asked),), ())\n")
    assert ran.values == [[[{"own": ["Odd", None]}]], [[]]]


def test_of_an_object_its_truth_is_told(run: RunTests) -> None:
    code = "class A:\n    def __len__(self): return 0\nclass B:\n    def __bool__(self): raise ValueError\n"
    ran = run(code, "_R_.site(0, (A(), B(), object()), ())\n")
    assert ran.values == [[{"own": ["A", False]}, {"object": ["B", None]}, {"object": ["object", True]}]]


def test_where_a_condition_may_stop_only_the_first_value_must_be_there(run: RunTests) -> None:
    lazy = "_R_.lazy(0, (lambda: {}, lambda: {}), ())\n"
    ran = run("", lazy.format("1", "1 / 0") + lazy.format("1 / 0", "1"))
    assert ran.values == [
        [1, {"raised": ["ZeroDivisionError", "ArithmeticError", "Exception", "BaseException", "object"]}]
    ]
    assert [record[0] for record in ran.records] == ["site", "failed", "end"]


def test_calls_of_a_mock_are_recorded(run: RunTests) -> None:
    text = """
        from unittest.mock import Mock
        m = Mock()
        m(1, b=[2])
        _R_.mock(0, m)
        _R_.mock(1, 5)
    """
    ran = run("", text)
    assert ran.records[0] == ["mock", 0, [[{"tuple": [1]}, {"dict": [["b", [2]]]}]], [], False]
    assert ran.records[1] == ["site", 1, [5], []]


def test_the_classes_of_what_ends_a_block_are_recorded(run: RunTests) -> None:
    text = """
        import contextlib
        with _R_.raises(0, contextlib.suppress(KeyError)) as bound:
            raise KeyError(1)
        with _R_.raises(1, contextlib.suppress(KeyError)):
            pass
    """
    ran = run("", text)
    assert ran.records[0][:2] == ["raised", 0]
    assert ran.records[0][2][:2] == ["KeyError", "LookupError"]
    assert ran.records[1] == ["raised", 1, None]


def test_a_constant_is_of_use_in_conditions_only(run: RunTests) -> None:
    ran = run("", "t = _R_.token(3)\n_R_.site(0, (1,), (t, 4))\nt == 3\n")
    assert ran.records[0] == ["site", 0, [1], [3, ["not a token"]]]
    assert ran.end["leaks"] == ["the constant 3 was used outside of conditions"]
