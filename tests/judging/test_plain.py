"""Conditions as data say what the same conditions say as code."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.forms import codec
from evaluator.judging.conditions import Conditions, OutOfReach
from evaluator.judging.expressions import condition_data, constant_data, is_plain
from evaluator.judging.plain import PlainConditions
from evaluator.sealing.sealed import Sealed, Site

CONDITIONS = (
    *("_v[0] == 3", "3 == _v[0]", "_v[0] != [1, (2, 3)]", "_v[0] < 2", "_v[0] >= -1.5", "_v[0] in [1, 'a']"),
    *(
        "'a' in _v[0]",
        "2 not in _v[0]",
        "_v[0]",
        "not _v[0]",
        "_v[0] is None",
        "_v[0] is not True",
        "_v[0] == {1: 'a'}",
    ),
    *("abs(_v[0] - 0.33) < 1e-6", "abs(0.5 - _v[0]) <= 10 ** -9", "_v[0] == float('inf')", "_v[0] == {1, 2, 3}"),
    *("_v[0] == 'a' or _v[1] == 1", "_v[0] and _v[1]", "_v[0] == _v[1]", "_v[0] == _t[0]", "_v[0] == [_t[0]][0]"),
    *("_tc.assertEqual(_v[0], 3)", "_tc.assertEqual([1, (2, 3)], _v[0])", "_tc.assertTrue(_v[0])"),
    *("_tc.assertIn(_v[0], 'abc')", "_tc.assertIn(1, _v[0])", "_tc.assertAlmostEqual(_v[0], 0.33)"),
    *(
        "_tc.assertAlmostEqual(_v[0], 0.33, 2)",
        "_tc.assertAlmostEqual(0.3, _v[0], places=1)",
        "_tc.assertIsNone(_v[0])",
    ),
    *(
        "_tc.assertCountEqual(_v[0], [3, 1, 2])",
        "_tc.assertListEqual(_v[0], [])",
        "_tc.assertDictEqual(_v[0], {1: 'a'})",
    ),
    *("_tc.assertSequenceEqual(_v[0], (1, 2))", "_tc.assertGreater(_v[0], 1)", "_tc.assertIs(_v[0], False)"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, 3, -1, 1 << 70, 0.33, 0.3300000001, 0.5, float("inf"), float("nan"), 1 + 2j),
    *(
        "",
        "a",
        "abc",
        "a" * 500,
        "ünïcode",
        b"a",
        [],
        [1, 2],
        [1, (2, 3)],
        [3, 2, 1],
        [[1], [2]],
        (1, 2),
        (),
        {1, 2, 3},
    ),
    *(frozenset({1}), {1: "a"}, {"a": {"b": [1.5]}}, {}, {(1, 2): None}, [float("nan")], list(range(300))),
)
CODE_ALONE = (
    *("_v[0] == pytest.approx(1)", "_v[0] is 3", "_v[0].x == 1", "len(_v[0]) == 1", "_v[0] == x", "1 < _v[0] < 3"),
    *(
        "_tc.assertRegex(_v[0], 'a+')",
        "_tc.assertEqual(_v[0], 1, 'said')",
        "_tc.assertAlmostEqual(_v[0], 1, places=-9)",
    ),
    *(
        "_tc.assertAlmostEqual(_v[0], 1, delta=0.1)",
        "_v[0] == Decimal('1')",
        "_v[0] == range(3)",
        "_v[0] == open('/x')",
    ),
    *(
        "_v[0] == [].__class__",
        "_tc.__init__(_v[0])",
        "round(_v[0], 2) == 1",
        "_v[0] == (lambda: 1)()",
        "f'{_v[0]}' == ''",
    ),
    *(
        "not " * 40 + "_v[0]",
        "_v[0] == [x for x in 'ab']",
        "_v[0] == 2 ** 2 ** 40",
        "_v[0] == (2 ** 9999) ** 9999",
        "_v[0] == 1 << (1 << 60)",
    ),
)


def _site(condition: str) -> Site:
    statement = condition.startswith("_tc.")
    return Site(0, "sealed", "site", condition, 1, "assert it", "", straight=True, statement=statement)


def _sealed(site: Site, *tokens: str) -> Sealed:
    fields: dict[str, Any] = {"imports": (), "columns": (), "tests": {}, "flags": (), "loose": 0, "module_names": ()}
    return Sealed("", "script", (site,), tokens, separate=False, **fields)


@pytest.mark.parametrize("condition", [each for each in CONDITIONS if "[_t" not in each])
def test_data_judges_as_code_does(condition: str) -> None:
    site, data = _site(condition), condition_data(condition, ())
    assert data is not None
    code, plain = Conditions(_sealed(site, "[1, 2]")), PlainConditions([data], [constant_data("[1, 2]", ())])
    answers = set()
    for value in VALUES:
        for other in (value, 1):
            forms = [codec.encode(value, truth=True), codec.encode(other, truth=True)]
            assert all(map(is_plain, forms))
            tokens = (0,) if "_t" in condition.replace("_tc", "") else ()
            said = code.evaluate(site, [code.decode(form) for form in forms], tokens)
            try:
                said_by_data = plain.evaluate(site, [plain.decode(form) for form in forms], tokens)
            except OutOfReach:
                assert "CountEqual" in condition
                assert len(value) > 256
                continue
            assert said_by_data == said, value
            answers.add(said is None)
    assert answers == {True, False}  # else nothing was told apart


@pytest.mark.parametrize("condition", CODE_ALONE)
def test_more_than_comparing_plain_values_is_no_data(condition: str) -> None:
    assert condition_data(condition, ("import pytest", "from decimal import Decimal")) is None


@pytest.mark.parametrize("imports", ["from numpy import *", "from mine import float, abs"])
def test_a_builtin_that_may_have_another_meaning_is_no_data(imports: str) -> None:
    assert condition_data("abs(_v[0] - 1) < 2", (imports,)) is None
    assert condition_data("_v[0] == float('inf')", (imports,)) is None
    assert condition_data("_v[0] == 1", (imports,)) is not None


@pytest.mark.parametrize(
    "form",
    [
        {"ndarray": []},
        {"Decimal": "1e999999999"},
        {"library": ["os", "system"]},
        {"own": ["C", True]},
        {"object": ["C", None]},
        {"raised": ["KeyError"]},
        {"large": "list"},
        {"tuple": [], "list": []},
        {"dict": 3},
        {},
        [{"range": [0, 1, 2]}],
    ],
    ids=str,
)
def test_what_is_no_plain_value_is_left_to_the_jail(form: Any) -> None:
    assert not is_plain(form)
    with pytest.raises(OutOfReach):
        PlainConditions([], []).decode(form)


def test_a_value_that_nests_deeply_is_left_to_the_jail() -> None:
    form: Any = 1
    for _ in range(40):
        form = [form]
    assert not is_plain(form)


@pytest.mark.parametrize(
    "data", [["shell", "x"], ["assert", "__init__", ["value", 0]], ["compare"], [], ["value", "0"]]
)
def test_data_that_nobody_of_ours_wrote_does_nothing(data: list[Any]) -> None:
    site = _site("_v[0]")
    with pytest.raises(OutOfReach):
        PlainConditions([data], []).evaluate(site, [1], ())
