"""Sealed tests mean what the author's mean: right programs are right, wrong ones wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sealing.replay import verdict

RIGHT = "def f(x): return x + 1\n"
WRONG = "def f(x): return x + 2\n"
IN_CASE = "import unittest\nclass T(unittest.TestCase):\n"

SUITES: dict[str, str] = {
    "failure caught and counted": (
        "fails = 0\nfor x in (1, 2):\n    try:\n        assert f(x) == x + 1\n    except AssertionError:\n        fails += 1\nassert fails == 0\n"
    ),
    "failure expected": IN_CASE + "    def test(self):\n        with self.assertRaises(AssertionError):\n            self.assertEqual(f(1), 3)\n",
    "failure of a helper expected": (
        "import pytest\ndef same(a, b):\n    assert a == b\ndef test():\n    with pytest.raises(AssertionError):\n        same(f(1), 3)\n"
    ),
    "retry loop": "for _ in range(3):\n    try:\n        assert f(1) == 2\n        break\n    except AssertionError: pass\nelse: raise SystemExit(1)\n",
    "value changed after its comparison": "r = [f(1)]\nassert r == [2]\nr.append(5)\nassert r == [2, 5]\n",
    "constant changed": "e = [2]\nassert [f(1)] == e\ne.append(3)\nassert [f(1), f(2)] == e\n",
    "message made each time": IN_CASE + "    def test(self):\n        for a, b in [(1, 2), (3, 4)]:\n            self.assertEqual(f(a), b, f'for {a} {b:d}'.upper())\n",
    "message with an effect": (
        IN_CASE + "    def test(self):\n        seen = []\n        self.assertEqual(f(1), 2, seen.append(1))\n        self.assertEqual(len(seen), 1)\n        self.assertEqual(f(2), 3)\n"
    ),
    "message of an assert is not made": "def boom(): raise ValueError\nassert f(1) == 2, boom()\n",
    "failure that is read": "import pytest\ndef test():\n    with pytest.raises(AssertionError, match='not three'):\n        assert f(1) == 3, 'not three'\n    assert f(1) == 2\n",
    "length of the constant": "for a, e in [((1, 2), [2, 3])]:\n    r = [f(x) for x in a]\n    assert len(r) == len(e)\n    assert r == e\n",
    "constant in a set": "seen = set()\nfor a, e in [(1, 2), (2, 3)]:\n    assert f(a) == e\n    seen.add(e)\nassert seen == {2, 3}\n",
    "sorted table": "for a, e in sorted([(2, 3), (1, 2)]):\n    assert f(a) == e\n",
    "branch on the constant": "def g(x): return None if x == 0 else f(x)\nfor a, e in [(0, None), (1, 2)]:\n    if e is None: assert g(a) is None\n    else: assert g(a) == e\n",
    "comparison in a name": "ok = f(1) == 2\nassert ok\n",
    "chain, walrus, in": "assert f(1) in (2, 9)\nassert 1 < f(1) < 3\nassert (y := f(3)) == 4 and y > 3\n",
    "or": "assert f(1) == 2 or f(1) == 77\n",
    "guard": "r = f(1)\nassert r is None or r == 2\n",
    "guard that saves an attribute": "r = None if f(1) == 2 else 5\nassert r is None or r.x == 2\n",
    "order of evaluation": "log = []\ndef n(x):\n    log.append(x)\n    return f(x)\nassert n(1) == n(1) == 2\nassert (n(2), n(3)) == (3, 4)\nassert log == [1, 1, 2, 3]\n",
    "exception of a leaf": "import pytest\ndef bad(): raise KeyError\ndef test():\n    with pytest.raises(KeyError):\n        assert bad() == 1 or f(1) == 2\n    assert f(1) == 2\n",
    "closure": "def test_a():\n    want = 2\n    def inner():\n        assert f(1) == want\n    inner()\n    assert f(2) == 3\n",
    "nonlocal": "def test_a():\n    n = 0\n    def count():\n        nonlocal n\n        n += f(1)\n    count()\n    count()\n    assert n == 4\n",
    "global": "total = 0\ndef test_a():\n    global total\n    total += f(1)\n    assert total == 2\n",
    "generator": "def gen():\n    yield f(1)\n    yield f(2)\nassert list(gen()) == [2, 3]\nassert next(gen()) == 2\n",
    "decorator": "import functools\ndef twice(test):\n    @functools.wraps(test)\n    def both():\n        test()\n        test()\n    return both\n@twice\ndef test_a():\n    assert f(1) == 2\n",
    "own class": "class Box:\n    def __init__(self, v): self.v = v\n    def __eq__(self, other): return self.v == other.v\ndef test_a():\n    assert Box(f(1)) == Box(2)\n    assert Box(f(1)).v == 2\n",
    "derived tests": IN_CASE.replace("T(", "Base(") + "    want = 2\n    def test(self): self.assertEqual(f(1), self.want)\nclass Derived(Base):\n    def test_more(self): self.assertEqual(f(2), 3)\n",
    "mixin": "import unittest\nclass B:\n    e = 2\n    def test(self): self.assertEqual(f(1), self.e)\nclass T(B, unittest.TestCase): pass\n",
    "async test": "import unittest\nasync def g(x): return f(x)\nclass T(unittest.IsolatedAsyncioTestCase):\n    async def test(self):\n        self.assertEqual(await g(1), 2)\n        assert await g(2) == 3 and await g(3) == 4\n",
    "set-up of a class": IN_CASE + "    @classmethod\n    def setUpClass(cls): cls.want = [2]\n    def test(self): self.assertEqual([f(1)], self.want)\n",
    "expected failure": IN_CASE + "    @unittest.expectedFailure\n    def test(self): self.assertEqual(f(1), 3)\n    def test2(self): self.assertEqual(f(1), 2)\n",
    "fixture": "import pytest\n@pytest.fixture(params=[(1, 2), (2, 3)])\ndef case(request): return request.param\ndef test_a(case):\n    a, e = case\n    assert f(a) == e\n",
    "fixture with a test's name": "import pytest\n@pytest.fixture\ndef test_value(): return 1\ndef test_a(test_value):\n    assert f(test_value) == 2\n",
    "ids": "import pytest\n@pytest.mark.parametrize('a,e', [(1, 2), (2, 3)], ids=lambda v: f'v{v}')\ndef test_a(a, e): assert f(a) == e\n",
    "exception or value": "import pytest\n@pytest.mark.parametrize('a,e', [(1, 2), ('x', TypeError)])\ndef test_a(a, e):\n    if isinstance(e, type):\n        with pytest.raises(e): f(a)\n    else:\n        assert f(a) == e\n",
    "early return": "def test_a():\n    if f(1) > 100: return\n    assert f(1) == 2\n",
    "skip": "import pytest\ndef test_a():\n    if f(1) == 0: pytest.skip('x')\n    assert f(1) == 2\n",
    "capsys": "def test_a(capsys):\n    print(f(1))\n    assert capsys.readouterr().out == '2\\n'\n",
    "own name": IN_CASE + "    def test_one(self): self.assertEqual(f(1), 2 if self._testMethodName == 'test_one' else 0)\n",
    "docstring that is read": 'def g():\n    """two"""\nassert g.__doc__ == "two"\nassert f(1) == 2\n',
    "doctest": (
        'def test_a():\n    """\n    >>> 1 + 1\n    2\n    """\n    import doctest\n'
        "    found = doctest.DocTestFinder().find(test_a, globs={})\n    assert len(found[0].examples) == f(0)\n"
    ),
    "docstring that the program reads": "def g():\n    \"\"\"two\"\"\"\ndef test_a():\n    assert len(getattr(g, '_' + '_doc_' + '_')) == f(2)\n",
    "message that the program reads": (
        "def fails():\n    raise AssertionError('two')\ndef text(g):\n    try: g()\n    except Exception as e: return str(e)\n"
        "def test_a():\n    assert len(text(fails)) == f(2)\n"
    ),
    "indirect parametrize": (
        "import pytest\n@pytest.fixture\ndef want(request):\n    return request.param + 1\n"
        "@pytest.mark.parametrize('want', [1, 1], indirect=True)\ndef test(want):\n    assert f(1) == want\n"
    ),
    "fixture of a parametrized value": (
        "import pytest\n@pytest.fixture\ndef more(want):\n    return want + 1\n"
        "@pytest.mark.parametrize('want', [2])\ndef test(want, more):\n    assert f(1) == want\n    assert f(2) == more\n"
    ),
    "future": "from __future__ import annotations\ndef same(x: Nowhere) -> None:\n    assert f(x) == 2\nsame(1)\n",
    "match": "match f(1):\n    case 2: pass\n    case _: raise AssertionError('no')\n",
    "if and raise": "import sys\nif f(1) != 2:\n    print('bad'); sys.exit(1)\n",
    "thread": "import threading\nout = []\ndef w():\n    out.append(f(1))\nt = threading.Thread(target=w); t.start(); t.join()\nassert out == [2]\n",
    "mock": "from unittest.mock import Mock, call\nm = Mock()\nm(f(1))\nm.assert_called_once_with(2)\nm.assert_has_calls([call(2)])\nassert m.call_count == 1\n",
    "one-shot constant": "pairs = zip([1], [2])\nassert list(pairs) == [(1, 2)]\nassert list(pairs) == []\nassert f(1) == 2\n",
    "nan": "import math\nassert math.isnan(f(math.nan))\nassert f(float('nan')) != f(float('nan'))\nassert f(1) == 2\n",
    "equal numbers of other types": "assert f(0) == True\nassert f(1) == 2.0\n",
    "huge": "assert f(10 ** 400) == 10 ** 400 + 1\n",
    "separate names": "from solution import f as g\nf = 5\nassert g(1) == 2\nassert f == 5\n",
    "unittest.main": IN_CASE + "    def test(self): self.assertEqual(f(1), 2)\nunittest.main()\n",
    "main guard": IN_CASE + "    def test(self): self.assertEqual(f(1), 2)\nif __name__ == '__main__':\n    unittest.main()\n",
    "test method of the submission's": "class Client:\n    def test_it(self): return f(1)\ndef test_it():\n    assert Client().test_it() == 2\n",
    "approx of lists": "import pytest\ndef test_a():\n    assert [f(0.1), f(0.2)] == pytest.approx([1.1, 1.2])\n    assert {'a': f(1)} == pytest.approx({'a': 2})\n    assert pytest.approx(2) == f(1)\n    assert pytest.approx(f(1)) == 2\n",
}  # fmt: skip


@pytest.mark.parametrize("suite", SUITES)
def test_the_right_program_passes_and_the_wrong_one_does_not(suite: str, tmp_path: Path) -> None:
    assert verdict(SUITES[suite], RIGHT, tmp_path)
    assert not verdict(SUITES[suite], WRONG, tmp_path)


def test_the_name_that_the_tests_call_is_the_submissions(tmp_path: Path) -> None:
    """``sum`` is looked up when it is called, though both sides look constant."""
    tests = "assert sum(10, 15) == 6\n"
    assert verdict(tests, "def sum(a, b): return 6\n", tmp_path)
    assert not verdict(tests, "def sum(a, b): return a + b\n", tmp_path)


def test_several_assertions_on_one_table_judge_each_row(tmp_path: Path) -> None:
    tests = "for x, low, want in [(1, 0, 2), (5, 1, 6)]:\n    assert f(x) > low\n    assert f(x) == want\n"
    assert verdict(tests, RIGHT, tmp_path)
    assert not verdict(tests, "def f(x): return 2\n", tmp_path)


def test_a_program_that_stops_reporting_lacks_sites(tmp_path: Path) -> None:
    tests = "for x, want in [(1, 2), (5, 6)]:\n    assert f(x) == want\n"
    assert not verdict(tests, "def f(x):\n    if x == 5: raise SystemExit(0)\n    return x + 1\n", tmp_path)
