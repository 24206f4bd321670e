"""Difficulty is predicted, calibrated and selected by; what is not known is not made up."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.dataset.values import Listed, config, context, varied
from trainer_client.configuration import BadConfig
from trainer_client.dataset.config import FilterConfig
from trainer_client.dataset.filter import Candidate, FilterStage, select
from trainer_client.dataset.filter.beta_binomial import fit_precision, posterior
from trainer_client.dataset.filter.calibration import SolveCounts, fit, out_of_fold, reliability
from trainer_client.dataset.filter.predictor import HEURISTIC, fold_of, label, predict
from trainer_client.dataset.filter.rubric import rating, read_answer, rubric
from trainer_client.dataset.row import PassRate, Problem, Rejection, Verification


def simulated(count: int, seed: int, attempts: int = 8) -> tuple[SolveCounts, np.ndarray]:
    """Problems whose pass rate is known: a logistic curve of difficulty, half at 0.5."""
    rng = np.random.default_rng(seed)
    difficulty = rng.uniform(0, 1, count)
    p = 1 / (1 + np.exp(8 * (difficulty - 0.5)))
    k = np.full(count, float(attempts))
    return SolveCounts(difficulty, rng.binomial(attempts, p).astype(float), k, rng.integers(0, 5, count)), p


@pytest.mark.parametrize(("count", "method"), [(120, "platt"), (500, "isotonic")])
def test_a_known_curve_is_recovered(count: int, method: str) -> None:
    for seed in range(5):
        evidence, p = simulated(count, seed)
        curve = fit(evidence)
        cut = curve.cut(0.5)
        assert curve.method == method
        assert cut is not None
        assert abs(cut - 0.5) <= 0.05
        assert float(np.abs(curve(evidence.difficulty) - p).mean()) < 0.05


def test_predictions_are_out_of_fold() -> None:
    """A fold's own attempts do not move its predictions."""
    evidence, _ = simulated(300, 1)
    before, _ = out_of_fold(evidence)
    own = evidence.fold == 2
    changed = SolveCounts(evidence.difficulty, np.where(own, 0.0, evidence.c), evidence.k, evidence.fold)
    after, _ = out_of_fold(changed)
    assert np.array_equal(before[own], after[own])
    assert not np.array_equal(before[~own], after[~own])


def test_noise_does_not_beat_the_base_rate() -> None:
    beaten = 0
    for seed in range(10):
        evidence, _ = simulated(300, seed)
        shuffled = np.random.default_rng(seed).permutation(evidence.difficulty)
        noise = SolveCounts(shuffled, evidence.c, evidence.k, evidence.fold)
        beaten += reliability(noise, *out_of_fold(noise)).beats_base_rate
    assert beaten == 0


def test_few_problems_calibrate_nothing() -> None:
    with pytest.raises(ValueError, match="19 problems"):
        fit(simulated(19, 0)[0])


def test_none_of_four_is_not_surely_hard() -> None:
    known = posterior(mean=0.3, precision=4.0, c=0, k=4)
    assert 0.1 < known.mean < 0.2
    assert known.within(0.2, 1.0) > 0.2
    low, high = known.interval()
    assert 0 < low < known.mean < high < 0.6


def test_the_precision_of_known_betas_is_found() -> None:
    rng = np.random.default_rng(3)
    mean = rng.uniform(0.2, 0.8, 4000)
    p = rng.beta(mean * 6, (1 - mean) * 6)
    c = rng.binomial(8, p).astype(float)
    assert fit_precision(mean, c, np.full(4000, 8.0)) == pytest.approx(6, rel=0.15)


def candidate(name: str, mean: float, *, unsolved: bool = False, proven: bool = True) -> Candidate:
    return Candidate(name, posterior(mean, 60.0), unsolved, proven)


def test_selection_goes_by_the_probability_of_the_band() -> None:
    settings = FilterConfig(band=(0.2, 0.8), confidence=0.8, easy_quota=0.25)
    kept = [candidate(f"middle{n}", 0.5) for n in range(3)]
    easy = [candidate("easier", 0.95), candidate("easy", 0.9)]
    rest = [candidate("hard", 0.05), candidate("edge", 0.2), candidate("wrong", 0.05, unsolved=True, proven=False)]
    fates = dict(zip((c.id for c in [*kept, *easy, *rest]), select([*kept, *easy, *rest], settings), strict=True))
    assert [fates[f"middle{n}"] for n in range(3)] == ["kept"] * 3
    assert (fates["easy"], fates["easier"]) == ("kept_easy", "easy_quota")  # one of four may be easy: the harder one
    assert (fates["hard"], fates["edge"], fates["wrong"]) == ("too_hard", "uncertain", "needs_oracle_proof")


def test_sequels_and_contests_are_in_one_fold() -> None:
    one, two = Problem("a-i", group_id="a-i"), Problem("a-ii", group_id="a-i")
    assert fold_of(one, 0) == fold_of(two, 0)
    assert fold_of(Problem("x", date="2024-01-01"), 0) == fold_of(Problem("y", date="2024-01-01"), 0)
    assert len({fold_of(Problem(f"p{n}"), 0) for n in range(100)}) == 5


@pytest.mark.parametrize(
    ("said", "value"),
    [("Easy", 0.0), ("Hard", 1.0), ("2150", 0.5), ("MEDIUM_HARD", 0.65), ("", None), ("who knows", None)],
)
def test_labels_of_sources(said: str, value: float | None) -> None:
    assert label(Problem("p", source_difficulty=said)) == value


def test_without_labels_the_heuristic_is_named() -> None:
    problems = [each.evolve(source_difficulty="") for each in varied(30)]
    values, name = predict(problems, [None] * 30, 0)
    assert name == HEURISTIC
    assert len(values) == 30


def outcomes(problems: list[Problem], folder: Path, **settings: object) -> dict[str, Problem | Rejection]:
    return {each.id: each for each in FilterStage().apply_all(Listed(problems), context(folder, filter=settings))}


def test_the_order_of_problems_does_not_matter(tmp_path: Path) -> None:
    problems = varied(250)
    assert outcomes(problems, tmp_path, band=(0.2, 0.8)) == outcomes(problems[::-1], tmp_path, band=(0.2, 0.8))


def test_quarantine_is_dropped_by_name_or_kept(tmp_path: Path) -> None:
    apart = Problem("p").set_apart("no_second_opinion")
    [dropped] = outcomes([apart], tmp_path).values()
    assert dropped == Rejection("p", "filter", "quarantine", {"reasons": ["no_second_opinion"]})
    [kept] = outcomes([apart], tmp_path, quarantine="keep").values()
    assert isinstance(kept, Problem)


def test_a_band_without_pass_rates_is_refused(tmp_path: Path) -> None:
    problems = [each.evolve(passes=()) for each in varied(30)]
    with pytest.raises(BadConfig, match="nothing says which problems are in it"):
        outcomes(problems, tmp_path, band=(0.2, 0.8))


def test_an_unsolved_problem_needs_proof_of_its_tests(tmp_path: Path) -> None:
    unsolved = [each.evolve(passes=(PassRate("m", 8, 0),)) for each in varied(2)]
    proven = unsolved[0].evolve(verification=Verification(reference_ok=True, second_opinion=True))
    doubtful = unsolved[1].evolve(verification=Verification(reference_ok=True, second_opinion=False))
    others = [each.evolve(passes=(PassRate("m", 8, 4),)) for each in varied(40)[2:]]
    found = outcomes([proven, doubtful, *others], tmp_path)
    assert isinstance(found[proven.id], Problem)
    rejection = found[doubtful.id]
    assert isinstance(rejection, Rejection)
    assert rejection.reason == "needs_oracle_proof"


def test_pass_rates_come_from_files_too(tmp_path: Path) -> None:
    problems = [each.evolve(passes=()) for each in varied(60)]
    rows = [{"id": each.id, "model": "m", "k": 8, "c": n % 9} for n, each in enumerate(problems)]
    file = tmp_path / "rates.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    kept = [e for e in outcomes(problems, tmp_path, pass_rates=(str(file),)).values() if isinstance(e, Problem)]
    assert all(each.difficulty_json and each.difficulty_json["p"] is not None for each in kept)


@pytest.mark.parametrize(
    "line",
    [
        '{"id": "p", "model": "m", "k": 4, "c": 5}',
        '{"id": "p"}',
        "no JSON",
        '{"id": "p", "model": "m", "k": 4, "c": 1, "rate": 2}',
    ],
)
def test_a_line_that_is_no_pass_rate_is_named(line: str, tmp_path: Path) -> None:
    file = tmp_path / "rates.jsonl"
    file.write_text(line + "\n")
    with pytest.raises(BadConfig, match=r"rates\.jsonl:1: no pass rate"):
        outcomes([], tmp_path, pass_rates=(str(file),))


GOOD = {"comprehension": 2, "algorithm": 3, "knowledge": 1, "implementation": 4, "edge_cases": 5}


def test_an_answer_counts_only_as_the_rubric_asks() -> None:
    used = rubric()
    assert read_answer(json.dumps(GOOD), used) == GOOD
    assert read_answer(f"<think>3?</think>```json\n{json.dumps(GOOD)}\n```", used) == GOOD
    for bad in (None, "", "3", "{}", json.dumps({**GOOD, "algorithm": 6}), json.dumps({**GOOD, "algorithm": 2.5}),
                json.dumps({**GOOD, "algorithm": True}), json.dumps({**GOOD, "more": 1})):  # fmt: skip
        assert read_answer(bad, used) is None


def test_a_rating_is_the_weighted_mean_with_its_spread() -> None:
    used = rubric()
    found = rating([GOOD, None, {**GOOD, "algorithm": 5}], used)
    assert found is not None
    first = 0.15 * 2 + 0.30 * 3 + 0.20 * 1 + 0.20 * 4 + 0.15 * 5
    assert found.score == pytest.approx(first + 0.3)
    assert found.spread == pytest.approx(0.3)
    assert (found.repeats, found.unread, found.dims["algorithm"]) == (2, 1, 4.0)
    assert rating([None, None], used) is None


def test_defaults_keep_everything(tmp_path: Path) -> None:
    assert config().filter.band == (0.0, 1.0)
    problems = [each.evolve(passes=()) for each in varied(20)]
    assert all(isinstance(each, Problem) for each in outcomes(problems, tmp_path).values())
