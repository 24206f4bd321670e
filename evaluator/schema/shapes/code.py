"""Tests that are code: assertions, HumanEval's check, unittest and pytest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from evaluator.schema.shapes.values import UnknownTests, shown

_TESTS_SOMETHING = re.compile(r"\bassert|\braise\b|\bdef test_|\bself\.fail")
_CHECK = re.compile(r"^def check\(", re.MULTILINE)
_CALLS_CHECK = re.compile(r"^\s*check\(", re.MULTILINE)


def of_asserts(asserts: Sequence[Any], setup: str = "", *, prelude: bool = False) -> dict[str, Any]:
    """Return the fields of a suite whose tests are pieces of code, with ``setup`` before each.

    Raises:
        UnknownTests: one is no code that tests something.
    """
    if not asserts:
        raise UnknownTests("the list of assertions is empty")
    for each in asserts:
        if not isinstance(each, str):
            raise UnknownTests(f"assertions are strings, not {shown(each)}")
        if not is_test_code(each):
            raise UnknownTests(f"no assertion: {shown(each)}")
    before = f"{setup}\n" if setup else ""
    return {**_program({}, prelude), "tests": [{"test_code": before + each} for each in asserts]}


def of_check(test_code: str, entry_point: str, *, prelude: bool = False) -> dict[str, Any]:
    """Return the fields of a suite with HumanEval's ``check(candidate)``."""
    return _program({"test_code": test_code, "entry_point": entry_point}, prelude)


def of_code(test_code: str) -> dict[str, Any]:
    """Return the fields of a suite with one text of tests.

    Raises:
        UnknownTests: it tests nothing, or is a ``check`` whose function is not known.
    """
    if not is_test_code(test_code):
        raise UnknownTests(f"no test code: {shown(test_code)}")
    if _CHECK.search(test_code) and not _CALLS_CHECK.search(test_code):
        raise UnknownTests('the tests are a "check(candidate)" without the entry_point that it is called with')
    return _program({"test_code": test_code})


def is_test_code(text: str) -> bool:
    """Tell whether a text is Python that tests something: it asserts, or raises an error."""
    return _TESTS_SOMETHING.search(text) is not None


def setup_of(row: Mapping[str, Any]) -> str:
    """Return the code that MBPP's assertions need before them.

    Raises:
        UnknownTests: it is of another type.
    """
    imports, code = row.get("test_imports", []), row.get("test_setup_code", "")
    if not (isinstance(imports, list) and isinstance(code, str) and all(isinstance(line, str) for line in imports)):
        raise UnknownTests("test_imports is a list of strings, and test_setup_code a string")
    return "\n".join(filter(None, [*imports, code]))


def _program(program: Mapping[str, Any], prelude: bool = False) -> dict[str, Any]:
    return {"mode": "program", "program": {**program, "prelude": True} if prelude else dict(program)}
