"""function mode outside Python: design classes in C++, and the three kinds of ``Node`` in C++, Java and JavaScript."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from tests.grading.conftest import Grade
from tests.grading.test_function import calls, of_types

LIMITS = {"limits": {"cpu_s": 5, "memory_mb": 512}}
COMPILERS = {"cpp": "g++", "java": "javac", "javascript": "node", "typescript": "esbuild"}
RANDOM = [[7, None], [13, 0], [11, 4], [10, 2], [1, 0]]
NARY = [1, None, 3, 2, 4, None, 5, 6]
GRAPH = [[2, 4], [1, 3], [2, 4], [1, 3]]


def needs(language: str) -> None:
    if shutil.which(COMPILERS[language]) is None:
        pytest.skip(f"{COMPILERS[language]} is not installed")


def design(name: str, *tests: tuple[list[str], list[list[Any]], list[Any]], **function: Any) -> dict[str, Any]:
    return {
        "mode": "function",
        "function": {"name": name, "style": "operations", **function},
        "tests": [{"input": [names, given], "output": expected} for names, given, expected in tests],
        **LIMITS,
    }


TOTAL = design("Total", (["Total", "add", "get"], [[5], [2], []], [None, None, 7]))
SUMS = design("Sums", (["Sums", "sum", "sum"], [[[1, 2, 3]], [0, 2], [1, 1]], [None, 6, 2]))
TEXTS = design("Trie", (["Trie", "insert", "search", "words"], [[], ["ab"], ["a"], []], [None, None, False, ["ab"]]))
TWICE = design("Total", (["Total", "get"], [[], []], [None, 0]), (["Total", "add", "add", "get"], [[1], [2], [3, 4], []], [None, None, None, 15]))  # fmt: skip
WALK = design("Walk", (["Walk", "next", "hasNext"], [[[7, 3, 15]]] + [[]] * 2, [None, 3, True]))
TOTAL_CPP = "class Total { int n; public: Total(int start) { n = start; } void add(int k) { n += k; } int get() const { return n; } };"
CPP_DESIGNS = [
    (TOTAL_CPP, TOTAL),
    ("struct Total { long long n; explicit Total(const long long &s) : n(s) {} Total(const Total &) = delete;"
     " void add(const int k) { n += k; } long long &get() { return n; } };", TOTAL),
    ("class Base { protected: int n = 0; public: void add(int k) { n += k; } virtual int get() { return n; } };\n"
     "class Total : public Base { public: Total(int s) { n = s; } ~Total() { abort(); } };\nint main() {}", TOTAL),
    ("class Total { public: Total(int s) { n = s; } static void add(int k) { n += k; } int get() { return n; } static int n; };"
     " int Total::n = 0;", TOTAL),
    ("class Sums { vector<int> &a; public: Sums(vector<int>& a) : a(a) {}"
     " int sum(int i, int j) { return accumulate(a.begin() + i, a.begin() + j + 1, 0); } };", SUMS),
    ("class Sums { vector<int> a; public: Sums(vector<int> &&a) : a(move(a)) {}"
     " int sum(int &&i, int j) { int s = 0; for (; i <= j; i++) s += a[i]; return s; } };", SUMS),
    ("struct Sums { vector<double> a; Sums(vector<double> a) : a(a) {} Sums(vector<double> a, int) : a(a) {}"
     " long sum(unsigned i, size_t j) { long s = 0; for (; i <= j; i++) s += a[i]; return s; } };", SUMS),
    ("class Trie { set<string> w; public: void insert(string s) { w.insert(s); } bool search(const string &s) { return w.count(s); }"
     " vector<string> words() { return {w.begin(), w.end()}; } };", TEXTS),
    ("class Total { int n; public: Total(int s = 0) : n(s) {} void add(int k) { n += k; } void add(int a, int b) { n += a * b; }"
     " int get() { return n; } };", TWICE),
    ("class Walk { stack<TreeNode*> s; void go(TreeNode *n) { for (; n; n = n->left) s.push(n); } public: Walk(TreeNode* root) { go(root); }"
     " int next() { auto n = s.top(); s.pop(); go(n->right); return n->val; } bool hasNext() { return !s.empty(); } };", WALK),
    ("class Pairs { vector<pair<int, string>> p; public: Pairs(vector<pair<int, string>> p) : p(p) {}"
     " string of(tuple<int, bool> t) { return get<1>(t) ? p[get<0>(t)].second : \"\"; } };",
     design("Pairs", (["Pairs", "of"], [[[[1, "a"], [2, "b"]]], [[1, True]]], [None, "b"]))),
]  # fmt: skip


@pytest.mark.parametrize(("code", "suite"), CPP_DESIGNS)
def test_an_object_is_made_and_its_methods_are_called_in_cpp(grade: Grade, code: str, suite: dict[str, Any]) -> None:
    needs("cpp")
    report = grade(code, suite, language="cpp")
    assert report.verdict == "accepted", report


def test_without_the_prelude_a_class_in_cpp_has_its_own_includes(grade: Grade) -> None:
    needs("cpp")
    suite = design("Total", *[(*test["input"], test["output"]) for test in TOTAL["tests"]], prelude=False)
    assert grade(TOTAL_CPP, suite, language="cpp").verdict == "accepted"
    assert grade(f"{TOTAL_CPP} vector<int> v;", suite, language="cpp").verdict == "compile_error"


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        ("+=", "-=", "wrong_answer"),
        ("int get() const { return n; }", "double get() { return n; }", "wrong_answer"),
        ("int get() const { return n; }", "string get() { return to_string(n); }", "wrong_answer"),
        ("int get() const { return n; }", "bool get() { return true; }", "wrong_answer"),
        ("int get() const { return n; }", "void get() {}", "wrong_answer"),
        ("void add(int k) { n += k; }", "int add(int k) { n += k; return n; }", "wrong_answer"),
        ("int get() const { return n; }", "int get() { exit(0); }", "runtime_error"),
        ("int get() const { return n; }", "int get() { throw 1; }", "runtime_error"),
        ("n = start;", "n = start; _Exit(0);", "runtime_error"),
        ("n = start;", 'n = start; ofstream("result.json") << "{\\"value\\": true, \\"accepted\\": true}"; _Exit(0);', "wrong_answer"),
        ("n = start;", 'n = start; ofstream("result.json") << "accepted"; _Exit(0);', "runtime_error"),
        ("int get() const { return n; }", "struct Any { bool operator==(int) const { return true; } }; Any get() { return {}; }",
         "compile_error"),
        ("int get()", "int got()", "compile_error"),
        ("void add(int k)", "void add(int k, int l)", "compile_error"),
        ("Total(int start)", "Total(int start, int more)", "compile_error"),
        ("public:", "private:", "compile_error"),
        ("class Total {", "class Other {", "compile_error"),
    ],
)  # fmt: skip
def test_what_goes_wrong_with_an_object_in_cpp(grade: Grade, old: str, new: str, verdict: str) -> None:
    needs("cpp")
    report = grade(TOTAL_CPP.replace(old, new), TOTAL, language="cpp")
    assert report.verdict == verdict, report


def test_an_operation_that_no_method_in_cpp_can_be_is_our_side(grade: Grade) -> None:
    needs("cpp")
    suite = design("Sets", (["Sets", "union"], [[3], [0, 1]], [None, None]))
    report = grade("class Sets {};", suite, language="cpp")
    assert (report.verdict, report.score) == ("judge_error", None)
    assert "union" in (report.reason or "")


RANDOM_TYPES = of_types("RandomNode", returns="RandomNode")
COPY_CPP = (
    "class Solution { public: Node* f(Node* head) { unordered_map<Node*, Node*> c; for (auto n = head; n; n = n->next) c[n] = new Node(n->val);"
    " for (auto [n, m] : c) { m->next = n->next ? c[n->next] : nullptr; m->random = n->random ? c[n->random] : nullptr; }"
    " return head ? c[head] : nullptr; } };"
)
CLONE_CPP = (
    "class Solution { map<int, Node*> made; public: Node* f(Node* node) { if (!node) return node; if (made.count(node->val)) return made[node->val];"
    " Node *copy = made[node->val] = new Node(node->val); for (auto n : node->neighbors) copy->neighbors.push_back(f(n)); return copy; } };"
)
COPY_JAVA = (
    "class Solution { Node f(Node head) { Map<Node, Node> c = new HashMap<>(); for (Node n = head; n != null; n = n.next) c.put(n, new Node(n.val));"
    " for (Node n : c.keySet()) { c.get(n).next = c.get(n.next); c.get(n).random = c.get(n.random); } return c.get(head); } }"
)
CLONE_JAVA = (
    "class Solution { Map<Integer, Node> made = new HashMap<>(); public Node f(Node node) { if (node == null) return null;"
    " if (made.containsKey(node.val)) return made.get(node.val); Node copy = new Node(node.val, new ArrayList<>()); made.put(node.val, copy);"
    " for (Node n : node.neighbors) copy.neighbors.add(f(n)); return copy; } }"
)
COPY_JS = (
    "var f = function(head) { const c = new Map(); for (let n = head; n; n = n.next) c.set(n, new Node(n.val));"
    " for (const [n, m] of c) { m.next = c.get(n.next) ?? null; m.random = c.get(n.random) ?? null; } return c.get(head) ?? null; }"
)
CLONE_JS = (
    "var f = function(node) { const made = new Map(); const go = (n) => { if (made.has(n)) return made.get(n); const m = new Node(n.val);"
    " made.set(n, m); m.neighbors = n.neighbors.map(go); return m; }; return node ? go(node) : null; };"
)
OWN = {
    "cpp": "class Node {\npublic:\n    int val;\n    Node* next;\n    Node* random;\n"
           "    Node(int _val) { val = _val; next = NULL; random = NULL; }\n};\n",
    "java": "class Node {\n    int val;\n    Node next;\n    Node random;\n    public Node(int val) { this.val = val; }\n}\n",
    "javascript": "class Node { constructor(val) { this.val = val; this.next = this.random = null; } }\n",
}  # fmt: skip
COPIED = calls(([RANDOM], RANDOM), ([[]], []), ([[[1, 1], [2, 1]]], [[1, 1], [2, 1]]), types=RANDOM_TYPES)
CLONED = calls(([GRAPH], GRAPH), ([[]], []), ([[[]]], [[]]), types=of_types("GraphNode", returns="GraphNode"))
DEPTH = calls(([NARY], 3), ([[]], 0), types=of_types("NaryNode"))
MIRRORED = calls(([NARY], [1, None, 4, 2, 3, None, None, None, 6, 5]), ([[]], []), ([[1]], [1]),
                 types=of_types("NaryNode", returns="NaryNode"))  # fmt: skip
MERGED = calls(([[[1, 4], [], [2]]], [1, 2, 4]), types=of_types("list[ListNode]", returns="ListNode"))
NODES = [
    ("cpp", COPY_CPP, COPIED),
    ("cpp", OWN["cpp"] + COPY_CPP, COPIED),
    ("cpp", CLONE_CPP, CLONED),
    ("cpp", "class Solution { public: int f(Node* root) { int d = 0; if (!root) return 0; for (auto c : root->children) d = max(d, f(c));"
            " return d + 1; } };", DEPTH),
    ("cpp", "Node* f(Node* root) { if (root) { for (auto &c : root->children) c = f(c); reverse(root->children.begin(), root->children.end()); }"
            " return root; }", MIRRORED),
    ("cpp", "struct Node { int val; vector<Node*> children; };\nNode* f(const Node* root) { if (!root) return nullptr; Node *m = new Node{root->val, {}};"
            " for (auto c : root->children) m->children.insert(m->children.begin(), f(c)); return m; }", MIRRORED),
    ("java", COPY_JAVA, COPIED),
    ("java", OWN["java"] + COPY_JAVA, COPIED),
    ("java", CLONE_JAVA, CLONED),
    ("java", "class Solution { int f(Node root) { int d = 0; if (root == null) return 0; for (Node c : root.children) d = Math.max(d, f(c));"
             " return d + 1; } }", DEPTH),
    ("java", "class Solution { Node f(Node root) { if (root != null) { root.children.forEach(this::f); Collections.reverse(root.children); }"
             " return root; } }", MIRRORED),
    ("javascript", COPY_JS, COPIED),
    ("javascript", OWN["javascript"] + COPY_JS, COPIED),
    ("javascript", CLONE_JS, CLONED),
    ("javascript", "const f = (root) => root ? 1 + Math.max(0, ...root.children.map(f)) : 0", DEPTH),
    ("javascript", "// new Node(1, [])\nfunction f(root) { if (root) root.children.reverse().forEach(f); return root; }", MIRRORED),
    ("javascript", "/** function ListNode(val, next) {} */\nvar f = function(lists) { const all = []; for (let n of lists) for (; n; n = n.next) all.push(n.val);"
                   " return all.sort((a, b) => b - a).reduce((next, val) => new ListNode(val, next), null); };", MERGED),
    ("typescript", "function f(node: Node | null): Node | null { return node === null ? null : node; }", CLONED),
]  # fmt: skip


@pytest.mark.parametrize(("language", "code", "suite"), NODES)
def test_nodes_of_every_kind(grade: Grade, language: str, code: str, suite: dict[str, Any]) -> None:
    needs(language)
    report = grade(code, suite | LIMITS, language=language)
    assert report.verdict == "accepted", report


WRONG = [
    ("cpp", COPY_CPP.replace("m->random = n->random ? c[n->random] : nullptr;", "m->random = nullptr;"), COPIED),
    ("cpp", COPY_CPP.replace("c[n->random]", "n->random"), COPIED),
    ("cpp", "Node* f(Node* n) { if (n) n->neighbors = {n}; return n; }", CLONED),
    ("cpp", "Node* f(Node* n) { if (n) n->children = {n}; return n; }", MIRRORED),
    ("java", COPY_JAVA.replace("c.get(n).random = c.get(n.random);", ""), COPIED),
    ("java", COPY_JAVA.replace("c.get(n.random)", "n.random"), COPIED),
    ("java", "class Solution { Node f(Node n) { if (n != null) n.neighbors = List.of(n); return n; } }", CLONED),
    ("java", "class Solution { Node f(Node n) { if (n != null) n.children = List.of(n); return n; } }", MIRRORED),
    ("javascript", COPY_JS.replace("m.random = c.get(n.random) ?? null;", ""), COPIED),
    ("javascript", COPY_JS.replace("m.random = c.get(n.random) ?? null", "m.random = n.random"), COPIED),
    ("javascript", "var f = (n) => { if (n) n.neighbors = [n]; return n; }", CLONED),
    ("javascript", "var f = (n) => { if (n) n.children = [n]; return n; }", MIRRORED),
    ("javascript", f"var f = (n) => ({{toJSON: () => {RANDOM}}})".replace("None", "null"), COPIED),
]


@pytest.mark.parametrize(("language", "code", "suite"), WRONG)
def test_nodes_that_are_wrong_are_refused(grade: Grade, language: str, code: str, suite: dict[str, Any]) -> None:
    needs(language)
    report = grade(code, suite | LIMITS, language=language)
    assert report.verdict == "wrong_answer", report


@pytest.mark.parametrize(
    ("language", "code"),
    [
        (
            "cpp",
            "template <class T> struct Node { T val; Node *children; };\nint f(int a) { Node<int> n{a, nullptr}; return n.val; }",
        ),
        (
            "cpp",
            "struct Base {};\nstruct Node : Base { int random; };\nint f(int a) { Node n; n.random = a; return n.random; }",
        ),
        (
            "cpp",
            "typedef struct Item { int val; struct Item *children; } Node;\nint f(int a) { Node n{a, 0}; return n.val; }",
        ),
        ("cpp", "struct Item { int val; };\nusing Node = Item;\nint f(int neighbors) { return Node{neighbors}.val; }"),
        (
            "java",
            "class Solution { record Node(int val, int random) {} int f(int a) { return new Node(a, 0).val(); } }",
        ),
        (
            "java",
            "class Node<T> extends Object { T val; Node<T> children; }\nclass Solution { int f(int a) { return a; } }",
        ),
        ("javascript", "const Node = class { random = 1 };\nvar f = (a) => a * new Node().random"),
        ("javascript", "let Node; Node = function(children) { this.val = children };\nvar f = (a) => new Node(a).val"),
    ],
)
def test_a_programs_own_node_is_its_own_affair(grade: Grade, language: str, code: str) -> None:
    needs(language)
    report = grade(code, calls(([3], 3)) | LIMITS, language=language)
    assert report.verdict == "accepted", report
