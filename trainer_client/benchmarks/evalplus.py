"""HumanEval+ and MBPP+ as EvalPlus publishes them: inputs without outputs, which its own solution is asked for.

By evalplus/evalplus (data/mbpp.py, eval/__init__.py, eval/_special_oracle.py; version 0.3.1): what counts as equal,
which tasks are compared otherwise, and which lists of MBPP+'s JSON stand for tuples. Not taken over are its time limits
of a fraction of a second by the wall clock.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from evaluator.schema import Suite
from trainer_client.benchmarks.task import BenchmarkTask, Question, head_of

_CPU_S = 60.0
"""For all inputs of a task together, which are up to thousands."""
_LEAST_TOLERANCE = 1e-6

_Revive = Callable[[list[Any]], list[Any]]


def task(row: Mapping[str, Any]) -> BenchmarkTask:
    """A task of HumanEval+'s or MBPP+'s: ``base`` has the inputs of the original, ``suite`` those and the added ones.

    Raises:
        KeyError: a field is missing.
    """
    name, prompt = str(row["task_id"]), str(row["prompt"])
    family, _, number = name.partition("/")
    reference = prompt + str(row["canonical_solution"])
    base, added = list(row["base_input"]), list(row["plus_input"])
    if family == "Mbpp":
        base, added = (list(map(_REVIVE.get(int(number), list), inputs)) for inputs in (base, added))
    test_codes = (
        _test_code(family, str(row["entry_point"]), reference, inputs, row["atol"]) for inputs in (base, base + added)
    )
    original, extended = (_suite(test_code, reference) for test_code in test_codes)
    question = Question(
        "Write a whole Python program that solves this problem. Answer with it in one fenced block.\n\n"
        + prompt.strip(),
        prompt=prompt,
    )
    before = prompt if family == "HumanEval" else ""
    head = head_of(before, "python")
    return BenchmarkTask(name, extended, question, before=before, reference=reference, base=original, head=head)


def _suite(test_code: str, reference: str) -> Suite:
    program = {"test_code": test_code, "reference": reference}
    return Suite.model_validate({"mode": "program", "program": program, "limits": {"cpu_s": _CPU_S, "memory_mb": 4096}})


def _test_code(family: str, entry: str, reference: str, inputs: list[list[Any]], tolerance: float) -> str:
    rule = _RULES.get((family, entry), "alike(said, expected)").format(tolerance=tolerance)
    return _TESTS.format(
        reference=reference, entry=entry, inputs=inputs, tolerance=tolerance, least=_LEAST_TOLERANCE, rule=rule
    )


_TESTS = """
import copy
import math
from math import inf, nan


def polynomial(coefficients, x):
    return sum(coefficient * math.pow(x, power) for power, coefficient in enumerate(coefficients))


def pyramid(edge, height):
    return round(edge**2 + 2 * edge * math.sqrt((edge / 2) ** 2 + height**2))


def digit_distance(one, other):
    width = max(len(str(one)), len(str(other)))
    return sum(abs(int(a) - int(b)) for a, b in zip(str(one).zfill(width), str(other).zfill(width)))


def are_floats(value):
    return isinstance(value, float) or (isinstance(value, (list, tuple)) and all(isinstance(v, float) for v in value))


def close(said, expected, tolerance):
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(said, (list, tuple))
            and len(said) == len(expected)
            and all(close(a, b, tolerance) for a, b in zip(said, expected))
        )
    if said == expected:
        return True
    if not all(isinstance(value, (int, float, complex)) for value in (said, expected)):
        return False
    return abs(said - expected) <= tolerance + 1e-7 * abs(expected)


def alike(said, expected):
    tolerance = {tolerance!r} or ({least!r} if are_floats(expected) else 0)
    if said == expected:
        return True
    return bool(tolerance) and type(said) is type(expected) and close(said, expected, tolerance)


scope = {{}}
exec({reference!r}, scope)
for given in {inputs!r}:
    expected = scope[{entry!r}](*copy.deepcopy(given))
    said = {entry}(*copy.deepcopy(given))
    assert {rule}, f"{entry} of {{given!r}}: {{said!r}}, expected {{expected!r}}"
"""

_RULES = {
    ("HumanEval", "find_zero"): "abs(polynomial(*given, said)) <= {tolerance}",
    ("Mbpp", "are_equivalent"): "True",
    ("Mbpp", "sum_div"): "said == 0 or alike(said, expected)",
    ("Mbpp", "surface_Area"): "alike(said, expected) or abs(said - pyramid(*given)) <= {tolerance}",
    ("Mbpp", "digit_distance_nums"): "said == digit_distance(*given) or alike(said, expected)",
    **{
        ("Mbpp", entry): "set(said) == set(expected)"
        for entry in (
            "similar_elements", "find_char_long", "common_in_nested_lists", "extract_singly", "larg_nnum",
            "intersection_array", "find_dissimilar", "Diff",
        )
    },
    **{
        ("Mbpp", entry): "(said if isinstance(said, bool) else said is not None) == expected"
        for entry in ("check_str", "text_match_three", "text_starta_endb")
    },
}  # fmt: skip
"""Tasks with more than one right answer, and what is asked of them instead."""


def _deep(value: Any) -> Any:
    return tuple(map(_deep, value)) if isinstance(value, list) else value


def _tuples(value: list[Any]) -> list[Any]:
    return list(map(tuple, value))


def _mixed(value: list[Any]) -> list[Any]:
    return [tuple(each) if isinstance(each, list) else each for each in value]


_SHAPES: tuple[tuple[_Revive, tuple[int, ...]], ...] = (
    (_tuples, (2, 116, 132, 143, 222, 261, 273, 394, 399, 421, 424, 429, 470, 560, 579, 596, 616, 630, 726, 740, 744,
               809)),
    (lambda arguments: [_tuples(each) for each in arguments],
     (63, 64, 70, 94, 120, 237, 272, 299, 400, 409, 417, 438, 473, 614, 780)),
    (lambda arguments: [_tuples(arguments[0]), arguments[1]], (75, 413, 444, 753)),
    (lambda arguments: [arguments[0], tuple(arguments[1])], (106, 750)),
    (lambda arguments: [[set(each) if isinstance(each, list) and each else {} for each in arguments[0]]], (115,)),
    (lambda arguments: [float(arguments[0]), complex(arguments[1])], (124,)),
    (lambda arguments: [tuple(arguments[0]), arguments[1]], (250, 405, 446, 617, 720, 763, 808)),
    (lambda arguments: [complex(arguments[0])], (252,)),
    (lambda arguments: [tuple(_tuples(each)) for each in arguments], (259, 401, 445)),
    (lambda arguments: [tuple(_mixed(arguments[0]))], (278,)),
    (lambda arguments: [tuple(arguments[0]), *arguments[1:]], (307,)),
    (lambda arguments: list(map(_deep, arguments)), (580, 615, 791)),
    (lambda arguments: [{name: tuple(each) for name, each in arguments[0].items()}, *arguments[1:]], (722,)),
)  # fmt: skip
_REVIVE = {number: revive for revive, numbers in _SHAPES for number in numbers}
