"""The checkers' rules: what each forgives, and what none may."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evaluator.checking import compare_output, compare_value
from evaluator.harness.values import encode
from evaluator.schema import CheckerSpec

SPEC: TypeAdapter[CheckerSpec] = TypeAdapter(CheckerSpec)
TEXT_KINDS = ["tokens", "lines", "exact", "float"]


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
