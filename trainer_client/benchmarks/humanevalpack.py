"""HumanEvalPack: HumanEval in several languages, each task with a solution that is right and one that has a bug.

By bigcode-project/octopack and the ``humanevalpack`` task of bigcode-evaluation-harness, whose time limits and helpers
these are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evaluator.schema import Suite
from trainer_client.benchmarks.task import BadFile, BenchmarkTask, Question, head_of

_LANGUAGES = {"Python": "python", "CPP": "cpp", "Java": "java", "JavaScript": "javascript"}
_NAMES = {"python": "Python", "cpp": "C++", "java": "Java", "javascript": "JavaScript"}
_CPU_S = 10.0
_INCLUDES = "using namespace std;\n" + "".join(
    f"#include<{header}>\n"
    for header in (
        "stdlib.h", "algorithm", "cmath", "math.h", "numeric", "stdio.h", "vector", "set", "map", "queue", "stack",
        "list", "deque", "string", "climits", "iostream", "sstream", "fstream",
    )
)  # fmt: skip
"""The harness's own helpers but for cstring: its ``strlen`` would be called in place of the one that task 23 asks for,
right or wrong. boost is where a program includes it."""
_THROWING = 'console.assert = (holds) => { if (!holds) throw new Error("an assertion does not hold"); };\n'
"""Node's own only complains on stderr, which the benchmark takes for a failure."""


def task(row: Mapping[str, Any]) -> BenchmarkTask:
    """A task of HumanEvalPack's.

    Raises:
        BadFile: it is in a language that is not judged here.
        KeyError: a field is missing.
    """
    name = str(row["task_id"])
    language = _LANGUAGES.get(name.partition("/")[0])
    if language is None:
        raise BadFile(f"{name}: of HumanEvalPack's languages only {', '.join(_LANGUAGES)} can be judged")
    head = _INCLUDES if language == "cpp" else ""
    test_code = (_THROWING if language == "javascript" else "") + str(row["test"])
    before = head + str(row["prompt"])
    reference = before + str(row["canonical_solution"])
    program = {"test_code": test_code} | ({"reference": reference} if language == "python" else {})
    suite = Suite.model_validate(
        {"mode": "program", "program": program, "limits": {"cpu_s": _CPU_S, "memory_mb": 2048}}
    )
    question = f"{str(row.get('instruction') or '').strip()}\n\n{row['prompt']}".strip()
    fenced = f"Answer with the whole program in one fenced block of {_NAMES[language]}, without a main function."
    return BenchmarkTask(
        name,
        suite,
        Question(f"{question}\n\n{fenced}", prompt=question),
        language,
        kind=language,
        before=before,
        reference=reference,
        buggy=before + str(row["buggy_solution"]),
        head=head_of(before, language),
    )
