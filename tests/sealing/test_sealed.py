"""The suite as a whole: numbers, names, frameworks, flags, JSON, and what cannot be sealed."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import pytest

from evaluator.sealing import MODULES, sources
from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import CannotSeal, NothingToTest, Sealed, UnparsableTests

SUITE = (
    "import unittest\nclass T(unittest.TestCase):\n    def test_sum(self):\n        self.assertEqual(f(1), 2)\n"
    "        for x, want in [(1, 2), (3, 4)]:\n            self.assertEqual(f(x), want)\n        self.assertTrue(f(5))\n"
    "        with self.assertRaises(ValueError):\n            f(-1)\n"
)


def test_a_suite_survives_json() -> None:
    sealed = seal(SUITE, preface="import math")
    assert Sealed.from_json(json.loads(json.dumps(sealed.to_json()))) == sealed


def test_json_of_something_else_is_refused() -> None:
    form = seal(SUITE).to_json()
    with pytest.raises(KeyError):
        Sealed.from_json({name: value for name, value in form.items() if name != "tokens"})
    form["sites"][0]["surprise"] = 1
    with pytest.raises(TypeError):
        Sealed.from_json(form)


@pytest.mark.parametrize("opened", [set(), {0}, {1}, {2}, {0, 1, 2, 3}])
def test_numbers_stay_whatever_is_opened(opened: set[int]) -> None:
    sealed = seal(SUITE, opened=frozenset(opened))
    usual = seal(SUITE)
    assert [(site.number, site.line, site.text) for site in sealed.sites] == [
        (site.number, site.line, site.text) for site in usual.sites
    ]
    for site, other in zip(sealed.sites, usual.sites, strict=True):
        if site.number not in opened:
            assert site.kind == other.kind
        elif other.kind != "raises":
            assert (site.kind, site.condition, site.why) == ("open", None, "sealed it does not hold for the reference")


def test_an_opened_site_has_its_table_back() -> None:
    sealed = seal(SUITE, opened=frozenset({1}))
    assert "[(1, 2), (3, 4)]" in sealed.text
    assert "_R_.reached(1, self.assertEqual(f(x), want))" in sealed.text
    assert sealed.tokens == ()


def test_sites_know_their_place_and_text() -> None:
    sealed = seal(SUITE)
    assert [(site.line, site.text, site.test) for site in sealed.sites[:2]] == [
        (4, "self.assertEqual(f(1), 2)", "TestC0000.test_0000"),
        (6, "self.assertEqual(f(x), want)", "TestC0000.test_0000"),
    ]
    assert sealed.tests == {"TestC0000": "T", "test_0000": "test_sum"}


def test_a_long_assertion_is_shortened_for_reports() -> None:
    site = seal(f"assert f(1) == {'x' * 5_000!r}").sites[0]
    assert len(site.text) < 310
    assert site.text.endswith("…")


def test_nothing_that_tells_is_delivered() -> None:
    sealed = seal(
        '"""Wants seven."""\nimport pytest\n# seven\n@pytest.mark.parametrize("x", [1], ids=["seven"])\n'
        'def test_is_seven(x):\n    """Seven."""\n    assert f(x) == 7, "seven"\n'
        'class TestSeven:\n    """Seven."""\n    def test_seven(self):\n        assert f(2) == 7, f"not {7:d} seven"\n'
        '        with self.subTest("seven", name="seven"):\n            g()\n'
        '        if f(3) != f(4):\n            pytest.fail("seven")\n            raise AssertionError("seven")\n'
    )
    assert "seven" not in sealed.text.lower()
    assert "7" not in sealed.text


def test_tests_keep_their_order_under_neutral_names() -> None:
    sealed = seal(
        "def test_b():\n    assert f(1) == 1\ndef test_a():\n    assert f(2) == 2\ndef testC():\n    assert f(3) == 3\n"
    )
    assert {name: sealed.tests[name] for name in sorted(sealed.tests)} == {
        "test_0000": "testC",
        "test_0001": "test_a",
        "test_0002": "test_b",
    }
    assert [line for line in sealed.text.split("\n") if line.startswith("def")] == [
        "def test_0002():",
        "def test_0001():",
        "def test_0000():",
    ]


NAMES_STAY: dict[str, str] = {
    "a name in a string": "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(f(1), 2)\ns = T('test_a')\n",
    "the running test's name": "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(f(self._testMethodName), 2)\n",
    "the id": "import unittest\nclass T(unittest.TestCase):\n    def test_a(self): self.assertEqual(f(self.id()), 2)\n",
    "the request's node": "def test_a(request):\n    assert f(request.node.name) == 2\n",
}


@pytest.mark.parametrize("reason", NAMES_STAY)
def test_names_that_are_read_stay_and_are_flagged(reason: str) -> None:
    sealed = seal(NAMES_STAY[reason])
    assert (sealed.flags, sealed.tests) == (("own name",), {})
    assert "def test_a(" in sealed.text


@pytest.mark.parametrize(
    ("line", "flags"),
    [
        ("import time\nt = time.time()\n", ("clock",)),
        ("from datetime import datetime\nt = datetime.now()\n", ("clock",)),
        ("import random\nx = random.random()\n", ("chance",)),
        ("import random\nrandom.seed(1)\nx = random.random()\n", ()),
        ("import numpy as np\nx = np.random.rand(3)\n", ("chance",)),
        ("import time\ntime.sleep(0)\n", ()),
    ],
)
def test_clock_and_chance_are_flagged(line: str, flags: tuple[str, ...]) -> None:
    assert seal(f"{line}assert f(1) == 2\n").flags == flags


@pytest.mark.parametrize(
    ("text", "entry_point", "framework"),
    [
        ("def check(candidate):\n    assert candidate(1) == 2\n", "f", "check"),
        ("def check(candidate):\n    assert candidate(1) == 2\ncheck(f)\n", "f", "script"),
        ("def check(candidate):\n    assert candidate(1) == 2\n", None, "script"),
        ("assert f(1) == 2\n", None, "script"),
        (SUITE, None, "unittest"),
        ("def test_a():\n    assert f(1) == 2\n", None, "pytest"),
        ("class TestA:\n    def test_a(self):\n        assert f(1) == 2\n", None, "pytest"),
        (f"{SUITE}def test_a():\n    assert f(1) == 2\n", None, "pytest"),
        (f"import pytest\n{SUITE}", None, "pytest"),
        ("import pytest\nassert f(1) == 2\n", None, "script"),
        ("def test(candidate):\n    assert candidate(1) == 2\ntest(f)\n", None, "script"),
        (
            "import unittest\nclass Base(unittest.TestCase): pass\nclass A(Base):\n    def test(self): pass\n",
            None,
            "unittest",
        ),
    ],
)
def test_the_framework_is_told_by_the_text(text: str, entry_point: str | None, framework: str) -> None:
    assert seal(text, entry_point=entry_point).framework == framework


def test_tests_that_import_the_submission_are_separate() -> None:
    sealed = seal("from solution import f\nimport your_module\nassert f(1) == 2\n")
    assert (sealed.separate, sealed.module_names) == (True, ("solution", "your_module"))
    assert not seal("import os\nassert f(1) == 2\n").separate


@pytest.mark.parametrize(
    "text", ["", "# nothing\n", "x = f(1)\n", "print(f(1) == 2)\n", "def helper():\n    return 1\n"]
)
def test_where_nothing_can_fail_there_is_nothing_to_test(text: str) -> None:
    with pytest.raises(NothingToTest, match="nothing in them can fail"):
        seal(text)


@pytest.mark.parametrize(
    "text",
    ["if f(1) != 2:\n    raise ValueError\n", "def test_a():\n    f(1)\n", "import sys\nif f(1) != 2: sys.exit(1)\n"],
)
def test_checks_that_are_no_assertions_run_as_they_are(text: str) -> None:
    sealed = seal(text)
    assert sealed.sites == ()


def test_what_is_no_python_is_refused() -> None:
    with pytest.raises(UnparsableTests, match="no Python"):
        seal("assert f(1) ==\n")


def test_the_recorders_name_is_taken() -> None:
    with pytest.raises(CannotSeal, match="_R_"):
        seal("_R_ = 1\nassert f(1) == 2\n")


def test_the_modules_travel_each_after_those_that_it_imports() -> None:
    known: set[str] = set()
    for name, source in sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("evaluator"):
                names = {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
                assert names & known, f"{name} imports {node.module}"
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                top = node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
                assert (top or "").partition(".")[0] in sys.stdlib_module_names
        known.add(name)
    assert {path.stem for path in Path(seal.__code__.co_filename).parent.glob("*.py")} == {*MODULES, "__init__"}
