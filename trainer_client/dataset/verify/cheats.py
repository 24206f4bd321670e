"""Cheats: programs that print a constant, the samples' outputs or their own input. A suite that accepts one of them
proves nothing about any program."""

from __future__ import annotations

import ast
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from evaluator.schema import Suite, to_string, to_text
from trainer_client.dataset.row import KnownWrong, Sample

_MAX_CONSTANT_CHARACTERS = 16 * 1024
_CONSTANTS = ("None", "True", "False", "0", "1", "''", "[]")
_DEFINE = "def {name}(*args, **kwargs):\n    return {value}\n"
_SOLUTION = "class Solution:\n    def {name}(self, *args, **kwargs):\n        return {value}\n"
_BY_HEART_OF_FUNCTION = """import json
KNOWN = {known!r}
class Solution:
    def {name}(self, *args, **kwargs):
        return json.loads(KNOWN.get(json.dumps([*args, *kwargs.values()]), {other!r}))
"""
_BY_HEART = "import sys\nprint({known!r}.get(sys.stdin.read().strip(), {other!r}))\n"
_CONSTANT = "print({value!r}, end='')\n"
_ECHO = "import sys\nsys.stdout.write(sys.stdin.read())\n"


def cheats(suite: Suite, samples: Sequence[Sample], reference: str) -> list[KnownWrong]:
    """Return programs in Python that a suite must refuse. ``reference`` is a correct one in Python, "" if there is
    none: cheats in mode program define its names."""
    if suite.mode == "stdio":
        programs = _of_programs(suite, samples)
    elif suite.mode == "function":
        programs = _of_functions(suite, samples)
    elif suite.mode == "program" and reference:
        programs = _of_definitions(reference)
    else:
        programs = []
    return [
        KnownWrong(code, origin=f"cheat: {name}") for name, code in programs if len(code) <= _MAX_CONSTANT_CHARACTERS
    ]


def _of_programs(suite: Suite, samples: Sequence[Sample]) -> list[tuple[str, str]]:
    outputs = [to_string(to_text(test.alternatives[0])) for test in suite.tests if test.alternatives]
    if not outputs:
        return [("the input", _ECHO)]
    most = _most_frequent(outputs)
    programs = [("a constant", _CONSTANT.format(value=most)), ("the input", _ECHO)]
    if samples:
        known = {sample.input.strip(): sample.output for sample in samples}
        programs.append(("the samples by heart", _BY_HEART.format(known=known, other=most)))
    return programs


def _of_functions(suite: Suite, samples: Sequence[Sample]) -> list[tuple[str, str]]:
    spec = suite.function
    if spec is None or spec.style == "operations":
        return []
    outputs = [json.dumps(_first(test.output, several=_has_alternatives(suite))) for test in suite.tests]
    most = _most_frequent(outputs)
    programs = [("a constant", _SOLUTION.format(name=spec.name, value=repr(json.loads(most))))]
    if samples:
        known = {json.dumps(json.loads(sample.input)): sample.output for sample in samples}
        programs.append(("the samples by heart", _BY_HEART_OF_FUNCTION.format(known=known, name=spec.name, other=most)))
    return programs


def _has_alternatives(suite: Suite) -> bool:
    return suite.checker is not None and suite.checker.kind == "any_of"


def _first(output: Any, *, several: bool) -> Any:
    return output[0] if several else output


def _of_definitions(reference: str) -> list[tuple[str, str]]:
    """Return programs that define every function of the reference, each with the same constant as its result."""
    names = [node.name for node in ast.parse(reference).body if isinstance(node, ast.FunctionDef)]
    if not names:
        return []
    return [
        (f"always {value}", "".join(_DEFINE.format(name=name, value=value) for name in names)) for value in _CONSTANTS
    ]


def _most_frequent(outputs: Iterable[str]) -> str:
    """Return the most frequent output, of several the first."""
    return Counter(outputs).most_common(1)[0][0]
