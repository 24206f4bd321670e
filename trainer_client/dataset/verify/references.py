"""Proof by references: each is run several times under different circumstances, and a second one confirms the outputs.

Outputs that a reference itself made prove nothing: it passes its own tests. A second program that somebody wrote
independently, and the statement's samples, do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from evaluator.schema import Report, Suite, TestCase, Verdict
from trainer_client.dataset.mutants import UnparsableProgram, canonical
from trainer_client.dataset.row import Problem, Reference, Rejection, Sample, cpu_bound_s
from trainer_client.dataset.verify.table import answers, size_of
from trainer_client.dataset.verify.variants import in_another_order, may_depend_on_hashes, with_hash_seed
from trainer_client.dataset.verify.work import NO_CHECKER, Work, is_refused, report_facts
from trainer_client.limits import LIMIT_VERDICTS, slowest_s

_HASH_SEEDS = (1, 2)
_HASHED_TESTS = 8
"""Tests whose answers are compared under other hash seeds: each needs the start of an interpreter."""
_DROPPED_SHARE = 0.1
"""The share of tests against which independent references may agree; beyond it the problem is rejected."""
_LARGEST_TESTS = 2
"""The number of the largest tests that are run first, to find references that are far too slow."""
_NO_MODULE = re.compile(r"ModuleNotFoundError: No module named '(\w+)")
_SHINGLE_WORDS, _COPY_JACCARD = 5, 0.85
_FAILED_SHOWN = 5


def choose_candidates(work: Work) -> Rejection | None:
    """Take the first references, without those that stop at a limit on the largest tests already: each other test would
    cost that limit again. Ends where all of them do."""
    first = work.problem.references[: work.config.references_max]
    work.candidates = list(first)
    if len(work.suite.tests) <= _LARGEST_TESTS:
        return None
    reports = work.grade(first, _largest(work.suite))
    if first and all(map(_reached_limit, reports)):
        return work.rejected("reference_failed", references=_stopped(first, reports), tests="the largest")
    leave_out_stopped(work, reports)
    return None


def leave_out_stopped(work: Work, reports: Sequence[Report]) -> list[Report]:
    """Drop the candidates that stop at a limit: each further run of theirs would cost it again. ``reports`` are in the
    order of the candidates. Return those of the others; all of them if every candidate stops."""
    others = [place for place, report in enumerate(reports) if not _reached_limit(report)]
    if not others or len(others) == len(reports):
        return list(reports)
    stopped = _stopped(work.candidates, reports)
    pairs = zip(work.candidates, reports, strict=True)
    verdicts = {candidate: report.verdict.value for candidate, report in pairs if _reached_limit(report)}
    marked = (replace(each, verdict=verdicts.get(each, each.verdict)) for each in work.problem.references)
    work.problem = work.problem.evolve(references=tuple(marked))
    work.candidates = [work.candidates[place] for place in others]
    work.note(references_stopped=[*work.notes.get("references_stopped", ()), *stopped])
    return [reports[place] for place in others]


def _stopped(candidates: Sequence[Reference], reports: Sequence[Report]) -> list[dict[str, str]]:
    pairs = zip(candidates, reports, strict=True)
    return [
        {"origin": each.origin, "verdict": report.verdict.value} for each, report in pairs if _reached_limit(report)
    ]


def prove_references(work: Work) -> Problem | Rejection | None:
    """Keep the references that are accepted in every run. Ends the work if there is none."""
    candidates = work.candidates
    if not candidates:
        work.set_apart("no_reference")
        return None
    reports = work.first_reports or work.grade(candidates)
    if not any(report.verdict.is_score for report in reports):
        return work.unverified(f"no reference could be judged: {reports[0].reason}")
    if missing := _missing_packages(reports):
        work.note(missing_packages=missing)
        work.set_apart("missing_package")
        return work.finished()
    if not any(map(_is_accepted, reports)) and NO_CHECKER in work.problem.quarantine:
        return _kept_apart(work, candidates, reports)
    if not any(map(_is_accepted, reports)):
        corrected = _without_wrong_outputs(work, candidates, reports)
        if isinstance(corrected, Rejection):
            return corrected
        reports = corrected
    return _steady(work, candidates, reports)


def _missing_packages(reports: Sequence[Report]) -> list[str]:
    """Return the modules that all references lack, each one at least: that says nothing of the problem. None where one
    of them got further."""
    reasons = [report.first_failure.reason or "" if report.first_failure else "" for report in reports]
    matches = [_NO_MODULE.search(reason) for reason in reasons]
    return sorted({match[1] for match in matches if match is not None}) if all(matches) else []


def _kept_apart(work: Work, candidates: Sequence[Reference], reports: Sequence[Report]) -> Problem:
    """Put a problem in quarantine whose references differ from the tests: either may be right."""
    work.note(references_refused=failures_of(candidates, reports))
    return work.finished()


def failures_of(candidates: Sequence[Reference], reports: Sequence[Report]) -> list[dict[str, Any]]:
    """Return the facts about the references that were judged and not accepted."""
    pairs = zip(candidates, reports, strict=True)
    return [{"origin": each.origin, **report_facts(report)} for each, report in pairs if is_refused(report)]


def seek_second_opinion(work: Work) -> Problem | Rejection | None:
    """Count independent references. Ends the work if there is one, and the configuration requires two."""
    work.independent = count_independent([*work.references, *work.attempts])
    second = work.independent > 1
    work.problem = _verified(work.problem, second_opinion=second)
    work.note(references=len(work.references), independent_references=work.independent, samples=_samples(work))
    if second or work.config.second_opinion == "ignore" or not work.references:
        return None
    if work.config.second_opinion == "reject":
        return work.rejected("no_second_opinion")
    work.set_apart("no_second_opinion")
    return None


def _steady(work: Work, candidates: Sequence[Reference], reports: Sequence[Report]) -> Rejection | None:
    """Run the accepted references again, and drop those that fail once."""
    judged: list[Reference] = []
    unsteady: list[str] = []
    for candidate, report in zip(candidates, reports, strict=True):
        verdict = report.verdict.value
        if _is_accepted(report) and (difference := _difference(work, candidate)):
            verdict = "unsteady"
            unsteady.append(f"{candidate.origin}: {difference}")
        judged.append(replace(candidate, verdict=verdict, cpu_s=_step(report)))
        if verdict == Verdict.ACCEPTED:
            work.references.append(judged[-1])
            work.reports.append(report)
    outcome = dict(zip(candidates, judged, strict=True))
    work.problem = work.problem.evolve(references=tuple(outcome.get(each, each) for each in work.problem.references))
    work.problem = _verified(work.problem, reference_ok=bool(work.references), deterministic=not unsteady)
    if refused := failures_of(candidates, reports):
        work.note(references_refused=refused)
    if work.references:
        return None
    return work.rejected("not_deterministic", differences=unsteady)


def _difference(work: Work, reference: Reference) -> str | None:
    """Return the circumstances under which a reference is not accepted, None if it always is."""
    for run in range(1, work.config.repeats):
        again = replace(reference, code=in_another_order(reference.code, run)) if _is_python(reference) else reference
        [report] = work.grade([again], policy="first_failure", repeat=run)
        if report.verdict.is_score and not _is_accepted(report):
            return f"in run {run + 1}, with the tests in another order, {report.verdict}"
    return _difference_of_hashes(work, reference)


def _difference_of_hashes(work: Work, reference: Reference) -> str | None:
    if work.config.repeats < 2 or not _is_python(reference) or not may_depend_on_hashes(reference.code, work.suite):
        return None
    few = work.suite.model_copy(update={"tests": _spread(work.suite.tests)})
    for seed in _HASH_SEEDS:
        variant = with_hash_seed(reference.code, few, seed)
        if variant is None:
            work.note(hash_seeds="not varied: a program of this kind cannot be run in another interpreter")
            return None
        code, suite = variant
        [report] = work.grade([replace(reference, code=code)], suite, policy="first_failure")
        if report.verdict is Verdict.WRONG_ANSWER:
            return f"with PYTHONHASHSEED={seed}, {report.verdict}"
        if not _is_accepted(report):
            work.note(hash_seeds=f"not varied: in another interpreter the program ends with {report.verdict}")
            return None
    work.note(hash_seeds="varied")
    return None


def _largest(suite: Suite) -> Suite:
    places = sorted(range(len(suite.tests)), key=lambda place: (-size_of(suite.tests[place]), place))
    return suite.model_copy(update={"tests": tuple(suite.tests[place] for place in places[:_LARGEST_TESTS])})


def _reached_limit(report: Report) -> bool:
    return report.verdict.is_score and any(test.verdict in LIMIT_VERDICTS for test in report.tests)


def _spread(tests: Sequence[TestCase]) -> tuple[TestCase, ...]:
    step = max(1, len(tests) // _HASHED_TESTS)
    return tuple(tests[::step][:_HASHED_TESTS])


def _without_wrong_outputs(
    work: Work, candidates: Sequence[Reference], reports: Sequence[Report]
) -> list[Report] | Rejection:
    """No reference is accepted: where independent ones gave the same other answer, the expected output is wrong.
    Where that is so for few tests these are left out."""
    judged = [place for place, report in enumerate(reports) if report.verdict.is_score]
    failures = failures_of(candidates, reports)
    wrong = _outputs_refuted(work, [candidates[place] for place in judged])
    if not wrong:
        return work.rejected("reference_failed", references=failures[:_FAILED_SHOWN])
    if rejection := leave_out_tests(work, wrong, failures):
        return rejection
    again = work.grade(candidates)
    if not any(map(_is_accepted, again)):
        return work.rejected("reference_failed", references=failures[:_FAILED_SHOWN])
    return again


def leave_out_tests(work: Work, wrong: Set[int], failures: Sequence[Mapping[str, Any]]) -> Rejection | None:
    """Leave out the tests whose expected outputs are wrong. If they are many, the problem is rejected, with what the
    references did as evidence."""
    tests = [test for place, test in enumerate(work.suite.tests) if place not in wrong]
    if len(wrong) > _DROPPED_SHARE * len(work.suite.tests) or not tests:
        return work.rejected("wrong_output", tests=sorted(wrong)[:_FAILED_SHOWN], references=failures[:_FAILED_SHOWN])
    work.note(wrong_outputs=sorted(wrong))
    work.suite = work.suite.model_copy(update={"tests": tuple(tests)})
    return None


def _outputs_refuted(work: Work, references: Sequence[Reference]) -> set[int]:
    """Return the tests on which independent references agree with each other, and not with the expected output."""
    if work.suite.mode not in ("stdio", "function") or count_independent(references) < 2:
        return set()
    reports = work.grade(references, detail="full")
    tables = [answers(work.suite, report) for report in reports]
    refuted = set()
    for place in range(len(work.suite.tests)):
        column = [table[place] for table in tables]
        same = all(each.came and each.whole and each.value == column[0].value for each in column)
        if same and all(each.verdict is Verdict.WRONG_ANSWER for each in column):
            refuted.add(place)
    return refuted


def count_independent(references: Sequence[Reference]) -> int:
    """Count references without copies: of texts that share most of their words, only one counts."""
    groups: list[frozenset[tuple[str, ...]]] = []
    for reference in references:
        shingles = _shingles(reference)
        if all(_jaccard(shingles, other) < _COPY_JACCARD for other in groups):
            groups.append(shingles)
    return len(groups)


def _shingles(reference: Reference) -> frozenset[tuple[str, ...]]:
    try:
        text = canonical(reference.code) if _is_python(reference) else reference.code
    except UnparsableProgram:
        text = reference.code
    words = text.split()
    return frozenset(tuple(words[at : at + _SHINGLE_WORDS]) for at in range(max(1, len(words) - _SHINGLE_WORDS + 1)))


def _jaccard(one: frozenset[Any], other: frozenset[Any]) -> float:
    return len(one & other) / max(1, len(one | other))


def _samples(work: Work) -> int:
    """Count the statement's samples among the tests, which references have passed."""
    return len(sample_places(work.suite, work.problem.samples))


def sample_places(suite: Suite, samples: Sequence[Sample]) -> list[int]:
    """Return the places of the tests that the statement shows."""
    known = {_sample_key(suite, sample.input) for sample in samples}
    return [place for place, test in enumerate(suite.tests) if _sample_key(suite, test.input) in known]


def _sample_key(suite: Suite, value: Any) -> str:
    """Return a form in which the inputs of a sample and of a test are equal: without blanks around them, or as JSON."""
    if suite.mode != "function":
        return str(value).strip()
    try:
        return json.dumps(json.loads(value) if isinstance(value, str) else value)
    except ValueError:
        return str(value)


def _step(report: Report) -> float | None:
    seconds = slowest_s(report)
    return None if seconds is None else cpu_bound_s(seconds)


def _verified(problem: Problem, **facts: bool) -> Problem:
    return problem.evolve(verification=replace(problem.verification, **facts))


def _is_accepted(report: Report) -> bool:
    return report.verdict is Verdict.ACCEPTED


def _is_python(reference: Reference) -> bool:
    return reference.language == "python"
