"""MultiPL-E: HumanEval and MBPP translated into other languages; a completion and its tests are one program.

By nuprl/MultiPL-E (prompts/*.jsonl, evaluation/src). There the exit code of the joined program decides; here the tests
stand apart from the completion, so that a program that ends early is not accepted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.schema import Suite
from trainer_client.benchmarks.task import BadFile, BenchmarkTask, Question, head_of

_LANGUAGES = {"cpp": "cpp", "java": "java", "js": "javascript", "ts": "typescript", "py": "python"}
_NAMES = {"cpp": "C++", "java": "Java", "js": "JavaScript", "ts": "TypeScript", "py": "Python"}
_CPU_S = 15.0
_CLOSING = {"cpp": "}\n", "java": "    }\n"}
"""Beginning of the tests, which ends the function that the model was writing."""
_TUPLE_NAMES = {"Pair": "AB", "Triplet": "ABC", "Quartet": "ABCD"}
_MAIN = """
public class Main {
    public static void main(String[] args) throws Throwable {
        Main.class.getClassLoader().setDefaultAssertionStatus(true);
        ProblemTests.main(args);
    }
}
"""


def task(row: Mapping[str, Any]) -> BenchmarkTask:
    """A task of MultiPL-E's.

    Raises:
        BadFile: it is in a language that is not judged here, or its tests are of another form.
        KeyError: a field is missing.
    """
    name, short = str(row["name"]), str(row["language"])
    if short not in _LANGUAGES:
        raise BadFile(f"{name}: of MultiPL-E's languages only {', '.join(_LANGUAGES)} can be judged, not {short!r}")
    prompt, tests, closing = str(row["prompt"]), str(row["tests"]), _CLOSING.get(short, "")
    if not tests.startswith(closing):
        raise BadFile(f"{name}: tests in {_NAMES[short]} begin with {closing!r}")
    dropped: tuple[str, ...] = ()
    test_code, after = tests.removeprefix(closing), "\n" + closing
    if short == "cpp":
        test_code = f"#include <assert.h>\n#include <bits/stdc++.h>\n{test_code}"
    if short == "java":
        # The tests call the methods of class Problem by their bare names, as one that derives from it may.
        test_code = f"class ProblemTests extends Problem {{\n{test_code}{_MAIN}{_TUPLES}"
        after += "}\n"
        dropped = tuple(f"import org.javatuples.{each};" for each in ("*", *_TUPLE_NAMES))
    suite = Suite.model_validate(
        {"mode": "program", "program": {"test_code": test_code}, "limits": {"cpu_s": _CPU_S, "memory_mb": 2048}}
    )
    instruction = (
        f"Complete this function. Answer with the whole program in one fenced block of {_NAMES[short]}, "
        f"without a main function.\n\n{prompt}"
    )
    question = Question(instruction, prompt=str(row["prompt"]), stop=tuple(map(str, row.get("stop_tokens", ()))))
    language = _LANGUAGES[short]
    return BenchmarkTask(
        name,
        suite,
        question,
        language,
        kind=language,
        before=prompt,
        after=after,
        dropped=dropped,
        head=head_of(prompt, language),
    )


def _tuple(name: str, letters: str) -> str:
    """One of the classes of org.javatuples, as far as the benchmark uses them."""
    fields = [f"value{i}" for i in range(len(letters))]
    params = ", ".join(f"{letter} {field}" for letter, field in zip(letters, fields, strict=True))
    kinds = f"<{', '.join(letters)}>"
    getters = "".join(
        f"    public {letter} getValue{i}() {{ return {field}; }}\n"
        for i, (letter, field) in enumerate(zip(letters, fields, strict=True))
    )
    return (
        f"class {name}{kinds} {{\n"
        + "".join(f"    final {letter} {field};\n" for letter, field in zip(letters, fields, strict=True))
        + f"    {name}({params}) {{ {' '.join(f'this.{field} = {field};' for field in fields)} }}\n"
        + f"    public static {kinds} {name}{kinds} with({params}) {{ return new {name}<>({', '.join(fields)}); }}\n"
        + getters
        + f"    java.util.List<Object> all() {{ return java.util.Arrays.asList({', '.join(fields)}); }}\n"
        + f"    public boolean equals(Object o) {{ return o instanceof {name} && all().equals((({name}) o).all()); }}\n"
        + "    public int hashCode() { return all().hashCode(); }\n"
        + "    public String toString() { return all().toString(); }\n}\n"
    )


_TUPLES = "".join(_tuple(name, letters) for name, letters in _TUPLE_NAMES.items())
