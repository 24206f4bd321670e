"""Constants that reach a condition by data flow: tables, parametrize, helpers, attributes, names."""

from __future__ import annotations

import pytest

from evaluator.sealing.preparation import seal
from evaluator.sealing.sealed import Sealed

PARAMETRIZED = "import pytest\n@pytest.mark.parametrize({names}, {rows})\ndef test(x, want):\n    assert f(x) == want\n"
CASE = "import unittest\nclass T(unittest.TestCase):\n"

HIDDEN: dict[str, tuple[str, tuple[str, ...], tuple[int, ...]]] = {
    # the author's text, the tokens, and those that must be reported
    "loop": ("for x, want in [(1, 2), (3, 4)]:\n    assert f(x) == want\n", ("2", "4"), (0, 1)),
    "named table": ("rows = [(1, 2), (3, 4)]\nfor x, want in rows:\n    assert f(x) == want\n", ("2", "4"), (0, 1)),
    "enumerate": ("for i, (x, want) in enumerate([(1, 2), (3, 4)]):\n    assert f(x) == want\n", ("2", "4"), (0, 1)),
    "zip": ("for x, want in zip([1, 3], [2, 4]):\n    assert f(x) == want\n", ("2", "4"), (0, 1)),
    "zip of names": ("xs = [1, 3]\nwants = [2, 4]\nfor x, want in zip(xs, wants):\n    assert f(x) == want\n", ("2", "4"), (0, 1)),
    "zip cut short": ("for x, want in zip([1], [2, 4]):\n    assert f(x) == want\n", ("2", "4"), ()),
    "items": ("for x, want in {1: 2, 3: 4}.items():\n    assert f(x) == want\n", ("2", "4"), (0, 1)),
    "nested rows": ("for (x, y), want in [((1, 2), 3), ((3, 4), 7)]:\n    assert f(x, y) == want\n", ("3", "7"), (0, 1)),
    "rows by index": ("for row in [(1, 2), (3, 4)]:\n    assert f(row[0]) == row[1]\n", ("2", "4"), (0, 1)),
    "rows by index from the end": ("for row in [(1, 2), (3, 4)]:\n    assert f(row[0]) == row[-1]\n", ("2", "4"), (0, 1)),
    "rows by key": ("for row in [{'x': 1, 'want': 2}, {'want': 4, 'x': 3}]:\n    assert f(row['x']) == row['want']\n", ("2", "4"), (0, 1)),
    "rows by key, through a name": (
        "rows = [{'x': 1, 'want': 2}]\nfor row in rows:\n    want = row['want']\n    assert f(row['x']) == want\n", ("2",), (0,)),
    "rows taken apart": ("for row in [(1, 2), (3, 4)]:\n    x, want = row\n    assert f(x) == want\n", ("2", "4"), (0, 1)),
    "computed index": ("xs = [1, 3]\nwants = [2, 4]\nfor i, x in enumerate(xs):\n    assert f(x) == wants[i]\n", ("2", "4"), ()),
    "all": ("assert all(f(x) == want for x, want in [(1, 2), (3, 4)])\n", ("2", "4"), (0, 1)),
    "all with a filter": ("assert all(f(x) == want for x, want in [(1, 2), (3, 4)] if x > 1)\n", ("2", "4"), ()),
    "break": ("for x, want in [(1, 2), (3, 4)]:\n    assert f(x) == want\n    if f(x): break\n", ("2", "4"), ()),
    "parametrize": (PARAMETRIZED.format(names="'x, want'", rows="[(1, 2), (3, 4)]"), ("2", "4"), (0, 1)),
    "parametrize with a list of names": (PARAMETRIZED.format(names="['x', 'want']", rows="[(1, 2), (3, 4)]"), ("2", "4"), (0, 1)),
    "parametrize with params": (PARAMETRIZED.format(names="'x,want'", rows="[pytest.param(1, 2, id='two'), (3, 4)]"), ("2", "4"), (0, 1)),
    "parametrize with a skip": (PARAMETRIZED.format(names="'x,want'", rows="[pytest.param(1, 2, marks=pytest.mark.skip), (3, 4)]"), ("2", "4"), ()),
    "stacked parametrize": (
        "import pytest\n@pytest.mark.parametrize('x', [1, 2])\n@pytest.mark.parametrize('want', [3, 4])\n"
        "def test(x, want):\n    assert f(x) == want\n", ("3", "4"), (0, 1)),
    "helper": ("def same(x, want):\n    assert f(x) == want\nsame(1, 2)\nsame(3, want=4)\n", ("2", "4"), ()),
    "helper with a default": ("def near(x, want, by=0.5):\n    assert abs(f(x) - want) < by\nnear(1, 2)\nnear(3, 4, 0.1)\n", ("2", "4", "0.5", "0.1"), ()),
    "helper in a loop": ("def same(x, want):\n    assert f(x) == want\nfor x, want in [(1, 2)]:\n    same(x, want)\n", ("2",), ()),
    "helper method": (CASE + "    def same(self, x, want): self.assertEqual(f(x), want)\n    def test(self): self.same(1, 2)\n", ("2",), ()),
    "class attribute": (CASE + "    ROWS = [(1, 2), (3, 4)]\n    def test(self):\n        for x, want in self.ROWS:\n            self.assertEqual(f(x), want)\n", ("2", "4"), (0, 1)),
    "attribute set up": (CASE + "    def setUp(self):\n        self.want = [2]\n    def test(self):\n        self.assertEqual(f(1), self.want)\n", ("[2]",), ()),
    "subTest": (CASE + "    def test(self):\n        for x, want in [(1, 2)]:\n            with self.subTest('two', x=x, want=want):\n                self.assertEqual(f(x), want)\n", ("2",), (0,)),
    "name": ("want = [2]\nassert f(1) == want\n", ("[2]",), ()),
    "name of a name": ("two = 2\nwant = [two]\nassert f(1) == want\n", ("[2]",), ()),
    "name assigned again": ("want = 2\nassert f(1) == want\nwant = 4\nassert f(3) == want\n", ("2", "4"), ()),
    "message": ("for x, want in [(1, 2)]:\n    assert f(x) == want, f'want {want:d}'\n", ("2",), (0,)),
    "print": ("for x, want in [(1, 2)]:\n    print('want', want, f'{want}')\n    assert f(x) == want\n", ("2",), (0,)),
    "length": ("wants = [2]\nfor i in range(len(wants)):\n    assert f(i) == wants[i]\n", ("2",), ()),
}  # fmt: skip


@pytest.mark.parametrize("flow", HIDDEN)
def test_a_constant_that_flows_only_into_conditions_is_hidden(flow: str) -> None:
    author, tokens, required = HIDDEN[flow]
    sealed = seal(author)
    assert {site.kind for site in sealed.sites} == {"sealed"}
    assert not any(site.visible for site in sealed.sites)
    assert _constants(sealed) == tokens
    assert _required_tokens(sealed) == required
    assert sealed.text.count("_R_.token(") == len(sealed.tokens)


def _required_tokens(sealed: Sealed) -> tuple[int, ...]:
    """Cells of literal tables that must be reported, each at its sites, where there is no reference."""
    numbers = {number for site in sealed.sites if site.each_row for number in site.columns}
    return tuple(sorted({token for number in numbers for token in sealed.columns[number]}))


def _constants(sealed: Sealed) -> tuple[str, ...]:
    """The tokens' constants, those that several conditions share written out."""
    shared = dict(line.split(" = ", 1) for line in sealed.imports if line.startswith("_c"))
    return tuple(shared.get(token, token) for token in sealed.tokens)


SHOWN: dict[str, str] = {
    "a length": "for x, want in [(1, [2])]:\n    assert len(f(x)) == len(want)\n    assert f(x) == want\n",
    "a branch": "for x, want in [(1, 2)]:\n    if want is None:\n        continue\n    assert f(x) == want\n",
    "an argument": "for x, want in [(1, 2)]:\n    assert f(x, want) == want\n",
    "a set": "seen = set()\nfor x, want in [(1, 2)]:\n    assert f(x) == want\n    seen.add(want)\n",
    "a second loop": "rows = [(1, 2)]\nfor x, want in rows:\n    assert f(x) == want\nfor x, other in rows:\n    g(other)\n",
    "the whole row": "for row in [(1, 2)]:\n    assert f(row) == row[1]\n",
    "the whole table": "rows = [(1, 2)]\nfor x, want in rows:\n    assert f(x) == want\ng(rows)\n",
    "a sorted table": "for x, want in sorted([(1, 2)]):\n    assert f(x) == want\n",
    "a helper that is handed on": "def same(x, want):\n    assert f(x) == want\nsame(1, 2)\ng(same)\n",
    "a helper with stars": "def same(x, want):\n    assert f(x) == want\nsame(*[1, 2])\n",
    "an indirect parametrize": "import pytest\n@pytest.fixture\ndef want(request):\n    return request.param + 1\n"
    "@pytest.mark.parametrize('want', [2], indirect=True)\ndef test(want):\n    assert f(1) == want\n",
    "a fixture": "import pytest\n@pytest.fixture\ndef more(want):\n    return want + 1\n"
    "@pytest.mark.parametrize('want', [2])\ndef test(want, more):\n    assert f(1) == want\n",
    "a file": "for x, want in [(1, 2)]:\n    print(want, file=g)\n    assert f(x) == want\n",
    "a caller that is not seen": "class Mine(Shape):\n    def area(self, want=2):\n        assert f(1) == want\n",
    "an output that is looked at": "def test(capsys):\n    for x, want in [(1, 2)]:\n        print(want)\n        assert f(x) == want\n",
}  # fmt: skip


@pytest.mark.parametrize("use", SHOWN)
def test_a_constant_with_another_reader_stays_and_its_site_is_open(use: str) -> None:
    sealed = seal(SHOWN[use])
    assert sealed.sites[-1].kind == "open"
    assert "_R_.token(" not in sealed.text


def test_a_name_that_is_also_used_elsewhere_is_visible() -> None:
    sealed = seal("want = 2\nassert f(1) == want\ng(want)\n")
    assert [(site.kind, site.visible) for site in sealed.sites] == [("sealed", True)]
    assert sealed.text.startswith("want = 2\n")


def test_a_list_that_may_change_is_no_constant() -> None:
    sealed = seal("want = [2]\nassert [f(1)] == want\nwant.append(3)\nassert [f(1), f(2)] == want\n")
    assert [site.kind for site in sealed.sites] == ["open", "open"]


def test_what_a_call_changes_is_a_value_of_the_process() -> None:
    sealed = seal("matrix = [[1]]\nf(matrix)\nassert matrix == [[2]]\n")
    assert sealed.text == "matrix = [[1]]\nf(matrix)\n_R_.site(0, (matrix,), ())\n"


def test_an_attribute_that_a_class_below_may_set_is_no_constant() -> None:
    base = "import unittest\nclass Base(unittest.TestCase):\n    want = 2\n    def test(self):\n        self.assertEqual(f(1), self.want)\n"
    assert seal(base).sites[0].kind == "sealed"
    assert seal(base + "class Below(Base):\n    want = 3\n").sites[0].kind == "open"


def test_a_variable_of_a_comprehension_is_no_token() -> None:
    sealed = seal("assert f([1, 2]) == [want for _, want in [(1, 2), (2, 3)]]\n")
    assert sealed.sites[0].condition == "_v[0] == [want for _, want in [(1, 2), (2, 3)]]"
    assert sealed.tokens == ()


def test_the_token_says_which_row_a_record_is_about() -> None:
    sealed = seal("def test_a():\n    for x, low, high in [(1, 2, 3), (4, 5, 6)]:\n        assert low < f(x) < high\n")
    assert "_R_.site(0, (f(x),), (low, high))" in sealed.text
    assert sealed.sites[0].condition == "_t[0] < _v[0] < _t[1]"
    assert [sealed.columns[number] for number in sealed.sites[0].columns] == [(0, 1), (2, 3)]
    assert sealed.tokens == ("2", "5", "3", "6")


LOOSE: dict[str, str] = {
    "name": "ok = f(1) == 2\nassert ok\n",
    "flag": "ok = True\nfor x, want in [(1, 2)]:\n    if f(x) != want:\n        ok = False\nassert ok\n",
    "count": "bad = 0\nif f(1) != 2:\n    bad += 1\nassert bad == 0\n",
    "list": "bad = [x for x, want in [(1, 2)] if f(x) != want]\nassert not bad\n",
    "mutated list": "bad = []\nfor x, want in [(1, 2)]:\n    if f(x) != want:\n        bad.append(x)\nassert bad == []\n",
    "sum": "assert sum(f(x) == want for x, want in [(1, 2), (3, 4)]) == 2\n",
    "any": "assert any(f(x) == 2 for x in (1, 7))\n",
    "helper": "def right():\n    return f(1) == 2\nassert right()\n",
}  # fmt: skip


@pytest.mark.parametrize("shape", LOOSE)
def test_what_depends_on_a_comparison_outside_assertions_is_open(shape: str) -> None:
    sealed = seal(LOOSE[shape])
    assert sealed.loose == 1
    assert [(site.kind, site.why) for site in sealed.sites] == [
        ("open", "it depends on a comparison outside an assertion")
    ]


def test_a_comparison_of_the_tests_own_values_is_not_loose() -> None:
    sealed = seal(
        "import sys\ndef build(n):\n    return [] if n == 0 else [n]\nif sys.maxsize > 5:\n    pass\nassert f(build(3)) == 3\n"
    )
    assert (sealed.loose, sealed.sites[0].kind) == (0, "sealed")


def test_another_objects_method_of_a_helpers_name_is_not_the_helper() -> None:
    sealed = seal("def add(x, want):\n    assert f(x) == want\nadd(1, 2)\ng().add(1, 2)\n")
    assert sealed.text.endswith("add(1, _R_.token(0))\ng().add(1, 2)\n")
