"""The facts of a card about a run, counted in one pass over its problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from trainer_client.dataset.decontaminate.benchmarks import dates_of
from trainer_client.dataset.filter.calibration import Reliability, SolveCounts, reliability
from trainer_client.dataset.filter.difficulty import evidence_of
from trainer_client.dataset.row import PassRate, Problem, Rejection
from trainer_client.dataset.stage import RunView

MIN_TRIED = 20
"""Problems with pass rates, at least, for the card to measure predictions by them."""
_FATES_OF_FILTER = frozenset({"too_easy", "too_hard", "uncertain", "easy_quota", "needs_oracle_proof"})


@dataclass(slots=True)
class Facts:
    """The counts and lists of a card. ``scores_before`` has the scores of the problems before the filter."""

    problems: int = 0
    scores: list[float] = field(default_factory=list)
    scores_before: list[float] = field(default_factory=list)
    predictors: Counter[str] = field(default_factory=Counter)
    pass_rates: list[float] = field(default_factory=list)
    attempts: list[int] = field(default_factory=list)
    program_kill: list[float] = field(default_factory=list)
    output_kill: list[float] = field(default_factory=list)
    max16: list[float] = field(default_factory=list)
    suite_bytes: list[int] = field(default_factory=list)
    tests: list[int] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)
    benchmark_dates: Mapping[str, Sequence[str]] = field(default_factory=dict)
    checkers: Counter[tuple[str, str]] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    modes: Counter[str] = field(default_factory=Counter)
    sources: Counter[str] = field(default_factory=Counter)
    limits: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    proofs: Counter[str] = field(default_factory=Counter)
    quarantine: Counter[str] = field(default_factory=Counter)
    relations: Counter[str] = field(default_factory=Counter)
    model: str = ""
    reliability: Reliability | None = None


def facts_of(run: RunView) -> Facts:
    """Count the facts of a run."""
    facts, tried = Facts(benchmark_dates=dates_of(run.config.decontaminate.benchmarks)), _Tried()
    for problem in run.problems:
        _count(problem, facts)
        _count_difficulty(problem.difficulty_json, problem.passes, facts, tried)
    for difficulty, passes in _filtered(run.rejections):
        _count_difficulty(difficulty, passes, facts, tried, survives=False)
    facts.model = tried.model
    facts.reliability = tried.reliability()
    return facts


def by_size(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return counts with their names, the largest first."""
    return sorted(counts.items(), key=lambda each: (-each[1], each[0]))


def _count(problem: Problem, facts: Facts) -> None:
    proof = problem.verification
    facts.problems += 1
    facts.checkers[_checker(problem), problem.checker_status] += 1
    facts.licenses[problem.license] += 1
    facts.modes[problem.io_mode] += 1
    facts.sources[problem.source] += 1
    facts.limits[problem.limit_origin or "default"] += 1
    facts.languages.update({each.language for each in problem.references})
    facts.proofs.update(_proofs(problem))
    facts.quarantine.update(problem.quarantine)
    facts.relations[problem.relation or "single"] += 1
    facts.suite_bytes.append(problem.suite_bytes)
    facts.tests.append(problem.tests_kept)
    if problem.date:
        facts.dates.append(problem.date)
    facts.program_kill += [proof.program_kill] if proof.program_kill is not None else []
    facts.output_kill += [proof.output_kill] if proof.output_kill is not None else []
    decontamination = problem.decontamination_json
    facts.max16 += [float(decontamination["max16"])] if decontamination else []


def _checker(problem: Problem) -> str:
    if problem.io_mode == "program":
        return "test code"
    stated = problem.checker_json or {}
    return str(stated.get("kind") or ("json" if problem.io_mode == "function" else "tokens"))


def _proofs(problem: Problem) -> Iterator[str]:
    proof = problem.verification
    if proof.reference_ok:
        yield "reference accepted"
    if proof.second_opinion:
        yield "second independent solution agrees"
    if proof.deterministic:
        yield "same verdict in every repeat"
    if problem.tests_complete:
        yield "tests complete in the source"


def _filtered(rejections: Iterable[Rejection]) -> Iterator[tuple[Mapping[str, Any], Sequence[PassRate]]]:
    """Yield the filter's notes and pass rates of the problems that it rejected."""
    for rejection in rejections:
        if rejection.stage == "filter" and rejection.reason in _FATES_OF_FILTER:
            passes = [PassRate(each["model"], int(each["k"]), int(each["c"])) for each in rejection.evidence["passes"]]
            yield rejection.evidence["difficulty"], passes


def _count_difficulty(
    difficulty: Mapping[str, Any] | None,
    passes: Sequence[PassRate],
    facts: Facts,
    tried: _Tried,
    *,
    survives: bool = True,
) -> None:
    if difficulty is None:
        return
    if difficulty["score"] is not None:
        facts.scores_before.append(float(difficulty["score"]))
        facts.scores += [float(difficulty["score"])] if survives else []
    facts.predictors[str(difficulty["predictor"])] += 1
    own = [each for each in passes if each.model == difficulty["model"]]
    c, k = sum(each.c for each in own), sum(each.k for each in own)
    if k:
        facts.pass_rates.append(c / k)
        facts.attempts.append(k)
        tried.add(difficulty, c, k)


class _Tried:
    """Problems that a model tried, with their out-of-fold predictions."""

    def __init__(self) -> None:
        self.model = ""
        self._predicted: list[float] = []
        self._tries: list[tuple[int, int]] = []

    def add(self, difficulty: Mapping[str, Any], c: int, k: int) -> None:
        self.model = str(difficulty["model"])
        if difficulty["predicted"] is not None:
            self._predicted.append(float(difficulty["predicted"]))
            self._tries.append((c, k))

    def reliability(self) -> Reliability | None:
        """Compare the predictions with the pass rate of all other problems, which is the best guess without looking at
        a problem. None if too few were tried."""
        if len(self._tries) < MIN_TRIED:
            return None
        evidence: SolveCounts = evidence_of(self._predicted, self._tries, [0] * len(self._tries))
        base = (evidence.c.sum() - evidence.c) / (evidence.k.sum() - evidence.k)
        return reliability(evidence, evidence.difficulty, base)
