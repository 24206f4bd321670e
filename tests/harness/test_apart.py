"""The apart way: tests call a submission's functions over a channel, and conditions are evaluated beside the tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from evaluator.sealing.sealed import Framework, Sealed, Site
from sandbox.execution import Limit, PythonModule
from sandbox.pair import Conversation
from sandbox.sandbox import Sandbox
from tests.harness.conftest import LIMITS

Converse = Callable[..., tuple[dict[str, Any], Conversation]]


def suite(text: str, conditions: Sequence[str], framework: Framework = "script", **more: Any) -> Sealed:
    """A sealed suite with those conditions."""
    sites = tuple(
        Site(number, "sealed", "site", condition, number + 1, f"assert {number}", "", straight=True)
        for number, condition in enumerate(conditions)
    )
    fields: dict[str, Any] = {"tokens": (), "imports": (), "columns": (), "tests": {}, "flags": (), "loose": 0}
    return Sealed(text, framework, sites, **{**fields, "separate": False, "module_names": (), **more})


@pytest.fixture
def converse(sandbox: Sandbox) -> Converse:
    """Run a sealed suite's tests with a submission in another process. Returns what they conclude."""

    def run(code: str, sealed: Sealed, cpu_s: float = LIMITS.cpu_s, **more: Any) -> tuple[dict[str, Any], Conversation]:
        fields = {"entry_point": None, "prelude": False, "policy": "all", **more}
        delivered = {
            **fields,
            **{name: getattr(sealed, name) for name in ("text", "framework", "separate", "module_names")},
        }
        files = {"delivered.json": json.dumps(delivered).encode(), "sealed.json": json.dumps(sealed.to_json()).encode()}
        server = PythonModule(("evaluator.harness.server",), {"solution.py": code.encode()})
        tests = PythonModule(("evaluator.harness.runner",), files, collect=("result.json",), runtime="tests")
        talk = sandbox.converse(server, LIMITS._replace(cpu_s=cpu_s), tests, LIMITS, lambda _: False)
        return json.loads(talk.judge.collected["result.json"]), talk

    return run


CHECK = "def check(candidate):\n    _R_.site(0, (candidate({argument}),), ())\n"
CASES: dict[str, tuple[str, str, str]] = {
    "a number": ("def f(x): return x + 1", "1", "2"),
    "a tuple": ("def f(x): return (x, [x])", "1", "(1, [1])"),
    "a list is no tuple": ("def f(x): return (x,)", "1", "(1,)"),
    "a big number": ("def f(x): return x ** 300", "10", "10 ** 300"),
    "a set": ("def f(x): return set(x)", "[1, 2]", "{1, 2}"),
    "a set as argument": ("def f(x): return len(x)", "{1, 2, (3,)}", "3"),
    "infinity": ("def f(x): return x", "float('inf')", "float('inf')"),
    "half a character": ("def f(x): return x[::-1]", "'\\ud83d\\ude00'", "'\\ude00\\ud83d'"),
    "a coroutine's value": ("import asyncio\nasync def g(x): return x\ndef f(x): return asyncio.run(g(x))", "1", "1"),
    "a namedtuple": ("from collections import namedtuple\ndef f(x): return namedtuple('P', 'a')(x)", "1", "(1,)"),
}


@pytest.mark.parametrize(("code", "argument", "expected"), CASES.values(), ids=CASES)
def test_plain_values_cross(converse: Converse, code: str, argument: str, expected: str) -> None:
    sealed = suite(CHECK.format(argument=argument), [f"_v[0] == {expected}"], "check")
    result, talk = converse(code, sealed, entry_point="f")
    assert result["accepted"], (result, talk)
    wrong, _ = converse(
        code, suite(CHECK.format(argument=argument), [f"_v[0] != {expected}"], "check"), entry_point="f"
    )
    assert not wrong["accepted"]


def test_arguments_that_were_changed_come_back_changed(converse: Converse) -> None:
    code = "def f(rows, seen, named, *, more): rows[0].append(2); rows.append([3]); seen.add(4); named.clear(); more.extend('a')\n"
    text = """
inner = [1]
rows, seen, named, more = [inner], set(), {"a": 1}, []
f(rows, seen, named, more=more)
_R_.site(0, (rows, inner, seen, named, more), ())
"""
    values = "[_v[0], _v[1], _v[2], _v[3], _v[4]] == [[[1, 2], [3]], [1, 2], {4}, {}, ['a']]"
    result, talk = converse(code, suite(text, [values]))
    assert result["accepted"], (result, talk)


def test_an_iterator_gives_what_it_gives(converse: Converse) -> None:
    code = "def f(x):\n    yield from x\ndef g(x): return map(str, x)\n"
    text = "_R_.site(0, (list(f([1, 2])), sorted(g([2, 1])), f([]) == []), ())\n"
    result, talk = converse(code, suite(text, ["(_v[0], _v[1], _v[2]) == ([1, 2], ['1', '2'], False)"]))
    assert result["accepted"], (result, talk)


ODD = {
    "equals all": ("class A:\n    def __eq__(self, other): return True\ndef f(x): return A()", "give a plain value"),
    "a list that equals all": (
        "class A(list):\n    __eq__ = lambda *_: True\ndef f(x): return A()",
        "give a plain value",
    ),
    "nested": ("class A:\n    def __eq__(self, other): return True\ndef f(x): return [A()]", ""),
    "a function": ("def f(x): return f", ""),
    "an exception": ("def f(x): raise ValueError('odd')", "ValueError: odd"),
    "an exit": ("def f(x): raise SystemExit(0)", "SystemExit: 0"),
    "a skip": ("import unittest\ndef f(x): raise unittest.SkipTest", "SkipTest"),
    "the end of an iteration": ("def f(x): raise StopIteration", "StopIteration"),
    "an assertion": ("def f(x): raise AssertionError", "AssertionError"),
    "no such function": ("def g(x): return 2", "the program defines no f"),
    "too large": ("def f(x): return 'a' * (1 << 25)", "too large"),
    "without end": ("def f(x):\n    a = []\n    a.append(a)\n    return a", "too large"),
}


@pytest.mark.parametrize(("code", "said"), ODD.values(), ids=ODD)
@pytest.mark.parametrize("policy", ["all", "first_failure"])
def test_what_is_no_right_value_fails_the_test(converse: Converse, code: str, said: str, policy: str) -> None:
    sealed = suite(CHECK.format(argument="1"), ["_v[0] == 2"], "check")
    result, talk = converse(code, sealed, entry_point="f", policy=policy)
    assert not result["accepted"]
    assert not result["gone"]
    assert said in json.dumps(result["items"]), (result, talk)


def test_a_failure_of_the_program_is_shown_with_its_trace(converse: Converse) -> None:
    sealed = suite(CHECK.format(argument="1"), ["_v[0] == 2"], "check")
    result, _ = converse("def f(x):\n    return g(x)\ndef g(x): return x / 0\n", sealed, entry_point="f")
    assert "return g(x)" in result["items"][0]["trace"]
    assert "harness" not in result["items"][0]["trace"]


LEAVES = {
    "os._exit(0)": "def f(x):\n    import os\n    os._exit(0)",
    "killed": "def f(x):\n    import os\n    os.kill(os.getpid(), 9)",
    "closed": "def f(x):\n    import os\n    os.closerange(0, 1024)",
    "says what is no message": "import os\ndef f(x):\n    for n in range(1024):\n        try: os.write(n, b'\\xff' * 64)\n        except OSError: pass",
    "says another message": "import os, json\nm = json.dumps([1]).encode()\ndef f(x):\n    for n in range(200, 1024):\n        try: os.write(n, len(m).to_bytes(8, 'little') + m)\n        except OSError: pass",
}


@pytest.mark.parametrize("code", LEAVES.values(), ids=LEAVES)
def test_a_program_that_leaves_is_gone(converse: Converse, code: str) -> None:
    sealed = suite(CHECK.format(argument="1"), ["_v[0] == 2"], "check")
    result, talk = converse(code, sealed, entry_point="f")
    assert result["gone"], (result, talk)
    assert not result["accepted"]


def test_a_program_that_does_not_end_is_stopped(converse: Converse) -> None:
    sealed = suite(CHECK.format(argument="1"), ["_v[0] == 2"], "check")
    result, talk = converse("def f(x):\n    while True: pass\n", sealed, cpu_s=0.3, entry_point="f")
    assert result["gone"]
    assert talk.program.stopped_by is Limit.CPU


def test_a_failure_ends_the_run_where_it_is_to(converse: Converse) -> None:
    text = "def test_0():\n    _R_.site(0, (f(1),), ())\ndef test_1():\n    _R_.site(1, (f(2),), ())\n"
    sealed = suite(text, ["_v[0] == 5", "_v[0] == 2"], "pytest", tests={"test_0": "test_a", "test_1": "test_b"})
    both, _ = converse("def f(x): return x\n", sealed)
    assert {item["name"]: "passed" in item for item in both["items"][:2]} == {"assert 0": False, "assert 1": True}
    first, _ = converse("def f(x): return x\n", sealed, policy="first_failure")
    assert "failed" in first["items"][0]
    assert not first["accepted"]


def test_a_function_that_is_given_a_function_says_what_to_do(converse: Converse) -> None:
    result, _ = converse("def f(x): return x(1)\n", suite("_R_.site(0, (f(lambda x: x),), ())\n", ["_v[0] == 1"]))
    assert '"apart": false' in json.dumps(result["items"]).replace('\\"', '"')


def test_tests_import_the_submission(converse: Converse) -> None:
    text = "from solution import f\nimport solution\n_R_.site(0, (f(1), solution.f(2)), ())\n"
    sealed = suite(text, ["_v[0] + _v[1] == 5"], separate=True, module_names=("solution",))
    assert converse("def f(x): return x + 1\n", sealed)[0]["accepted"]
