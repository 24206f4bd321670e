"""Wrong programs, and whether the suite refuses them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from evaluator.checking.plain import plain
from evaluator.harness.values import NotPlain
from evaluator.schema import (
    AnyOfChecker,
    OneChecker,
    ProgramChecker,
    Suite,
    TestCase,
    UnorderedChecker,
    to_text,
)
from trainer_client.dataset.mutants import NotPython, mutants
from trainer_client.dataset.row import KnownWrong, Reference
from trainer_client.dataset.verify.cheats import cheats
from trainer_client.dataset.verify.inputs import new_inputs
from trainer_client.dataset.verify.kills import kills_of, refused_by
from trainer_client.dataset.verify.minimise import TestFacts, cover
from trainer_client.dataset.verify.references import sample_places
from trainer_client.dataset.verify.table import Answer, answers, matches, size_of
from trainer_client.dataset.verify.work import Work

MUTANT, CHEAT, GENERATED = "mutant", "cheat", "generated"
_SURVIVORS_SHOWN = 10


def gather_wrong(work: Work) -> None:
    """Collect those supplied, mutants of references, and cheats; none of them twice, nor a reference's copy."""
    made = [*work.problem.known_wrong, *_mutants(work)]
    if work.config.cheats:
        reference = work.in_python[0].code if work.in_python else ""
        made += cheats(work.suite, work.problem.samples, reference)
    seen = {each.code for each in work.references}
    for wrong in made:
        if wrong.code not in seen:
            seen.add(wrong.code)
            work.wrong.append(wrong)


def measure_kills(work: Work) -> None:
    """Run the wrong programs until each is refused once. Those that no test refuses get new inputs: a mutant that
    answers them all as the references do is taken for equivalent, and counts neither way."""
    if not work.references:
        return
    kills = kills_of(work, work.wrong, sample_places(work.suite, work.problem.samples))
    work.wrong = [replace(work.wrong[place], killed_by=tuple(sorted(tests))) for place, tests in kills.items()]
    work.survivors = [wrong for wrong in work.wrong if not wrong.killed_by]
    survivors = {place: wrong for place, wrong in enumerate(work.wrong) if not wrong.killed_by}
    if survivors:
        equivalent = _strengthened(work, survivors)
        work.note(equivalent_mutants=[work.wrong[place].origin for place in equivalent])
        work.wrong = [wrong for place, wrong in enumerate(work.wrong) if place not in equivalent]
    _conclude(work)


def _mutants(work: Work) -> list[KnownWrong]:
    """Mutants of the references by turns, each reference's own first ones."""
    sources = work.in_python
    queues = [_mutants_of(source, work.config.mutants_max, work.config.seed) for source in sources]
    made = [queue[turn] for turn in range(work.config.mutants_max) for queue in queues if turn < len(queue)]
    return made[: work.config.mutants_max]


def _mutants_of(reference: Reference, most: int, seed: int) -> list[KnownWrong]:
    try:
        made = mutants(reference.code, most, seed)
    except NotPython:
        return []  # it was accepted, by a newer Python than this one
    return [KnownWrong(each.code, origin=f"{MUTANT} of {reference.origin}: {each.name}") for each in made]


def _strengthened(work: Work, survivors: Mapping[int, KnownWrong]) -> list[int]:
    """Make new inputs, add those that refuse survivors where independent references agree on the outputs. Return the
    mutants that no new input tells from the references."""
    extra = _extra_suite(work)
    if extra is None:
        return []
    refused = refused_by(work, survivors, extra)
    if work.independent > 1:
        _add_tests(work, extra, refused)
    return [place for place, tests in refused.items() if not tests and work.wrong[place].origin.startswith(MUTANT)]


def _extra_suite(work: Work) -> Suite | None:
    """Return new inputs with the outputs that all references agree on, None where there are none."""
    if work.suite.mode not in ("stdio", "function") or isinstance(
        work.suite.effective_checker, AnyOfChecker | ProgramChecker
    ):
        return None
    inputs = new_inputs(work.suite, work.config.generate_inputs, work.config.seed)
    if not inputs:
        return None
    blank = "" if work.suite.mode == "stdio" else None
    tests = tuple(TestCase(input=each, output=blank) for each in inputs)
    asked = work.suite.model_copy(update={"tests": tests, "checker": None})
    reports = work.grade(work.references, asked, detail="full")
    tables = [answers(asked, report) for report in reports if report.verdict.is_score]
    agreed = [_agreed(test, [table[place] for table in tables], work.suite) for place, test in enumerate(tests)]
    kept = tuple(test for test in agreed if test is not None)
    return work.suite.model_copy(update={"tests": kept}) if kept and tables else None


def _agreed(test: TestCase, given: Sequence[Answer], suite: Suite) -> TestCase | None:
    """Return the test with the output that all references gave, None where they did not agree on one."""
    if not given or not all(answer.came and answer.whole for answer in given):
        return None
    checker = suite.value_checker
    try:
        output: Any = _output_of(given[0], checker)
    except NotPlain:
        return None
    made = TestCase(input=test.input, output=output, name=GENERATED)
    same = all(matches(checker, answer, made, suite.mode) for answer in given)
    return made if same else None


def _output_of(answer: Answer, checker: OneChecker) -> Any:
    """Return a reference's answer as an expected output.

    Raises:
        NotPlain: JSON has no form for it.
    """
    if isinstance(answer.value, bytes):
        text = to_text(answer.value)
        return text if isinstance(text, str) else text.model_dump()
    return plain(answer.value, sets=isinstance(checker, UnorderedChecker))


def _add_tests(work: Work, extra: Suite, refused: Mapping[int, frozenset[int]]) -> None:
    """Add the few new tests that refuse all survivors that any of them refuses."""
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
    """Store the share of wrong programs that the suite refuses, and whether that is enough."""
    survivors = [wrong.origin for wrong in work.wrong if not wrong.killed_by]
    killed = len(work.wrong) - len(survivors)
    share = round(killed / len(work.wrong), 4) if work.wrong else None
    work.problem = work.problem.evolve(verification=replace(work.problem.verification, program_kill=share))
    work.note(wrong_programs=len(work.wrong), survivors=survivors[:_SURVIVORS_SHOWN])
    if any(origin.startswith(CHEAT) for origin in survivors) or (share is not None and share < work.config.kill_min):
        work.set_apart("weak_tests")
