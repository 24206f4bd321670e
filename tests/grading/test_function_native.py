"""function mode in C++ and Java: arguments and results by the function's own types."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.grading.conftest import Grade
from tests.grading.test_function import calls

LIMITS = {"limits": {"cpu_s": 5, "memory_mb": 512}}
SUM = calls(([1, 2], 3), ([-5, 5], 0))
LISTS = calls(([[1, 2, 3]], [3, 2, 1]), ([[]], []))
TREES = calls(([[4, 2, 7, 1, None, 6]], [4, 7, 2, None, 6, None, 1]), ([[]], []))
TEXT = calls((['a"b\\c é', [True, False]], ['a"b\\c é', "2"]))
DOUBLE = calls(([0.5, 3], 1.5))
NESTED = calls(([[[1, 2], [3]], {"x": 1}], [[3], [1, 2]]))

CPP = [
    ("class Solution { public: int f(int a, int b) { return a + b; } };", SUM),
    ("long long f(long long a, const int &b) { return a + b; }", SUM),
    ("class Solution {\npublic:\n// struct ListNode {};\n ListNode* f(ListNode* head) { ListNode *last = nullptr;"
     " while (head) { auto next = head->next; head->next = last; last = head; head = next; } return last; } };", LISTS),
    ("class Solution { public: TreeNode* f(TreeNode* root) { if (root) { swap(root->left, root->right);"
     " f(root->left); f(root->right); } return root; } };", TREES),
    ("class Solution { public: vector<string> f(string s, vector<bool> v) { return {s, to_string(v.size())}; } };", TEXT),
    ("double f(double a, int b) { return a * b; }", DOUBLE),
    ("vector<vector<int>> f(vector<vector<int>> &v, map<string, int> m) { reverse(v.begin(), v.end()); return v; }", NESTED),
    ("class Solution { public: void f(vector<int>& nums) { sort(nums.begin(), nums.end()); } int main() { return 1; } };",
     calls(([[3, 1, 2]], [1, 2, 3]), answer=0)),
    ("set<int> f(int a, int b) { return {b, a}; }", calls(([2, 1], [1, 2]), checker={"kind": "unordered"})),
    ("pair<int, string> f(char c) { return {c, string(1, c)}; }\nint main() { return 0; }", calls((["A"], [65, "A"]))),
]  # fmt: skip
JAVA = [
    ("class Solution { public int f(int a, int b) { return a + b; } }", SUM),
    ("package x;\nimport java.util.List;\npublic class Solution { public static long f(long a, Integer b) { return a + b; } }", SUM),
    ("class Solution { /* class ListNode {} */ public ListNode f(ListNode head) { ListNode last = null;"
     " while (head != null) { ListNode next = head.next; head.next = last; last = head; head = next; } return last; } }", LISTS),
    ("class Solution { TreeNode f(TreeNode root) { if (root != null) { TreeNode l = f(root.left); root.left = f(root.right);"
     " root.right = l; } return root; } }", TREES),
    ("class Solution { List<String> f(String s, boolean[] v) { return Arrays.asList(s, \"\" + v.length); } }", TEXT),
    ("class Solution { double f(double a, int b) { return a * b; } }", DOUBLE),
    ('class Solution { String f(String s) { return "http://" + s; } }', calls((["x"], "http://x"))),
    ("class Solution { List<List<Integer>> f(List<List<Integer>> v, Map<String, Integer> m) {"
     " Collections.reverse(v); return v; } }", NESTED),
    ("class Solution { void f(int[] nums) { Arrays.sort(nums); } }", calls(([[3, 1, 2]], [1, 2, 3]), answer=0)),
    ("class Solution { Set<Integer> f(int a, int b) { return new HashSet<>(List.of(b, a)); } }",
     calls(([2, 1], [1, 2]), checker={"kind": "unordered"})),
    ("import java.math.BigInteger;\nclass Solution { BigInteger f(int n) { return BigInteger.TEN.pow(n); } }",
     calls(([30], 10**30))),
]  # fmt: skip


@pytest.mark.skipif(shutil.which("g++") is None, reason="g++ is not installed")
@pytest.mark.parametrize(("code", "suite"), CPP)
def test_functions_in_cpp(grade: Grade, code: str, suite: dict[str, Any]) -> None:
    report = grade(code, suite | LIMITS, language="cpp")
    assert report.verdict == "accepted", report


@pytest.mark.skipif(shutil.which("javac") is None, reason="javac is not installed")
@pytest.mark.parametrize(("code", "suite"), JAVA)
def test_functions_in_java(grade: Grade, code: str, suite: dict[str, Any]) -> None:
    report = grade(code, suite | LIMITS, language="java")
    assert report.verdict == "accepted", report


WRONG = [
    ("cpp", "int f(int a, int b) { return a - b; }", "wrong_answer"),
    ("cpp", "double f(int a, int b) { return a + b; }", "wrong_answer"),
    ("cpp", "string f(int a, int b) { return to_string(a + b); }", "wrong_answer"),
    ("cpp", "int f(int a, int b) { exit(0); }", "runtime_error"),
    ("cpp", "struct S { S() { _Exit(0); } } s;\nint f(int a, int b) { return 0; }", "runtime_error"),
    ("cpp", "int f(int a, int b) { throw 1; }", "runtime_error"),
    ("cpp", "int g(int a, int b) { return a + b; }", "compile_error"),
    ("cpp", "int f(int a) { return a; }", "compile_error"),
    ("java", "class Solution { int f(int a, int b) { return a - b; } }", "wrong_answer"),
    ("java", "class Solution { boolean f(int a, int b) { return true; } }", "wrong_answer"),
    ("java", "class Solution { static { System.exit(0); } int f(int a, int b) { return 0; } }", "runtime_error"),
    ("java", 'class Solution { int f(int a, int b) { throw new RuntimeException("no"); } }', "runtime_error"),
    ("java", "class Solution { int g(int a, int b) { return a + b; } }", "runtime_error"),
    ("java", "class Solution { int f(int a, int b) { return a + ; } }", "compile_error"),
]


@pytest.mark.parametrize(("language", "code", "verdict"), WRONG)
def test_what_goes_wrong(grade: Grade, language: str, code: str, verdict: str) -> None:
    if shutil.which({"cpp": "g++", "java": "javac"}[language]) is None:
        pytest.skip(f"no compiler of {language} is installed")
    assert grade(code, SUM | LIMITS, language=language).verdict == verdict


@pytest.mark.parametrize(
    ("language", "tool", "name", "verdict"),
    [
        ("cpp", "g++", "abs", "compile_error"),
        ("cpp", "g++", "sqrt", "compile_error"),
        ("javascript", "node", "isFinite", "runtime_error"),
        ("javascript", "node", "toString", "runtime_error"),
    ],
)
def test_what_a_library_has_is_not_the_submissions(
    grade: Grade, language: str, tool: str, name: str, verdict: str
) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} is not installed")
    suite = calls(([1], {"abs": 1, "sqrt": 1.0, "isFinite": True}.get(name, "1"))) | LIMITS
    report = grade("/* nothing */", {**suite, "function": {"name": name}}, language=language)
    assert report.verdict == verdict, report


@pytest.mark.skipif(shutil.which("javac") is None, reason="javac is not installed")
def test_an_object_is_made_and_its_methods_are_called_in_java(grade: Grade) -> None:
    code = "class Total { int n; Total(int start) { n = start; } void add(int k) { n += k; } int get() { return n; } }"
    suite = {
        "mode": "function",
        "function": {"name": "Total", "style": "operations"},
        "tests": [{"input": [["Total", "add", "get"], [[5], [2], []]], "output": [None, None, 7]}],
    }
    assert grade(code, suite | LIMITS, language="java").verdict == "accepted"
