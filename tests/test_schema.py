"""The wire contract: what validates, what is refused, and how a suite is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluator.schema import Blob, Submission, Suite, to_bytes, to_text

SUITE = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]}


@given(st.binary(max_size=300))
def test_any_bytes_survive_the_wire(data):
    text = to_text(data)
    assert to_bytes(text) == data
    assert isinstance(text, Blob) is (data.decode("utf-8", "ignore").encode() != data)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tests": []}, "at least one test"),
        ({"mode": "function"}, 'needs "function"'),
        ({"function": {"name": "f"}}, "no meaning"),
        ({"memory_mb": 5}, "Extra inputs"),
        ({"checker": {"kind": "fuzzy"}}, "fuzzy"),
        ({"tests": [{"input": 5, "output": ""}]}, "must be a string"),
        ({"tests": [{"input": {"base64": "%%"}, "output": ""}]}, "must be a string"),
        ({"limits": {"cpu_s": 0}}, "greater than 0"),
        ({"mode": "function", "function": {"name": "f"}, "tests": [{"input": 1, "output": 1}]}, "list of arguments"),
        (
            {
                "mode": "function",
                "function": {"name": "f"},
                "tests": [{"input": [], "output": 1}],
                "checker": {"kind": "tokens"},
            },
            "compares text",
        ),
    ],
)
def test_a_wrong_suite_is_refused_with_the_reason(change, message):
    with pytest.raises(ValidationError, match=message):
        Suite.model_validate({**SUITE, **change})


@pytest.mark.parametrize("body", [{}, {"code": "", "response": ""}, {"code": ""}])
def test_a_submission_names_one_program_and_one_suite(body):
    with pytest.raises(ValidationError):
        Submission.model_validate(body)


def test_a_suite_keeps_its_name_when_defaults_are_spelt_out():
    spelt = {**SUITE, "limits": {"cpu_s": 6, "memory_mb": 1024}, "checker": None}
    assert Suite.model_validate(spelt).id == Suite.model_validate(SUITE).id


def test_a_suite_is_renamed_by_any_change():
    names = {
        Suite.model_validate({**SUITE, **change}).id
        for change in ({}, {"checker": {"kind": "lines"}}, {"checker": {"kind": "exact"}}, {"limits": {"cpu_s": 7}})
    }
    assert len(names) == 4


def test_a_test_whose_bytes_were_asked_for_is_the_same_test():
    suite, other = (Suite.model_validate({"mode": "stdio", "tests": [{"input": "a", "output": "b"}]}) for _ in range(2))
    assert (suite.tests[0].stdin, suite.tests[0].alternatives, suite.tests[0].arguments) == (b"a", (b"b",), b'"a"')
    assert suite == other
    assert suite.canonical() == other.canonical()


def test_huge_integers_cross_the_wire_unchanged():
    number = 10**400
    body = (
        f'{{"mode": "function", "function": {{"name": "f"}}, "tests": [{{"input": [{number}], "output": {number}}}]}}'
    )
    suite = Suite.model_validate_json(body)
    assert suite.tests[0].output == number
    assert Suite.model_validate_json(suite.canonical()).id == suite.id
