"""Alarms inside TRL's own training loop, and the log that they leave; the tables that TRL itself writes."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

pytest.importorskip("trl", reason="TRL is there only where one trains")

from tests.grpo.test_trl import LENGTH, trainer
from trainer_client.diagnosis.live import ALARMS, LiveAlarms
from trainer_client.diagnosis.metrics import RunFacts, measure
from trainer_client.diagnosis.sources import LogFiles, read_steps
from trainer_client.grpo.presets import MICROCODER

STEPS = 4


def test_a_run_is_watched_from_within_and_read_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    facts = RunFacts(LENGTH, mask=MICROCODER.mask, prefix=LENGTH)
    watcher = LiveAlarms(tmp_path / "out", facts)
    with caplog.at_level(logging.WARNING):
        train(tmp_path, watcher, steps=STEPS)
    live = watcher.monitor.history
    assert [step.step for step in live] == list(range(STEPS))
    assert all(step.completions == 8 and step.prompts == 2 and step.updates == 1 for step in live)
    assert all(step.no_code == 1 and step.eligible == step.truncated for step in live)
    # What the trainer measures itself comes with its log, after the step.
    assert [step.entropy is not None for step in live] == [False, *[True] * (STEPS - 1)]
    assert "batch" in caplog.text
    assert json.loads((tmp_path / "out" / ALARMS).read_text().splitlines()[0])["rule"] == "batch"
    again = [measure(step, facts) for step in read_steps(LogFiles([tmp_path / "out"]))]
    assert [(s.reward, s.length, s.truncated, s.diversity, s.entropy, s.pressure) for s in again] == [
        (s.reward, s.length, s.truncated, s.diversity, s.entropy, s.pressure) for s in live
    ]
    of_trl = [measure(step, facts) for step in read_steps(LogFiles([tmp_path / "out" / "completions"]))]
    assert [step.reward for step in of_trl] == pytest.approx([step.reward for step in live])


def test_a_run_that_is_resumed_goes_on_in_its_log(tmp_path: Path) -> None:
    train(tmp_path, LiveAlarms(tmp_path / "out", RunFacts(LENGTH)), steps=2, save=True)
    watcher = LiveAlarms(tmp_path / "out", RunFacts(LENGTH))
    train(tmp_path, watcher, steps=4, save=True, resume=True)
    steps = [step.number for step in read_steps(LogFiles([tmp_path / "out"]))]
    assert steps == [0, 1, 2, 3]
    assert [step.step for step in watcher.monitor.history] == steps


def train(folder: Path, watcher: LiveAlarms, *, steps: int, save: bool = False, resume: bool = False) -> None:
    arguments = {"log_completions": not save, **({"save_strategy": "steps", "save_steps": 2} if save else {})}
    run = trainer(folder / "out", steps=steps, arguments=arguments, on_rollout=watcher.on_rollout, callbacks=[watcher])
    run.train(resume_from_checkpoint=resume)
