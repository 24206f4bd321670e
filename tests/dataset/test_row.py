"""Rows go to Arrow and JSON and come back as they were."""

from __future__ import annotations

import json

import pyarrow as pa
import pytest

from trainer_client.dataset.row import (
    CPU_GRID_S,
    KnownWrong,
    PassRate,
    Problem,
    Reference,
    Sample,
    Verification,
    cpu_bound_s,
    problem_schema,
    to_arrow,
)

FULL = Problem(
    "set/one",
    statement="Größer als 1 ≤ n\n\0",
    tags=("math", "graph"),
    samples=(Sample("[1, null]", "null"),),
    function_json={"name": "f", "types": {"params": ["ListNode"], "returns": None}},
    checker_json={"kind": "float", "abs": 1e-6},
    references=(Reference("print(1)", verdict="accepted", cpu_s=0.25), Reference("x" * 1000, "cpp")),
    known_wrong=(KnownWrong("print(2)", killed_by=(0, 3)), KnownWrong("print(3)")),
    passes=(PassRate("m", 8, 3),),
    verification=Verification(reference_ok=True, second_opinion=False, program_kill=0.75),
    relation="near",
    quarantine=("no_second_opinion",),
).note("process", added=1)


@pytest.mark.parametrize("problem", [FULL, Problem("set/empty")])
def test_a_row_comes_back_from_json_and_from_arrow(problem: Problem) -> None:
    assert Problem.from_json(json.loads(json.dumps(problem.to_json()))) == problem
    [row] = pa.Table.from_pylist([to_arrow(problem)], schema=problem_schema()).to_pylist()
    assert Problem.from_json(row) == problem


def test_the_schema_has_no_text_that_ends_at_2_gib() -> None:
    assert "large_string" in str(problem_schema())
    assert " string" not in str(problem_schema()).replace("large_string", "")


def test_equal_rows_have_one_digest_and_others_another() -> None:
    again = Problem.from_json(json.loads(json.dumps(FULL.to_json())))
    assert again.digest() == FULL.digest() != FULL.note("process", added=2).digest()


def test_reasons_of_a_quarantine_are_sorted_and_single() -> None:
    assert FULL.set_apart("a").set_apart("no_second_opinion").quarantine == ("a", "no_second_opinion")


def test_a_measured_time_becomes_a_step() -> None:
    assert [cpu_bound_s(each) for each in (0.0, 0.25, 0.26, 3.0, 1e6)] == [0.25, 0.25, 0.5, 4.0, CPU_GRID_S[-1]]
