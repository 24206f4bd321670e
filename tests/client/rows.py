"""Rows as public data sets write them, each with a right and a wrong program. The content is ours."""

from __future__ import annotations

import base64
import json
import pickle
import zlib
from dataclasses import dataclass, field
from typing import Any

SUM = "print(sum(map(int, input().split())))"
LONGEST = "print(max(map(int, input().split())))"
ADD = "def add(a, b):\n    return a + b\n"
SUB = "def add(a, b):\n    return a - b\n"
SOLUTION = "class Solution:\n    def add(self, a, b):\n        return a + b\n"
SOLUTION_WRONG = "class Solution:\n    def add(self, a, b):\n        return b\n"
CPP = "#include <iostream>\nint main() {\n    int a, b;\n    std::cin >> a >> b;\n    std::cout << a + b << '\\n';\n}\n"
CPP_WRONG = CPP.replace("a + b", "a - b")
STDIO = {"inputs": ["1 2\n", "20 22\n"], "outputs": ["3\n", "42\n"]}
CASES = [{"input": "1 2\n", "output": "3\n"}, {"input": "20 22\n", "output": "42\n"}]
CALLS = [{"input": "1\n2", "output": "3"}, {"input": "20\n22", "output": "42"}]
CHECK = "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(20, 22) == 42\n"
HEAD, _, BODY = ADD.partition("\n")
CHAT = [{"role": "user", "content": "Add two numbers."}]


def functional(**more: Any) -> list[dict[str, Any]]:
    return [{**case, "testtype": "functional", **more} for case in CALLS]


def pickled(cases: list[dict[str, Any]]) -> str:
    """As LiveCodeBench writes its private tests."""
    return base64.b64encode(zlib.compress(pickle.dumps(json.dumps(cases)))).decode()


@dataclass(frozen=True)
class Row:
    """A row of a data set; ``shape`` is what it is recognised as."""

    shape: str
    columns: dict[str, Any]
    right: str = SUM
    wrong: str = LONGEST
    also_right: tuple[str, ...] = ()
    language: str = "python"
    has_reference: bool = False
    """The row says itself which program is right."""
    bare: tuple[str, ...] = field(default=())
    """Columns that a trainer may drop, with the row judged as before."""


ROWS = {
    "HumanEval": Row(
        "HumanEval",
        {
            "task_id": "HumanEval/0", "prompt": f"{HEAD}\n", "canonical_solution": BODY, "test": CHECK, "entry_point": "add",
        },
        ADD, SUB, has_reference=True, bare=("prompt", "canonical_solution"),
    ),
    "MBPP": Row(
        "MBPP",
        {
            "task_id": 601, "text": "Add.", "code": ADD, "test_list": ["assert add(one, 2) == 3", "assert add(20, 22) == 42"],
            "test_setup_code": "one = 1", "challenge_test_list": [],
        },
        ADD, SUB, has_reference=True, bare=("code", "text"),
    ),
    "MBPP, sanitized": Row(
        "MBPP",
        {
            "source_file": "x", "task_id": 2, "prompt": "Add.", "code": ADD, "test_imports": ["import math"],
            "test_list": ["assert math.isclose(add(1, 2), 3)", "assert add(20, 22) == 42"],
        },
        ADD, SUB, has_reference=True,
    ),
    "BigCodeBench": Row(
        "BigCodeBench",
        {
            "task_id": "BigCodeBench/0", "complete_prompt": "import math\ndef task_func(a, b):\n    '''Add.'''\n",
            "instruct_prompt": "Add.", "code_prompt": "import math\ndef task_func(a, b):\n", "entry_point": "task_func",
            "canonical_solution": "    return a + b\n", "libs": "['math']", "doc_struct": "{}",
            "test": "import unittest\nclass TestCases(unittest.TestCase):\n    def test_sum(self):\n"
            "        self.assertEqual(task_func(20, 22), 42)\n",
        },
        ADD.replace("add", "task_func"), SUB.replace("add", "task_func"), has_reference=True,
    ),
    "ClassEval": Row(
        "ClassEval",
        {
            "task_id": "ClassEval_0", "skeleton": "class Adder:", "import_statement": ["import math"], "class_name": "Adder",
            "solution_code": "class Adder:\n    def add(self, a, b):\n        return a + b\n", "test_classes": ["AdderTest"],
            "test": "import unittest\nclass AdderTest(unittest.TestCase):\n    def test_add(self):\n"
            "        self.assertEqual(Adder().add(20, 22), 42)\n",
        },
        "class Adder:\n    def add(self, a, b):\n        return a + b\n", "class Adder:\n    def add(self, a, b):\n        return a\n",
        has_reference=True,
    ),
    "APPS": Row(
        "APPS, TACO",
        {
            "problem_id": 0, "question": "Add.", "solutions": json.dumps([SUM]), "input_output": json.dumps(STDIO),
            "difficulty": "interview", "url": "https://example.org", "starter_code": "",
        },
        has_reference=True,
    ),
    "APPS, lists of lines": Row(
        "APPS, TACO",
        {"input_output": json.dumps({"inputs": [["1 2", ""], ["20 22"]], "outputs": [["3"], ["42"]]}), "solutions": ""},
    ),
    "APPS, a function whose results are in lists": Row(
        "APPS, TACO",
        {"input_output": json.dumps({"fn_name": "add", "inputs": [[1, 2], [20, 22]], "outputs": [[3], [42]]}), "starter_code": ADD},
        ADD, SUB, (SOLUTION,),
    ),
    "APPS, a function that returns lists of one": Row(
        "APPS, TACO",
        {"input_output": json.dumps({"fn_name": "double", "inputs": [[[3]], [[4]]], "outputs": [[6], [8]]})},
        "def double(a):\n    return [2 * x for x in a]\n", "def double(a):\n    return a\n",
        ("def double(a):\n    return 2 * a[0]\n",),
    ),
    "APPS, a function of a dict with numbers as keys": Row(
        "APPS, TACO",
        {"input_output": json.dumps({"fn_name": "total", "inputs": [[{"1": 2, "3": 4}], [{}]], "outputs": [[4], [0]]})},
        "def total(d):\n    return sum(k for k in d)\n", "def total(d):\n    return sum(d.values())\n",
    ),
    "TACO": Row(
        "APPS, TACO",
        {
            "question": "Add.", "solutions": json.dumps([SUM]), "starter_code": "", "input_output": json.dumps(STDIO),
            "difficulty": "EASY", "name": None, "source": "codechef", "time_limit": "8 seconds", "memory_limit": "50000 bytes",
        },
        has_reference=True,
    ),
    "CodeContests": Row(
        "CodeContests",
        {
            "name": "1_A. Add", "description": "Add.", "public_tests": {"input": ["1 2\n"], "output": ["3\n"]},
            "private_tests": {"input": ["20 22\n"], "output": ["42\n"]}, "generated_tests": {"input": [], "output": []},
            "solutions": {"language": [2, 3], "solution": [CPP, SUM]}, "time_limit": {"seconds": 9, "nanos": 0},
            "memory_limit_bytes": 256000000, "input_file": "", "output_file": "",
        },
        has_reference=True,
    ),
    "LiveCodeBench": Row(
        "LiveCodeBench",
        {
            "question_title": "Add", "question_content": "Add.", "platform": "atcoder", "question_id": "abc001_a",
            "starter_code": "", "difficulty": "easy", "metadata": "{}",
            "public_test_cases": json.dumps([{**CASES[0], "testtype": "stdin"}]),
            "private_test_cases": pickled([{**CASES[1], "testtype": "stdin"}]),
        },
    ),
    "LiveCodeBench, a function": Row(
        "LiveCodeBench",
        {
            "question_id": "1", "starter_code": "class Solution:\n    def add(self, a, b):\n        ", "platform": "leetcode",
            "metadata": json.dumps({"func_name": "add"}), "public_test_cases": json.dumps(functional()[:1]),
            "private_test_cases": pickled(functional()[1:]),
        },
        SOLUTION, SOLUTION_WRONG,
    ),
    "PRIME's Eurus-2": Row(
        "inputs and outputs",
        {
            "data_source": "codecontests", "prompt": CHAT, "ability": "code", "extra_info": {"index": 0, "split": "train"},
            "reward_model": {"ground_truth": json.dumps(STDIO), "style": "rule"},
        },
    ),
    "PRIME's Eurus-2, a function": Row(
        "inputs and outputs",
        {
            "data_source": "apps", "ability": "code", "reward_model": {
                "ground_truth": json.dumps({"fn_name": "add", "inputs": [[1, 2], [20, 22]], "outputs": [[3], [42]]}), "style": "rule",
            },
        },
        ADD, SUB,
    ),
    "Skywork-OR1, LeetCode": Row(
        "Skywork-OR1",
        {
            "data_source": "train-code-leetcode", "prompt": CHAT, "ability": "code", "extra_info": {"index": 1},
            "reward_model": {"style": "rule", "ground_truth": json.dumps({
                "import_prefix": "from typing import *\n", "entry_point": "Solution().add",
                "test_code": "def check(candidate):\n    assert candidate(a=1, b=2) == 3\n    assert candidate(a=20, b=22) == 42\n",
            })},
        },
        SOLUTION.replace("(self, a, b)", "(self, a: int, b: int) -> Optional[int]"), SOLUTION_WRONG,
    ),
    "Skywork-OR1, TACO": Row(
        "inputs and outputs", {"reward_model": {"style": "rule", "ground_truth": json.dumps(STDIO)}, "ability": "code"}
    ),
    "Skywork-OR1, assertions": Row(
        "assert_case (verl, Skywork-OR1)",
        {"reward_model": {"ground_truth": json.dumps({"assert_case": ["assert add(1, 2) == 3", "assert add(20, 22) == 42"]})}},
        ADD, SUB,
    ),
    "open-r1's verifiable problems": Row(
        "a list of tests",
        {
            "source": "apps", "task_type": "verifiable_code", "prompt": "Add.", "gold_standard_solution": f"```python\n{SUM}\n```",
            "verification_info": {
                "language": "python", "test_cases": [{**case, "fn_name": None, "type": "stdin_stdout"} for case in CASES],
            },
            "metadata": "{'difficulty': 'introductory'}", "problem_id": "vc_1",
        },
        has_reference=True,
    ),
    "open-r1's verifiable problems in C++": Row(
        "a list of tests",
        {"prompt": "Add.", "verification_info": {"language": "cpp", "test_cases": CASES}},
        CPP, CPP_WRONG, language="cpp",
    ),
    "open-r1's Codeforces": Row(
        "Codeforces of open-r1",
        {
            "id": "7/A", "description": "Print a number near.", "official_tests": [{"input": "3\n", "output": "10\n"}],
            "time_limit": 2.0, "memory_limit": 256.0, "interaction_format": None, "input_mode": "stdio",
            "generated_checker": "import sys\npath, answer, output = sys.argv[1:4]\n"
            "near = abs(int(open(answer).read()) - int(open(output).read())) <= int(open(path).read())\nprint(int(near))\n",
        },
        "print(12)", "print(14)", ("print(10)",),
    ),
    "open-r1's Codeforces without a checker": Row(
        "Codeforces of open-r1", {"id": "7/B", "official_tests": CASES, "generated_checker": None, "input_mode": "stdio"}
    ),
    "SYNTHETIC-1": Row(
        "a list of tests",
        {
            "task_type": "verifiable_code", "prompt": "Add.", "gold_standard_solution": f"```python\n{SUM}\n```",
            "verification_info": repr({
                "language": "python", "test_cases": [{**case, "fn_name": None, "type": "stdin_stdout"} for case in CASES],
            }),
            "metadata": "{'difficulty': 'introductory'}",
        },
        has_reference=True,
    ),
    "SYNTHETIC-1, a function": Row(
        "a list of tests",
        {
            "verification_info": repr({"language": "python", "test_cases": [
                {"fn_name": "add", "input": [1, 2], "output": [3], "type": "function_call"},
                {"fn_name": "add", "input": [20, 22], "output": [42], "type": "function_call"},
            ]}),
        },
        ADD, SUB,
    ),
    "SYNTHETIC-2": Row(
        "a list of tests",
        {
            "problem_id": "prime_rl_code_1", "task_type": "prime_rl_code", "prompt": "Add.",
            "verification_info": json.dumps({"ground_truth": json.dumps(functional(metadata={"func_name": "add"}))}),
        },
        SOLUTION, SOLUTION_WRONG,
    ),
    "DeepCoder": Row(
        "a list of tests",
        {"problem": "Add.", "solutions": [f"```python\n{SUM}\n```"], "tests": json.dumps(CASES), "starter_code": "", "metadata": {}},
        has_reference=True,
    ),
    "DeepCoder, a function": Row(
        "a list of tests",
        {"problem": "Add.", "solutions": [SOLUTION], "tests": json.dumps(functional(metadata={"func_name": "add"}))},
        SOLUTION, SOLUTION_WRONG, has_reference=True,
    ),
    "rLLM, a function that the row names": Row(
        "a list of tests",
        {"question": "Add.", "ground_truth": json.dumps(functional()), "metadata": {"func_name": "add"}},
        SOLUTION, SOLUTION_WRONG,
    ),
    "KodCode": Row(
        "KodCode",
        {
            "question_id": "Leetcode_1_I", "question": "Add.", "solution": ADD,
            "test": "from solution import add\n\ndef test_add():\n    assert add(20, 22) == 42\n",
            "test_info": [{"function_name": "add", "parameter_list": "(a, b)"}], "gpt_pass_sequence": [1, 0],
        },
        ADD, SUB, has_reference=True, bare=("solution",),
    ),
    "KodCode SFT": Row(
        "KodCode",
        {"solution": ADD, "test_code": "from solution import add\n\ndef test_add():\n    assert add(20, 22) == 42\n"},
        ADD, SUB, has_reference=True,
    ),
    "AceCode": Row(
        "assertions",
        {
            "id": "1", "source": "oss", "question": "Add.", "test_cases": ["assert add(1, 2) == 3", "assert add(20, 22) == 42"],
            "inferences": [{"model_name": "m", "pass_rate": 0.5, "completion": SUB}, {"pass_rate": 1.0, "completion": ADD}],
            "context_messages": [CHAT],
        },
        ADD, SUB, has_reference=True,
    ),
    "OpenCodeInstruct": Row(
        "OpenCodeInstruct",
        {
            "id": "1", "input": "Add.", "output": f"```python\n{ADD}\n```", "domain": "generic", "average_test_score": 1.0,
            "unit_tests": json.dumps(["\nassert add(1, 2) == 3\n", "\nassert add(20, 22) == 42\n"]),
            "tests_execution_status": '["pass", "pass"]',
        },
        ADD, SUB, has_reference=True,
    ),
    "LeetCodeDataset": Row(
        "LeetCodeDataset",
        {
            "task_id": "add", "prompt": "from typing import *\nimport math\n", "completion": SOLUTION, "entry_point": "Solution().add",
            "test": CHECK, "input_output": [{"input": "a = 20, b = 22", "output": "42"}], "query": "Add.",
        },
        SOLUTION.replace("(self, a, b)", "(self, a: int, b: int) -> Optional[int]"), SOLUTION_WRONG,
        has_reference=True, bare=("prompt", "completion"),
    ),
    "Code-R1, LeetCode": Row(
        "Code-R1's functional",
        {
            "data_source": "code", "prompt": CHAT, "ability": "coding", "extra_info": {"reference": SOLUTION, "index": 0},
            "reward_model": {"style": "rule", "ground_truth": json.dumps({"functional": f"{CHECK}\n\ncheck(Solution().add)"})},
        },
        SOLUTION, SOLUTION_WRONG, has_reference=True,
    ),
    "Code-R1, TACO": Row(
        "Code-R1's functional",
        {
            "reward_model": {"style": "rule", "ground_truth": json.dumps({
                "functional": "_inputs = [[1, 2], [20, 22]]\n_outputs = [[3], [42]]\nfor i, o in zip(_inputs, _outputs):\n"
                "    assert add(*i) == o[0]",
            })},
        },
        ADD, SUB,
    ),
    "rStar-Coder": Row(
        "inputs and outputs",
        {
            "question_id": "seed_1", "question": "Add.", "inputs": json.dumps(STDIO["inputs"]), "outputs": json.dumps(STDIO["outputs"]),
            "is_synthesized": "[0, 0]", "test_case_type": None, "func_name": None, "class_name": None, "starter_code": "",
        },
    ),
    "rStar-Coder, a function": Row(
        "inputs and outputs",
        {"inputs": json.dumps(["1\n2", "20\n22"]), "outputs": json.dumps(["3", "42"]), "func_name": "add", "class_name": "Solution"},
        SOLUTION, SOLUTION_WRONG,
    ),
    "a column language": Row("inputs and outputs", {**STDIO, "language": "C++"}, CPP, CPP_WRONG, language="cpp"),
    "expected_output": Row(
        "a list of tests", {"test_cases": [{"input": case["input"], "expected_output": case["output"]} for case in CASES]}
    ),
    "stdin and stdout": Row("a list of tests", {"tests": [{"stdin": case["input"], "stdout": case["output"]} for case in CASES]}),
    "SandboxFusion's": Row(
        "a list of tests",
        {"tests": [{"input": {"stdin": case["input"]}, "output": {"stdout": case["output"]}} for case in CASES]},
    ),
    "assertions as one text": Row(
        "test code", {"ground_truth": "assert add(1, 2) == 3\nassert add(20, 22) == 42"}, ADD, SUB
    ),
    "our export for TRL": Row("a suite", {"id": "1", "prompt": CHAT, "suite": json.dumps({"mode": "stdio", "tests": CASES})}),
}  # fmt: skip

REFUSED = {
    "DS-1000": ({"prompt": "x", "reference_code": "y", "code_context": "def test_execution(solution):\n    assert 1\n"}, "DS-1000"),
    "APPS without tests": ({"question": "x", "solutions": "", "input_output": ""}, "there are no tests in input_output"),
    "CodeContests with files": (
        {"public_tests": {"input": ["1"], "output": ["1"]}, "input_file": "in.txt", "output_file": ""}, "read or write in.txt",
    ),
    "an interactive problem": ({"official_tests": CASES, "interaction_format": "Ask."}, "interactive"),
    "a problem with files": ({"official_tests": CASES, "input_mode": "file"}, "files"),
    "LeetCodeDataset's column alone": (
        {"input_output": [{"input": "nums = [3,3], target = 6", "output": "[0, 1]"}]}, "by name.*test and entry_point",
    ),
    "a function without its name": ({"tests": functional()}, "need its name"),
    "values without a function's name": ({"inputs": [[[1, 2]], [[3]]], "outputs": [[3], [3]]}, "need its name"),
    "a program whose input is true": ({"inputs": [True], "outputs": ["1"]}, "text or a list of its lines"),
    "an answer of mathematics": ({"reward_model": {"ground_truth": '["\\\\frac{1}{2}"]', "style": "rule"}}, "no assertion"),
    "an answer in words": ({"ground_truth": "Raise an error, and assert it."}, "neither a suite nor JSON"),
    "check without its function": ({"test": CHECK}, "without the entry_point"),
    "Python's tests of a program in C++": ({"ground_truth": '["assert f() == 1"]', "language": "cpp"}, "tests are Python.*cpp"),
    "HumanEvalPack": (
        {"test": "int main() { assert(f() == 1); }", "entry_point": "f", "buggy_solution": "x"}, "HumanEvalPack",
    ),
    "some dicts with numbers as keys": (
        {"inputs": [[{"1": 2}], [{"a": 2}]], "outputs": [1, 1], "fn_name": "f"}, "keys are numbers",
    ),
    "a method of another class": (
        {"inputs": ["1"], "outputs": ["1"], "func_name": "f", "class_name": "Graph"}, "class 'Graph'",
    ),
    "tests of two functions": ({"tests": [{**CALLS[0], "fn_name": "f"}, {**CALLS[1], "fn_name": "g"}]}, "several functions"),
    "outputs that are missing": ({"inputs": '["1", "2"]', "outputs": '["1"]'}, "2 inputs and 1 outputs"),
    "a question alone": ({"prompt": "Add.", "answer": None}, "there are no tests in answer"),
    "instructions": ({"input": "Add.", "output": "print(3)"}, "needs its tests in a known shape"),
}  # fmt: skip
"""Rows that no suite can be made of, and what is said of them."""
