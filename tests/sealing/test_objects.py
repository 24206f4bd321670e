"""Sites that stay open because an object of the submission's is compared, where there is no reference to show it."""

from __future__ import annotations

import pytest

from evaluator.sealing.preparation import seal

COMPARED = "an object of the submission's is compared"
SET_UP = """
import unittest

class Tests(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()

    def test_it(self):
        {}
"""


@pytest.mark.parametrize(
    "text",
    [
        "assert Vec(1, 2) < 5",
        "assert Vec(1, 2) != (1, 2)",
        "v = Vec(1, 2) + Vec(3, 4)\nassert -v == (-4, -6)",
        "v = Vec(1, 2)\nassert 3 * v == (3, 6)",
        "t = Table(3)\nassert 7 in t and 2 not in t",
        "import solution\nassert solution.Vec(1, 2) == (1, 2)",
        "from solution import Vec\nassert Vec(1, 2) == (1, 2)",
        "import os\nassert 'DEPTH' not in os.environ",
        SET_UP.format("self.assertIn(2, self.stack)"),
        "v = make(1)\nw = v.balance\nassert v < 5",
        "v = make(1)\nv.deposit(3)\nassert 0 < v <= -5.5",
        "v = make(1)\nv.deposit(3)\nfor most in (5, 7):\n    assert v < most",
    ],
)
def test_an_object_that_is_compared_leaves_its_site_open(text: str) -> None:
    assert [(site.kind, site.why) for site in seal(text).sites] == [("open", COMPARED)]


@pytest.mark.parametrize(
    "text",
    [
        "v = Vec(1, 2)\nassert len(v) == 2",
        "v = Vec(1, 2)\nassert v.x == 1",
        "v = Vec(1, 2)\nv = f(v)\nassert v == 3",
        "assert f(1) == 2",
        "class Mine:\n    pass\nassert Mine() != 3",
        SET_UP.format("self.assertEqual(self.stack.pop(), 2)"),
        "v = make(1)\nw = v.real\nassert v < 5",
        "v = make(1)\nw = v.shape\nassert v < 5",
        "v = make(1)\nw = v.name\nassert v == 5",
        "v = make(1)\nw = v.balance\nv = 3 * f(v)\nassert v < 5",
    ],
)
def test_what_may_be_a_plain_value_is_sealed(text: str) -> None:
    assert [site.kind for site in seal(text).sites] == ["sealed"]


@pytest.mark.parametrize("constant", ["(1, 2)", "'text'", "[1]"])
def test_a_value_with_attributes_of_its_own_is_sealed_with_a_doubt(constant: str) -> None:
    text = f"v = make(1)\nw = v.balance\nassert v == {constant}"
    (site,) = seal(text).sites
    assert (site.kind, site.why.partition(":")[0]) == ("sealed", "needs a reference")
    (site,) = seal(text, names=frozenset({"make"})).sites
    assert (site.kind, site.why) == ("sealed", "")


def test_with_a_reference_its_run_shows_it() -> None:
    (site,) = seal("assert Point(1, 2) == (1, 2)", names=frozenset({"Point"})).sites
    assert site.kind == "sealed"


def test_a_class_whose_tests_are_inherited_is_pytests() -> None:
    text = "class Adds:\n    def test_it(self):\n        assert add(1, 2) == 3\n\nclass TestAdd(Adds):\n    pass\n"
    assert seal(text).framework == "pytest"


def test_the_page_s_example_is_so() -> None:
    text = (
        "account = open_account(1)\nassert account.owner_id == 170\nassert account < 5\nassert account == ('Ada', 170)"
    )
    sites = seal(text).sites
    assert [site.kind for site in sites] == ["sealed", "open", "sealed"]
    assert [site.why.startswith("needs a reference") for site in sites] == [False, False, True]
