"""Variants of a program that run under other circumstances: tests in another order, strings with other hashes.

The service shuffles the tests that share a process by the program's text, so a comment gives another order. Strings
have the same hash in all its processes; a program that iterates over a set of them does its work in an interpreter that
it starts itself, with another ``PYTHONHASHSEED``. A function's call is made there by the service's own harness, whose
text goes along: lists, trees and designs are built and read there, and only plain values come back.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

from evaluator.harness import function, hints, loading, structures, values
from evaluator.schema import FunctionSpec, Suite

_MAX_ARGUMENT_CHARACTERS = 100_000
"""Characters of a program on an interpreter's command line, at most; Linux allows 128 KiB."""
_LETTER = re.compile(r"[A-Za-z]")
_UNSTEADY_NAMES = frozenset({"set", "frozenset", "hash", "id"})
_NAME = "in_another_interpreter"
_RESTART = """import os, sys
if os.environ.get("PYTHONHASHSEED") != "{seed}":
    os.environ["PYTHONHASHSEED"] = "{seed}"
    os.execv(sys.executable, [sys.executable, "-c", {code!r}])
"""
_HARNESS = """import json, sys, types
def _load(sources):
    for name in ("evaluator", "evaluator.harness"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["evaluator"].harness = sys.modules["evaluator.harness"]
    for name, text in sources.items():
        module = sys.modules["evaluator.harness." + name] = types.ModuleType("evaluator.harness." + name)
        setattr(sys.modules["evaluator.harness"], name, module)
        exec(compile(text, name, "exec"), vars(module))
    return sys.modules["evaluator.harness"]
"""
_CHILD = """{harness}
_sources, _code, _call = json.loads(sys.stdin.buffer.read())
sys.stdin = open("/dev/null")
_stdout, sys.stdout = sys.stdout, sys.stderr
_harness = _load(_sources)
_harness.loading.prepare()
_code = compile(_code, "solution.py", "exec", dont_inherit=True)
_stdout.write(json.dumps(_harness.function.answer_of(_code, _call)))
_stdout.flush()
"""
_PARENT = """{harness}
import os, subprocess
_SOURCES = {sources!r}
_CODE = {code!r}
_CALL = {call!r}
def {name}(*args, **kwargs):
    request = json.dumps([_SOURCES, _CODE, {{**_CALL, "arguments": kwargs or list(args)}}]).encode()
    environment = {{**os.environ, "PYTHONHASHSEED": "{seed}"}}
    done = subprocess.run([sys.executable, "-c", {child!r}], input=request, stdout=-1, env=environment)
    if done.returncode:
        raise RuntimeError("the program failed")
    return _load(_SOURCES).values.decode(json.loads(done.stdout))
"""


def in_another_order(code: str, run: int) -> str:
    """Return a Python program with a comment, by which the service runs its tests in another order."""
    return f"{code}\n# run {run}\n"


def may_depend_on_hashes(code: str, suite: Suite) -> bool:
    """Tell whether a Python program's answers may depend on the hashes of strings: it uses sets or hashes, and its
    inputs have letters."""
    names = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    displays = any(isinstance(node, ast.Set | ast.SetComp) for node in ast.walk(ast.parse(code)))
    return bool(displays or names & _UNSTEADY_NAMES) and any(_has_letters(test.input) for test in suite.tests)


def with_hash_seed(code: str, suite: Suite, seed: int) -> tuple[str, Suite] | None:
    """Return a Python program that runs under another hash seed, and the suite to grade it with. None if that is not
    possible."""
    if suite.mode == "stdio":
        restarted = _RESTART.format(seed=seed, code=code)
        return (restarted, suite) if len(code) <= _MAX_ARGUMENT_CHARACTERS else None
    spec = suite.function
    if spec is None:
        return None
    call = spec.model_dump(mode="json")
    program = _PARENT.format(
        harness=_HARNESS,
        sources=_sources(),
        code=code,
        call=call,
        name=_NAME,
        seed=seed,
        child=_CHILD.format(harness=_HARNESS),
    )
    return program, suite.model_copy(update={"function": FunctionSpec(name=_NAME, prelude=False)})


@cache
def _sources() -> dict[str, str]:
    """Return the harness's modules in order, each behind those that it imports."""
    modules = (values, hints, structures, loading, function)
    return {
        module.__name__.rpartition(".")[2]: Path(str(module.__file__)).read_text(encoding="utf-8") for module in modules
    }


def _has_letters(value: Any) -> bool:
    if isinstance(value, list):
        return any(map(_has_letters, value))
    if isinstance(value, dict):
        return any(map(_has_letters, value.values()))
    return isinstance(value, str) and _LETTER.search(value) is not None
