"""One expected output of a sound problem corrupted, alone or together with the reference: is it found?

``python -m benchmarks.dataset.corrupted_outputs CORPUS [--limit 300] [--minutes M] [--record]``. The outputs are
corrupted as a program's bug does it: they are what a mutant of the reference answers. The stage runs without wrong
programs, which find no corrupted output.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks.dataset.bench import NEW_TEST, OLD_TEST, Bench, Measurement, Outcome
from benchmarks.dataset.intervals import share
from benchmarks.resumable import Row
from evaluator.harness.values import NotPlain
from evaluator.schema import Report, Suite, Verdict
from trainer_client.dataset.mutants import mutants
from trainer_client.dataset.row import Problem, Reference, Rejection
from trainer_client.dataset.verify.table import answers, expected_of, submission
from trainer_client.dataset.verify.work import NO_CHECKER
from trainer_client.limits import with_limit

_MUTANTS, _CPU_S = 12, 1.0
_SLOW_S = 5.0
"""CPU seconds of a reference for all tests, from which on its problem is left out: it is run some forty times."""
_REFERENCES_ALONE = {"mutants_max": 0, "cheats": False}
Item = tuple[Problem, str]


@dataclass(frozen=True)
class Slip:
    """A mutant, its outputs, and the tests on which they are wrong."""

    program: Reference
    outputs: Sequence[Any]
    wrong: Sequence[int]


def items(bench: Bench, options: argparse.Namespace) -> list[Item]:
    """The problems of two sets, each with its own source of chance."""
    sets = options.folder / "problem_sets"
    read = [each for name in (NEW_TEST, OLD_TEST) for each in bench.read(sets / name, "leetcodedataset", options.limit)]
    return [(each, f"{options.seed}:{each.id}") for each in read]


def rows(bench: Bench, item: Item) -> Iterator[Row]:
    """Verify a problem as it is, with one output corrupted, and with output and reference corrupted."""
    problem, seed = item
    draw = random.Random(seed)
    if fault := _unusable(bench, problem):
        yield {"id": problem.id, "case": fault}
        return
    yield _row(problem, "sound", bench.verify(problem, **_REFERENCES_ALONE))
    slip = _slip(bench, problem, draw)
    if slip is None:
        return
    place = draw.choice(slip.wrong)
    outcome = bench.verify(_with_outputs(bench, problem, slip, [place]), **_REFERENCES_ALONE)
    yield _row(problem, "one output", outcome) | {"found": _is_found(outcome, place)}
    second = [each for each in problem.references[1:] if _accepts(bench, each, problem)][:1]
    made = _with_outputs(bench, problem, slip, slip.wrong)
    for case, others in (("a second solution", second), ("no second solution", [])):
        if case == "no second solution" or others:
            outcome = bench.verify(made.evolve(references=(slip.program, *others)), **_REFERENCES_ALONE)
            told = isinstance(outcome, Rejection) or outcome.verification.second_opinion is False
            yield _row(problem, case, outcome) | {"found": told}


def _row(problem: Problem, case: str, outcome: Outcome) -> Row:
    reason = outcome.reason if isinstance(outcome, Rejection) else ", ".join(outcome.quarantine) or "admitted"
    return {
        "id": problem.id,
        "case": case,
        "rejected": isinstance(outcome, Rejection),
        "reason": reason,
        "references": len(problem.references),
    }


def report(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the result."""
    sound = [row for row in rows if row["case"] == "sound"]
    refused = [row["id"] for row in rows if row["case"] == "refused"]
    slow = sum(row["case"] == "slow" for row in rows)
    yield f"{len(sound)} problems whose reference is accepted; of {len(refused)} more it is not, or there is none; "
    yield f"{slow} are left out, whose reference takes more than {_SLOW_S:g} s of CPU for all tests."
    alarms = [row for row in sound if row["rejected"]]
    yield f"- False alarms: {share(len(alarms), len(sound))}" + "".join(f"; {a['id']}: {a['reason']}" for a in alarms)
    yield from _found("One output corrupted", [row for row in rows if row["case"] == "one output"])
    for case in ("a second solution", "no second solution"):
        yield from _found(f"Output and reference corrupted, {case}", [row for row in rows if row["case"] == case])


def _found(title: str, rows: Sequence[Row]) -> Iterator[str]:
    found = [row for row in rows if row["found"]]
    reasons = dict(Counter(row["reason"] for row in found))
    yield f"- {title}: {share(len(found), len(rows))} found {reasons}"
    missed = [f"{row['id']} ({row['reason']})" for row in rows if not row["found"]]
    if missed:
        yield f"  - missed: {', '.join(missed)}"


def _unusable(bench: Bench, problem: Problem) -> str:
    """Return the reason why a problem cannot be measured; "" if it can."""
    suite = bench.suites.get(problem.suite_id)
    if suite.mode != "function" or not problem.references:
        return "refused"
    [report] = bench.grade([submission(problem.references[0], suite)])
    if report.verdict is not Verdict.ACCEPTED:
        return "refused"
    return "slow" if sum(test.cpu_s or 0.0 for test in report.tests) > _SLOW_S else ""


def _accepts(bench: Bench, reference: Reference, problem: Problem) -> bool:
    [report] = bench.grade([submission(reference, bench.suites.get(problem.suite_id))])
    return report.verdict is Verdict.ACCEPTED


def _with_outputs(bench: Bench, problem: Problem, slip: Slip, places: Sequence[int]) -> Problem:
    """The problem with the mutant's outputs at these places."""
    suite = bench.suites.get(problem.suite_id)
    tests = list(suite.tests)
    for place in places:
        tests[place] = tests[place].model_copy(update={"output": slip.outputs[place]})
    return bench.with_suite(problem, suite.model_copy(update={"tests": tuple(tests)}))


def _slip(bench: Bench, problem: Problem, draw: random.Random) -> Slip | None:
    """Find a mutant of the first reference that ends well on all tests and answers some otherwise."""
    reference, suite = problem.references[0], bench.suites.get(problem.suite_id)
    made = list(mutants(reference.code, _MUTANTS, draw.randrange(1000)))
    draw.shuffle(made)
    short = with_limit(suite, _CPU_S)
    for program in (replace(reference, code=each.code) for each in made):
        [first] = bench.grade([submission(program, short, policy="first_failure")])
        if first.verdict is not Verdict.WRONG_ANSWER:
            continue  # of those that never end each test would cost the limit
        [report] = bench.grade([submission(program, short, detail="full")])
        outputs = _outputs(suite, report)
        wrong = [test.index for test in report.tests if test.verdict is Verdict.WRONG_ANSWER]
        if outputs and wrong:
            return Slip(program, outputs, wrong)
    return None


def _outputs(suite: Suite, report: Report) -> list[Any]:
    """The outputs of a program; none where one is missing, or has no form in JSON."""
    given = answers(suite, report)
    if not all(answer.came and answer.whole for answer in given):
        return []
    try:
        return [expected_of(each, suite.value_checker) for each in given]
    except (NotPlain, ValueError):
        return []


def _is_found(outcome: Outcome, place: int) -> bool:
    """Tell whether the problem is rejected, or the output left out, or the problem kept apart with the test named."""
    if isinstance(outcome, Rejection):
        return True
    notes = outcome.notes_json["verify"]
    named = (
        [each.get("test") for each in notes.get("references_refused", ())] if NO_CHECKER in outcome.quarantine else []
    )
    return place in [*notes.get("wrong_outputs", ()), *named]


if __name__ == "__main__":
    Measurement("Corrupted outputs", __doc__, items, lambda item: item[0].id, rows, report, limit=300).run()
