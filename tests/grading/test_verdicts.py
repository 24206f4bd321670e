"""The outer judge: what follows from records, whoever wrote them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evaluator.forms import codec
from evaluator.judging.conditions import Conditions
from evaluator.judging.records import Lines
from evaluator.judging.verdicts import conclude
from evaluator.sealing.sealed import Sealed, Site

END: dict[str, Any] = {"ok": True, "ran": 1, "collected": [], "error": None, "trace": "", "leaks": []}


def site(number: int, condition: str | None, **fields: Any) -> Site:
    common: dict[str, Any] = {
        "kind": "sealed" if condition else "open",
        "form": "site" if condition else "reached",
        "line": number + 1,
        "text": f"assert {number}",
        "test": "",
        "straight": True,
    }
    return Site(number=number, condition=condition, **{**common, **fields})


def row_site(number: int, **fields: Any) -> Site:
    return site(number, "_v[0] == _t[0]", straight=False, columns=(0,), **fields)


def sealed(*sites: Site, **fields: Any) -> Sealed:
    common: dict[str, Any] = {
        "text": "",
        "framework": "script",
        "tokens": (),
        "imports": (),
        "columns": (),
        "tests": {},
        "flags": (),
        "loose": 0,
        "separate": False,
        "module_names": (),
    }
    return Sealed(sites=sites, **{**common, **fields})


def sent(number: int, *values: Any, tokens: tuple[int, ...] = ()) -> list[Any]:
    return ["site", number, [codec.encode(value, truth=True) for value in values], list(tokens)]


def ended(**fields: Any) -> list[Any]:
    return ["end", {**END, **fields}]


TWO = sealed(site(0, "_v[0] == 3"), site(1, "_tc.assertEqual(_v[0], [1, 2])", statement=True))


def items(result: dict[str, Any]) -> list[tuple[str, str]]:
    kinds = ("passed", "failed", "error")
    return [(item["name"], next((kind for kind in kinds if kind in item), "")) for item in result["items"]]


def test_a_run_whose_values_meet_all_conditions_is_accepted() -> None:
    result = conclude(TWO, [sent(0, 3), sent(1, [1, 2]), ended()], None)
    assert result["accepted"]
    assert items(result) == [("assert 0", "passed"), ("assert 1", "passed")]


@pytest.mark.parametrize(
    ("condition", "value", "said"),
    [
        ("_v[0] == 3", 4, "got 4, expected 3"),
        ("3 == _v[0]", 4, "got 4, expected 3"),
        ("_v[0] != 3", 3, "got 3, expected anything but 3"),
        ("_v[0] in (1, 2)", 3, "got 3, expected one of (1, 2)"),
        ("_v[0] < 3", 4, "got 4, expected less than 3"),
        ("abs(_v[0] - 0.5) < 1e-06", 0.75, "got 0.75, expected 0.5 within 1e-06"),
        ("_tc.assertEqual(_v[0], [1, 2])", (1, 2), "got (1, 2), expected [1, 2]"),
        ("_tc.assertTrue(_v[0])", [], "got []"),
        ("_v[0]", 0, "got 0"),
        ("_v[0] == 3", "3", "got '3', expected 3"),
        ("len(_v[0]) == 2", 3, "comparing 3 raised TypeError"),
        ("_v[0] == 3", 10**5000, "got <integer of about 5000 digits>, expected 3"),
        ("_v[0] == 'a'", "\ud800" * 3, r"got '\ud800\ud800\ud800', expected 'a'"),
    ],
    ids=lambda value: "value" if isinstance(value, int) else ascii(value),
)
def test_a_failure_says_what_came_and_what_was_expected(condition: str, value: Any, said: str) -> None:
    one = sealed(site(0, condition, statement=condition.startswith("_tc.")))
    result = conclude(one, [sent(0, value), ended()], None)
    assert not result["accepted"]
    assert result["items"][0]["failed"] == f"assert 0: {said}"


class _Equal:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


@pytest.mark.parametrize("value", [_Equal(), object(), Conditions, lambda: 3])
def test_a_value_that_is_no_plain_one_is_refused_with_a_sentence(value: Any) -> None:
    result = conclude(sealed(site(0, "_v[0] == 3")), [sent(0, value), ended()], {"required": [], "outcomes": None})
    assert result["items"][0]["failed"].startswith("assert 0: ")
    assert result["opens"] == [0]


@pytest.mark.parametrize(
    "records",
    {
        "nothing": [],
        "no end": [sent(0, 3), sent(1, [1, 2])],
        "no values": [ended()],
        "one value": [sent(0, 3), ended()],
        "a value of another assertion": [sent(0, 3), sent(0, 3), ended()],
        "a wrong value beside the right one": [sent(0, 3), sent(0, 4), sent(1, [1, 2]), ended()],
        "a forged form of record": [["reached", 0], ["reached", 1], ended()],
        "no JSON types": [["site", 0, 3, []], ["site", 1, [[1, 2]], []], ended()],
        "something that is no record": [sent(0, 3), sent(1, [1, 2]), None, ended()],
        "a site that is none": [sent(0, 3), sent(1, [1, 2]), sent(2, 1), ended()],
        "two ends": [sent(0, 3), sent(1, [1, 2]), ended(), ended()],
        "values after the end": [ended(), sent(0, 3), sent(1, [1, 2])],
        "a framework that is not content": [sent(0, 3), sent(1, [1, 2]), ended(ok=False)],
        "a word of success that is none": [sent(0, 3), sent(1, [1, 2]), ended(ok="yes")],
        "an exit through the submission": [sent(0, 3), sent(1, [1, 2]), ended(exit_in_submission=True)],
        "something left behind": [sent(0, 3), sent(1, [1, 2]), ended(leaks=["the constant 3 was used"])],
        "too few values": [["site", 0, [], []], sent(1, [1, 2]), ended()],
        "a foreign token": [["site", 0, [3], [["not a token"]]], sent(1, [1, 2]), ended()],
        "a token that is none": [["site", 0, [3], [7]], sent(1, [1, 2]), ended()],
        "a statement that raised": [sent(0, 3), ["failed", 2, "ValueError: no", ""], sent(1, [1, 2]), ended(ok=True)],
    }.items(),
    ids=lambda case: case[0],
)
def test_anything_else_is_not_accepted(records: tuple[str, list[Any]]) -> None:
    lines = Lines(b"".join(json.dumps(record).encode() + b"\n" for record in records[1]))
    assert not conclude(TWO, lines, None)["accepted"]


@pytest.mark.parametrize("line", [b"{", b"[" * 100_000, b"\xff", b'["end"', b"1" * 10_000, b'["site", 0, [NaN'])
def test_lines_that_are_no_json_are_forged(line: bytes) -> None:
    right = b"".join(json.dumps(record).encode() + b"\n" for record in (sent(0, 3), sent(1, [1, 2])))
    result = conclude(TWO, Lines(right + line + b"\n" + json.dumps(ended()).encode()), None)
    assert not result["accepted"]
    assert not result["gone"]


def test_where_nothing_ran_nothing_is_accepted() -> None:
    branch = sealed(site(0, "_v[0] == 3", straight=False))
    result = conclude(branch, [ended()], None)
    assert not result["accepted"]
    assert "no test was reached" in result["items"][0]["failed"]


def test_tests_without_assertions_are_believed_where_they_come_to_their_end() -> None:
    assert conclude(sealed(), [ended()], None)["accepted"]
    assert not conclude(sealed(), [ended(ok=False)], None)["accepted"]
    assert not conclude(sealed(), [], None)["accepted"]


def test_every_row_of_a_table_must_be_reached() -> None:
    table = sealed(row_site(0, each_row=True), tokens=("2", "3"), columns=((0, 1),))
    assert conclude(table, [sent(0, 2, tokens=(0,)), sent(0, 3, tokens=(1,)), ended()], None)["accepted"]
    result = conclude(table, [sent(0, 2, tokens=(0,)), sent(0, 2, tokens=(0,)), ended()], None)
    assert result["items"][0]["failed"] == "assert 0: not every row of its table was reached"


def test_a_constant_of_another_table_is_foreign() -> None:
    tables = sealed(row_site(0), tokens=("2", "3"), columns=((0,), (1,)))
    assert conclude(tables, [sent(0, 2, tokens=(0,)), ended()], None)["accepted"]
    assert not conclude(tables, [sent(0, 3, tokens=(1,)), ended()], None)["accepted"]
    assert not conclude(tables, [sent(0, 2, tokens=(0, 0)), ended()], None)["accepted"]


def test_a_reference_fixes_what_must_be_reached() -> None:
    other = site(1, "_v[0] == 1", straight=False)
    loop = sealed(row_site(0), other, tokens=("2", "3"), columns=((0, 1),))
    expectation = {"required": [[0, [1]]], "outcomes": {}}
    assert conclude(loop, [sent(0, 3, tokens=(1,)), ended()], expectation)["accepted"]
    assert not conclude(loop, [sent(0, 2, tokens=(0,)), ended()], expectation)["accepted"]
    assert not conclude(loop, [sent(1, 1), ended()], expectation)["accepted"]


TESTS = sealed(
    site(0, "_v[0] == 1", test="test_0000"),
    site(1, "_v[0] == 2", test="test_0001"),
    text="def test_0000(): ...\ndef test_0001(): ...",
    framework="pytest",
    tests={"test_0000": "test_one", "test_0001": "test_two"},
)


def test_tests_are_reported_by_their_authors_names() -> None:
    records = [
        sent(0, 1),
        ["test", "test_0000", "passed", ""],
        sent(1, 3),
        ["test", "test_0001", "passed", ""],
        ended(),
    ]
    result = conclude(TESTS, records, None)
    assert items(result) == [("test_one", "passed"), ("test_two", "failed")]
    assert result["items"][1]["failed"] == "assert 1: got 3, expected 2"


def test_a_test_that_ends_otherwise_than_with_the_reference_has_failed() -> None:
    outcomes = {"test_0000": "passed", "test_0001": "skipped"}
    records = [sent(0, 1), ["test", "test_0000", "passed", ""], ["test", "test_0001", "skipped", "no"], ended()]
    expectation = {"required": [[0, []]], "outcomes": outcomes}
    assert conclude(TESTS, records, expectation)["accepted"]
    skipped = [["test", "test_0000", "skipped", "no"], ["test", "test_0001", "skipped", "no"], ended()]
    assert not conclude(TESTS, skipped, expectation)["accepted"]
    assert not conclude(TESTS, [sent(0, 1), ended()], {"required": [], "outcomes": outcomes})["accepted"]


def test_without_a_reference_cases_that_are_made_up_change_no_share() -> None:
    made_up = [record for n in range(50) for record in (sent(0, 1), ["test", f"test_0000[{n}]", "passed", ""])]
    result = conclude(TESTS, [*made_up, sent(1, 3), ["test", "test_0001", "passed", ""], ended()], None)
    assert items(result) == [("test_one", "passed"), ("test_two", "failed")]


def test_what_raised_is_the_first_assertion_not_reached() -> None:
    records = [sent(0, 3), ["failed", 2, "ZeroDivisionError: division by zero", "trace"], ended(ok=False)]
    result = conclude(TWO, records, None)
    assert items(result) == [("assert 0", "passed"), ("assert 1", "error")]
    assert result["items"][1]["error"] == "ZeroDivisionError: division by zero"


def test_a_mock_is_asked_outside_how_it_was_called() -> None:
    mock = sealed(site(0, "_v[0].assert_called_once_with(1, b=2)", form="mock", statement=True))
    call = [codec.encode((1,)), codec.encode({"b": 2})]
    assert conclude(mock, [["mock", 0, [call], [], False], ended()], None)["accepted"]
    assert not conclude(mock, [["mock", 0, [call, call], [], False], ended()], None)["accepted"]
    assert not conclude(mock, [["mock", 0, [], [], False], ended()], None)["accepted"]
    assert not conclude(mock, [sent(0, 3), ended()], None)["accepted"]
    assert not conclude(mock, [["mock", 0, [[1, 2]], [], False], ended()], None)["accepted"]


def test_a_leaf_that_raised_matters_only_where_the_condition_reaches_it() -> None:
    either = sealed(site(0, "_v[0] == 1 or _v[1] == 2", form="lazy"))
    raised = codec.raised(KeyError("x"))
    assert conclude(either, [["site", 0, [1, raised], []], ended()], None)["accepted"]
    result = conclude(either, [["site", 0, [0, raised], []], ended()], None)
    assert result["items"][0]["failed"] == "assert 0: KeyError was raised"


def test_what_is_no_test_of_the_suite_makes_no_items() -> None:
    made_up = [["test", f"made_up_{n}", outcome, "x" * 10_000] for n in range(50) for outcome in ("passed", "failed")]
    records = [
        *made_up,
        sent(0, 1),
        ["test", "test_0000", "passed", ""],
        sent(1, 2),
        ["test", "test_0001", "passed", ""],
    ]
    result = conclude(TESTS, [*records, ended()], None)
    assert not result["accepted"]
    assert len(result["items"]) == 3
    assert len(json.dumps(result)) < 20_000
