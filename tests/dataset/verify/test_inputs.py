"""New inputs keep the form of those that they are made of."""

from __future__ import annotations

from evaluator.schema import Suite
from trainer_client.dataset.verify.inputs import new_inputs


def test_a_design_keeps_its_methods_and_their_order() -> None:
    names = ["Words", "add", "all"]
    tests = [{"input": [names, [[], [f"w{n}"], []]], "output": [None, None, [f"w{n}"]]} for n in range(3)]
    function = {"name": "Words", "style": "operations"}
    made = new_inputs(Suite.model_validate({"mode": "function", "function": function, "tests": tests}), 12, seed=0)
    assert len(made) > 3
    assert all(each[0] == names and [len(given) for given in each[1]] == [0, 1, 0] for each in made)


def test_a_rectangle_stays_one_and_counts_count() -> None:
    grid = {"input": [[[1, 2, 3], [4, 5, 6]]], "output": 0}
    made = new_inputs(
        Suite.model_validate({"mode": "function", "function": {"name": "f"}, "tests": [grid]}), 20, seed=0
    )
    assert all(len({len(row) for row in rows}) == 1 for [rows] in made)
    lines = new_inputs(
        Suite.model_validate({"mode": "stdio", "tests": [{"input": "3\n7 8 9\n", "output": "24\n"}]}), 20, 0
    )
    assert lines
    assert all(each.split("\n")[0] == "3" and len(each.split()) == 4 for each in lines)
