"""The shapes of rows: which columns a data set has, and how its tests are read from them.

The order of ``SHAPES`` is that of precedence: a row that has the columns of several is read by the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluator.schema.shapes import code, livecodebench, stated
from evaluator.schema.shapes.pairs import RawTests, function_name, is_case, of_cases, of_columns
from evaluator.schema.shapes.references import program_reference
from evaluator.schema.shapes.values import UnknownTests, is_empty, parse_json, parse_literal

Row = Mapping[str, Any]
Content = RawTests | dict[str, Any]
"""Pairs of inputs and outputs, or the fields of a suite."""
_CODECONTESTS = ("public_tests", "private_tests", "generated_tests")
_LIMITS = ("time_limit", "memory_limit", "memory_limit_bytes")
_FUNCTION = ("fn_name", "func_name", "function_name", "class_name", "metadata")
_OTHER_LANGUAGES = ("buggy_solution", "stop_tokens")
"""Columns of HumanEvalPack and MultiPL-E, whose tests are code in other languages, to be joined with the prompt."""


@dataclass(frozen=True, slots=True)
class RowShape:
    """A shape of rows. ``columns`` must hold something, ``optional`` may; ``read`` gets those of them that do."""

    name: str
    columns: tuple[str, ...]
    read: Callable[[dict[str, Any]], Content]
    optional: tuple[str, ...] = ()
    fits: Callable[[Row], bool] = lambda row: True

    def is_of(self, row: Row) -> bool:
        """Tell whether a row has this shape."""
        return all(not is_empty(row.get(name)) for name in self.columns) and self.fits(row)


def _python_program(read: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], Content]:
    """Add the row's own solution to the suite as its reference."""

    def with_reference(row: dict[str, Any]) -> Content:
        if other := next((name for name in _OTHER_LANGUAGES if name in row), None):
            raise UnknownTests(f"HumanEvalPack or MultiPL-E (column {other}): `microcoder score functions` reads these")
        if not stated.is_python(language := stated.language_of(row)):
            raise UnknownTests(f"the tests are Python, and the row says that programs are {language}")
        fields, reference = read(row), program_reference(row)
        return fields if reference is None else {**fields, "program": {**fields["program"], "reference": reference}}

    return with_reference


def _ds1000(row: dict[str, Any]) -> Content:
    raise UnknownTests(
        "DS-1000's code_context runs the answer as a text inside its own program; the service runs whole programs"
    )


def _codecontests(row: dict[str, Any]) -> Content:
    if files := [str(row[name]) for name in ("input_file", "output_file") if not is_empty(row.get(name))]:
        raise UnknownTests(f"programs read or write {', '.join(files)}, not standard input and output")
    parts = [row[name] for name in _CODECONTESTS if name in row]
    inputs, outputs = ([each for part in parts for each in part.get(side) or ()] for side in ("input", "output"))
    return of_columns(inputs, outputs, "")


def _codeforces(row: dict[str, Any]) -> Content:
    if not is_empty(row.get("interaction_format")):
        raise UnknownTests("the problem is interactive, and the set has no interactor")
    if row.get("input_mode") == "file":
        raise UnknownTests("programs read and write files, not standard input and output")
    raw = of_cases(row["official_tests"], "")
    checker = str(row.get("generated_checker") or "")
    return {**raw.suite_fields(), "checker": stated.open_r1_checker(checker)} if checker else raw


def _input_output(row: dict[str, Any]) -> Content:
    tests = row["input_output"]
    tests = parse_json(tests) if isinstance(tests, str) else tests
    if isinstance(tests, list):
        return of_cases(tests, function_name(row))
    if not isinstance(tests, Mapping) or "inputs" not in tests or "outputs" not in tests:
        raise UnknownTests("input_output has no inputs and outputs")
    return of_columns(tests["inputs"], tests["outputs"], function_name(tests) or function_name(row))


def _check(row: dict[str, Any]) -> dict[str, Any]:
    """LeetCodeDataset's prompt imports what its programs use; HumanEval's is the beginning of the program."""
    prelude = "canonical_solution" not in row and ("completion" in row or row["entry_point"].startswith("Solution()"))
    return code.of_check(row["test"], row["entry_point"], prelude=prelude)


def _skywork(row: dict[str, Any]) -> dict[str, Any]:
    return code.of_check(row["test_code"], row["entry_point"], prelude=True)


def _functional(row: dict[str, Any]) -> dict[str, Any]:
    return code.of_code(row["functional"])


def _test_text(row: dict[str, Any]) -> dict[str, Any]:
    return code.of_code(next(row[name] for name in ("test", "test_code", "pytest") if name in row))


def _is_text(*names: str) -> Callable[[Row], bool]:
    return lambda row: all(isinstance(row.get(name), str) for name in names)


def _assert_cases(row: dict[str, Any]) -> dict[str, Any]:
    cases = row["assert_case"]
    return code.of_asserts([cases] if isinstance(cases, str) else cases, prelude=True)


def _unit_tests(row: dict[str, Any]) -> dict[str, Any]:
    tests = row["unit_tests"]
    if isinstance(tests, str) and tests.lstrip().startswith("["):
        tests = parse_literal(tests)
    return code.of_asserts([tests] if isinstance(tests, str) else tests)


def _one_case(row: dict[str, Any]) -> Content:
    return of_cases([row], function_name(row))


_SOLUTIONS = (
    "prompt",
    "canonical_solution",
    "completion",
    "code_prompt",
    "solution",
    "solution_code",
    "code",
    "language",
)
SHAPES = (
    RowShape("LiveCodeBench", ("public_test_cases",), livecodebench.of_row, ("private_test_cases", "metadata")),
    RowShape("CodeContests", ("public_tests",), _codecontests,
          (*_CODECONTESTS[1:], "input_file", "output_file", *_LIMITS)),
    RowShape("Codeforces of open-r1", ("official_tests",), _codeforces,
          ("interaction_format", "input_mode", "generated_checker", *_LIMITS)),
    RowShape("DS-1000", ("code_context",), _ds1000),
    RowShape("Skywork-OR1", ("test_code", "entry_point"), _python_program(_skywork), ("language",)),
    RowShape("BigCodeBench", ("test", "entry_point", "code_prompt"), _python_program(_check),
          (*_SOLUTIONS, *_OTHER_LANGUAGES), _is_text("test", "entry_point")),
    RowShape("LeetCodeDataset", ("test", "entry_point", "completion"), _python_program(_check), _SOLUTIONS,
          _is_text("test", "entry_point")),
    RowShape("HumanEval", ("test", "entry_point"), _python_program(_check), (*_SOLUTIONS, *_OTHER_LANGUAGES),
          _is_text("test", "entry_point")),
    RowShape("APPS, TACO", ("input_output",), _input_output, (*_FUNCTION, *_LIMITS)),
    RowShape("ClassEval", ("test", "solution_code"), _python_program(_test_text), ("import_statement", "language"),
          _is_text("test")),
    RowShape("MBPP", ("test_list",), _python_program(lambda row: code.of_asserts(row["test_list"], code.setup_of(row))),
          ("test_setup_code", "test_imports", "code", "language")),
    RowShape("OpenCodeInstruct", ("unit_tests",), _python_program(_unit_tests),
          ("output", "tests_execution_status", "language")),
    RowShape("assert_case (verl, Skywork-OR1)", ("assert_case",), _python_program(_assert_cases), ("language",)),
    RowShape("Code-R1's functional", ("functional",), _python_program(_functional), ("language",)),
    RowShape("KodCode", ("test", "solution"), _python_program(_test_text), ("language",), _is_text("test")),
    RowShape("KodCode", ("test_code", "solution"), _python_program(_test_text), ("language",), _is_text("test_code")),
    RowShape("test code", ("test",), _python_program(_test_text), ("language", *_OTHER_LANGUAGES), _is_text("test")),
    RowShape("test code", ("test_code",), _python_program(_test_text), ("language",), _is_text("test_code")),
    RowShape("test code", ("pytest",), _python_program(_test_text), ("language",), _is_text("pytest")),
    RowShape("inputs and outputs", ("inputs", "outputs"),
          lambda row: of_columns(row["inputs"], row["outputs"], function_name(row)), (*_FUNCTION, *_LIMITS)),
    RowShape("one input and output", (), _one_case,
          ("input", "stdin", "expected_output", "stdout", *_FUNCTION, "testtype"),
          lambda row: is_case(row) and ("stdout" in row or "expected_output" in row)),
)  # fmt: skip
"""The shapes of rows with tests of their own. ``row.WRAPPERS`` are the columns that hold one of these."""
