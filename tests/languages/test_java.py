"""Java programs as they are really sent: named, packed and begun in more than one way, with a heap of their own."""

from __future__ import annotations

from typing import Any

import pytest

from evaluator.grading.grader import Grader
from evaluator.schema import Report, Submission, Suite

BODY = "public static void main(String[] args) { System.out.println(42); }"
OTHER = "public static void main(String[] args) { System.out.println(13); }"
ENTRIES = {
    "a public class of any name": f"public class Anything {{ {BODY} }}",
    "no public class": f"class Helper {{ }} class Program {{ {BODY} }}",
    "a package": f"package a.b; public class Main {{ {BODY} }}",
    "the public class before others": f"class A {{ {OTHER} }} public final class Z {{ {BODY} }} class Main {{ {OTHER} }}",
    "Main before others": f"class A {{ {OTHER} }} class Main {{ {BODY} }}",
    "a caller of the entry": f"class A {{ void f() {{ Main.main(null); }} }} class Main {{ {BODY} }}",
    "an interface": f"public interface Entry {{ {BODY.removeprefix('public ')} }}",
    "a nested public class": f"class Other {{ public class Inner {{ }} }} public class Main {{ {BODY} }}",
    "text and comments": '/* public class A { */ class B { String s = "} public class C {"; char c = \'"\'; }\n'
    f"// public class D\npublic class E {{ {BODY} }}",
}
HEAPS = {
    "a block larger than the heap": (
        "long[] block = new long[1 << 30]; System.out.println(block[1]);",
        "memory_limit_exceeded",
    ),
    "what is thrown away": (
        "for (int i = 0; i < 3000; i++) { byte[] block = new byte[1 << 20]; block[i] = 1; }",
        "accepted",
    ),
    "most of the heap": (
        "byte[][] blocks = new byte[150][]; for (int i = 0; i < 2000; i++) "
        "{ blocks[i % 150] = new byte[1 << 20]; java.util.Arrays.fill(blocks[i % 150], (byte) 1); }",
        "accepted",
    ),
    "its own mistake": ('throw new IllegalStateException("OutOfMemory");', "runtime_error"),
}


def graded(grader: Grader, code: str, **suite: Any) -> Report:
    if "java" not in grader.languages.versions:
        pytest.skip("no toolchain of java that works")
    limits = {"cpu_s": 20, "wall_s": 60, "memory_mb": 256}
    return grader.grade(
        Submission(language="java", code=code, suite=Suite.model_validate({"limits": limits, **suite})),
        Suite.model_validate({"limits": limits, **suite}),
    )


@pytest.mark.parametrize("code", ENTRIES.values(), ids=ENTRIES.keys())
def test_the_entry_is_found(grader: Grader, code: str) -> None:
    report = graded(grader, code, mode="stdio", tests=[{"input": "", "output": "42\n"}])
    assert report.verdict == "accepted", report.model_dump_json(indent=1)


@pytest.mark.parametrize(("body", "verdict"), HEAPS.values(), ids=HEAPS.keys())
def test_the_limit_of_memory_is_the_programs_own(grader: Grader, body: str, verdict: str) -> None:
    code = f"public class Main {{ public static void main(String[] args) {{ {body} }} }}"
    report = graded(grader, code, mode="stdio", tests=[{"input": "", "output": ""}])
    assert report.verdict == verdict, report.model_dump_json(indent=1)


def test_recursion_has_room(grader: Grader) -> None:
    code = (
        "public class Main { static int depth(int n) { return n == 0 ? 0 : 1 + depth(n - 1); }\n"
        "public static void main(String[] args) { System.out.println(depth(200000)); } }"
    )
    report = graded(grader, code, mode="stdio", tests=[{"input": "", "output": "200000\n"}])
    assert report.verdict == "accepted", report.model_dump_json(indent=1)


@pytest.mark.parametrize(("operator", "verdict"), [("+", "accepted"), ("-", "runtime_error")])
def test_test_code_runs_with_the_submission(grader: Grader, operator: str, verdict: str) -> None:
    code = f"import java.util.*;\npublic class Solution {{ public int add(int a, int b) {{ return a {operator} b; }} }}"
    tests = (
        "import java.util.*;\npublic class Main { public static void main(String[] args) {\n"
        "if (new Solution().add(1, 2) != 3) throw new AssertionError(); } }"
    )
    report = graded(grader, code, mode="program", program={"test_code": tests})
    assert report.verdict == verdict, report.model_dump_json(indent=1)
