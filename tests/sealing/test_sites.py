"""Each kind of site: the text that is delivered, and the condition that stays outside."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest

from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import Sealed


def _body(sealed: Sealed) -> str:
    """The delivered text without what frames the assertions."""
    lines = [line for line in sealed.text.split("\n") if line.strip()]
    frame = ("import ", "from ", "class ", "def test")
    return textwrap.dedent("\n".join(line for line in lines if not line.strip().startswith(frame)))


def _in_case(assertion: str) -> str:
    return f"import unittest\nclass T(unittest.TestCase):\n    def test(self):\n        {assertion}\n"


SEALED_ASSERTS: list[tuple[str, str, str]] = [
    # author, delivered, condition
    ("assert f(1) == 2", "_R_.site(0, (f(1),), ())", "_v[0] == 2"),
    ("assert 2 == f(1), 'two'", "_R_.site(0, (f(1),), ())", "2 == _v[0]"),
    ("assert f(1) != 2", "_R_.site(0, (f(1),), ())", "_v[0] != 2"),
    ("assert not f(1) == 2", "_R_.site(0, (f(1),), ())", "not _v[0] == 2"),
    ("assert f(1) is True", "_R_.site(0, (f(1),), ())", "_v[0] is True"),
    ("assert f(1) is None", "_R_.site(0, (f(1),), ())", "_v[0] is None"),
    ("assert 1 < f(1) <= 3", "_R_.site(0, (f(1),), ())", "1 < _v[0] <= 3"),
    ("assert f(1) == f(2) == 3", "_R_.site(0, (f(1), f(2)), ())", "_v[0] == _v[1] == 3"),
    ("assert f(1) in (2, 9)", "_R_.site(0, (f(1),), ())", "_v[0] in (2, 9)"),
    ("assert 'a' in f(1)", "_R_.site(0, (f(1),), ())", "'a' in _v[0]"),
    ("assert f(1) == {'a': [1, (2,)]}", "_R_.site(0, (f(1),), ())", "_v[0] == {'a': [1, (2,)]}"),
    ("assert f(1) == 10 ** 20 - 1", "_R_.site(0, (f(1),), ())", "_v[0] == 10 ** 20 - 1"),
    ("assert f(1) == float('inf')", "_R_.site(0, (f(1),), ())", "_v[0] == float('inf')"),
    ("assert f(1) == [x * x for x in range(3)]", "_R_.site(0, (f(1),), ())", "_v[0] == [x * x for x in range(3)]"),
    ("assert f(1) == sorted([2, 1], key=lambda x: -x)", "_R_.site(0, (f(1),), ())", "_v[0] == sorted([2, 1], key=lambda x: -x)"),
    ("assert f(1) == f'{1 + 1}'", "_R_.site(0, (f(1),), ())", "_v[0] == f'{1 + 1}'"),
    ("assert abs(f(1) - 0.33) < 1e-6", "_R_.site(0, (f(1),), ())", "abs(_v[0] - 0.33) < 1e-06"),
    ("assert abs(0.33 - f(1)) <= 1e-6", "_R_.site(0, (f(1),), ())", "abs(0.33 - _v[0]) <= 1e-06"),
    ("assert type(f(1)) is int", "_R_.site(0, (type(f(1)),), ())", "_v[0] is int"),
    ("assert (f(1) == 2).all()", "_R_.site(0, (f(1),), ())", "(_v[0] == 2).all()"),
    ("assert bool(f(1) == 2)", "_R_.site(0, (f(1),), ())", "bool(_v[0] == 2)"),
    ("assert f(1) == 2 and g(2) == 3", "_R_.site(0, (f(1), g(2)), ())", "_v[0] == 2 and _v[1] == 3"),
    ("assert (y := f(3)) == 4 and y > 3", "_R_.site(0, ((y := f(3)), y), ())", "_v[0] == 4 and _v[1] > 3"),
    ("assert isinstance(f(1), int) and f(1) == 4", "_R_.site(0, (isinstance(f(1), int), f(1)), ())", "_v[0] and _v[1] == 4"),
    ("assert f(1) == 2 or f(1) == 77", "_R_.lazy(0, (lambda: f(1), lambda: f(1)), ())", "_v[0] == 2 or _v[1] == 77"),
    ("assert not (f(1) and f(2) == 3)", "_R_.lazy(0, (lambda: f(1), lambda: f(2)), ())", "not (_v[0] and _v[1] == 3)"),
    ("assert f(1) is None or f(1).x == 2", "_R_.lazy(0, (lambda: f(1) is None, lambda: f(1).x), ())", "_v[0] or _v[1] == 2"),
    ("assert sum(10, 15) == 6", "_R_.site(0, (sum(10, 15),), ())", "_v[0] == 6"),
    ("assert max(f(1), 2) == 6", "_R_.site(0, (max(f(1), 2),), ())", "_v[0] == 6"),
    ("assert [f(x) for x in (1, 2)] == [2, 3]", "_R_.site(0, ([f(x) for x in (1, 2)],), ())", "_v[0] == [2, 3]"),
]  # fmt: skip


@pytest.mark.parametrize(("author", "delivered", "condition"), SEALED_ASSERTS)
def test_an_assert_with_a_constant_is_sealed(author: str, delivered: str, condition: str) -> None:
    sealed = seal(author)
    assert sealed.text == f"{delivered}\n"
    assert [(site.kind, site.condition) for site in sealed.sites] == [("sealed", condition)]
    assert sealed.sites[0].straight
    assert not sealed.sites[0].statement


METHODS: list[tuple[str, str]] = [
    ("assertEqual(f(1), 2, 'two')", "_tc.assertEqual(_v[0], 2)"),
    ("assertEqual(first=f(1), second=2, msg='two')", "_tc.assertEqual(_v[0], 2)"),
    ("assertEqual(second=f(1), first=2)", "_tc.assertEqual(second=_v[0], first=2)"),
    ("assertEquals(2, f(1))", "_tc.assertEqual(2, _v[0])"),
    ("assertNotEqual(f(1), 2)", "_tc.assertNotEqual(_v[0], 2)"),
    ("assertAlmostEqual(f(1), 0.5, 3)", "_tc.assertAlmostEqual(_v[0], 0.5, places=3)"),
    ("assertAlmostEqual(f(1), 0.5, delta=0.1, msg='m')", "_tc.assertAlmostEqual(_v[0], 0.5, delta=0.1)"),
    ("assertAlmostEqual(f(1), 0.5, 3, 'm', None)", "_tc.assertAlmostEqual(_v[0], 0.5, places=3, delta=None)"),
    ("assertNotAlmostEqual(f(1), 0.5)", "_tc.assertNotAlmostEqual(_v[0], 0.5)"),
    ("assertGreater(f(1), 0)", "_tc.assertGreater(_v[0], 0)"),
    ("assertGreaterEqual(f(1), 0)", "_tc.assertGreaterEqual(_v[0], 0)"),
    ("assertLess(abs(f(1) - 2), 0.1)", "_tc.assertLess(abs(_v[0] - 2), 0.1)"),
    ("assertLessEqual(f(1), 0)", "_tc.assertLessEqual(_v[0], 0)"),
    ("assertIn('a', f(1))", "_tc.assertIn('a', _v[0])"),
    ("assertNotIn('a', f(1))", "_tc.assertNotIn('a', _v[0])"),
    ("assertListEqual(f(1), [1])", "_tc.assertListEqual(_v[0], [1])"),
    ("assertTupleEqual(f(1), (1,))", "_tc.assertTupleEqual(_v[0], (1,))"),
    ("assertDictEqual(f(1), {1: 2})", "_tc.assertDictEqual(_v[0], {1: 2})"),
    ("assertSetEqual(f(1), {1})", "_tc.assertSetEqual(_v[0], {1})"),
    ("assertSequenceEqual(f(1), [1], seq_type=list)", "_tc.assertSequenceEqual(_v[0], [1], seq_type=list)"),
    ("assertMultiLineEqual(f(1), 'a')", "_tc.assertMultiLineEqual(_v[0], 'a')"),
    ("assertCountEqual(f(1), [1, 2])", "_tc.assertCountEqual(_v[0], [1, 2])"),
    ("assertIs(f(1), True)", "_tc.assertIs(_v[0], True)"),
    ("assertIsNot(f(1), None)", "_tc.assertIsNot(_v[0], None)"),
    ("assertRegex(f(1), r'^a')", "_tc.assertRegex(_v[0], '^a')"),
    ("assertNotRegex(f(1), r'^a')", "_tc.assertNotRegex(_v[0], '^a')"),
]


@pytest.mark.parametrize(("method", "condition"), METHODS)
def test_unittests_comparisons_are_sealed(method: str, condition: str) -> None:
    sealed = seal(_in_case(f"self.{method}"))
    assert _body(sealed) == "_R_.site(0, (f(1),), ())"
    site = sealed.sites[0]
    assert (site.kind, site.condition, site.statement, site.straight) == ("sealed", condition, True, True)
    assert site.test == "TestC0000.test_0000"


TRUTHS: list[tuple[str, str, str]] = [
    ("self.assertTrue(f(1))", "_R_.site(0, (f(1),), ())", "_v[0]"),
    ("self.assertFalse(f(1), 'm')", "_R_.site(0, (f(1),), ())", "not _v[0]"),
    ("self.assertTrue(not f(1))", "_R_.site(0, (f(1),), ())", "not _v[0]"),
    ("assert f(1)", "_R_.site(0, (f(1),), ())", "_v[0]"),
    ("assert not f(1)", "_R_.site(0, (f(1),), ())", "not _v[0]"),
    ("assert f(1) is not None", "_R_.site(0, (f(1) is not None,), ())", "_v[0]"),
    ("self.assertIsNotNone(f(1))", "_R_.site(0, (f(1) is not None,), ())", "_v[0]"),
    ("self.assertIsInstance(f(1), (int, str))", "_R_.site(0, (isinstance(f(1), (int, str)),), ())", "_v[0]"),
    ("self.assertNotIsInstance(f(1), int)", "_R_.site(0, (isinstance(f(1), int),), ())", "not _v[0]"),
]


@pytest.mark.parametrize(("author", "delivered", "condition"), TRUTHS)
def test_a_truth_is_sent_as_a_truth(author: str, delivered: str, condition: str) -> None:
    sealed = seal(_in_case(author))
    assert _body(sealed) == delivered
    site = sealed.sites[0]
    assert (site.kind, site.condition, site.leaves_truth) == ("truth", condition, (True,))


SEALED_TRUTH_METHODS: list[tuple[str, str]] = [
    ("self.assertTrue(f(1) == 2)", "_v[0] == 2"),
    ("self.assertFalse(f(1) == 2)", "not _v[0] == 2"),
    ("self.assertIsNone(f(1))", "_v[0] is None"),
    ("self.assertTrue(abs(f(1) - 2) < 0.1)", "abs(_v[0] - 2) < 0.1"),
]


@pytest.mark.parametrize(("author", "condition"), SEALED_TRUTH_METHODS)
def test_a_comparison_in_a_truth_method_is_sealed(author: str, condition: str) -> None:
    site = seal(_in_case(author)).sites[0]
    assert (site.kind, site.condition) == ("sealed", condition)


LIBRARIES: list[tuple[str, str, str]] = [
    ("import pytest\n", "assert f(1) == pytest.approx(2, abs=0.1)", "_v[0] == pytest.approx(2, abs=0.1)"),
    ("from pytest import approx\n", "assert approx(f(1)) == 2", "approx(_v[0]) == 2"),
    ("import math\n", "assert math.isclose(f(1), 2.5, rel_tol=1e-9)", "math.isclose(_v[0], 2.5, rel_tol=1e-09)"),
    ("import math\n", "assert f(1) == math.pi", "_v[0] == math.pi"),
    ("import numpy as np\n", "assert np.allclose(f(1), [1.0, 2.0])", "np.allclose(_v[0], [1.0, 2.0])"),
    ("import numpy as np\n", "assert np.array_equal(f(1), np.array([1]))", "np.array_equal(_v[0], np.array([1]))"),
    ("import numpy as np\n", "assert np.all(f(1) == [1])", "np.all(_v[0] == [1])"),
    ("import datetime\n", "assert f(1) == datetime.date(2020, 1, 2)", "_v[0] == datetime.date(2020, 1, 2)"),
    ("from datetime import time\n", "assert f(1) == time(1, 2)", "_v[0] == time(1, 2)"),
    ("from decimal import Decimal as D\n", "assert f(1) == D('1.2')", "_v[0] == D('1.2')"),
    ("import pandas as pd\n", "assert f(1).equals(pd.Series([1]))", "_v[0].equals(pd.Series([1]))"),
]


@pytest.mark.parametrize(("imports", "author", "condition"), LIBRARIES)
def test_what_safe_libraries_make_is_constant(imports: str, author: str, condition: str) -> None:
    sealed = seal(imports + author)
    assert _body(sealed) == "_R_.site(0, (f(1),), ())"
    assert [(site.kind, site.condition) for site in sealed.sites] == [("sealed", condition)]
    assert imports.strip() in sealed.imports


def test_assertions_of_numpy_and_pandas_are_sealed_statements() -> None:
    sealed = seal(
        "import numpy as np\nimport pandas as pd\n"
        "np.testing.assert_allclose(f(1), [1.0], rtol=1e-3, err_msg='m')\n"
        "pd.testing.assert_frame_equal(f(2), pd.DataFrame({'a': [1]}))\n"
    )
    assert _body(sealed) == "_R_.site(0, (f(1),), ())\n_R_.site(1, (f(2),), ())"
    assert [(site.condition, site.statement) for site in sealed.sites] == [
        ("np.testing.assert_allclose(_v[0], [1.0], rtol=0.001)", True),
        ("pd.testing.assert_frame_equal(_v[0], pd.DataFrame({'a': [1]}))", True),
    ]


def test_a_mocks_assertions_send_its_calls() -> None:
    sealed = seal(
        "from unittest.mock import Mock, ANY\nm = Mock()\nf(m)\nm.assert_called_once_with(1, x=ANY)\nm.a.assert_not_called()\n"
    )
    assert _body(sealed) == "m = Mock()\nf(m)\n_R_.mock(0, m)\n_R_.mock(1, m.a)"
    assert [(site.kind, site.form, site.condition, site.statement) for site in sealed.sites] == [
        ("sealed", "mock", "_v[0].assert_called_once_with(1, x=ANY)", True),
        ("sealed", "mock", "_v[0].assert_not_called()", True),
    ]


def test_a_mocks_assertion_with_something_of_the_process_is_open() -> None:
    sealed = seal("m = make()\nm.assert_called_with(f(1))\n")
    assert sealed.text == "m = make()\n_R_.reached(0, m.assert_called_with(f(1)))\n"
    assert sealed.sites[0].kind == "open"


OPEN: list[tuple[str, str, str]] = [
    ("assert f(1) == g(1), 'm'", "assert _R_.reached(0, f(1) == g(1))", "both sides come from the process"),
    ("assert f(1) == [g(1), 2]", "assert _R_.reached(0, f(1) == [g(1), 2])", "both sides come from the process"),
    ("assert all(isinstance(x, int) for x in f(1))", "assert _R_.reached(0, all((isinstance(x, int) for x in f(1))))", "both sides come from the process"),
    ("assert f(1) is 'a'", "assert _R_.reached(0, f(1) is 'a')", "both sides come from the process"),
    ("assert [1] == [1]", "assert _R_.reached(0, [1] == [1])", "nothing of the submission in it"),
    ("assert (f(1) == 2) == True", "assert _R_.reached(0, (f(1) == 2) == True)", "it depends on a comparison outside an assertion"),
    ("assert (y := f(1)) == 2 or y == 3", "assert _R_.reached(0, (y := f(1)) == 2 or y == 3)", "it may stop early, where that makes a difference"),
]  # fmt: skip


@pytest.mark.parametrize(("author", "delivered", "why"), OPEN)
def test_the_rest_is_the_authors_own_and_marked(author: str, delivered: str, why: str) -> None:
    sealed = seal(author)
    assert sealed.text == f"{delivered}\n"
    assert [(site.kind, site.condition, site.why) for site in sealed.sites] == [("open", None, why)]


def test_an_open_method_is_called_before_it_is_marked() -> None:
    sealed = seal(_in_case("self.assertEqual(f(1), g(1), 'm')"))
    assert _body(sealed) == "_R_.reached(0, self.assertEqual(f(1), g(1)))"


def test_expected_exceptions_are_wrapped() -> None:
    sealed = seal(
        "import pytest\ndef test():\n    with pytest.raises(ValueError, match='no') as error:\n        f(1)\n"
        "    assert str(error.value) == 'no way'\n"
    )
    assert (
        _body(sealed)
        == (
            "    with _R_.raises(0, pytest.raises(ValueError, match='no')) as error:\n        f(1)\n    _R_.site(1, (str(error.value),), ())"
        )
        .replace("\n    ", "\n")
        .strip()
    )
    assert [(site.kind, site.form) for site in sealed.sites] == [("raises", "raises"), ("sealed", "site")]


def test_expected_exceptions_in_call_form_are_marked() -> None:
    sealed = seal(_in_case("self.assertRaises(ValueError, f, 1)"))
    assert _body(sealed) == "_R_.reached(0, self.assertRaises(ValueError, f, 1))"
    assert [(site.kind, site.form) for site in sealed.sites] == [("raises", "reached")]


def test_awaits_stay_where_they_are() -> None:
    sealed = seal(
        "import pytest\n@pytest.mark.asyncio\nasync def test():\n    assert await f(1) == 2\n    assert await f(1) == await g(1)\n"
    )
    assert "_R_.site(0, (await f(1),), ())" in sealed.text
    assert "assert _R_.reached(1, await f(1) == await g(1))" in sealed.text


@pytest.mark.parametrize(
    "around",
    [
        "try:\n    {}\nexcept AssertionError:\n    pass\n",
        "try:\n    {}\nexcept Exception as error:\n    bad = 1\n",
        "try:\n    {}\nexcept:\n    pass\n",
        "import pytest\nwith pytest.raises(AssertionError):\n    {}\n",
        "import contextlib\nwith contextlib.suppress(AssertionError):\n    {}\n",
        "import unittest\nclass T(unittest.TestCase):\n    @unittest.expectedFailure\n    def test(self):\n        {}\n",
        "import pytest\n@pytest.mark.xfail\ndef test():\n    {}\n",
        "import pytest\npytestmark = pytest.mark.xfail\ndef test():\n    {}\n",
        "import pytest\ndef helper():\n    {}\ndef test():\n    with pytest.raises(AssertionError):\n        helper()\n",
        "import pytest\ndef helper():\n    {}\ndef outer():\n    helper()\ndef test():\n    pytest.raises(AssertionError, outer)\n",
    ],
)
def test_where_the_tests_hear_of_a_failure_the_site_is_open(around: str) -> None:
    site = next(site for site in seal(around.format("assert f(1) == 2")).sites if site.text == "assert f(1) == 2")
    assert (site.kind, site.why, site.straight) == ("open", "the tests hear of its failure", False)


def test_a_handler_that_fails_again_hears_of_nothing() -> None:
    sealed = seal("try:\n    assert f(1) == 2\nexcept AssertionError:\n    raise\n")
    assert sealed.sites[0].kind == "sealed"


STRAIGHT: list[tuple[str, bool]] = [
    ("{}", True),
    ("if f(2):\n    {}", False),
    ("for x in f(2):\n    {}", False),
    ("while f(2):\n    {}", False),
    ("try:\n    {}\nfinally:\n    pass", True),
    ("try:\n    {}\nexcept ValueError:\n    pass", False),
    ("try:\n    g()\nexcept ValueError:\n    {}", False),
    ("if __name__ == '__main__':\n    {}", True),
    ("def test():\n    {}", True),
    ("def test():\n    if f(2):\n        return\n    {}", False),
    ("def helper():\n    {}", False),
    ("def helper():\n    {}\nhelper()", True),
    ("import pytest\n@pytest.mark.skip\ndef test():\n    {}", False),
    ("with open('x') as file:\n    {}", True),
    ("match f(2):\n    case 1:\n        {}", False),
]


@pytest.mark.parametrize(("around", "straight"), STRAIGHT)
def test_what_a_run_must_reach_is_told_from_the_text(around: str, straight: bool) -> None:
    assert seal(around.format("assert f(1) == 2")).sites[0].straight is straight


def test_names_in_a_class_are_mangled_as_python_does() -> None:
    sealed = seal(
        "import unittest\n__want = 3\nclass T(unittest.TestCase):\n    def setUp(self):\n        self.__want = 2\n"
        "    def test(self):\n        self.assertEqual(f(1), self.__want)\n        self.assertEqual(f(2), __want)\n"
    )
    assert [site.condition for site in sealed.sites] == ["_tc.assertEqual(_v[0], 2)", None]
    assert "self.__want = _R_.token(0)" in sealed.text


def test_the_submissions_names_are_no_constants() -> None:
    assert seal("assert f(1) == sorted([2, 1])").sites[0].kind == "sealed"
    assert seal("assert f(1) == sorted([2, 1])", names=frozenset({"sorted"})).sites[0].kind == "open"


def test_conditions_may_use_what_the_preface_imports() -> None:
    options: dict[str, Any] = {"preface": "from math import *\nimport collections\ninf = float('inf')\nimport os\n"}
    sealed = seal(
        "assert f(1) == pi\nassert f(2) == collections.Counter('a')\nassert f(3) == inf\nassert f(4) == os.sep",
        **options,
    )
    assert [site.kind for site in sealed.sites] == ["sealed", "sealed", "sealed", "open"]
    assert sealed.imports == ("from math import *", "import collections", "inf = float('inf')")


def test_only_what_conditions_need_is_imported() -> None:
    sealed = seal(
        "import unittest\nimport numpy as np\nimport datetime, math as m\nfrom collections import Counter, deque\n"
        "class T(unittest.TestCase):\n"
        "    def test_a(self):\n"
        "        self.assertEqual(f(np.zeros(3)), Counter('ab'))\n"
        "        self.assertEqual(f(1), m.floor(2.5))\n"
    )
    assert [site.kind for site in sealed.sites] == ["sealed", "sealed"]
    assert sealed.imports == ("import math as m", "from collections import Counter")


def test_a_shared_constant_brings_what_it_is_made_of() -> None:
    sealed = seal(
        "import datetime\nimport json\nDAYS = [datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)]\n"
        "def test_a(): assert f(1) == DAYS\n"
        "def test_b(): assert f(2) == DAYS\n"
    )
    assert [site.condition for site in sealed.sites] == ["_v[0] == _c0", "_v[0] == _c0"]
    made = "_c0 = [datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)]"
    assert sealed.imports == ("import datetime", made)


def test_what_differs_from_run_to_run_is_no_constant() -> None:
    for value in ("datetime.datetime.now()", "pathlib.Path('x').exists()", "uuid.uuid4()"):
        sealed = seal(f"import datetime, pathlib, uuid\nassert f(1) == {value}\n")
        assert sealed.sites[0].kind == "open"
