"""function mode: arguments and results of every kind, styles of calling, and results that are not what they seem."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from evaluator.grading.grader import open_grader
from evaluator.runtime import interpreter
from evaluator.schema import Submission
from evaluator.settings import Settings
from tests.grading.conftest import Grade

LIST = "class Solution:\n    def f(self, head: Optional[ListNode]) -> Optional[ListNode]:\n"
TREE = "class Solution:\n    def f(self, root: Optional[TreeNode]) -> Optional[TreeNode]:\n"


def calls(*tests: tuple[Any, Any], checker: dict[str, Any] | None = None, **function: Any) -> dict[str, Any]:
    suite: dict[str, Any] = {
        "mode": "function",
        "function": {"name": "f", **function},
        "tests": [{"input": given, "output": expected} for given, expected in tests],
    }
    return suite | ({"checker": checker} if checker else {})


def of_types(*params: str, returns: str | None = None) -> dict[str, Any]:
    return {"params": params, "returns": returns}


@pytest.mark.parametrize(
    ("code", "suite"),
    [
        (LIST + "        last = None\n        while head: head.next, last, head = last, head, head.next\n        return last",
         calls(([[1, 2, 3]], [3, 2, 1]), ([[]], []))),
        ("class ListNode:\n    def __init__(self, x): self.val = x; self.next = None\n" + LIST + "        return head.next",
         calls(([[1, 2]], [2]), ([[1]], []))),
        (TREE + "        if root: root.left, root.right = self.f(root.right), self.f(root.left)\n        return root",
         calls(([[4, 2, 7, 1, None, 6]], [4, 7, 2, None, 6, None, 1]), ([[]], []))),
        ("class Solution:\n    def f(self, lists: List[Optional[ListNode]]) -> Optional[ListNode]:\n"
         "        vals = []\n        for n in lists:\n            while n: vals.append(n.val); n = n.next\n"
         "        head = None\n        for v in sorted(vals, reverse=True): head = ListNode(v, head)\n        return head",
         calls(([[[1, 4], [], [2]]], [1, 2, 4]))),
        ("class Solution:\n    def f(self, root):\n        return 0 if root is None else 1 + max(self.f(root.left), self.f(root.right))",
         calls(([[3, 9, 20, None, None, 15, 7]], 3), types=of_types("TreeNode"))),
        ("class Solution:\n    def f(self, head):\n        seen = {}\n        n = head\n        while n: seen[n] = Node(n.val); n = n.next\n"
         "        for o, c in seen.items(): c.next, c.random = seen.get(o.next), seen.get(o.random)\n        return seen.get(head)",
         calls(([[[7, None], [13, 0], [11, 1]]], [[7, None], [13, 0], [11, 1]]),
               types=of_types("RandomNode", returns="RandomNode"))),
        ("class Solution:\n    def f(self, root): return 1 + max([self.f(c) for c in root.children], default=0) if root else 0",
         calls(([[1, None, 3, 2, 4, None, 5, 6]], 3), types=of_types("NaryNode"))),
        ("class Solution:\n    def f(self, node): return node",
         calls(([[[2, 4], [1, 3], [2, 4], [1, 3]]], [[2, 4], [1, 3], [2, 4], [1, 3]]),
               types=of_types("GraphNode", returns="GraphNode"))),
        ("class Solution:\n    def f(self, nums: List[int]) -> None:\n        nums.sort()", calls(([[3, 1, 2]], [1, 2, 3]), answer=0)),
        (LIST.replace("-> Optional[ListNode]", "-> None") + "        head.val = 9", calls(([[1, 2]], [9, 2]), answer=0)),
        ("def f(a, b=5): return a - b", calls(([7], 2), ({"b": 1, "a": 3}, 2))),
        ("f = lambda *xs: sum(xs)", calls(([1, 2, 3], 6), ([], 0))),
        ("class Solution:\n    count = 0\n    def __init__(self): self.seen = []\n"
         "    def f(self, x):\n        self.seen.append(x)\n        return len(self.seen)", calls(([1], 1), ([2], 1))),
        ("class Solution:\n    @staticmethod\n    def f(x): return x", calls(([[1, [2]]], [1, [2]]))),
        ("def f(n): return tuple((i, [i]) for i in range(n))", calls(([2], [[0, [0]], [1, [1]]]))),
        ("def f(n): return range(n)", calls(([3], [0, 1, 2]))),
        ("def f(n):\n    for i in range(n): yield i", calls(([3], [0, 1, 2]))),
        ("def f(n): return map(str, range(n))", calls(([2], ["0", "1"]))),
        ("from collections import deque, Counter\ndef f(s): return deque([Counter(s)])", calls((["aab"], [{"a": 2, "b": 1}]))),
        ("def f(n): return {n: 1}.items()", calls(([2], [[2, 1]]))),
        ("def f(n): return 10 ** n", calls(([30], 10**30))),
        ("def f(): return {1: 'x', 'y': None}", calls(([], {"1": "x", "y": None}))),
        ("def f(): return {3, 1, 2}", calls(([], [1, 2, 3]), checker={"kind": "unordered"})),
        ("def f(): return [[2, 1], [3]]", calls(([], [[3], [1, 2]]), checker={"kind": "unordered", "nested": True})),
        ("def f(): return 0.1 + 0.2", calls(([], 0.3), checker={"kind": "float"})),
        ("def f(): return 7", calls(([], [5, 7]), checker={"kind": "any_of"})),
        ("def f(): return 2", calls(([], 2.0))),
        ("def f(): return (1, (2, 3))", calls(([], [1, [2, 3]]), checker={"kind": "microcoder_loose"})),
        ("def f(): return True", calls(([], 1), checker={"kind": "lcb"})),
        ("def f(): return list(map(str, [1]))", calls(([], ["1"]), checker={"kind": "lcb"})),
        ("class Node:\n    def __init__(self, val=0, next=None): self.val, self.next = val, next\nListNode = Node\n"
         "class Solution:\n    def f(self, head: Optional[ListNode]) -> Optional[ListNode]: return head.next", calls(([[1, 2]], [2]))),
        ("class Solution:\n    def f(self, *args): return args[1].val", calls(([1, [3]], 3), types=of_types("int", "TreeNode"))),
        ("def timer(g):\n    return lambda *a, **k: g(*a, **k)\nclass Solution:\n    @timer\n    def f(self, a, root): return a + root.val",
         calls(([1, [3]], 4), types=of_types("int", "TreeNode"))),
        ("class Solution:\n    def f(self, pair: Tuple[ListNode, int]) -> Tuple[Optional[ListNode], int]:\n"
         "        return pair[0].next, pair[1]", calls(([[[1, 2], 5]], [[2], 5]))),
        ("from collections.abc import Sequence\nclass Solution:\n"
         "    def f(self, heads: Sequence[ListNode], more: Iterable['TreeNode']) -> Iterator[ListNode]:\n"
         "        for head, tree in zip(heads, more): head.val += tree.val; yield head",
         calls(([[[1, 2], [3]], [[4], [5]]], [[5, 2], [8]]))),
        ("from __future__ import annotations\nHead = Optional[ListNode]\nHeads = List['Head']\n"
         "def f(heads: Heads, by: Dict[int, Head]) -> Head: return by[len(heads)]",
         calls(([[[1]], {"1": [7]}], [7]))),
        ("T = TypeVar('T', bound=ListNode)\ndef f(*heads: T): return [head.val for head in heads]",
         calls(([[1], [2], [3]], [1, 2, 3]))),
        ("from functools import wraps\ndef timed(g):\n    @wraps(g)\n    def run(*args, **kwargs): return g(*args, **kwargs)\n"
         "    return run\nclass Solution:\n    @timed\n    def f(self, n: int, head: ListNode) -> ListNode: return head.next",
         calls(([1, [3, 4]], [4]), ({"n": 1, "head": [3, 4]}, [4]))),
        ("def f(**named): return named['head'].val + named['n']",
         calls(({"n": 1, "head": [3]}, 4), types=of_types("int", "ListNode"))),
    ],
)  # fmt: skip
def test_right_answers_are_accepted(grade: Grade, code: str, suite: dict[str, Any]) -> None:
    report = grade(code, suite)
    assert report.verdict == "accepted", report


@pytest.mark.parametrize(
    ("code", "suite"),
    [
        ("def f(): return True", calls(([], 1))),
        ("def f(): return 1.0", calls(([], 1))),
        ("def f(): return '1'", calls(([], 1))),
        ("def f(): return {1, 2}", calls(([], [1, 2]))),
        ("def f(): return [2, 1]", calls(([], [1, 2]))),
        ("def f(): return [1, 1, 2]", calls(([], [1, 2, 2]), checker={"kind": "unordered"})),
        ("def f(): return [[2, 1]]", calls(([], [[1, 2]]), checker={"kind": "unordered"})),
        ("def f(): return float('nan')", calls(([], 1.0), checker={"kind": "float"})),
        ("def f(): return 1000000008", calls(([], 1000000007), checker={"kind": "float", "rel": 1e-3})),
        ("def f(): return b'x'", calls(([], "x"))),
        ("def f(): return [(1, 2)]", calls(([], [[1, 2]]), checker={"kind": "lcb"})),
        ("class A:\n    def __eq__(self, o): return True\ndef f(): return A()", calls(([], 1))),
        ("class L(list):\n    def __iter__(self): return iter([1, 2])\n    def __len__(self): return 2\ndef f(): return L([9])",
         calls(([], [1, 2]))),
        ("class I(int):\n    def __repr__(self): return '1'\n    def __eq__(self, o): return True\n"
         "    def __hash__(self): return 1\ndef f(): return I(5)", calls(([], 1))),
        (LIST + "        head.next = head\n        return head", calls(([[1, 2]], [1, 2]))),
        (TREE + "        root.left = root\n        return root", calls(([[1, 2]], [1, 2]))),
        ("def f():\n    a = []\n    a.append(a)\n    return a", calls(([], [[]]))),
        ("def f(): return range(10 ** 12)", calls(([], [0]))),
        ("def f(): yield 1", calls(([], [1]), checker={"kind": "lcb"})),
        ("def f(): return map(int, '12')", calls(([], [1, 2]), checker={"kind": "lcb"})),
        ("def f(): return {1: 0, '1': 1}", calls(([], {"1": 1}))),
    ],
)  # fmt: skip
def test_wrong_answers_are_refused(grade: Grade, code: str, suite: dict[str, Any]) -> None:
    limits = {"limits": {"cpu_s": 20, "memory_mb": 4096}}
    report = grade(code, suite | limits)
    assert report.verdict in ("wrong_answer", "memory_limit_exceeded"), report


def test_an_object_is_made_and_its_methods_are_called(grade: Grade) -> None:
    code = (
        "class Counter2:\n    def __init__(self, start): self.n = start\n"
        "    def add(self, k): self.n += k\n    def get(self): return self.n"
    )
    suite = {
        "mode": "function",
        "function": {"name": "Counter2", "style": "operations"},
        "tests": [{"input": [["Counter2", "add", "get"], [[5], [2], []]], "output": [None, None, 7]}],
    }
    assert grade(code, suite).verdict == "accepted"
    assert grade(code.replace("+=", "-="), suite).verdict == "wrong_answer"
    assert grade(code.replace("def get", "def got"), suite).verdict == "runtime_error"


def test_without_the_prelude_a_program_has_only_its_own_imports(grade: Grade) -> None:
    assert grade("def f(x): return gcd(x, 6)", calls(([4], 2))).verdict == "accepted"
    assert grade("def f(x): return gcd(x, 6)", calls(([4], 2), prelude=False)).verdict == "runtime_error"


def test_numpy_results_are_compared_by_value(tmp_path: Path) -> None:
    python = interpreter(Settings())
    if python is None:
        pytest.skip("no environment for submissions here: microcoder runtime makes one")
    code = "import numpy as np\ndef f(n): return np.arange(n), np.int64(n), np.float64(0.5), np.bool_(True)"
    suite = calls(([3], [[0, 1, 2], 3, 0.5, True]))
    submission = Submission.model_validate({"code": code, "suite": suite})
    assert submission.suite is not None
    with open_grader(Settings(data_dir=tmp_path, python=python, min_isolation="process")) as grader:
        assert grader.grade(submission, submission.suite).verdict == "accepted"


JAVASCRIPT = [
    ("var f = function(a, b) { return a + b; };", calls(([1, 2], 3))),
    ("const f = (xs) => xs.sort((a, b) => a - b);", calls(([[10, 9, 1]], [1, 9, 10]))),
    ("class Solution { f(s) { return new Map([[s, [1.5]]]); } }", calls((["a"], {"a": [1.5]}))),
    ("function f(n) { return BigInt(10) ** BigInt(n); }", calls(([30], 10**30))),
    ("async function f(n) { await null; return n; }", calls(([5], 5))),
    ("function f(xs) { xs.reverse(); }", calls(([[1, 2]], [2, 1]), answer=0)),
    ("var f = function(head) { let last = null; while (head) [head.next, last, head] = [last, head, head.next]; return last; };",
     calls(([[1, 2, 3]], [3, 2, 1]), types=of_types("ListNode", returns="ListNode"))),
    ("var f = (root) => root === null ? 0 : 1 + Math.max(f(root.left), f(root.right));",
     calls(([[3, 9, 20, None, None, 15, 7]], 3), types=of_types("TreeNode"))),
    ("function f() { return new Set([2, 1]); }", calls(([], [1, 2]), checker={"kind": "unordered"})),
]  # fmt: skip


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(("code", "suite"), JAVASCRIPT)
def test_functions_in_javascript(grade: Grade, code: str, suite: dict[str, Any]) -> None:
    report = grade(code, suite, language="javascript")
    assert report.verdict == "accepted", report


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("function f(a) { return '1'; }", "wrong_answer"),
        ("function f(a) { return true; }", "wrong_answer"),
        ("function f(a) { return {toJSON() { return 1; }}; }", "wrong_answer"),
        ("function f(a) { return NaN; }", "wrong_answer"),
        ("function g(a) { return 1; }", "runtime_error"),
        ("process.exit(0); function f(a) { return 1; }", "runtime_error"),
        ("function f(a) { process.exit(0); }", "runtime_error"),
        ("function f(a) { throw new Error('no'); }", "runtime_error"),
        ("function f(a) { for (;;); }", "time_limit_exceeded"),
        ("function f(a) {", "runtime_error"),
    ],
)
def test_what_goes_wrong_in_javascript(grade: Grade, code: str, verdict: str) -> None:
    suite = calls(([1], 1)) | {"limits": {"cpu_s": 1, "memory_mb": 512}}
    assert grade(code, suite, language="javascript").verdict == verdict


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(n): return (n,)", {"type": "tuple", "value": [1]}),
        ("def f(n): return 1.0", 1),
        ("def f(n): return True", 1),
        ("def f(n): return -0.0", [0.0]),
    ],
)
def test_what_is_written_alike_need_not_be_equal(grade: Grade, code: str, expected: Any) -> None:
    assert grade(code, calls(([1], expected))).verdict == "wrong_answer"


@pytest.mark.parametrize("expected", [None, True, -3, 0.5, 1e300, "{tuple}", "ünï", [], [[1], ["a", None]], {"a": 1}])
def test_each_kind_of_plain_value_equals_itself(grade: Grade, expected: Any) -> None:
    report = grade("def f(n): return n", calls(([expected], expected)))
    assert (report.verdict, report.tests[0].matched_by, report.tests[0].strict) == ("accepted", "json", True)


def test_a_report_in_full_has_each_value_as_it_crossed(grade: Grade) -> None:
    suite = calls(([1], [1, 1]), ([2], [2, 2]), ([3], []), ([4], 4), ([5], 5), checker={"kind": "unordered"})
    code = "def f(x): return {1: (1, 1), 2: [2, 2], 3: {3}, 4: 'x' * 70_000}[x]"
    report = grade(code, suite, policy="all", detail="full")
    values = [test.result for test in report.tests]
    assert values[:3] == ['{"type": "tuple", "value": [1, 1]}', "[2, 2]", '{"type": "set", "value": [3]}']
    assert values[3:] == [None, None]  # one is too long, the other call failed
    assert all(test.result is None for test in grade(code, suite, policy="all").tests)
