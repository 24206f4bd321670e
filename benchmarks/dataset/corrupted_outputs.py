"""One expected output of a sound problem corrupted, alone or together with the reference: is it found?

``python -m benchmarks.dataset.corrupted_outputs CORPUS [--limit 300] [--record]``. The outputs are corrupted as a
program's bug does it: they are what a mutant of the reference answers. The stage runs without
wrong programs, which find no corrupted output.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from benchmarks.dataset.bench import NEW_TEST, OLD_TEST, Bench, Outcome, run
from benchmarks.dataset.intervals import share
from evaluator.checking.plain import plain
from evaluator.schema import Report, Suite, Verdict
from trainer_client.dataset.mutants import mutants
from trainer_client.dataset.row import Problem, Reference, Rejection
from trainer_client.dataset.verify.table import Answer, answers, submission
from trainer_client.limits import with_limit

_MUTANTS, _CPU_S = 12, 1.0
_REFERENCES_ALONE = {"mutants_max": 0, "cheats": False}


def measure(bench: Bench, options: argparse.Namespace) -> Iterator[str]:
    """The lines of the result."""
    sets = options.folder / "problem_sets"
    half = -(-options.limit // 2)
    read = bench.read(sets / NEW_TEST, "leetcodedataset", 2 * half)
    read += bench.read(sets / OLD_TEST, "leetcodedataset", 2 * half)
    clean = [problem for problem in read if _is_accepted(bench, problem)][: options.limit]
    yield f"{len(clean)} problems whose reference is accepted; {len(read)} were read."
    sound = bench.verify(clean, **_REFERENCES_ALONE)
    alarms = [each for each in sound if isinstance(each, Rejection)]
    yield f"- False alarms: {share(len(alarms), len(clean))}" + "".join(f"; {a.id}: {a.reason}" for a in alarms)
    draw = random.Random(options.seed)
    corrupted = [made for problem in clean if (made := _corrupted(bench, problem, draw)) is not None]
    outcomes = bench.verify([problem for problem, _ in corrupted], **_REFERENCES_ALONE)
    found = [_is_found(each, place) for each, (_, place) in zip(outcomes, corrupted, strict=True)]
    yield f"- One output corrupted: {share(sum(found), len(found))} found"
    yield from _missed([problem for problem, _ in corrupted], found)
    yield from _together(bench, clean, draw)


def _together(bench: Bench, clean: Sequence[Problem], draw: random.Random) -> Iterator[str]:
    """Output and reference corrupted: the mutant is the reference, its outputs are what is expected."""
    for title, seconds in (("a second solution", True), ("no second solution", False)):
        problems = [made for each in clean if (made := _with_mutant(bench, each, draw, seconds=seconds)) is not None]
        outcomes = bench.verify(problems, **_REFERENCES_ALONE)
        told = [isinstance(each, Rejection) or each.verification.second_opinion is False for each in outcomes]
        reasons = Counter(each.reason if isinstance(each, Rejection) else "quarantine" for each in outcomes)
        yield f"- Output and reference corrupted, {title}: {share(sum(told), len(told))} told ({dict(reasons)})"
        yield from _missed(problems, told)


def _is_accepted(bench: Bench, problem: Problem) -> bool:
    suite = bench.suites.get(problem.suite_id)
    if suite.mode != "function" or not problem.references:
        return False
    [report] = bench.grade([submission(problem.references[0], suite)])
    return report.verdict is Verdict.ACCEPTED


def _corrupted(bench: Bench, problem: Problem, draw: random.Random) -> tuple[Problem, int] | None:
    """The problem with one output that a mutant gave, and that test's place."""
    suite = bench.suites.get(problem.suite_id)
    found = _mutant_answers(bench, problem.references[0], suite, draw)
    if found is None:
        return None
    _, given, wrong = found
    place = draw.choice(wrong)
    test = suite.tests[place].model_copy(update={"output": plain(given[place].value)})
    tests = (*suite.tests[:place], test, *suite.tests[place + 1 :])
    return bench.with_suite(problem, suite.model_copy(update={"tests": tests})), place


def _with_mutant(bench: Bench, problem: Problem, draw: random.Random, *, seconds: bool) -> Problem | None:
    second = [each for each in problem.references[1:] if _accepts(bench, each, problem)]
    if seconds and not second:
        return None
    suite = bench.suites.get(problem.suite_id)
    found = _mutant_answers(bench, problem.references[0], suite, draw)
    if found is None:
        return None
    mutant, given, _ = found
    tests = tuple(
        test.model_copy(update={"output": plain(answer.value)}) for test, answer in zip(suite.tests, given, strict=True)
    )
    references = (mutant, *second[:1]) if seconds else (mutant,)
    return bench.with_suite(problem, suite.model_copy(update={"tests": tests}), references=references)


def _accepts(bench: Bench, reference: Reference, problem: Problem) -> bool:
    [report] = bench.grade([submission(reference, bench.suites.get(problem.suite_id))])
    return report.verdict is Verdict.ACCEPTED


def _mutant_answers(
    bench: Bench, reference: Reference, suite: Suite, draw: random.Random
) -> tuple[Reference, list[Answer], list[int]] | None:
    """A mutant that ends well on all tests and answers some otherwise, its answers, and which those are."""
    made = list(mutants(reference.code, _MUTANTS, draw.randrange(1000)))
    draw.shuffle(made)
    short = with_limit(suite, _CPU_S)
    for program in (replace(reference, code=each.code) for each in made):
        [first] = bench.grade([submission(program, short, policy="first_failure")])
        if first.verdict is not Verdict.WRONG_ANSWER:
            continue  # of those that never end each test would cost the limit
        [report] = bench.grade([submission(program, short, detail="full")])
        given = answers(suite, report)
        if wrong := _wrong_places(given, report):
            return program, given, wrong
    return None


def _wrong_places(given: Sequence[Answer], report: Report) -> list[int]:
    if not all(answer.came and answer.whole for answer in given):
        return []
    return [test.index for test in report.tests if test.verdict is Verdict.WRONG_ANSWER]


def _is_found(outcome: Outcome, place: int) -> bool:
    if isinstance(outcome, Rejection):
        return True
    return place in outcome.notes_json["verify"].get("wrong_outputs", [])


def _missed(problems: Sequence[Problem], found: Sequence[bool]) -> Iterator[str]:
    missed = [problem.id for problem, each in zip(problems, found, strict=True) if not each]
    if missed:
        yield f"  - missed: {', '.join(missed)}"


if __name__ == "__main__":
    run("Corrupted outputs", __doc__, measure)
