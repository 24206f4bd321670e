"""Odd results of functions in C++, Java, JavaScript and TypeScript: expressions of each language, and their types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

JAVASCRIPT = (
    "undefined",
    "NaN",
    "-Infinity",
    "-0",
    "10n ** 5000n",
    "-(10n ** 16000n)",
    "'😀'[0]",
    "'\\udfff\\ud800'",
    "'\\u2028\\u0000'",
    "'a'.repeat(1e6)",
    "Symbol('x')",
    "() => 1",
    "class A {}",
    "new (class { toJSON() { return this; } })()",
    "new (class { toJSON() { throw 1; } })()",
    "new (class { get a() { throw new Error('\\ud83d'); } })()",
    "new Proxy({}, { ownKeys() { throw null; } })",
    "new Proxy([], { get(t, k) { return k === 'length' ? 2 ** 31 : 1; } })",
    "(() => { const x = []; x.push(x); return x; })()",
    "(() => { let x = []; for (let i = 0; i < 900; i++) x = [x]; return x; })()",
    "(() => { let x = []; for (let i = 0; i < 100000; i++) x = [x]; return x; })()",
    "(() => { let x = {}; for (let i = 0; i < 300; i++) x = {a: x}; return x; })()",
    "new Map([[{}, 1], [NaN, 2], [Symbol.iterator, 3]])",
    "new Map([['\\ud800', 1]])",
    "new Set([[1], [1]])",
    "new Date(NaN)",
    "/x/",
    "new Float64Array([NaN])",
    "new ArrayBuffer(8)",
    "[,, 1]",
    "{ type: 'int', value: 'zz' }",
    "{ type: 'namedtuple', value: [1] }",
    "{ type: null }",
    "{ val: 1, next: undefined }",
    "{ val: 1, left: null, right: { val: Symbol() } }",
    "(() => { const x = { val: 1 }; x.next = x; return x; })()",
    "Promise.reject('\\ud800')",
    "new Promise(() => {})",
    "Object.create(null)",
    "globalThis",
    "process",
    "function* () { yield 1; }()",
)
"""Put in parentheses, what a function returns."""

JAVASCRIPT_BODIES = (
    "throw '\\ud83d';",
    "throw null;",
    "throw { get stack() { throw 1; } };",
    "process.exit(0);",
    "process.abort();",
    "JSON.stringify = () => '\\ud800'; return 1;",
    "Array.isArray = () => { throw 1; }; return [1];",
    "Object.prototype.value = 1; return 1;",
    "require('fs').writeFileSync('result.json', '{\"value\": ' + '['.repeat(1e5)); process.exit(0);",
    "require('fs').writeFileSync('result.json', Buffer.from([0xff, 0xfe])); process.exit(0);",
    "require('fs').mkdirSync('result.json'); return 1;",
    "require('fs').symlinkSync('/etc/passwd', 'result.json'); process.exit(0);",
    "f = null; return 1;",
    "setTimeout(() => { throw 1; }); return 1;",
)

CPP = (
    ("string", 'string("\\xff\\xfe", 2)'),
    ("string", 'string("\\xed\\xa0\\xbd")'),
    ("string", "string(1, '\\0') + \"\\u2028\""),
    ("string", "string(1000000, 'a')"),
    ("char", "(char)0xff"),
    ("char", "'\\0'"),
    ("double", "0.0 / 0.0"),
    ("double", "-1.0 / 0.0"),
    ("double", "-0.0"),
    ("double", "1e308"),
    ("double", "5e-324"),
    ("long double", "1e4000L"),
    ("__int128", "(__int128)1 << 126"),
    ("unsigned long long", "~0ull"),
    ("vector<bool>", "vector<bool>(3, true)"),
    ("vector<vector<vector<int>>>", "vector<vector<vector<int>>>(2)"),
    ("map<string, int>", '{{"\\xff", 1}, {"", 2}}'),
    ("unordered_map<int, vector<int>>", "{{1, {2}}}"),
    ("set<vector<int>>", "{{1}, {2}}"),
    ("pair<int, string>", '{1, "\\x80"}'),
    ("tuple<int, double, string>", '{1, 0.5, "\\n"}'),
    ("optional<int>", "nullopt"),
    ("int", "*(volatile int *)0"),
    ("int", "abort(), 0"),
    ("int", "exit(0), 0"),
    ("int", "throw 1, 0"),
    ("int", 'throw runtime_error("\\xff\\xfe"), 0'),
    ("ListNode *", "[] { auto x = new ListNode(1); x->next = x; return x; }()"),
    ("ListNode *", "(ListNode *)1"),
    ("TreeNode *", "[] { TreeNode *x = 0; for (int i = 0; i < 100000; i++) x = new TreeNode(1, x, 0); return x; }()"),
)
"""Types, and what a function of that type returns."""

JAVA = (
    ("String", '"\\ud83d"'),
    ("String", '"\\udfff\\ud800\\u0000"'),
    ("String", '"a".repeat(1000000)'),
    ("char", "'\\ud83d'"),
    ("char[]", "new char[] {'\\ud83d', 0}"),
    ("double", "Double.NaN"),
    ("double", "Double.NEGATIVE_INFINITY"),
    ("float", "-0.0f"),
    ("Object", "null"),
    ("Object", "new Object()"),
    ("Object", "f(x + 1)"),
    ("java.math.BigInteger", "java.math.BigInteger.TEN.pow(5000)"),
    ("java.math.BigDecimal", "java.math.BigDecimal.TEN.pow(5000)"),
    ("java.math.BigDecimal", 'new java.math.BigDecimal("1e-5000")'),
    ("List<Object>", "nest(900)"),
    ("List<Object>", "nest(100000)"),
    ("List<Object>", "cycle()"),
    ("Map<Object, Object>", "new HashMap<>(Map.of(List.of(1), 2, 3, 4))"),
    ("Map<String, Integer>", 'Map.of("\\ud83d", 1)'),
    ("Set<Object>", "Set.of(List.of(1), 2)"),
    ("int[][]", "new int[][] {null, {}}"),
    ("Optional<Integer>", "Optional.empty()"),
    ("Iterator<Integer>", "List.of(1).iterator()"),
    ("int", 'Integer.parseInt("\\ud83d")'),
    ("int", "System.identityHashCode(thrown())"),
    ("int", "exits()"),
    ("ListNode", "ring()"),
)
_JAVA = """
import java.util.*;
class Solution {
    static class Odd extends RuntimeException {
        public String getMessage() { throw this; }
        public String toString() { return "\\ud83d\\u2028"; }
    }
    static Object thrown() { throw new Odd(); }
    static int exits() { System.exit(0); return 1; }
    static List<Object> nest(int depth) {
        List<Object> x = new ArrayList<>();
        for (int i = 0; i < depth; i++) x = new ArrayList<>(List.of(x));
        return x;
    }
    static List<Object> cycle() { List<Object> x = new ArrayList<>(); x.add(x); return x; }
    static ListNode ring() { ListNode x = new ListNode(1); x.next = x; return x; }
    public %s f(int x) { return %s; }
}
"""


def programs(language: str) -> Iterator[str]:
    """Sources of a function ``f`` that gives an odd result, in a language of mode function."""
    if language in ("javascript", "typescript"):
        argument = "x: any" if language == "typescript" else "x"
        yield from (f"function f({argument}) {{ return ({value}); }}" for value in JAVASCRIPT)
        yield from (f"function f({argument}) {{ {body} }}" for body in JAVASCRIPT_BODIES)
    elif language in ("cpp", "cpp17"):
        yield from (f"class Solution {{ public: {kind} f(int x) {{ return {value}; }} }};" for kind, value in CPP)
    elif language == "java":
        yield from (_JAVA % each for each in JAVA)


CHECKERS = ("json", "float", "unordered", "lcb", "microcoder_loose", "any_of")


def requests(language: str, step: int = 1) -> list[dict[str, Any]]:
    """Requests of ``POST /v1/grade`` for every ``step``-th program of a language, under one checker after the other."""
    sources = list(programs(language))[::step]
    return [
        {"language": language, "code": code, "suite": suite(CHECKERS[number % len(CHECKERS)])}
        for number, code in enumerate(sources)
    ]


def suite(checker: str) -> dict[str, Any]:
    """A suite of one call, which none of the programs is meant to pass."""
    output: Any = [[1]] if checker == "any_of" else [1]
    limits = {"cpu_s": 4, "wall_s": 6, "memory_mb": 512}
    tests = [{"input": [0], "output": output}]
    return {
        "mode": "function",
        "function": {"name": "f"},
        "tests": tests,
        "checker": {"kind": checker},
        "limits": limits,
    }
