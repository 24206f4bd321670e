"""The choice of the comparison for a problem's outputs, by the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from evaluator.harness.values import NotPlain
from evaluator.schema import (
    AnyOfChecker,
    CheckerSpec,
    ExactChecker,
    JsonChecker,
    LcbChecker,
    LinesChecker,
    OneChecker,
    ProgramChecker,
    Suite,
    TestCase,
    TokensChecker,
)
from trainer_client.dataset.row import CheckerStatus, Reference, Rejection
from trainer_client.dataset.verify.cues import Cues
from trainer_client.dataset.verify.ladder import Choice, Evidence, climb, output_mutants, plausible, rungs, status_of
from trainer_client.dataset.verify.model_programs import checker_program
from trainer_client.dataset.verify.references import count_independent, failures_of, leave_out_stopped, leave_out_tests
from trainer_client.dataset.verify.table import Answer, AnswerTable, expected_of, matches
from trainer_client.dataset.verify.work import NO_CHECKER, Work, is_refused
from trainer_client.dataset.verify.wrong import MUTANT

_PLAIN = (ExactChecker, LinesChecker, TokensChecker, JsonChecker, LcbChecker)
_COMPARED = ("stdio", "function")


def settle_comparison(work: Work) -> Rejection | None:
    """Choose a comparison that accepts the references, if the statement or one of them requires more than the floor. A
    checker program or a tolerance from the source stays: the source knows better. Ends the work if many of the expected
    outputs are wrong."""
    suite = work.suite
    if suite.mode not in _COMPARED or not (suite.checker is None or isinstance(suite.checker, _PLAIN)):
        return None
    work.suite = suite.model_copy(update={"checker": floor_of(suite)})
    if not work.candidates or not (work.cues or _is_any_refused(work)):
        return None
    candidates = work.candidates
    table = AnswerTable(work.context.judge, work.suite, candidates)
    if count_independent(candidates) > 1 and (wrong := outputs_refuted(table, work.cues)):
        if rejection := leave_out_tests(work, wrong, failures_of(candidates, table.reports)):
            return rejection
        table = AnswerTable(work.context.judge, work.suite, candidates)
    choice = climb(Evidence(table, plausible(table, range(len(candidates)))), work.cues)
    work.note(checker=choice.why)
    if choice.checker == work.suite.checker:
        work.first_reports = table.reports
    elif choice.checker is not None:
        work.relaxation = None if isinstance(choice.checker, _PLAIN) else choice
        work.suite = work.suite.model_copy(update={"checker": choice.checker})
    elif choice.floor_is_wrong:
        _seek_program(work, choice, candidates)
    return None


def outputs_refuted(table: AnswerTable, cues: Cues) -> set[int]:
    """Return the tests on whose outputs all programs of a table agree by some comparison, while no comparison accepts
    what is expected. If the statement allows several answers, there are none: both may be right."""
    if cues.many:
        return set()
    checkers = [rung.checker for rung in rungs(table.suite, cues.tolerance)]
    accepted = [row for checker in checkers for row in table.passed(checker)]
    refused = [place for place in range(len(table.suite.tests)) if not any(row[place] for row in accepted)]
    return {place for place in refused if _agree(table, place, checkers)}


def _agree(table: AnswerTable, place: int, checkers: Sequence[OneChecker]) -> bool:
    answers = [table.values(program)[place] for program in range(len(table.programs))]
    if not all(answer.came and answer.whole for answer in answers):
        return False
    return any(_match(answers, table, place, checker) for checker in checkers)


def _match(answers: Sequence[Answer], table: AnswerTable, place: int, checker: OneChecker) -> bool:
    try:
        test = TestCase(input=table.suite.tests[place].input, output=expected_of(answers[0], checker))
    except (NotPlain, ValueError):
        return False
    return all(matches(checker, answer, test, table.suite.mode) for answer in answers)


def _seek_program(work: Work, choice: Choice, references: Sequence[Reference]) -> None:
    """Request a checker program; if there is none, put the problem in quarantine."""
    program = checker_program(work, references)
    if program is None:
        work.set_apart(NO_CHECKER)
        return
    work.note(checker="a language model's program, which accepts all references")
    work.relaxation = choice
    work.suite = work.suite.model_copy(update={"checker": program})


def _is_any_refused(work: Work) -> bool:
    """Tell whether the floor refuses a candidate that ends within its limits. The reports are kept: if it refuses none,
    they are the proof."""
    reports = leave_out_stopped(work, work.grade(work.candidates))
    refused = any(map(is_refused, reports))
    work.first_reports = [] if refused else reports
    return refused


def prove_comparison(work: Work) -> None:
    """Determine the proof of the comparison by the wrong programs. A comparison that accepts them is dropped; so is one
    that only the references' disagreement speaks for, if no wrong program was refused: one of them may be wrong."""
    guarded = any(each.killed_by for each in work.wrong)
    status: CheckerStatus
    if work.relaxation is None:
        status = status_of(shown=work.independent > 1, guarded=guarded)
    elif too_loose := _accepted_wrong(work, work.relaxation):
        work.note(checker=f"{work.suite.effective_checker.kind} accepts wrong programs", accepted_wrong=too_loose)
        work.set_apart(NO_CHECKER)
        status = "unproven"
    elif not (guarded or work.relaxation.by_cue):
        work.note(checker="references disagree, and no wrong program shows what the comparison refuses")
        work.set_apart(NO_CHECKER)
        status = "unproven"
    else:
        shown = work.relaxation.differ and work.independent > 1
        status = status_of(shown=shown, guarded=guarded, by_cue=work.relaxation.by_cue)
    if NO_CHECKER in work.problem.quarantine:
        status = "unproven"
    if status == "cue_only" and work.config.cue_only == "quarantine":
        work.set_apart("cue_only")
    work.problem = work.problem.evolve(checker_status=status)
    _measure_output_kill(work)


def _accepted_wrong(work: Work, relaxation: Choice) -> list[str]:
    """Return the wrong programs that the relaxation accepts and the floor refuses. If the statement allows it, it may
    accept mutants: one that only reorders its answer is right."""
    refused = {each.code for each in work.wrong if each.killed_by}
    accepted = [each for each in work.survivors if each.code not in refused]
    must = [each for each in accepted if not (relaxation.by_cue and each.origin.startswith(MUTANT))]
    floor = work.suite.model_copy(update={"checker": floor_of(work.suite)})
    reports = work.grade(must, floor, policy="first_failure")
    return [each.origin for each, report in zip(must, reports, strict=True) if is_refused(report)]


def floor_of(suite: Suite) -> CheckerSpec:
    """Return the comparison that forgives only form: ``lines`` if blanks inside them are part of a picture."""
    if suite.mode == "function" or isinstance(suite.checker, JsonChecker):
        return JsonChecker(kind="json")
    if any(_is_picture(test.expected) for test in suite.tests):
        return LinesChecker(kind="lines")
    return TokensChecker(kind="tokens")


def _is_picture(output: bytes) -> bool:
    return any(line != b" ".join(line.split()) for line in map(bytes.rstrip, output.splitlines()))


def _measure_output_kill(work: Work) -> None:
    """Measure the share of corrupted outputs that the checker refuses."""
    checker = work.suite.effective_checker
    if work.suite.mode not in _COMPARED or isinstance(checker, AnyOfChecker | ProgramChecker):
        return
    tried = list(output_mutants(checker, work.suite))
    if tried:
        share = round(sum(refused for _, refused in tried) / len(tried), 4)
        work.problem = work.problem.evolve(verification=replace(work.problem.verification, output_kill=share))
        work.note(corruptions_accepted=sorted({name for name, refused in tried if not refused}))
