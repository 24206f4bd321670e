"""The wire contract: what validates, what is refused, and how a suite is named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evaluator.errors import InvalidRequest
from evaluator.languages import Languages
from evaluator.schema import (
    Blob,
    JobRequest,
    ProgramSource,
    RunRequest,
    Submission,
    Suite,
    read_json,
    to_bytes,
    to_string,
    to_text,
    write_json,
)

SUITE = {"mode": "stdio", "tests": [{"input": "1 2\n", "output": "3\n"}]}
HALF = "\ud83d"
"""Half of a surrogate pair."""


def of_function(given=(), output=1, checker=None, **function):
    return {
        "mode": "function",
        "function": {"name": "f", **function},
        "tests": [{"input": list(given), "output": output}],
        "checker": checker,
    }


def of_text(output, checker):
    return {"mode": "stdio", "tests": [{"input": "", "output": output}], "checker": checker}


def nested(depth):
    value = []
    for _ in range(depth - 1):
        value = [value]
    return value


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


@pytest.mark.parametrize("files", [{"a.c": "", "a.c/b.c": ""}, {"x" * 300: ""}, {"../a.c": ""}, {"/a.c": ""}])
def test_files_of_a_submission_lie_in_one_directory_and_are_the_only_program(files):
    Submission.model_validate({"files": {"main.c": "", "b/c.h": ""}, "suite_id": "a"})
    with pytest.raises(ValidationError, match="files"):
        Submission.model_validate({"files": files, "suite_id": "a"})
    with pytest.raises(ValidationError, match="give either"):
        Submission.model_validate({"files": {"main.c": ""}, "code": "", "suite_id": "a"})


def test_files_are_for_programs_that_are_run_as_they_are():
    submission = Submission(files={"main.py": ""}, suite_id="a")
    with pytest.raises(InvalidRequest, match='mode "function" takes one program'):
        Languages(None, {"python": "3"}).of_submission(submission, "function")


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


TEXTS = st.text(st.characters(codec=None, exclude_categories=()) | st.sampled_from("\ud800\udbff\udc00\udfff"))


@given(TEXTS)
def test_any_text_can_be_sent_as_a_program_and_an_answer(text):
    for field in ("code", "response"):
        submission = Submission.model_validate({field: text, "id": text, "suite_id": "x"})
        assert Submission.model_validate_json(submission.model_dump_json()) == submission
        assert Submission.model_validate({field: getattr(submission, field), "suite_id": "x"})
    request = RunRequest(code=text, stdin=text, files={"a": text})
    assert RunRequest.model_validate_json(request.model_dump_json()) == request


@given(TEXTS)
def test_json_in_which_half_of_a_pair_is_escaped_is_read(text):
    written = write_json({"code": text, "suite_id": "x"})
    assert read_json(Submission, written) == Submission(code=text, suite_id="x")


@given(st.binary(max_size=300))
def test_bytes_become_a_string_and_those_bytes_again(data):
    assert to_string(to_text(data)).encode("utf-8", "surrogateescape") == data


def test_two_halves_that_follow_each_other_are_one_character():
    assert Submission(code="'\ud83d\ude00'", id="\ud83d\ude00", suite_id="x").code == "'\U0001f600'"
    assert Submission(code="", id="\ud83d\ude00", suite_id="x").id == "\U0001f600"


def test_an_id_has_a_replacement_for_half_of_a_pair():
    assert Submission(code="", id=f"a{HALF}", suite_id="x").id == "a\ufffd"


@pytest.mark.parametrize(
    "suite",
    [
        {"mode": "stdio", "tests": [{"input": HALF, "output": ""}]},
        {"mode": "stdio", "tests": [{"input": "", "output": HALF}]},
        of_text(["1", HALF], {"kind": "any_of"}),
        of_function([HALF]),
        of_function(output={HALF: 1}),
        {"mode": "program", "program": {"test_code": f"assert f() == '{HALF}'"}},
        {"mode": "program", "tests": [{"test_code": HALF}]},
        {"mode": "interactive", "interactor": {"code": HALF}, "tests": [{"input": ""}]},
        {"mode": "interactive", "interactor": {"code": ""}, "tests": [{"input": HALF}]},
        {"mode": "stdio", "tests": [{"input": "", "output": "", "name": HALF}]},
    ],
)
def test_a_suite_whose_text_has_no_utf8_is_refused(suite):
    with pytest.raises(ValidationError, match="half of a surrogate pair"):
        Suite.model_validate(suite)
    with pytest.raises(ValidationError, match="half of a surrogate pair"):
        read_json(Suite, write_json(suite))


@pytest.mark.parametrize(
    ("suite", "message"),
    [
        (of_function(output=[], checker={"kind": "any_of"}), r"tests\[0\].output must be the list of what is accepted"),
        (of_function(output=1, checker={"kind": "any_of"}), "must be the list of what is accepted, one or more"),
        (of_text([], {"kind": "any_of"}), "must be the list of what is accepted, one or more"),
        (of_text("not json", {"kind": "json"}), r"tests\[0\].output is not JSON"),
        (of_text("1" * 5000, {"kind": "json"}), "is not JSON"),
        (of_text("[" * 100_000, {"kind": "json"}), "is not JSON"),
        (of_text(["1", "x"], {"kind": "any_of", "checker": {"kind": "json"}}), r"tests\[0\].output\[1\] is not JSON"),
        (of_function([float("inf")]), r"tests\[0\].input holds a number that JSON cannot carry"),
        (of_function(output=[{"a": float("nan")}]), "a number that JSON cannot carry"),
        (of_function([10**5000]), "a number that JSON cannot carry"),
        (of_function(output=nested(101)), "nests more than 100 deep"),
        (of_function([nested(100)]), "nests more than 100 deep"),
        (of_function([1, 2], answer=2), r"function.answer is 2, and tests\[0\].input has 2 arguments"),
        (of_function([1], answer=-1), "greater than or equal to 0"),
        ({**SUITE, "tests": [{"input": "", "output": "", "weight": 1e308}] * 2}, "weights together are too large"),
        (
            {**SUITE, "tests": [{"input": "", "output": "", "weight": w} for w in (1.7e308, 1e307)]},
            "together are too large",
        ),
        ({"mode": "program"}, 'needs "program"'),
        ({"mode": "program", "tests": [{"input": ""}]}, "test_code must be given"),
    ],
)
def test_a_suite_that_could_not_be_judged_by_is_refused_with_the_reason(suite, message):
    with pytest.raises(ValidationError, match=message):
        Suite.model_validate(suite)


def test_the_deepest_value_still_travels_in_everything():
    suite = Suite.model_validate(of_function([nested(99)], nested(100)))
    assert Suite.model_validate_json(suite.canonical()) == suite
    job = JobRequest(submissions=(Submission(code="", suite=suite),))
    assert JobRequest.model_validate_json(job.model_dump_json()) == job


def test_program_may_be_left_out_where_each_test_has_its_code():
    tests = [{"test_code": "assert f() == 1"}]
    short, spelt = (Suite.model_validate({"mode": "program", "tests": tests, **more}) for more in ({}, {"program": {}}))
    assert short == spelt
    assert short.id == spelt.id


@pytest.mark.parametrize("files", [{"a": "", "a/b": ""}, {"input.txt/b": ""}, {"answer.txt/x/y": ""}, {"x" * 300: ""}])
def test_a_checker_s_files_that_cannot_lie_beside_each_other_are_refused(files):
    with pytest.raises(ValidationError, match="files"):
        ProgramSource.model_validate({"files": {"main.py": "", **files}})


@pytest.mark.parametrize(
    "value", ["NaN", "-Infinity", "1" * 5000, 10**4299, -(10**4299), 1e308, [[]] * 200, nested(99)]
)
def test_values_that_only_look_odd_are_taken(value):
    suite = Suite.model_validate(of_function([value], value))
    assert Suite.model_validate_json(suite.canonical()) == suite


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ({"test_code": "assert f(1) == 2"}, "eef2afad1c020d016f9a21029f8cc416c098ce1ed09fe75cb6f321239f466704"),
        (
            {"test_code": "assert f(1) == 2", "apart": True},
            "eef2afad1c020d016f9a21029f8cc416c098ce1ed09fe75cb6f321239f466704",
        ),
        (
            {"test_code": "assert f(1) == 2", "apart": False},
            "13b5478fc6c783718851ff294155fa3ad0dbf6dc6adfcdae5d345892b6b05862",
        ),
        (
            {"test_code": "assert f(1) == 2", "apart": True, "prelude": True, "entry_point": "f"},
            "01cae455ab88294c2926836eb730e4e498c634054cb9954962c2dc14026d6ec2",
        ),
    ],
)
def test_names_of_program_suites_from_before_apart_was_auto_still_resolve(program: dict[str, Any], name: str) -> None:
    """The names were made by version 0.1.0, whose default of ``apart`` was true."""
    suite = Suite.model_validate({"mode": "program", "program": program})
    named = suite.under(f"sha256:{name}")
    assert named is not None
    assert named.id == f"sha256:{name}"
    assert Suite.model_validate_json(named.canonical()) == named
    assert suite.under("sha256:" + "0" * 64) is None


def test_a_suite_that_forces_apart_has_a_name_of_its_own() -> None:
    auto, apart = (
        Suite.model_validate({"mode": "program", "program": {"test_code": "assert f(1) == 2", **program}})
        for program in ({}, {"apart": True})
    )
    assert auto.id != apart.id
    assert apart.under(apart.id) is apart
