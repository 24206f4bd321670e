"""Programs that are wrong in one small way."""

from __future__ import annotations

import ast
import difflib

import pytest

from trainer_client.dataset.mutants import UnparsableProgram, canonical, mutants

PROGRAM = '''
import sys
from typing import List


class Solution:
    """Counts pairs."""

    def pairs(self, numbers: List[int], limit: int = 10) -> int:
        sys.setrecursionlimit(100000)
        count = 0
        for i in range(len(numbers)):
            for j in range(i + 1, len(numbers)):
                if numbers[i] + numbers[j] <= limit and numbers[i] != numbers[j]:
                    count += 1
        while limit > 0:
            limit -= 1
        return min(count, 99)


if __name__ == "__main__":
    print(Solution().pairs([1, 2]))
'''


def changed_lines(code: str) -> list[str]:
    before = ast.unparse(ast.parse(PROGRAM)).splitlines()
    return [line for line in difflib.ndiff(before, code.splitlines()) if line[:1] in "+-"]


def test_each_mutant_has_one_change_and_none_comes_twice() -> None:
    made = mutants(PROGRAM, most=100)
    assert len({each.code for each in made}) == len(made) > 15
    for each in made:
        assert len(changed_lines(each.code)) <= 2, each.name
        ast.parse(each.code)


def test_they_are_the_same_each_time_and_others_by_another_seed() -> None:
    assert mutants(PROGRAM) == mutants(PROGRAM)
    assert mutants(PROGRAM, seed=1) != mutants(PROGRAM, seed=2)
    assert len(mutants(PROGRAM)) == 20


@pytest.mark.parametrize(
    "untouched",
    ["setrecursionlimit(100000)", "import sys", "numbers: List[int]", "-> int", "__main__", "limit -= 1",
     'Counts pairs'],
)  # fmt: skip
def test_what_tells_no_test_anything_stays(untouched: str) -> None:
    assert all(untouched in each.code for each in mutants(PROGRAM, most=100))


@pytest.mark.parametrize(
    "change",
    ["<= becomes <", "and becomes or", "1 becomes 0", "+ becomes -", "min becomes max", "the range ends one sooner",
     "the statement is left out", "the condition is never true", "the index is one less", "!= becomes =="],
)  # fmt: skip
def test_the_usual_slips_are_among_them(change: str) -> None:
    assert any(each.name.endswith(change) for each in mutants(PROGRAM, most=100))


def test_kinds_of_changes_take_turns() -> None:
    constants = "def f(x):\n    return x < 3 and x in (" + ", ".join(map(str, range(100))) + ")"
    names = [each.name for each in mutants(constants, most=6)]
    assert any("<" in name for name in names)
    assert any("and becomes or" in name for name in names)


@pytest.mark.parametrize("broken", ["def f(:", "\0", "x = " + "(" * 5000 + ")" * 5000, "x = 1\n" * 100_000])
def test_what_has_no_syntax_tree_is_said_to_have_none(broken: str) -> None:
    with pytest.raises(UnparsableProgram):
        mutants(broken)


def test_comments_and_docstrings_do_not_make_another_program() -> None:
    assert canonical('def f(x):\n    """Adds."""\n    return x+1  # one\n') == canonical("def f(x): return (x + 1)")
    assert canonical('def f(x):\n    """Only this."""') == canonical("def f(x): pass")
    assert canonical("def f(x): return x + 1") != canonical("def f(x): return x + 2")
