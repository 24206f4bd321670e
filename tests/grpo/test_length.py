"""The registered experiment on length: its analysis on lengths of a known slope, and its records. Its runner is in
test_example.py."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from examples.grpo.length import analysis, records
from examples.grpo.length.design import ARMS, CONTROL, RHO, SEEDS

HERE = {"engine": "1", "CPU": "a"}
ELSEWHERE = {"engine": "1", "CPU": "b"}


def run(arm: str, seed: int, length: float, steps: int = 4) -> dict[str, Any]:
    """Return a run as ``report.read`` returns it, of this mean length."""
    drift = [length + step - (steps - 1) / 2 for step in range(steps)]
    curves = {name: [0.0] * steps for name in records.CURVES} | {"length": drift}
    return {"arm": arm, "seed": seed, "steps": [*range(steps)], "curves": curves, "evaluations": [{"short": 0.5}]}


def write(folder: Path, slope: float, seeds: Sequence[int] = SEEDS, made_of: records.Provenance = HERE) -> None:
    """Write all arms of these seeds: seeds differ by far more than arms do, and slopes by a little."""
    for seed in seeds:
        chance = random.Random(seed)
        start, own = chance.gauss(10, 3), chance.gauss(slope, 0.1)
        for arm in ARMS:
            records.write(folder / "runs", run(arm, seed, start + own * RHO.get(arm, 0.0)), made_of)


@pytest.mark.parametrize("slope", [0.5, -0.5, 0.0])
def test_a_slope_is_found_and_its_interval_holds_it(tmp_path: Path, slope: float) -> None:
    write(tmp_path, slope)
    seeds = analysis.complete_seeds(records.read(tmp_path / "runs"))
    found = analysis.slope(seeds)
    assert found.low < slope < found.high
    assert 0.05 < found.high - found.low < 0.15, "pairs take the seeds' own lengths out"
    assert (found.low > 0) == (slope > 0)
    assert (found.high < 0) == (slope < 0)
    at_half = analysis.difference(seeds, "microcoder_05")
    assert at_half.mean == pytest.approx(found.mean / 2)
    assert analysis.difference(seeds, CONTROL) == (0, 0, 0)


def test_a_report_counts_what_is_missing_and_leaves_out_seeds_with_missing_arms(tmp_path: Path) -> None:
    write(tmp_path, 0.5, SEEDS[:3])
    records.path_of(tmp_path / "runs", CONTROL, SEEDS[2]).unlink()
    text = analysis.write(tmp_path)
    assert "**Partial**: 14 of 100 runs; 2 of 20 seeds have all arms; 86 runs are missing." in text
    assert "positive in 2 of 2 seeds" in text
    assert (tmp_path / "results.md").read_text() == text
    write(tmp_path, 0.5)
    assert "Complete: 100 of 100 runs" in analysis.write(tmp_path)
    assert "Partial" not in (tmp_path / "results.md").read_text()


def test_a_report_of_no_run_or_one_seed_has_no_slope(tmp_path: Path) -> None:
    assert "0 of 100 runs" in analysis.write(tmp_path)
    write(tmp_path, 0.5, SEEDS[:1])
    text = analysis.write(tmp_path)
    assert "5 of 100 runs; 1 of 20 seeds have all arms" in text
    assert "Slope" not in text


def test_other_machines_are_named_and_never_mixed_within_a_seed(tmp_path: Path) -> None:
    write(tmp_path, 0.5, SEEDS[:2])
    write(tmp_path, 0.5, SEEDS[2:3], ELSEWHERE)
    assert "**Runs of 2 versions or machines**" in analysis.write(tmp_path)
    records.write(tmp_path / "runs", run(CONTROL, SEEDS[0], 10), ELSEWHERE)
    with pytest.raises(ValueError, match=f"seed {SEEDS[0]} are of different versions"):
        analysis.write(tmp_path)


def test_a_run_of_another_design_is_refused(tmp_path: Path) -> None:
    records.write(tmp_path / "runs", run("dapo", 11, 10), HERE)
    with pytest.raises(ValueError, match="dapo, seed 11, is not of the design"):
        analysis.write(tmp_path)


def test_what_is_done_is_not_done_again_nor_continued_elsewhere(tmp_path: Path) -> None:
    folder, two = tmp_path / "runs", SEEDS[:2]
    assert records.open_jobs(folder, two, HERE, mixed=False) == [(arm, seed) for seed in two for arm in ARMS]
    records.write(folder, run("dapo", two[0], 10), HERE)
    assert records.open_jobs(folder, two, HERE, mixed=False)[0] == (ARMS[1], two[0])
    with pytest.raises(SystemExit, match="CPU: a there, b here"):
        records.open_jobs(folder, two, ELSEWHERE, mixed=False)
    write(tmp_path, 0.5, two[1:], HERE)
    assert records.open_jobs(folder, two, ELSEWHERE, mixed=True) == [(arm, two[0]) for arm in ARMS], "whole seeds stay"
    assert {record["seed"] for record in records.read(folder)} == {two[1]}
