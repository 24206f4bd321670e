"""Alarms while a run goes on, in TRL: a callback, and the rollouts that ``MicroCoderTrainer`` hands it.

    watcher = LiveAlarms(Path("out"), facts)
    trainer = MicroCoderTrainer(..., on_rollout=watcher.on_rollout, callbacks=[watcher])

Each alarm is a warning in the log and a line in ``alarms.jsonl``. ``rollouts.jsonl`` beside it has each completion's
length, verdict and reward and each step's figures, so that ``microcoder diagnose`` shows the run later, or from another
terminal (``--follow``).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from trainer_client.diagnosis.formats import own, trl
from trainer_client.diagnosis.formats.entry import TextLength
from trainer_client.diagnosis.metrics import LOGGED, RunFacts, StepMetrics
from trainer_client.diagnosis.monitor import RaisedAlarm, TrainingMonitor
from trainer_client.diagnosis.rollouts import Rollout, RolloutStep
from trainer_client.diagnosis.sources import OWN_LOG
from trainer_client.grpo.gathering import GatheredRollout

ALARMS = "alarms.jsonl"
_log = logging.getLogger(__name__)


class LiveAlarms(TrainerCallback):  # type: ignore[misc]  # Any to the checker
    """Follows a run from within. Only the main process watches.

    Args:
        folder: for the two files; those of a run that is resumed are read, and go on at the resumed step.
        facts: of the run.
    """

    def __init__(self, folder: Path, facts: RunFacts) -> None:
        self.monitor = TrainingMonitor(facts)
        self._folder = folder
        self._logged: dict[str, float] = {}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Take up what a run that is resumed has written before."""
        if not state.is_world_process_zero:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / OWN_LOG
        lines = file.read_text().splitlines() if file.exists() and state.global_step else []
        before = [line for line in lines if json.loads(line)["step"] <= state.global_step]
        file.write_text("".join(f"{line}\n" for line in before))
        if not before:
            (self._folder / ALARMS).write_text("")
        for line in before:
            for entry in own.read(json.loads(line), file, TextLength()):
                if entry.rollout is None:
                    self.monitor.add(StepMetrics(entry.step, **entry.logged))  # type: ignore[arg-type]

    def on_log(self, args: Any, state: Any, control: Any, logs: Mapping[str, Any] | None = None, **_: Any) -> None:
        """Keep the trainer's own figures for the next rollout."""
        for entry in trl.figures([{"step": state.global_step, **(logs or {})}]):
            self._logged |= entry.logged

    def on_rollout(self, gathered: GatheredRollout) -> None:
        """Take note of a rollout, in the main process."""
        logged = {name: value for name, value in {**self._logged, **gathered.figures}.items() if name in LOGGED}
        self._logged = {}
        groups = groups_of(gathered)
        alarms = self.monitor.observe(RolloutStep(gathered.step, groups, logged))
        self._write(gathered.step, groups, self.monitor.history[-1])
        for alarm in alarms:
            self._tell(alarm)

    def _write(self, step: int, groups: Sequence[Sequence[Rollout]], metrics: StepMetrics) -> None:
        rows: list[dict[str, Any]] = [
            {"step": step, "group": str(number), **_row(rollout)}
            for number, group in enumerate(groups)
            for rollout in group
        ]
        figures = {name: value for name, value in asdict(metrics).items() if name in LOGGED and value is not None}
        with (self._folder / OWN_LOG).open("a") as file:
            file.writelines(json.dumps(row) + "\n" for row in [*rows, {"step": step, "metrics": figures}])

    def _tell(self, alarm: RaisedAlarm) -> None:
        _log.warning("step %d, %s: %s; %s", alarm.step, alarm.rule, alarm.message, alarm.advice)
        with (self._folder / ALARMS).open("a") as file:
            file.write(json.dumps(asdict(alarm)) + "\n")


def groups_of(gathered: GatheredRollout) -> list[list[Rollout]]:
    """Return a rollout's completions, shape (prompts, G)."""
    size = gathered.group_size
    rollouts = [Rollout(**fields) for fields in gathered.completions]
    return [rollouts[start : start + size] for start in range(0, len(rollouts), size)]


def _row(rollout: Rollout) -> dict[str, Any]:
    """Return a completion as a row of our own form. Its tokens are left out: 512 times 4,096 of them are 12 MB."""
    names = ("length", "reward", "verdict", "truncated", "strict")
    return {name: getattr(rollout, name) for name in names}
