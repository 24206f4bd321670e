"""Problems with one fault each, verified by the real service."""

from __future__ import annotations

import random
from typing import Any

import pytest

from evaluator.schema import Submission, Suite
from tests.dataset.verify.conftest import Verifier
from trainer_client.dataset.row import KnownWrong, Problem, Rejection, Sample

COUNT = "def count(numbers, limit):\n    return sum(1 for each in numbers if each <= limit)\n"
COUNT_AGAIN = """def count(numbers, limit):
    numbers = sorted(numbers)
    low, high = 0, len(numbers)
    while low < high:
        middle = (low + high) // 2
        if numbers[middle] > limit:
            high = middle
        else:
            low = middle + 1
    return low
"""
TWO_SUM = """def pairs(numbers, total):
    found = []
    for i in range(len(numbers)):
        for j in range(i + 1, len(numbers)):
            if numbers[i] + numbers[j] == total:
                found.append([numbers[i], numbers[j]])
    return found
"""
TWO_SUM_BACKWARDS = """def pairs(numbers, total):
    result = []
    for right in reversed(range(len(numbers))):
        for left in range(right):
            if not numbers[right] + numbers[left] - total:
                result += [[numbers[left], numbers[right]]]
    return result
"""


def counting(tests: int = 8, **fields: Any) -> dict[str, Any]:
    draw = random.Random(1)
    cases = []
    for size in range(1, tests + 1):
        numbers, limit = [draw.randint(1, 20) for _ in range(size)], draw.randint(1, 20)
        cases.append({"input": [numbers, limit], "output": sum(each <= limit for each in numbers)})
    return {"mode": "function", "function": {"name": "count"}, "tests": cases, **fields}


def pairing(more: int = 0) -> dict[str, Any]:
    cases = [([1, 2, 3, 4, 5], 6), ([1, 5, 2, 4, 3, 3], 6), ([7], 7), ([0, 9, 4, 5, 8, 1], 9), ([2, 2], 4)]
    draw = random.Random(1)
    cases += [([draw.randint(1, 9) for _ in range(7)], draw.randint(6, 12)) for _ in range(more)]
    spaces: dict[str, Any] = {}
    exec(TWO_SUM, spaces)
    tests = [{"input": [*case], "output": spaces["pairs"](*case)} for case in cases]
    return {"mode": "function", "function": {"name": "pairs"}, "tests": tests}


def test_a_sound_problem_is_proven(verifier: Verifier) -> None:
    samples = (Sample("[[3], 5]", "1"),)
    row = verifier.verify(counting(12), [COUNT, COUNT_AGAIN], samples=samples)
    assert isinstance(row, Problem)
    proof = row.verification
    assert (proof.reference_ok, proof.second_opinion, proof.deterministic) == (True, True, True)
    assert proof.program_kill == 1.0
    assert proof.output_kill == 1.0
    assert (row.quarantine, row.checker_status, row.limit_origin) == ((), "proven", "calibrated")
    assert row.checker_json == {"kind": "json"}
    assert row.limits_json is not None
    assert row.limits_json["cpu_s"] < 6
    assert [each.verdict for each in row.references] == ["accepted", "accepted"]
    assert all(each.killed_by for each in row.known_wrong)
    assert {each.origin.split()[0] for each in row.known_wrong} == {"mutant", "cheat:"}


def test_what_is_stored_is_the_same_in_every_run(client: Any) -> None:
    rows = [Verifier(client).verify(counting(20), [COUNT, COUNT_AGAIN]) for _ in range(2)]
    assert rows[0].to_json() == rows[1].to_json()


def test_a_corrupted_output_is_found_where_one_reference_is(verifier: Verifier) -> None:
    suite = counting()
    suite["tests"][3]["output"] += 1
    row = verifier.verify(suite, [COUNT])
    assert isinstance(row, Rejection)
    assert row.reason == "reference_failed"
    assert row.evidence["references"][0]["test"] == 3


def test_a_corrupted_output_is_left_out_where_independent_references_agree(verifier: Verifier) -> None:
    suite = counting(20)
    suite["tests"][3]["output"] += 1
    row = verifier.verify(suite, [COUNT, COUNT_AGAIN], settings={"tests_max": 0})
    assert isinstance(row, Problem)
    assert row.notes_json["verify"]["wrong_outputs"] == [3]
    kept = verifier.suites.get(row.suite_id)
    assert suite["tests"][3]["input"] not in [test.input for test in kept.tests]


def test_output_and_reference_corrupted_together_get_no_second_opinion(verifier: Verifier) -> None:
    suite = counting()
    shifted = COUNT.replace("<=", ">")
    suite["tests"] = [
        {"input": [numbers, limit], "output": sum(each > limit for each in numbers)}
        for numbers, limit in (test["input"] for test in suite["tests"])
    ]
    row = verifier.verify(suite, [shifted, COUNT_AGAIN])
    assert isinstance(row, Problem)
    assert row.verification.second_opinion is False
    assert "no_second_opinion" in row.quarantine
    assert row.notes_json["verify"]["references_refused"][0]["origin"] == "second"


def test_a_copy_is_no_second_opinion(verifier: Verifier) -> None:
    row = verifier.verify(counting(), [COUNT, COUNT + "# the same\n"])
    assert isinstance(row, Problem)
    assert row.quarantine == ("no_second_opinion",)


def test_a_suite_that_accepts_wrong_programs_is_weak_or_made_strong(verifier: Verifier) -> None:
    weak = counting()
    weak["tests"] = weak["tests"][:1]
    alone = verifier.verify(weak, [COUNT])
    assert isinstance(alone, Problem)
    assert "weak_tests" in alone.quarantine
    assert alone.verification.program_kill is not None
    assert alone.verification.program_kill < 0.8
    strengthened = verifier.verify(weak, [COUNT, COUNT_AGAIN])
    assert isinstance(strengthened, Problem)
    assert strengthened.quarantine == ()
    assert strengthened.tests_total > 1
    assert strengthened.verification.program_kill == 1.0


def test_new_inputs_whose_outputs_json_cannot_carry_are_left_out(verifier: Verifier) -> None:
    least = "def above(numbers, limit):\n    return min((each for each in numbers if each > limit), default={})\n"
    again = "def above(numbers, limit):\n    rest = sorted(each for each in numbers if each > limit)\n    return rest[0] if rest else {}\n"
    tests = [{"input": [[n, n + 1, n + 2], n], "output": n + 1} for n in range(2, 8)]
    suite = {"mode": "function", "function": {"name": "above"}, "tests": tests}
    survivor = KnownWrong(least.format(-1), origin="no infinity")
    row = verifier.verify(suite, [least.format("float('inf')"), again.format("float('inf')")], [survivor])
    assert isinstance(row, Problem)
    assert verifier.suites.get(row.suite_id).tests


def test_a_known_wrong_program_that_passes_counts_against_the_suite(verifier: Verifier) -> None:
    lucky = KnownWrong(
        "def count(numbers, limit):\n    return sum(n <= limit for n in numbers) if len(numbers) < 90 else 0\n"
    )
    row = verifier.verify(counting(), [COUNT, COUNT_AGAIN], [lucky])
    assert isinstance(row, Problem)
    assert "source" in row.notes_json["verify"]["survivors"]


def test_any_order_in_the_statement_takes_a_relaxed_checker(verifier: Verifier) -> None:
    statement = "Return all pairs with that sum, in any order."
    proven = verifier.verify(pairing(), [TWO_SUM, TWO_SUM_BACKWARDS], statement=statement)
    assert isinstance(proven, Problem)
    assert (proven.checker_json, proven.checker_status) == ({"kind": "unordered"}, "proven")
    by_cue = verifier.verify(pairing(), [TWO_SUM], statement=statement)
    assert isinstance(by_cue, Problem)
    assert (by_cue.checker_json, by_cue.checker_status) == ({"kind": "unordered"}, "cue_only")
    assert "cue_only" in by_cue.quarantine
    admitted = verifier.verify(pairing(), [TWO_SUM], statement=statement, settings={"cue_only": "admit"})
    assert isinstance(admitted, Problem)
    assert admitted.quarantine == ("no_second_opinion",)


def test_references_that_disagree_need_a_wrong_program_as_a_guard(verifier: Verifier) -> None:
    alone = {"mutants_max": 0, "cheats": False}
    bare = verifier.verify(pairing(), [TWO_SUM, TWO_SUM_BACKWARDS], settings=alone)
    assert isinstance(bare, Problem)
    assert (bare.checker_status, bare.quarantine) == ("unproven", ("no_checker",))
    assert "no wrong program shows" in bare.notes_json["verify"]["checker"]


def test_any_order_matters_where_the_suite_has_lists_of_one(verifier: Verifier) -> None:
    suite = pairing()
    suite["tests"] = [{"input": [[1, n], n + 1], "output": [[1, n]]} for n in range(3, 9)]
    row = verifier.verify(suite, [TWO_SUM], statement="Return all pairs with that sum, in any order.")
    assert isinstance(row, Problem)
    assert (row.checker_json, row.checker_status) == ({"kind": "unordered"}, "cue_only")
    assert "cue_only" in row.quarantine


def test_a_corrupted_output_is_left_out_whatever_the_order_of_answers(verifier: Verifier) -> None:
    suite = pairing(more=10)
    suite["tests"][4]["output"] = [[0, 0]]
    statement = "Return all pairs with that sum, in any order."
    row = verifier.verify(suite, [TWO_SUM, TWO_SUM_BACKWARDS], statement=statement)
    assert isinstance(row, Problem)
    assert row.notes_json["verify"]["wrong_outputs"] == [4]
    assert (row.checker_json, row.checker_status, row.quarantine) == ({"kind": "unordered"}, "proven", ())
    several = verifier.verify(suite, [TWO_SUM, TWO_SUM_BACKWARDS], statement="Return any of the valid lists.")
    assert isinstance(several, Problem)
    assert "wrong_outputs" not in several.notes_json["verify"]
    assert "no_checker" in several.quarantine


def test_without_a_cue_a_single_reference_in_another_order_fails(verifier: Verifier) -> None:
    row = verifier.verify(pairing(), [TWO_SUM_BACKWARDS])
    assert isinstance(row, Rejection)
    assert row.reason == "reference_failed"


def of_code(reference: str) -> dict[str, Any]:
    """A suite of mode program with the reference that its source names."""
    return {"mode": "program", "program": {"test_code": "assert twice(170) == 340", "reference": reference}}


def test_a_suite_of_code_gets_the_reference_that_was_proven(verifier: Verifier) -> None:
    wrong, right = "def twice(n): return n\n", "def twice(n): return 2 * n\n"
    row = verifier.verify(of_code(wrong), [wrong, right])
    assert isinstance(row, Problem)
    program = verifier.suites.get(row.suite_id).program
    assert program is not None
    assert program.reference == right


def test_a_suite_of_code_whose_own_reference_fails_is_rejected(verifier: Verifier) -> None:
    wrong = "def twice(n): return n\n"
    row = verifier.verify(of_code(wrong), [wrong])
    assert isinstance(row, Rejection)
    assert row.reason == "reference_failed"


def test_one_of_several_answers_takes_a_checker_program(verifier: Verifier) -> None:
    row = verifier.verify(pairing(), [TWO_SUM], statement="If there are multiple answers, return any of them.")
    assert isinstance(row, Problem)
    assert "no_checker" in row.quarantine
    assert row.checker_status == "unproven"


def test_a_relaxation_that_accepts_a_wrong_program_is_none(verifier: Verifier) -> None:
    """By its source it is wrong to sort backwards; so the order of answers does matter."""
    wrong = KnownWrong(TWO_SUM + "right = pairs\ndef pairs(*given): return right(*given)[::-1]\n")
    row = verifier.verify(pairing(), [TWO_SUM], [wrong], statement="Return the pairs in any order.")
    assert isinstance(row, Problem)
    assert "no_checker" in row.quarantine
    assert row.notes_json["verify"]["accepted_wrong"] == ["source"]


def test_a_reference_that_leaves_it_to_chance_is_none(verifier: Verifier) -> None:
    chance = "import random\n" + COUNT.replace("return ", "return random.random() * 0 + (random.random() < 0.5) + ")
    suite = counting(3, isolation="per_test")
    row = verifier.verify(suite, [COUNT, chance])
    assert isinstance(row, Problem)
    assert row.references[1].verdict != "accepted"


def test_a_reference_that_depends_on_the_hashes_of_strings_is_none(verifier: Verifier) -> None:
    program = "print(*set(input().split()))"
    words = " ".join(f"w{n}" for n in range(12))
    suite = {"mode": "stdio", "tests": [{"input": f"{words}\n", "output": words}]}
    from_service = verifier.judge.client.grade(_submission(program, suite))
    assert from_service.first_failure is not None
    suite["tests"][0]["output"] = from_service.first_failure.output  # what it prints under the service's own seed
    row = verifier.verify(suite, [program])
    assert isinstance(row, Rejection)
    assert row.reason == "not_deterministic"
    assert "PYTHONHASHSEED" in row.evidence["differences"][0]


def _assert_chance_is_seen(verifier: Verifier, suite: dict[str, Any], program: str) -> None:
    """A program whose answer, which the only test expects, hangs on the order of a set is rejected."""
    failed = verifier.judge.client.grade(_submission(program, suite)).first_failure
    assert failed is not None
    suite["tests"][0]["output"] = failed.output
    row = verifier.verify(suite, [program])
    assert isinstance(row, Rejection)
    assert row.reason == "not_deterministic"


def test_functions_are_run_under_other_hashes_too(verifier: Verifier) -> None:
    program = "def first(words):\n    return next(iter(set(words)))\n"
    words = [f"w{n}" for n in range(12)]
    suite = {"mode": "function", "function": {"name": "first"}, "tests": [{"input": [words], "output": ""}]}
    _assert_chance_is_seen(verifier, suite, program)


LISTED = """class Solution:
    def again(self, head: Optional[ListNode]) -> Optional[ListNode]:
        words, node = [], head
        while node:
            words.append(node.val)
            node = node.next
        first = last = ListNode()
        for word in {order}:
            last.next = ListNode(word)
            last = last.next
        return first.next
"""
IN_PLACE = "class Solution:\n    def again(self, words: List[str]) -> None:\n        words[:] = {order}\n"
DESIGN = """class Words:
    def __init__(self, words):
        self.words = words
    def all(self):
        words = self.words
        return list({order})
"""
WORDS = [f"w{n}" for n in range(12)]


@pytest.mark.parametrize(
    ("program", "function", "given", "expected"),
    [
        (LISTED, {"name": "again"}, [WORDS], WORDS),
        (IN_PLACE, {"name": "again", "answer": 0}, [WORDS], WORDS),
        (DESIGN, {"name": "Words", "style": "operations"}, [["Words", "all"], [[WORDS], []]], [None, WORDS]),
    ],
    ids=["list", "argument", "design"],
)
def test_every_kind_of_function_is_run_under_other_hashes(
    verifier: Verifier, program: str, function: dict[str, Any], given: Any, expected: Any
) -> None:
    suite = {"mode": "function", "function": function, "tests": [{"input": given, "output": expected}]}
    steady = verifier.verify(suite, [program.format(order="sorted(set(words), key=words.index)")])
    assert isinstance(steady, Problem)
    assert steady.notes_json["verify"]["hash_seeds"] == "varied"
    by_chance = program.format(order="set(words)")
    _assert_chance_is_seen(verifier, suite, by_chance)


def test_a_program_that_is_labelled_too_slow_still_fails(verifier: Verifier) -> None:
    slow = KnownWrong(COUNT.replace("    return", "    sum(range(10**9))\n    return"), label="time_limit_exceeded")
    row = verifier.verify(counting(3), [COUNT, COUNT_AGAIN], [slow])
    assert isinstance(row, Problem)
    assert next(each for each in row.known_wrong if each.label).killed_by
    stated = verifier.verify(counting(3, limits={"cpu_s": 3.5}), [COUNT, COUNT_AGAIN], limit_origin="stated")
    assert isinstance(stated, Problem)
    assert stated.limits_json is not None
    assert (stated.limits_json["cpu_s"], stated.limit_origin) == (3.5, "stated")


def test_a_package_that_is_not_there_says_nothing_of_the_problem(verifier: Verifier) -> None:
    lacking = f"import no_such_package_here\n{COUNT}"
    row = verifier.verify(counting(4), [lacking])
    assert isinstance(row, Problem)
    assert row.quarantine == ("missing_package",)
    assert row.notes_json["verify"]["missing_packages"] == ["no_such_package_here"]
    other = verifier.verify(counting(4), [lacking, COUNT])
    assert isinstance(other, Problem)
    assert "missing_package" not in other.quarantine


def test_a_reference_that_is_far_too_slow_meets_the_largest_tests_alone(verifier: Verifier) -> None:
    slow = COUNT_AGAIN.replace("    low, high", "    while len(numbers) > 6: pass\n    low, high")
    suite = counting(12, limits={"cpu_s": 0.5})
    verifier.judge.asked.clear()
    row = verifier.verify(suite, [COUNT, slow])
    assert isinstance(row, Problem)
    asked = [each for each in verifier.judge.asked if each.code == slow]
    assert [len(each.suite.tests) for each in asked if each.suite] == [2]
    assert [each.verdict for each in row.references] == ["accepted", "time_limit_exceeded"]
    assert "no_second_opinion" in row.quarantine
    rejected = verifier.verify(suite, [slow])
    assert isinstance(rejected, Rejection)
    assert rejected.reason == "reference_failed"


def test_a_reference_that_stops_at_a_limit_runs_with_all_tests_once(verifier: Verifier) -> None:
    """It is too slow on a small test, which the largest do not show."""
    slow = COUNT_AGAIN.replace("    low, high", "    while len(numbers) == 3: pass\n    low, high")
    verifier.judge.asked.clear()
    row = verifier.verify(counting(12, limits={"cpu_s": 0.5}), [COUNT, slow])
    assert isinstance(row, Problem)
    asked = [each for each in verifier.judge.asked if each.code == slow]
    assert [len(each.suite.tests) for each in asked if each.suite] == [2, 12]
    assert [each.verdict for each in row.references] == ["accepted", "time_limit_exceeded"]


def test_what_the_judge_cannot_judge_is_unverified_and_not_bad(verifier: Verifier) -> None:
    broken = {"kind": "program", "code": "raise SystemExit(99)", "language": "python"}
    suite = {"mode": "stdio", "checker": broken, "tests": [{"input": "1\n", "output": "1\n"}]}
    row = verifier.verify(suite, ["print(input())"])
    assert isinstance(row, Problem)
    assert row.quarantine == ("unverified",)
    assert row.verification.judge_errors > 0


def test_a_large_suite_is_made_small_and_keeps_what_it_refuses(verifier: Verifier) -> None:
    row = verifier.verify(counting(60), [COUNT, COUNT_AGAIN])
    assert isinstance(row, Problem)
    assert (row.tests_total, row.tests_kept) == (60, 15)
    assert len(verifier.suites.get(row.whole_suite_id).tests) == 60
    assert row.verification.program_kill == 1.0
    assert all(each.killed_by and max(each.killed_by) < 15 for each in row.known_wrong)


def test_test_code_is_tried_with_mutants_and_constants(verifier: Verifier) -> None:
    code = "def double(x):\n    return 2 * x if x > 0 else 0\n"
    checks = "def check(candidate):\n    assert candidate(1) == 2\n    assert candidate(-4) == 0\n    assert candidate(7) == 14\n"
    suite = {"mode": "program", "program": {"test_code": checks, "entry_point": "double"}}
    row = verifier.verify(suite, [code])
    assert isinstance(row, Problem)
    assert row.verification.program_kill is not None
    assert row.verification.program_kill >= 0.5
    weak = {"mode": "program", "program": {"test_code": "assert double(-1) == 0"}}
    assert "weak_tests" in verifier.verify(weak, [code]).quarantine  # type: ignore[union-attr]


def test_without_a_reference_nothing_is_proven(verifier: Verifier) -> None:
    row = verifier.verify(counting(), [])
    assert isinstance(row, Problem)
    assert "no_reference" in row.quarantine


@pytest.mark.parametrize("layout", [" *\n***\n", "a  b\n"])
def test_blanks_inside_lines_count_where_they_are_a_picture(verifier: Verifier, layout: str) -> None:
    suite = {"mode": "stdio", "tests": [{"input": "1\n", "output": layout}, {"input": "2\n", "output": layout}]}
    row = verifier.verify(suite, [f"print({layout!r})"], settings={"cheats": False})
    assert isinstance(row, Problem)
    assert row.checker_json == {"kind": "lines"}


def _submission(code: str, suite: dict[str, Any]) -> Submission:
    return Submission(code=code, suite=Suite.model_validate(suite))
