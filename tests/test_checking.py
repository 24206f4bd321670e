"""The checkers' rules: what each forgives, and what none may."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from evaluator.checking import compare_output, compare_value
from evaluator.checking.mutation import of_output, of_value
from evaluator.harness.values import encode
from evaluator.schema import TEXT_ONLY_CHECKERS, CheckerSpec, OneChecker

SPEC: TypeAdapter[CheckerSpec] = TypeAdapter(CheckerSpec)
TEXT_KINDS = ["tokens", "lines", "exact", "float"]
VALUE_KINDS = [
    kind
    for kind in TypeAdapter(OneChecker).json_schema()["discriminator"]["mapping"]
    if not isinstance(SPEC.validate_python({"kind": kind}), TEXT_ONLY_CHECKERS)
]


def accepts(kind: str, output: bytes, expected: bytes, **options: float) -> bool:
    return compare_output(SPEC.validate_python({"kind": kind, **options}), output, expected).accepted


@pytest.mark.parametrize(
    ("kind", "output", "expected", "accepted"),
    [
        ("tokens", b"1 2\n3", b"1 2 3\n", True),
        ("tokens", b"1\r\n2\r\n", b"1\n2\n", True),
        ("tokens", b"\xef\xbb\xbf7\n", b"7\n", True),
        ("tokens", b"12 3", b"1 23", False),
        ("tokens", b"007", b"7", False),
        ("tokens", b"YES", b"Yes", False),
        ("tokens", b"1.0", b"1", False),
        ("tokens", b"1 2 3", b"1 2", False),
        ("tokens", b"", b"0", False),
        ("tokens", "１".encode(), b"1", False),
        ("tokens", "1\u00a02".encode(), b"1 2", False),
        ("tokens", b"\xff\xfe", b"\xff\xfe", True),
        ("lines", b"a b  \r\nc\n\n", b"a b\nc", True),
        ("lines", b"a  b", b"a b", False),
        ("lines", b" a", b"a", False),
        ("lines", b"a\n\nb", b"a\nb", False),
        ("exact", b"a\n", b"a", False),
        ("exact", b"a\n", b"a\n", True),
        ("json", b"[1, 2]", b"[1,2]", True),
        ("json", b"[1, 2", b"[1,2]", False),
        ("json", b"[" * 100_000, b"[]", False),
        ("float", b"0.3333333", b"0.33333333333", True),
        ("float", b"0.34", b"0.33", False),
        ("float", b"1000000006", b"1000000007", False),
        ("float", b"1e0", b"1.0", True),
        ("float", b"nan", b"0.5", False),
        ("float", b"1_0.5", b"10.5", False),
        ("float", b"1e999999", b"1.5", False),
        ("float", b"NaN", b"NaN", True),
        ("lcb", b"sNaN", b"1.5", False),
        ("lcb", b"1e999999", b"1", False),
        ("microcoder_loose", b"{[1]: 2}", b"1", False),
        ("microcoder_loose", b"[" * 5000, b"1", False),
        ("microcoder_loose", b"-" * 100_000 + b"1", b"1", False),
    ],
)
def test_a_text_checker_forgives_form_and_nothing_else(kind, output, expected, accepted):
    assert accepts(kind, output, expected) is accepted


@pytest.mark.parametrize(
    ("got", "want", "accepted"),
    [
        (1, 1, True),
        (True, 1, False),
        (1, True, False),
        (2, 2.0, True),
        (2.0, 2, False),
        ("1", 1, False),
        (10**30, 10**30 + 1, False),
        ([1, [2, 3]], [1, [2, 3]], True),
        ([1, 2], [2, 1], False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        (None, 0, False),
        ([], None, False),
    ],
)
def test_json_keeps_types_apart(got, want, accepted):
    assert compare_value(SPEC.validate_python({"kind": "json"}), encode(got), want).accepted is accepted


_SMALL = st.lists(st.sampled_from([b"a", b"b", b" ", b"\t", b"\n", b"\r\n", b"\xef\xbb\xbf"]), max_size=8).map(b"".join)


@given(_SMALL, _SMALL)
def test_text_checkers_decide_by_their_definition(output, expected):
    bom = b"\xef\xbb\xbf"

    def lines(data):
        return re.sub(rb"\s+\Z", b"", re.sub(rb"[ \t\r\v\f]+(?=\n|\Z)", b"", data.removeprefix(bom)))

    by_definition = {
        "tokens": output.removeprefix(bom).split() == expected.removeprefix(bom).split(),
        "lines": lines(output) == lines(expected),
        "exact": output == expected,
    }
    assert {
        kind: compare_output(SPEC.validate_python({"kind": kind}), output, expected).accepted for kind in by_definition
    } == by_definition


@given(st.binary(max_size=40), st.binary(max_size=40), st.integers(0, 40))
def test_exact_tells_the_first_byte_that_differs(one, other, shared):
    one = other[:shared] + one
    differing = [i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b]
    reason = compare_output(SPEC.validate_python({"kind": "exact"}), one, other).reason
    assert (reason is None) == (one == other)
    assert (f"byte {differing[0]} is" in reason) if differing else (reason is None or "bytes, expected" in reason)


@pytest.mark.parametrize(
    ("got", "want", "options", "accepted"),
    [
        ("0.333334", "0.333333", {"abs": 1e-6, "rel": 1e-6}, True),
        ("0.3333340001", "0.333333", {"abs": 1e-6, "rel": 0}, False),
        ("1.000001", "1.0", {}, True),
        ("1.0000011", "1.0", {}, False),
        ("1000.001", "1000.0", {}, True),
        ("0.3", "0.1", {"abs": 0.2, "rel": 0}, True),
    ],
)
def test_a_tolerance_is_what_it_is_written_as(got: str, want: str, options: dict[str, float], accepted: bool) -> None:
    assert accepts("float", got.encode(), want.encode(), **options) is accepted
    spec = SPEC.validate_python({"kind": "float", **options})
    assert compare_value(spec, float(got), float(want)).accepted is accepted


@pytest.mark.parametrize("kind", VALUE_KINDS)
def test_every_checker_that_a_function_may_have_compares_values(kind: str) -> None:
    spec = SPEC.validate_python({"kind": kind})
    assert compare_value(spec, [1, 2], [1, 2]).accepted
    assert not compare_value(spec, [1, 2], [1, 3]).accepted


@pytest.mark.parametrize(
    ("got", "want", "nested", "accepted"),
    [
        ([10**5000, 1], [1, 10**5000], False, True),
        ([10**5000, 1], [1, 2], False, False),
        ([[2, 1], [3]], [[3], [1, 2]], True, True),
        ([[2, 1], [3]], [[3], [1, 2]], False, False),
        ([{"a": [1, 2]}], [{"a": [2, 1]}], True, True),
        ([{}], [[]], True, False),
        ([1, True], [True, 1], False, True),
        ([1, 1], [True, 1], False, False),
        (["1"], [1], False, False),
        ([0.5, "a", None], [None, 0.5, "a"], False, True),
        (["\ud800"], ["\udfff"], False, False),
        ([-0.0, 1.5], [1.5, 0.0], False, True),
        ([2, 1.5], [1.5, 2.0], False, True),
        ([[2, 1]], [[1.0, 2.0]], True, True),
        ([2**53 + 1], [float(2**53)], False, False),
        ([10**400], [1.5], False, False),
        ([2.0, 1], [1, 2], False, False),
        ([True], [1.0], False, False),
        ([{1: "x", "1": "x"}], [{"1": "x"}], False, False),
    ],
)
def test_unordered_elements_are_told_apart_as_values(got: Any, want: Any, nested: bool, accepted: bool) -> None:
    spec = SPEC.validate_python({"kind": "unordered", "nested": nested})
    assert compare_value(spec, encode(got), want).accepted is accepted


def test_float_gives_functions_a_tolerance_only_on_floats():
    spec = SPEC.validate_python({"kind": "float", "abs": 1e-6, "rel": 0})
    assert compare_value(spec, [0.1 + 0.2], [0.3]).accepted
    assert not compare_value(spec, [1_000_001], [1_000_000]).accepted
    assert not compare_value(spec, float("inf"), 1.0).accepted


@given(text=st.binary(max_size=200), kind=st.sampled_from(TEXT_KINDS))
def test_every_text_checker_accepts_the_expected_output_itself(text, kind):
    assert accepts(kind, text, text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_json_accepts_a_value_that_went_through_json(value):
    assert compare_value(SPEC.validate_python({"kind": "json"}), encode(json.loads(json.dumps(value))), value).accepted


@given(st.lists(st.integers(), min_size=2, unique=True), st.randoms(use_true_random=False))
def test_a_permuted_answer_never_passes_tokens(numbers, random):
    shuffled = numbers[:]
    random.shuffle(shuffled)
    output, expected = (" ".join(map(str, row)).encode() for row in (shuffled, numbers))
    assert accepts("tokens", output, expected) is (shuffled == numbers)


@given(st.integers(), st.integers())
def test_no_tolerance_touches_integers(a, b):
    assert accepts("float", str(a).encode(), str(b).encode(), abs=1e9, rel=1.0) is (a == b)


@pytest.mark.parametrize(
    ("spec", "output", "expected", "accepted"),
    [
        ({"kind": "unordered"}, b"b \na\n\n", b"a\nb\n", True),
        ({"kind": "unordered"}, b"a\na\nb\n", b"a\nb\nb\n", False),
        ({"kind": "unordered"}, b"b a\n", b"a b\n", False),
        ({"kind": "unordered", "of": "tokens"}, b"b a\n", b"a b\n", True),
        ({"kind": "unordered", "of": "tokens"}, b"b a b", b"a b", False),
        ({"kind": "icpc_default"}, b"YES  1", b"yes\n1\n", True),
        ({"kind": "icpc_default", "args": ["case_sensitive"]}, b"YES", b"yes", False),
        ({"kind": "icpc_default", "args": ["space_change_sensitive"]}, b"a  b\n", b"a b\n", False),
        ({"kind": "icpc_default"}, b"1.0", b"1", False),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]}, b"1.0000001", b"1", True),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]}, b"1.00001", b"1", False),
        ({"kind": "icpc_default", "args": ["float_absolute_tolerance", "0.1"]}, b"100.05", b"100", True),
        ({"kind": "icpc_default", "args": ["float_relative_tolerance", "0.1"]}, b"0.15", b"0.1", False),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]}, b"nan", b"1", False),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]}, b"0.333334", b"0.333333", True),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]}, b"0.3333341", b"0.333333", False),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-5"]}, b"16", b"0x10", True),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-5"]}, b"0X1p4", b"16.0", True),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-5"]}, b"0x1p99999", b"16.0", False),
        ({"kind": "icpc_default", "args": []}, b"16", b"0x10", False),
        ({"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]}, b"inf", b"1", False),
        ({"kind": "lcb"}, b"1.0 2 \n\n", b"1 2", True),
        ({"kind": "lcb"}, b"0.333333", b"0.3333333", False),
        ({"kind": "lcb"}, b"a\n\nb", b"a\nb", False),
        ({"kind": "lcb"}, b"a  b", b"a b", False),
        ({"kind": "lcb"}, b"1  2", b"1 2", True),
        ({"kind": "microcoder_loose"}, b"2\n1\n", b"1\n2\n", True),
        ({"kind": "microcoder_loose"}, b"1000000008", b"1000000007", True),
        ({"kind": "microcoder_loose"}, b"abc", b"abd", False),
        ({"kind": "json"}, b'{"a": [1, 2]}', b'{"a":[1,2]}', True),
    ],
)
def test_checkers_of_output(spec: dict[str, Any], output: bytes, expected: bytes, accepted: bool) -> None:
    assert compare_output(SPEC.validate_python(spec), output, expected).accepted is accepted


@pytest.mark.parametrize("args", [["case"], ["float_tolerance"], ["float_tolerance", "x"], ["float_tolerance", "-1"]])
def test_flags_that_the_default_validator_does_not_have_are_refused(args: list[str]) -> None:
    with pytest.raises(ValidationError):
        SPEC.validate_python({"kind": "icpc_default", "args": args})


@pytest.mark.parametrize("expected", [b"3\n1 2 4\n", b"0.5 1.25\nYes\n", b"a\nb\na\n", b"7"])
def test_the_default_checker_lets_no_mutant_of_an_output_through(expected: bytes) -> None:
    tokens = SPEC.validate_python({"kind": "tokens"})
    mutants = dict(of_output(expected))
    assert mutants
    assert [name for name, mutant in mutants.items() if compare_output(tokens, mutant, expected).accepted] == []


@pytest.mark.parametrize("expected", [[1, 2, 3], [[1, 2], [3]], {"a": 1.5}, "text", True, 7, [], [1.5, "x", None]])
def test_the_default_checker_lets_no_mutant_of_a_value_through(expected: Any) -> None:
    json_checker = SPEC.validate_python({"kind": "json"})
    mutants = list(of_value(expected))
    assert mutants
    assert [name for name, v in mutants if compare_value(json_checker, encode(v), expected).accepted] == []


def test_what_an_unordered_checker_lets_through_is_told_by_its_mutants() -> None:
    unordered = SPEC.validate_python({"kind": "unordered"})
    survivors = {name for name, v in of_value([1, 2, 3]) if compare_value(unordered, encode(v), [1, 2, 3]).accepted}
    assert survivors == {"elements swapped", "elements reversed"}
