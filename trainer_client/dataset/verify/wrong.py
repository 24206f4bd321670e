"""Collection of wrong programs, and measurement of a suite by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from evaluator.harness.values import NotPlain
from evaluator.schema import AnyOfChecker, ProgramChecker, Suite, TestCase
from trainer_client.dataset.mutants import UnparsableProgram, mutants
from trainer_client.dataset.row import KnownWrong, Reference
from trainer_client.dataset.verify.cheats import cheats
from trainer_client.dataset.verify.inputs import new_inputs
from trainer_client.dataset.verify.kills import kills_of, refused_by
from trainer_client.dataset.verify.minimise import TestFacts, cover
from trainer_client.dataset.verify.model_inputs import inputs_by_model, valid_inputs
from trainer_client.dataset.verify.references import count_independent, sample_places
from trainer_client.dataset.verify.table import Answer, answers, expected_of, matches, size_of
from trainer_client.dataset.verify.work import Work

MUTANT, CHEAT, GENERATED = "mutant", "cheat", "generated"
_SURVIVORS_SHOWN = 10


def gather_wrong(work: Work) -> None:
    """Collect the supplied wrong programs, mutants of references, and cheats, without duplicates and copies of
    references."""
    programs = [*work.problem.known_wrong, *_mutants(work)]
    if work.config.cheats:
        reference = work.in_python[0].code if work.in_python else ""
        programs += cheats(work.suite, work.problem.samples, reference)
    seen = {each.code for each in work.references}
    for wrong in programs:
        if wrong.code not in seen:
            seen.add(wrong.code)
            work.wrong.append(wrong)


def measure_kills(work: Work) -> None:
    """Run the wrong programs until each is refused once. Those that no test refuses are run with new inputs. A mutant
    that answers all of them as the references do counts as equivalent, and is left out of the share."""
    if not work.references:
        return
    kills = kills_of(work, work.wrong, sample_places(work.suite, work.problem.samples))
    work.wrong = [replace(work.wrong[place], killed_by=tuple(sorted(tests))) for place, tests in kills.items()]
    work.survivors = [wrong for wrong in work.wrong if not wrong.killed_by]
    work.wrong += [KnownWrong(each.code, each.language, each.origin) for each in work.attempts]
    survivors = {place: wrong for place, wrong in enumerate(work.wrong) if not wrong.killed_by}
    if survivors:
        equivalent = _strengthened(work, survivors)
        work.note(equivalent_mutants=[work.wrong[place].origin for place in equivalent])
        work.wrong = [wrong for place, wrong in enumerate(work.wrong) if place not in equivalent]
    _divide_attempts(work)
    _conclude(work)


def _divide_attempts(work: Work) -> None:
    """Move the attempts that a new test refuses to the wrong programs."""
    accepted = {each.code for each in work.attempts}
    work.refuted = [wrong for wrong in work.wrong if wrong.code in accepted and wrong.killed_by]
    refuted = {each.code for each in work.refuted}
    work.attempts = [each for each in work.attempts if each.code not in refuted]
    work.wrong = [wrong for wrong in work.wrong if wrong.code not in accepted - refuted]


def _mutants(work: Work) -> list[KnownWrong]:
    """Return mutants of the references, which take turns, each with its first ones first."""
    sources = work.in_python
    queues = [_mutants_of(source, work.config.mutants_max, work.config.seed) for source in sources]
    variants = [queue[turn] for turn in range(work.config.mutants_max) for queue in queues if turn < len(queue)]
    return variants[: work.config.mutants_max]


def _mutants_of(reference: Reference, most: int, seed: int) -> list[KnownWrong]:
    try:
        variants = mutants(reference.code, most, seed)
    except UnparsableProgram:
        return []  # the service accepted it with a newer Python than this one
    return [KnownWrong(each.code, origin=f"{MUTANT} of {reference.origin}: {each.name}") for each in variants]


def _strengthened(work: Work, survivors: Mapping[int, KnownWrong]) -> list[int]:
    """Make new inputs, and add tests of those that refuse survivors and on whose outputs independent references agree.
    Return the mutants that no new input tells from the references."""
    extra = _extra_suite(work)
    if extra is None:
        return []
    refused = refused_by(work, survivors, extra)
    if work.independent > 1:
        _add_tests(work, extra, refused)
    return [place for place, tests in refused.items() if not tests and work.wrong[place].origin.startswith(MUTANT)]


def _extra_suite(work: Work) -> Suite | None:
    """Return a suite of new inputs with the outputs on which all references agree, None if there are none. A single
    independent reference needs an attempt that agrees with it."""
    if work.suite.mode not in ("stdio", "function") or isinstance(
        work.suite.effective_checker, AnyOfChecker | ProgramChecker
    ):
        return None
    inputs = _inputs(work)
    if not inputs:
        return None
    blank = "" if work.suite.mode == "stdio" else None
    tests = tuple(TestCase(input=each, output=blank) for each in inputs)
    questions = work.suite.model_copy(update={"tests": tests, "checker": None})
    outputs = _columns(work, work.references, questions)
    seconds = (
        _columns(work, work.attempts, questions) if count_independent(work.references) < 2 else [[] for _ in tests]
    )
    agreed = map(partial(_agreed, work.suite), tests, outputs, seconds)
    agreed_tests = tuple(test for test in agreed if test is not None)
    return work.suite.model_copy(update={"tests": agreed_tests}) if agreed_tests else None


def _inputs(work: Work) -> list[Any]:
    most = work.config.generate_inputs
    return valid_inputs(work, [*inputs_by_model(work, most), *new_inputs(work.suite, most, work.config.seed)])


def _columns(work: Work, programs: Sequence[Reference], suite: Suite) -> list[list[Answer]]:
    """Return, for each test, the answers of the programs that could be judged."""
    reports = work.grade(programs, suite, detail="full")
    tables = [answers(suite, report) for report in reports if report.verdict.is_score]
    return [[table[place] for table in tables] for place in range(len(suite.tests))]


def _agreed(suite: Suite, test: TestCase, answers: Sequence[Answer], seconds: Sequence[Answer]) -> TestCase | None:
    """Return the test with the output on which all references agree, and one of the second programs if there are any.
    None if they do not agree."""
    if not answers or not all(answer.came and answer.whole for answer in answers):
        return None
    checker = suite.value_checker
    try:
        output: Any = expected_of(answers[0], checker)
    except (NotPlain, ValueError):
        return None
    agreed_test = TestCase(input=test.input, output=output, name=GENERATED)
    same = all(matches(checker, answer, agreed_test, suite.mode) for answer in answers)
    backed = [each.came and each.whole and matches(checker, each, agreed_test, suite.mode) for each in seconds]
    return agreed_test if same and (any(backed) or not backed) else None


def _add_tests(work: Work, extra: Suite, refused: Mapping[int, frozenset[int]]) -> None:
    """Add a few of the new tests, which refuse all survivors that any new test refuses."""
    kills = {str(place): tests for place, tests in refused.items() if tests}
    if not kills:
        return
    facts = [TestFacts(size_of(test)) for test in extra.tests]
    chosen = list(cover(facts, kills))
    first = len(work.suite.tests)
    work.suite = work.suite.model_copy(update={"tests": (*work.suite.tests, *(extra.tests[place] for place in chosen))})
    for place, tests in refused.items():
        by = tuple(first + number for number, each in enumerate(chosen) if each in tests)
        work.wrong[place] = replace(work.wrong[place], killed_by=by)
    work.note(tests_generated=len(chosen))


def _conclude(work: Work) -> None:
    """Record the share of wrong programs that the suite refuses, and whether it is enough."""
    survivors = [wrong.origin for wrong in work.wrong if not wrong.killed_by]
    killed = len(work.wrong) - len(survivors)
    share = round(killed / len(work.wrong), 4) if work.wrong else None
    work.problem = work.problem.evolve(verification=replace(work.problem.verification, program_kill=share))
    work.note(wrong_programs=len(work.wrong), survivors=survivors[:_SURVIVORS_SHOWN])
    if any(origin.startswith(CHEAT) for origin in survivors) or (share is not None and share < work.config.kill_min):
        work.set_apart("weak_tests")
