"""Scores in trackers, by the trackers' own packages: left out where these are not installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from evaluator.schema import Report
from tests.waiting import until
from trainer_client.benchmarks import tracking
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.scoring import score
from trainer_client.benchmarks.task import BadFile, BenchmarkTask
from trainer_client.suites import suite_of


def run() -> Run:
    suite = suite_of({"inputs": ["1"], "outputs": ["1"]})
    tasks = [BenchmarkTask(name, suite, kind=kind) for name, kind in (("a", "easy"), ("b", "hard"), ("c", "hard"))]
    verdicts = {"a": "accepted", "b": "wrong_answer", "c": "accepted"}
    reports = {
        name: [Report.model_validate({"verdict": each, "score": 0.0, "passed": 0, "total": 1, "engine": "0"})]
        for name, each in verdicts.items()
    }
    return Run("bench a/b", None, False, tasks, {}, {}, reports, score(reports))


def test_the_figures_of_a_run() -> None:
    figures = tracking.scalars(run())
    assert figures["pass@1"] == pytest.approx(2 / 3)
    assert (figures["pass@1/easy"], figures["pass@1/hard"], figures["unjudged"]) == (1.0, 0.5, 0.0)
    assert figures["verdicts/wrong_answer"] == pytest.approx(1 / 3)
    assert figures["pass@1_low"] < figures["pass@1"] < figures["pass@1_high"]


def test_a_tracker_that_is_not_installed_is_named() -> None:
    with pytest.raises(
        BadFile, match="--wandb needs no_such_package, which is not installed: pip install no_such_package"
    ):
        tracking.check("--wandb", "no_such_package")


@pytest.mark.skipif(find_spec("tensorboard") is None, reason="tensorboard is not installed")
def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for step in (10, 20):
        tracking.write_tensorboard([run()], tmp_path, step)
    [folder] = tmp_path.iterdir()
    events = EventAccumulator(str(folder)).Reload()
    assert folder.name == "bench a_b"
    points = events.Scalars("eval/pass@1")
    assert {point.step for point in points} == {10, 20}
    assert points[0].value == pytest.approx(2 / 3)


@pytest.mark.skipif(find_spec("wandb") is None, reason="wandb is not installed")
def test_wandb_logs_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_DIR", str(tmp_path))
    monkeypatch.setenv("WANDB_SILENT", "true")
    tracking.write_wandb([run(), run()], "project", 10, {"model": "m"})

    def scored() -> int:
        """Count the runs on disk with a score: the library's own process may write them behind the call."""
        logs = tmp_path.glob("wandb/offline-run-*/run-*.wandb")
        return sum(b"eval/pass@1" in log.read_bytes() for log in logs)

    until(lambda: scored() == 2, "two runs with a score on disk")
