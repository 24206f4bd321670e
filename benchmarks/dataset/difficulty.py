"""Difficulty: does the prediction rank problems, is the calibration right, and what do real pass rates say?

``python -m benchmarks.dataset.difficulty SETS [--seeds 20] [--record]``, SETS being the folder of whole problem sets,
beside ``lcb_samples.jsonl`` and ``lcb_disputed.jsonl``, whose programs of several models have official grades.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.dataset.real_sets import TEST, TRAIN, MemorySuites, read
from benchmarks.machine import facts, record
from trainer_client.dataset.config import DatasetConfig
from trainer_client.dataset.filter import Candidate, select
from trainer_client.dataset.filter.beta_binomial import fit_precision, posterior
from trainer_client.dataset.filter.calibration import SolveCounts, fit, out_of_fold, reliability
from trainer_client.dataset.filter.difficulty import evidence_of
from trainer_client.dataset.filter.predictor import fold_of, label, predict
from trainer_client.dataset.row import Problem

RESULTS = Path(__file__).with_name("RESULTS.md")
Floats = NDArray[np.float64]
_RESAMPLES = 2000
_ATTEMPTS, _PROBLEMS = 8, 500
_BAND = (0.2, 0.8)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", type=Path)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--record", action="store_true", help="add the result to benchmarks/dataset/RESULTS.md")
    options = parser.parse_args()
    before = facts()
    lines = [*measure(options.sets, options.seeds)]
    print(before, *lines, sep="\n")
    if options.record:
        record(
            "Difficulty",
            f"python -m benchmarks.dataset.difficulty SETS --seeds {options.seeds}",
            before,
            lines,
            RESULTS,
        )


def measure(sets: Path, seeds: int) -> Iterable[str]:
    """The lines of the result."""
    problems = [_grouped(each) for each in read(sets, TRAIN, TEST, suites=MemorySuites())]
    labels = [label(each) for each in problems]
    predicted, name = predict(problems, labels, 0)
    yield from _ranking(labels, predicted, name)
    yield ""
    yield from _simulated(seeds)
    yield ""
    yield from _simulated_selection(predicted, problems, seeds)
    yield ""
    yield from _real(problems, predicted, _pass_rates(sets.parent))


def _grouped(problem: Problem) -> Problem:
    """Problems of one contest, and so sequels, have neighbouring numbers: they are predicted in one fold."""
    return replace(problem, group_id=str(int(problem.contest) // 8) if problem.contest.isdigit() else problem.id)


def _ranking(labels: Sequence[float | None], predicted: Floats, name: str) -> Iterator[str]:
    values = np.array([-1.0 if each is None else each for each in labels])
    easy, hard = predicted[values == 0.0], predicted[values == 1.0]
    rng = np.random.default_rng(0)
    draws = [_auc(rng.choice(easy, easy.size), rng.choice(hard, hard.size)) for _ in range(_RESAMPLES)]
    low, high = np.quantile(draws, (0.025, 0.975))
    yield f"Ranking by {name}, out of fold, {len(labels)} labelled problems: AUC of {easy.size} easy and {hard.size}"
    yield f"hard ones {_auc(easy, hard):.3f} (95 %: {low:.3f}–{high:.3f}); must be 0.70."


def _auc(low: Floats, high: Floats) -> float:
    """The probability that one of ``high`` is above one of ``low``."""
    from scipy.stats import rankdata

    ranks = rankdata(np.concatenate([low, high]))[low.size :]
    return float((ranks.sum() - high.size * (high.size + 1) / 2) / (low.size * high.size))


def _simulated(seeds: int) -> Iterator[str]:
    """Models whose pass rate is a known curve of difficulty, problems of one difficulty differing or not."""
    yield f"Simulated models, {_PROBLEMS} problems with {_ATTEMPTS} attempts, {seeds} seeds. The cut is where half"
    yield "pass; the precision says how little problems of one difficulty differ."
    yield ""
    yield "| precision | method | cut, largest error | ECE, mean | ECE, largest |"
    yield "|---|---|---|---|---|"
    for precision in (4.0, 10.0, 1000.0):
        errors, eces, method = [], [], ""
        for seed in range(seeds):
            evidence = _evidence(np.random.default_rng(seed), precision)
            curve = fit(evidence)
            cut = curve.cut(0.5)
            errors.append(abs((cut if cut is not None else 2.0) - 0.5))
            eces.append(reliability(evidence, *out_of_fold(evidence)).ece)
            method = curve.method
        yield f"| {precision:g} | {method} | {max(errors):.3f} | {np.mean(eces):.3f} | {max(eces):.3f} |"


def _evidence(rng: np.random.Generator, precision: float) -> SolveCounts:
    difficulty = rng.uniform(0, 1, _PROBLEMS)
    mean = 1 / (1 + np.exp(8 * (difficulty - 0.5)))
    p = rng.beta(mean * precision, (1 - mean) * precision)
    c = rng.binomial(_ATTEMPTS, p).astype(float)
    return SolveCounts(difficulty, c, np.full(_PROBLEMS, float(_ATTEMPTS)), rng.integers(0, 5, _PROBLEMS))


def _simulated_selection(predicted: Floats, problems: Sequence[Problem], seeds: int) -> Iterator[str]:
    """Real problems' predictions, models whose pass rate on each is known: is what is kept in the band?"""
    right = naive_right = kept = naive_kept = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        chosen = rng.choice(len(problems), _PROBLEMS, replace=False)
        mean = 1 / (1 + np.exp(6 * (predicted[chosen] - 0.5)))
        p = rng.beta(mean * 5, (1 - mean) * 5)
        c = rng.binomial(_ATTEMPTS, p)
        tries = [(int(each), _ATTEMPTS) for each in c]
        evidence = evidence_of(predicted[chosen].tolist(), tries, [fold_of(problems[each], 0) for each in chosen])
        expected, _ = out_of_fold(evidence)
        precision = fit_precision(expected, evidence.c, evidence.k)
        known = [posterior(float(m), precision, int(s), _ATTEMPTS) for m, s in zip(expected, c, strict=True)]
        candidates = [Candidate(str(n), each, False, True) for n, each in enumerate(known)]
        settings = DatasetConfig.model_validate(_SETTINGS).filter
        fates = np.array(select(candidates, settings)) == "kept"
        inside = (p >= _BAND[0]) & (p <= _BAND[1])
        naive = (c / _ATTEMPTS >= _BAND[0]) & (c / _ATTEMPTS <= _BAND[1])
        right, kept = right + int((inside & fates).sum()), kept + int(fates.sum())
        naive_right, naive_kept = naive_right + int((inside & naive).sum()), naive_kept + int(naive.sum())
    share, naive_share = right / kept, naive_right / naive_kept
    yield f"Selection of the band {_BAND[0]:g}–{_BAND[1]:g} at confidence 0.8, true pass rates known: of {kept} kept"
    yield f"{share:.1%} lie in it; of {naive_kept} chosen by the raw rate of {_ATTEMPTS} attempts {naive_share:.1%}."


_SETTINGS = {
    "collect": {"sources": [{"format": "own", "files": ["none"]}]},
    "filter": {"band": _BAND, "confidence": 0.8, "easy_quota": 0.0},
}


def _pass_rates(folder: Path) -> dict[str, tuple[int, int]]:
    """By LeetCode's number: how many of the models' programs were accepted, by official grades."""
    found: dict[str, list[bool]] = defaultdict(list)
    for name in ("lcb_samples.jsonl", "lcb_disputed.jsonl"):
        for line in (folder / name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            if row["platform"] == "leetcode":
                found[str(row["question_id"])].append(row["expected"] == "accepted")
    return {number: (sum(passed), len(passed)) for number, passed in found.items()}


def _real(problems: Sequence[Problem], predicted: Floats, rates: dict[str, tuple[int, int]]) -> Iterator[str]:
    places = [place for place, each in enumerate(problems) if rates.get(each.contest, (0, 0))[1] >= 3]
    tries = [rates[problems[place].contest] for place in places]
    folds = [fold_of(problems[place], 0) for place in places]
    evidence = evidence_of(predicted[places].tolist(), tries, folds)
    found = reliability(evidence, *out_of_fold(evidence))
    says = "they beat the base rate" if found.beats_base_rate else "they do not beat the base rate, and a card says so"
    yield "Real pass rates, LiveCodeBench's official grades of several models' programs:"
    yield f"{found.problems} problems that are in the set, {int(evidence.k.sum())} programs."
    yield f"Out of fold ECE {found.ece:.3f}, Brier {found.brier:.4f}, base rate {found.brier_base:.4f},"
    yield f"gain {found.gain:.4f} (95 %: {found.gain_low:.4f} to {found.gain_high:.4f}): {says}."


if __name__ == "__main__":
    main()
