"""A language model's attempts at a problem: wrong ones test the suite, right ones are a second opinion.

A refused attempt is a wrong program as models write them. An accepted attempt was written without the reference, so it
proves as much as another person's solution, unless a new test refuses it: a weak suite accepts wrong attempts too. The
share of accepted attempts is a pass rate.
"""

from __future__ import annotations

from dataclasses import replace

from evaluator.schema import Report, Verdict
from trainer_client.dataset.config import LlmConfig
from trainer_client.dataset.row import KnownWrong, PassRate, Problem, Reference, Rejection, cpu_bound_s
from trainer_client.dataset.verify.model_programs import model_for, written_program
from trainer_client.dataset.verify.references import seek_second_opinion
from trainer_client.dataset.verify.work import Work, is_refused
from trainer_client.limits import slowest_s

STEP = "attempts"
_PROMPT = """Solve this programming problem in Python. {form}

Answer with the whole program in one fenced block.

# The problem

{statement}
"""
_OF_PROGRAMS = "The program reads standard input and writes standard output."
_OF_FUNCTIONS = "Complete this code, with the same names:\n\n{starter}"


def try_attempts(work: Work) -> None:
    """Request solutions and grade them, if a model is configured for this step and a reference was accepted.

    Raises:
        RunError: the endpoint cannot be reached.
        EvaluatorError: the service cannot be reached.
    """
    config = model_for(work, STEP)
    form = _form(work)
    if config is None or form is None or not work.references:
        return
    prompt = _PROMPT.replace("{form}", form)
    written = [written_program(work, prompt, repeat) for repeat in range(config.attempts)]
    programs = [Reference(code, origin=f"attempt of {config.model}") for code in dict.fromkeys(filter(None, written))]
    reports = work.grade(programs)
    verdicts = {program.code: report for program, report in zip(programs, reports, strict=True)}
    for program in programs:
        _sort(work, program, verdicts[program.code])
    work.attempted = [(code, verdicts[code]) for code in written if code is not None]
    work.note(attempts_without_program=written.count(None))


def _form(work: Work) -> str | None:
    """Describe the form of the program for the model. None if the model could not know the names in it."""
    if work.suite.mode == "stdio":
        return _OF_PROGRAMS
    return _OF_FUNCTIONS.replace("{starter}", work.problem.starter_code) if work.problem.starter_code else None


def _sort(work: Work, program: Reference, report: Report) -> None:
    """Add a program to the accepted attempts, or to the wrong programs."""
    if report.verdict is Verdict.ACCEPTED:
        seconds = cpu_bound_s(slowest_s(report) or 0.0)
        work.attempts.append(replace(program, verdict=Verdict.ACCEPTED.value, cpu_s=seconds))
    elif is_refused(report):
        wrong = KnownWrong(program.code, origin=program.origin, label=report.verdict.value)
        work.problem = work.problem.evolve(known_wrong=(*work.problem.known_wrong, wrong))


def keep_attempts(work: Work) -> Problem | Rejection | None:
    """Add the attempts that no new test refused to the references, and add the pass rate. If an attempt was the second
    opinion and none is left, the problem has none."""
    config = model_for(work, STEP)
    if config is None or not work.attempted:
        return None
    work.problem = work.problem.evolve(references=(*work.problem.references, *work.attempts))
    work.note(attempts_refuted=len(work.refuted))
    _count(work, config)
    return seek_second_opinion(work)


def _count(work: Work, config: LlmConfig) -> None:
    """Add the pass rate. An answer without a program does not count as an attempt: it may have been cut."""
    refuted = {each.code for each in work.refuted}
    judged = [(code, report) for code, report in work.attempted if report.verdict.is_score]
    passed = sum(report.verdict is Verdict.ACCEPTED and code not in refuted for code, report in judged)
    if judged:
        rate = PassRate(config.model, len(judged), passed, sampling=f"temperature {config.temperature}")
        work.problem = work.problem.evolve(passes=(*work.problem.passes, rate))
