"""Hostile data never costs us: what a submission supplies takes our own code time that grows no faster than it is long.

Measured is CPU time of the thread at eight times the length: what is linear takes eight times as long, what is
quadratic 64 times. The machine may be busy: three times the former is allowed, and tried three times.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from evaluator.api.compat import execeval, sandbox_fusion
from evaluator.checking.registry import comparison
from evaluator.extraction import extract
from evaluator.grading.modes.function import judging
from evaluator.harness.function import RESULT
from evaluator.harness.native import cpp, java
from evaluator.memory import settle
from evaluator.schema import CheckerSpec, Suite
from evaluator.schema.thoughts import response_in
from sandbox.execution import Execution
from sandbox.toolchain import languages

_TIMES, _FACTOR, _NOISE_S = 8, 24, 0.05
FUNCTION = Suite.model_validate(
    {"mode": "function", "function": {"name": "add"}, "tests": [{"input": [1, 2], "output": 3}]}
)
CHECKER: TypeAdapter[Any] = TypeAdapter(CheckerSpec)
UNITS = [
    *(" ", "\n", " \n", "\t", "\r", "`", "```", "```\n", "```python\n", "```cpp\n", "~~~\n", "> ", "- ", "1. ", "#"),
    *("//", "/*", "*/", "'''", '"""', "'", '"', "\\", "(", ")", "{", "}", "[", "]", "<", ">", ".", ";", ",", ":", "="),
    *("<think>", "</think>", "<answer>", "</answer>", "<code ", "</code>", "<pre>", "<|im_end|>", "<|", "[|a|]"),
    *("a", "Word ", "add", "add(", "add:", "int add(", "x = ", "import ", "require('", "const a = ", "In [1]:", "a@b"),
    *("$ ", "package ", "typedef ", "class ", "def ", "analysis", "assistantfinal", "_", "-", "*", "|", "&lt;", 'R"('),
]
HEADS = ["", "```python\n", "```cpp\n", "a ```python\n", "> ```python\n", "```md\n```python\n", "<think>", "x = '''"]
TAILS = ["", "x", "\n```\n", "```x", "\n```\n```cpp\nint add;\n```", "\n```\n```python\ndef add(a): return a\n```"]
SOURCES: dict[str, Callable[[int], bytes]] = {
    "comments that never end": lambda n: b"/* " * n + b"ListNode",
    "typedefs that never end": lambda n: b"typedef " * n + b"ListNode",
    "typedefs of names": lambda n: b"typedef x ListNode " * n,
    "blank lines": lambda n: b"\n" * n + b"ListNode",
    "lines of blanks": lambda n: b" \n" * n + b"ListNode",
    "blanks": lambda n: b" " * n + b"ListNode",
    "imports": lambda n: b"import\n" * n + b"ListNode",
    "an import and blanks": lambda n: b"import static" + b" \n" * n + b"ListNode",
    "import of a long name": lambda n: b"import " + b"a." * n + b"\nListNode",
    "words before a class": lambda n: b"public final " * n + b"ListNode",
    "words before one class": lambda n: b"public " + b"final " * n + b"ListNode",
    "classes": lambda n: b"class " * n + b"ListNode",
    "classes and blanks": lambda n: (b"class" + b" " * 60) * (n // 60) + b"ListNode",
    "braces": lambda n: b"} " * n + b"ListNode",
    "names": lambda n: b"ListNode " * n,
    "names behind braces": lambda n: b"} ListNode " * n,
    "directives": lambda n: b"# " * n + b"ListNode",
    "a directive and blanks": lambda n: b"#" + b" " * n + b"include ListNode",
    "quotes": lambda n: b"'\"" * n + b"ListNode",
}
OUTPUTS: dict[str, Callable[[int], tuple[bytes, bytes]]] = {
    "a long integer": lambda n: (b"9" * n, b"1.5" * (n // 192)),
    "short tokens": lambda n: (b"1 " * n, b"1 " * (n // 64)),
    "blank lines": lambda n: (b"a" + b"\n" * n + b"a", b"a\na" * (n // 96)),
    "exponents": lambda n: (b"1e999999 " * (n // 9), b"1.5 " * (n // 9)),
    "longer exponents": lambda n: (b"1e999999999999 " * (n // 15), b"1.5 " * (n // 15)),
    "small exponents": lambda n: (b"1e-999999 " * (n // 10), b"0.0 " * (n // 10)),
    "exponents of long numbers": lambda n: ((b"9" * 900 + b".5e999999 ") * (n // 910), b"1.5 " * (n // 910)),
    "hexadecimal": lambda n: ((b"0x" + b"f" * 90 + b"p99999 ") * (n // 100), b"1.5 " * (n // 100)),
    "not UTF-8": lambda n: (b"\x80" * n, b"1.5" * (n // 192)),
    "lists": lambda n: (b"[" + b"[]," * (n // 3) + b"1]", b"[" + b"1," * (n // 64) + b"1]"),
    "a deep list": lambda n: (b"[" * 900 + b"1," * (n // 2) + b"1" + b"]" * 900, b"[" + b"1," * (n // 64) + b"1]"),
    "brackets": lambda n: (b"[" * n, b"[" + b"1," * (n // 64) + b"1]"),
    "numbers that nearly agree": lambda n: (b"1.50 " * (n // 5), b"1.5 " * (n // 5)),
    "letters in another case": lambda n: (b"A " * (n // 2), b"a " * (n // 2)),
    "full-width digits": lambda n: ("１".encode() * (n // 3), b"1.5" * (n // 192)),
}
CHECKERS: dict[str, dict[str, Any]] = {
    **{kind: {"kind": kind} for kind in ("tokens", "lines", "exact", "json", "float", "lcb", "microcoder_loose")},
    "unordered tokens": {"kind": "unordered", "of": "tokens"},
    "unordered lines": {"kind": "unordered", "of": "lines"},
    "icpc_default": {"kind": "icpc_default", "args": ["float_tolerance", "1e-6"]},
    "icpc_default with blanks": {"kind": "icpc_default", "args": ["space_change_sensitive", "case_sensitive"]},
}
RESULTS: dict[str, Callable[[int], tuple[str, Any]]] = {
    "lists": lambda n: ("[" + "[]," * (n // 3) + "1]", [1] * (n // 64)),
    "a deep list": lambda n: ("[" * 400 + "1," * (n // 2) + "1" + "]" * 400, [1] * (n // 64)),
    "a deep text": lambda n: ("[" + "[1," * 400 + f'"{"a" * n}"' + "]" * 400 + ",1]", ["a" * (n // 64), 1]),
    "fractions": lambda n: (
        "[" + ",".join([f'{{"type":"fraction","value":"{"9" * 4000}/{"7" * 4000}"}}'] * (n // 8000)) + "]",
        [1] * (n // 8000),
    ),
    "a power of ten": lambda n: ('{"type":"decimal","value":"1e999999999999"}', 1),
    "a long integer": lambda n: (f'{{"type":"int","value":"0x{"f" * n}"}}', "a" * (n // 64)),
    "an integer for a key": lambda n: (f'{{"type":"dict","value":[[{{"type":"int","value":"{"f" * n}"}},1]]}}', [1]),
    "halves of characters": lambda n: ('["' + "\\ud83d" * (n // 6) + '"]', ["a" * (n // 64)]),
    "keys": lambda n: (
        '{"type":"dict","value":[' + ",".join(f'["{i}",1]' for i in range(n // 12)) + "]}",
        {str(i): 1 for i in range(n // 12)},
    ),
}
VALUE_CHECKERS: dict[str, dict[str, Any]] = {
    **{kind: {"kind": kind} for kind in ("json", "float", "lcb", "microcoder_loose")},
    "unordered": {"kind": "unordered", "of": "elements"},
    "nested": {"kind": "unordered", "of": "elements", "nested": True},
}


@pytest.fixture(autouse=True, scope="module")
def as_in_a_worker() -> Iterator[None]:
    """Leave what is there from the start out of each garbage collection, which would cost the longer text more."""
    thresholds = gc.get_threshold()
    settle()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def assert_linear(work: Callable[[int], Callable[[], object]], size: int) -> None:
    """Assert that ``work(n)()`` takes time in proportion to ``n``; ``work(n)`` itself is not counted."""
    short, long = work(size), work(_TIMES * size)
    assert any(_in_proportion(short, long) for _ in range(3))  # mostly the first time


def _in_proportion(short: Callable[[], object], long: Callable[[], object]) -> bool:
    """Measure both at about the same time: a busy machine slows down what runs on it by as much as twice."""
    return seconds(long) < _FACTOR * min(seconds(short) for _ in range(3)) + _NOISE_S


def seconds(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


@given(
    st.sampled_from(HEADS),
    st.lists(st.sampled_from(UNITS), min_size=1, max_size=3).map("".join),
    st.sampled_from(TAILS),
    st.sampled_from(["python", "cpp", "java", "ruby", "bash"]),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_extraction_takes_time_in_proportion_to_the_response(head: str, unit: str, tail: str, language: str) -> None:
    def work(n: int) -> Callable[[], object]:
        text = head + unit * (n // len(unit) + 1) + tail
        return lambda: extract(text, language, FUNCTION)

    assert_linear(work, 2_000)


@pytest.mark.parametrize(
    ("head", "unit", "tail", "language"),
    [
        ("```python\nx\n```", " ", "x", "python"),
        ("```python\n", " ", "", "python"),
        ("```md\n```python\n", "import ", "\n```\n```python\ndef add(a): return a\n```", "python"),
        ("```\nadd", ":add", "\n```\n```python\ndef add(a): return a\n```", "python"),
        ("", "<|im_end|>\n", "\n```\n", "bash"),
        ("<think>a</think>", "<|im_end|>\n<think></think>", "\n```\n", "bash"),
    ],
)
def test_texts_that_were_gone_over_again_and_again_take_time_in_proportion(
    head: str, unit: str, tail: str, language: str
) -> None:
    assert_linear(lambda n: lambda: extract(head + unit * n + tail, language, FUNCTION), 2_000)


@pytest.mark.parametrize("shape", SOURCES)
@pytest.mark.parametrize(
    "joined",
    [
        lambda code: java.sources(code, lambda _: "Main.java", prelude=True, kinds=["ListNode"]),
        lambda code: java.units(code),
        lambda code: cpp.join(code, cpp.Function("f", ([1],)), prelude=False, kinds=["ListNode"]),
        lambda code: cpp.hiding_main(code),
        lambda code: languages()["java"].file_name(code),
    ],
    ids=["java", "units of java", "cpp", "main of cpp", "file name"],
)
def test_a_source_is_scanned_in_proportion_to_its_length(shape: str, joined: Callable[[bytes], object]) -> None:
    def work(n: int) -> Callable[[], object]:
        code = SOURCES[shape](n)
        return lambda: joined(code)

    assert_linear(work, 2_000)


@pytest.mark.parametrize("shape", OUTPUTS)
@pytest.mark.parametrize("checker", CHECKERS)
def test_an_output_is_compared_in_proportion_to_its_length(checker: str, shape: str) -> None:
    compare = comparison(CHECKER.validate_python(CHECKERS[checker]))

    def work(n: int) -> Callable[[], object]:
        output, expected = OUTPUTS[shape](n)
        return lambda: compare(output, expected)

    assert_linear(work, 10_000)


@pytest.mark.parametrize("shape", OUTPUTS)
@pytest.mark.parametrize("same", [execeval.same_output, lambda want, got: sandbox_fusion.same_output(got, want)])
def test_other_systems_rules_take_time_in_proportion_too(same: Callable[[str, str], bool], shape: str) -> None:
    def work(n: int) -> Callable[[], object]:
        output, expected = (data.decode(errors="replace") for data in OUTPUTS[shape](n))
        return lambda: same(expected, output)

    assert_linear(work, 10_000)


@pytest.mark.parametrize("shape", RESULTS)
@pytest.mark.parametrize("checker", VALUE_CHECKERS)
def test_a_result_is_compared_in_proportion_to_its_length(checker: str, shape: str) -> None:
    def work(n: int) -> Callable[[], object]:
        form, expected = RESULTS[shape](n)
        suite = Suite.model_validate(
            {
                "mode": "function",
                "function": {"name": "f"},
                "tests": [{"input": [1], "output": expected}],
                "checker": VALUE_CHECKERS[checker],
            }
        )
        ran = Execution(0, None, 0.1, 0.1, 0.0, 0, b"", b"", collected={RESULT: b'{"value": %b}' % form.encode()})
        judge = judging(suite)
        return lambda: judge(0, ran)

    assert_linear(work, 16_000)


@pytest.mark.parametrize("prompt", ["b" + "a" * 300, "a" * 150 + "b" + "a" * 150])
def test_a_response_is_found_behind_its_prompt_in_proportion_to_its_length(prompt: str) -> None:
    def work(n: int) -> Callable[[], object]:
        query = prompt + "a" * n
        return lambda: response_in(query[1:], prompt)

    assert_linear(work, 100_000)
