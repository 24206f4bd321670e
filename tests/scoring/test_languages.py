"""HumanEvalPack and MultiPL-E, in the layouts of their authors; EvalPlus's inputs without outputs; MBPP+."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.humanevalpack import layout
from tests.end_to_end.conftest import Client, client
from tests.scoring.conftest import lines, score
from trainer_client.benchmarks.functions import read_tasks
from trainer_client.benchmarks.task import BadFile

__all__ = ["client"]
CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "humanevalpack.jsonl"

PACK: dict[str, tuple[str, str, str, str]] = {
    "Python": (
        "def twice(n):\n", "    return 2 * n\n", "    return n\n",
        "def check(twice):\n    assert twice(2) == 4\n\ncheck(twice)\n",
    ),
    "CPP": (
        "int twice(int n){\n", "    return 2 * n;\n}\n", "    return n;\n}\n",
        "#undef NDEBUG\n#include<assert.h>\nint main(){\n    assert(twice(2) == 4);\n}\n",
    ),
    "Java": (
        "import java.util.*;\nclass Solution {\n    public int twice(int n) {\n", "        return 2 * n;\n    }\n}",
        "        return n;\n    }\n}",
        "public class Main {\n    public static void main(String[] args) {\n"
        "        if (new Solution().twice(2) != 4) throw new AssertionError();\n    }\n}\n",
    ),
    "JavaScript": (
        "const twice = (n) => {\n", "  return 2 * n;\n}\n", "  return n;\n}\n",
        "const testTwice = () => {\n  console.assert(twice(2) === 4)\n}\n\ntestTwice()\n",
    ),
}  # fmt: skip


def pack(language: str) -> dict[str, Any]:
    prompt, right, wrong, test = PACK[language]
    return {
        "task_id": f"{language}/0", "prompt": prompt, "declaration": prompt, "canonical_solution": right,
        "buggy_solution": wrong, "test": test, "entry_point": "twice", "import": "", "test_setup": "",
        "instruction": "Write a function that doubles.",
    }  # fmt: skip


def multipl_e(language: str) -> dict[str, Any]:
    prompt, tests = {
        "cpp": (
            "#include<assert.h>\n#include<bits/stdc++.h>\n// Double.\nlong twice(long n) {\n",
            "}\nint main() {\n    auto candidate = twice;\n    assert(candidate((2)) == (4));\n}\n",
        ),
        "java": (
            "import java.util.*;\nimport org.javatuples.*;\nclass Problem {\n    // Double, and the number itself.\n"
            "    public static Pair<Long, Long> twice(long n) {\n",
            "    }\n    public static void main(String[] args) {\n"
            "    assert(twice((2l)).equals((Pair.with(2l, 4l))));\n    }\n\n}\n",
        ),
        "js": (
            "// Double.\nfunction twice(n){\n",
            "const assert = require('node:assert');\n\n\nfunction test() {\n  let candidate = twice;\n"
            "  assert.deepEqual(candidate(2),4);\n}\n\ntest();",
        ),
    }[language]
    return {"name": f"HumanEval_0_{language}", "language": language, "prompt": prompt, "tests": tests,
            "stop_tokens": ["\n}"]}  # fmt: skip


@pytest.mark.parametrize("language", PACK)
def test_humanevalpack_accepts_the_right_solution_and_refuses_the_one_with_a_bug(
    tmp_path: Path, client: Client, language: str
) -> None:
    file = lines(tmp_path / "pack.jsonl", pack(language))
    right = score("functions", file, "--reference", "--server", client.service.url)
    assert "pass@1 1.0000 over 1 problems (accepted 1)" in right.stdout, right
    wrong = score("functions", file, "--buggy", "--server", client.service.url)
    assert "pass@1 0.0000 over 1 problems" in wrong.stdout, wrong
    assert "compile_error" not in wrong.stdout, "it has to be the test that refuses it"


@pytest.mark.parametrize(
    ("language", "right", "wrong", "whole"),
    [
        ("cpp", "    return 2 * n;", "    return n;", "long twice(long n) { return 2 * n; }"),
        ("java", "        return Pair.with(n, 2 * n);", "        return Pair.with(n, n);",
         "import org.javatuples.Pair;\nclass Problem {\n    public static Pair<Long, Long> twice(long n) {\n"
         "        return new Pair<>(n, 2 * n);\n    }\n}"),
        ("js", "  return 2 * n;\n}", "  return n;\n}", "const twice = (n) => 2 * n;"),
    ],
)  # fmt: skip
def test_multipl_e_joins_completions_with_their_tests(
    tmp_path: Path, client: Client, language: str, right: str, wrong: str, whole: str
) -> None:
    tasks = lines(tmp_path / "tasks.jsonl", multipl_e(language))
    samples: list[dict[str, str]] = [{"completion": right}, {"solution": whole}, {"completion": wrong}]
    samples.append({"answer": f"Here:\n```{language}\n{whole}\n```\n"})
    file = lines(tmp_path / "samples.jsonl", *({"task_id": f"HumanEval_0_{language}", **each} for each in samples))
    said = score("functions", tasks, file, "--server", client.service.url)
    assert "pass@1 0.7500 over 1 problems (accepted 3, runtime_error 1)" in said.stdout, said


def test_a_language_that_is_not_judged_is_named(tmp_path: Path) -> None:
    for row, name in ((pack("CPP") | {"task_id": "Go/0"}, "Go/0"), (multipl_e("js") | {"language": "rkt"}, "rkt")):
        with pytest.raises(BadFile, match=name):
            read_tasks(lines(tmp_path / "tasks.jsonl", row))


def plus(name: str, code: str, entry: str, base: list[Any], added: list[Any], atol: float = 0) -> dict[str, Any]:
    prompt, _, solution = code.partition("\n")
    return {
        "task_id": name, "prompt": prompt + "\n", "canonical_solution": solution, "entry_point": entry,
        "contract": "", "base_input": base, "plus_input": added, "atol": atol,
    }  # fmt: skip


TWICE = plus("HumanEval/0", "def twice(n):\n    return 2 * n\n", "twice", [[2]], [[3], [-1]])
HALF = plus("HumanEval/1", "def half(x):\n    return [x / 2, 1.0]\n", "half", [[1]], [[0.1]])
ROOT = plus("HumanEval/32", "def find_zero(xs):\n    return -xs[0] / xs[1]\n", "find_zero", [[[1.0, 2.0]]], [], 1e-4)
SHARED = plus(
    "Mbpp/2", "def similar_elements(a, b):\n    return tuple(set(a) & set(b))\n", "similar_elements",
    [[[3, 4, 5], [5, 7, 4]]], [],
)  # fmt: skip


SOLUTIONS = [
    [
        (TWICE, "def twice(n): return n + n", 1, 1),
        (HALF, "def half(x): return [x * 0.5 + 1e-9, 1.0]", 1, 1),
        (ROOT, "def find_zero(xs): return -0.5 + 1e-6", 1, 1),
        (SHARED, "def similar_elements(a, b):\n    assert type(a) is tuple\n    return (5, 4)", 1, 1),
    ],
    [
        (TWICE, "def twice(n): return 4", 1, 0),
        (HALF, "def half(x): return [x * 0.5 + 1e-3, 1.0]", 0, 0),
        (ROOT, "def find_zero(xs): return 0.5", 0, 0),
        (SHARED, "def similar_elements(a, b): return (5,)", 0, 0),
    ],
    [(TWICE, "def twice(n): return 5", 0, 0), (HALF, "def half(x): return (x / 2, 1.0)", 0, 0)],
]
"""One solution of each task, and whether it passes the original tests and all."""


@pytest.mark.parametrize("solutions", SOLUTIONS, ids=["right", "wrong", "wrong otherwise"])
def test_evalplus_asks_its_solution_for_what_is_expected(
    tmp_path: Path, client: Client, solutions: list[tuple[dict[str, Any], str, int, int]]
) -> None:
    tasks = lines(tmp_path / "tasks.jsonl", *(row for row, *_ in solutions))
    programs = [{"task_id": row["task_id"], "solution": solution} for row, solution, *_ in solutions]
    said = score("functions", tasks, lines(tmp_path / "samples.jsonl", *programs), "--server", client.service.url)
    assert said.returncode == 0, said
    for ending, place in ((".base", 2), ("", 3)):
        scores = json.loads((tmp_path / f"samples{ending}.score.json").read_text())["by_problem"]
        assert scores == {each[0]["task_id"]: each[place] for each in solutions}, said.stdout


def test_mbpp_plus_has_a_score_with_its_added_tests_and_one_without(tmp_path: Path, client: Client) -> None:
    row = {
        "task_id": 1, "prompt": "Double.", "code": "def twice(n): return 2 * n", "test_imports": ["import math"],
        "test_list": ["assert twice(2) == 4"], "test": "for n in range(9):\n    assert twice(n) == 2 * math.floor(n)\n",
    }  # fmt: skip
    tasks = lines(tmp_path / "tasks.jsonl", row)
    samples = lines(
        tmp_path / "s.jsonl", *({"task_id": 1, "solution": f"def twice(n): return {e}"} for e in ("4", "n+n"))
    )
    said = score("functions", tasks, samples, "--server", client.service.url)
    assert "pass@1 0.5000 over 1 problems (accepted 1, wrong_answer 1)" in said.stdout, said
    assert "pass@1 1.0000 over 1 problems (accepted 2)" in said.stdout, "by the original tests"


def test_tasks_in_python_give_their_solutions_as_references(tmp_path: Path) -> None:
    added = {"task_id": 1, "prompt": "", "code": "def f(): return 1", "test_list": ["assert f() == 1"], "test": "f()"}
    tasks = read_tasks(lines(tmp_path / "tasks.jsonl", TWICE, added, *map(pack, PACK)))
    for task in tasks:
        for suite in filter(None, (task.suite, task.base)):
            assert suite.program is not None
            assert suite.program.reference == (task.reference if task.language == "python" else None), task.id
    assert {task.language for task in tasks} > {"python", "cpp"}


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.exists(), reason="the labelled programs do not lie beside the project")
@pytest.mark.parametrize("language", ["Python", "JavaScript", "Java", "CPP"])
def test_recorded_tasks_of_humanevalpack(tmp_path: Path, client: Client, language: str) -> None:
    file = lines(tmp_path / "pack.jsonl", *layout(CORPUS, language)[:4])
    right = score("functions", file, "--reference", "--server", client.service.url)
    assert "pass@1 1.0000 over 4 problems" in right.stdout, right
    wrong = score("functions", file, "--buggy", "--server", client.service.url)
    assert "pass@1 0.0000 over 4 problems" in wrong.stdout, wrong
