"""The same program in other circumstances: tests in another order, strings with other hashes.

The service shuffles the tests that share a process by the program's text, so a comment gives another order. Strings
have the same hash in all its processes; a program that iterates over a set of them is run by an interpreter that it
starts itself, with another ``PYTHONHASHSEED``.
"""

from __future__ import annotations

import ast
import re
from typing import Any

from evaluator.harness.loading import PRELUDE
from evaluator.schema import Suite

_MAX_ARGUMENT_CHARACTERS = 100_000
"""Of a program that an interpreter is given on its command line; Linux allows 128 KiB."""
_LETTER = re.compile(r"[A-Za-z]")
_STRUCTURES = re.compile(r"\b(?:ListNode|TreeNode|NaryNode|GraphNode|RandomNode|Node)\b")
_UNSTEADY_NAMES = frozenset({"set", "frozenset", "hash", "id"})
_RESTART = """import os, sys
if os.environ.get("PYTHONHASHSEED") != "{seed}":
    os.environ["PYTHONHASHSEED"] = "{seed}"
    os.execv(sys.executable, [sys.executable, "-c", {code!r}])
"""
_ELSEWHERE = """import os, pickle, subprocess, sys
def {name}(*args, **kwargs):
    environment = {{**os.environ, "PYTHONHASHSEED": "{seed}"}}
    done = subprocess.run([sys.executable, "-c", {code!r}], input=pickle.dumps((args, kwargs)), stdout=-1,
                          env=environment)
    if done.returncode:
        raise RuntimeError("the program failed")
    return pickle.loads(done.stdout)
"""
_CALLED = """{prelude}
{code}
import pickle as _pickle, sys as _sys
_args, _kwargs = _pickle.load(_sys.stdin.buffer)
_sys.stdin = None
_stdout, _sys.stdout = _sys.stdout.buffer, _sys.stderr
_call = getattr(Solution(), {name!r}) if "Solution" in globals() and hasattr(Solution, {name!r}) else {name}
_stdout.write(_pickle.dumps(_call(*_args, **_kwargs)))
_stdout.flush()
"""


def in_another_order(code: str, run: int) -> str:
    """A Python program whose tests the service runs in another order."""
    return f"{code}\n# run {run}\n"


def may_depend_on_hashes(code: str, suite: Suite) -> bool:
    """Tell whether a Python program could answer otherwise where strings have other hashes: it has sets, or asks for
    hashes, and there are letters in what it reads."""
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    displays = any(isinstance(node, ast.Set | ast.SetComp) for node in ast.walk(ast.parse(code)))
    return bool(displays or names & _UNSTEADY_NAMES) and any(_has_letters(test.input) for test in suite.tests)


def with_hash_seed(code: str, suite: Suite, seed: int) -> str | None:
    """A Python program that does its work under another hash seed; None where it cannot be told to."""
    if suite.mode == "stdio" and len(code) <= _MAX_ARGUMENT_CHARACTERS:
        return _RESTART.format(seed=seed, code=code)
    spec = suite.function
    if spec is None or spec.style != "call" or spec.answer is not None or _STRUCTURES.search(f"{code}{spec.types}"):
        return None
    called = _CALLED.format(prelude=_prelude(suite), code=code, name=spec.name)
    if len(called) > _MAX_ARGUMENT_CHARACTERS:
        return None
    return _ELSEWHERE.format(seed=seed, name=spec.name, code=called)


def _prelude(suite: Suite) -> str:
    return PRELUDE if suite.function is not None and suite.function.prelude else ""


def _has_letters(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_letters, value))
    if isinstance(value, dict):
        return any(map(_has_letters, value.values()))
    return isinstance(value, str) and _LETTER.search(value) is not None
