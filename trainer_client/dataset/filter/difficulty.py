"""The difficulty of problems: a score, the pass rate expected from it, and the evidence of attempts."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from trainer_client.dataset.config import FilterConfig
from trainer_client.dataset.filter.beta_binomial import Floats, Posterior, fit_precision, posterior
from trainer_client.dataset.filter.calibration import MIN_PROBLEMS, Calibration, SolveCounts, fit, out_of_fold
from trainer_client.dataset.filter.pass_rates import attempts, model_of
from trainer_client.dataset.filter.predictor import fold_of, label, predict
from trainer_client.dataset.filter.rubric import Rating, rate, rubric
from trainer_client.dataset.row import Json, Problem
from trainer_client.dataset.stage import Context

Tries = tuple[int, int]
"""Successes and attempts."""


@dataclass(frozen=True, slots=True)
class Difficulty:
    """The difficulty of one problem. ``unsolved``: it was tried, and no attempt was accepted."""

    facts: Json
    posterior: Posterior | None
    unsolved: bool


@dataclass(frozen=True, slots=True)
class _Score:
    """A score from 1 (easy) to 5, None if no answer of the language model could be read."""

    value: float | None
    predictor: str
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class _Expectation:
    """The pass rate expected from a difficulty; ``precision`` is the number of attempts that it is worth."""

    mean: float
    precision: float
    calibration: Calibration


def difficulties(problems: Sequence[Problem], context: Context) -> list[Difficulty]:
    """Predict the difficulties of problems, and calibrate them.

    Raises:
        RunError: the language model cannot be reached.
    """
    config = context.config.filter
    model = model_of(problems, config.attempts_min)
    tried = [attempts(each, model, config.attempts_min) if model else None for each in problems]
    scores = _by_model(problems, context) or _by_counting(problems, tried, config)
    expected = _expectations(problems, scores, tried, config.seed)
    return [_difficulty(*each, model) for each in zip(scores, expected, tried, strict=True)]


def _by_model(problems: Sequence[Problem], context: Context) -> list[_Score] | None:
    """Return the language model's scores, None if it is not used, or if no answer could be read."""
    llm, settings = context.llm, context.config.llm
    if llm is None or settings is None or "rubric" not in settings.steps:
        return None
    repeats = context.config.filter.rubric.repeats
    with ThreadPoolExecutor(max_workers=context.config.service.concurrency * 2) as pool:
        ratings = list(pool.map(lambda each: rate(each, llm, repeats), problems))
    name = f"rubric-{rubric().version}:{settings.model}"
    return [_Score(each.score if each else None, name, each) for each in ratings] if any(ratings) else None


def _by_counting(problems: Sequence[Problem], tried: Sequence[Tries | None], config: FilterConfig) -> list[_Score]:
    predicted, name = predict(problems, _targets(problems, tried), config.seed)
    return [_Score(round(1 + 4 * float(each), 4), name) for each in predicted]


def _targets(problems: Sequence[Problem], tried: Sequence[Tries | None]) -> list[float | None]:
    """Return the values from which difficulty is learnt: the sources' labels, else pass rates."""
    labels = [label(each) for each in problems]
    rates = [None if each is None else 1 - each[0] / each[1] for each in tried]
    return labels if _count(labels) >= _count(rates) else rates


def _count(values: Sequence[float | None]) -> int:
    return sum(value is not None for value in values)


def _expectations(
    problems: Sequence[Problem], scores: Sequence[_Score], tried: Sequence[Tries | None], seed: int
) -> list[_Expectation | None]:
    """Return expectations, out of fold for problems that were tried. All are None if too few were."""
    known = [place for place, each in enumerate(tried) if each is not None and scores[place].value is not None]
    if len(known) < MIN_PROBLEMS:
        return [None] * len(problems)
    evidence = evidence_of(
        [scores[place].value or 0.0 for place in known],
        [tries for place in known if (tries := tried[place]) is not None],
        [fold_of(problems[place], seed) for place in known],
    )
    calibration = fit(evidence)
    predicted, base = out_of_fold(evidence)
    precision = fit_precision(predicted, evidence.c, evidence.k)
    own = dict(zip(known, predicted.tolist(), strict=True))
    unscored = float(base.mean())
    return [
        _Expectation(own.get(place, _curve_at(calibration, score.value, unscored)), precision, calibration)
        for place, score in enumerate(scores)
    ]


def _curve_at(calibration: Calibration, score: float | None, unscored: float) -> float:
    return unscored if score is None else float(calibration([score])[0])


def evidence_of(scores: Sequence[float], tries: Sequence[Tries], folds: Sequence[int]) -> SolveCounts:
    """Return the attempts as arrays."""
    c: Floats = np.array([each[0] for each in tries], dtype=np.float64)
    k: Floats = np.array([each[1] for each in tries], dtype=np.float64)
    return SolveCounts(np.array(scores, dtype=np.float64), c, k, np.array(folds, dtype=np.int64))


def _difficulty(score: _Score, expected: _Expectation | None, tries: Tries | None, model: str) -> Difficulty:
    c, k = tries or (0, 0)
    known = posterior(expected.mean, expected.precision, c, k) if expected else None
    low, high = known.interval() if known else (None, None)
    facts = {
        **_rating_facts(score.rating),
        "score": _rounded(score.value),
        "predictor": score.predictor,
        "calibration_id": expected.calibration.id if expected else None,
        "calibration_method": expected.calibration.method if expected else None,
        "model": model or None,
        "predicted": _rounded(expected.mean if expected else None),
        "p": _rounded(known.mean if known else None),
        "p_low": _rounded(low),
        "p_high": _rounded(high),
    }
    return Difficulty(facts, known, k > 0 and c == 0)


def _rating_facts(rating: Rating | None) -> Json:
    if rating is None:
        return {"rubric_version": None, "dims": None, "repeats": 0, "unread": 0, "spread": None}
    return {
        "rubric_version": rubric().version,
        "dims": {name: round(value, 4) for name, value in rating.dims.items()},
        "repeats": rating.repeats,
        "unread": rating.unread,
        "spread": round(rating.spread, 4),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
