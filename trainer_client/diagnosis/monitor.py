"""Follows a run: figures of each step, and an alarm where a rule begins to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from trainer_client.diagnosis import trends
from trainer_client.diagnosis.alarms import RULES, TREND_STEPS, AlarmRule, Level
from trainer_client.diagnosis.metrics import RunFacts, StepMetrics, measure
from trainer_client.diagnosis.rollouts import RolloutStep

CLEAR_STEPS = 20
"""A rule that has not held for so many steps may be told again."""
STEADY_T = 2.0
"""A slope within so many standard errors is none."""


@dataclass(frozen=True, slots=True)
class RaisedAlarm:
    """A rule that began to hold at a step. ``message`` says what is wrong, ``advice`` what to do."""

    step: int
    rule: str
    level: Level
    message: str
    advice: str
    insights: tuple[int, ...]


class TrainingMonitor:
    """The history of a run, and the alarms so far.

    Args:
        facts: of the run.
        rules: to ask.
    """

    def __init__(self, facts: RunFacts | None = None, rules: Sequence[AlarmRule] = RULES) -> None:
        self.facts = facts or RunFacts()
        self.history: list[StepMetrics] = []
        self.alarms: list[RaisedAlarm] = []
        self._rules = rules
        self._held_at: dict[str, int] = {}

    def observe(self, step: RolloutStep) -> list[RaisedAlarm]:
        """Take note of a step, and return the alarms that it raises."""
        return self.add(measure(step, self.facts))

    def add(self, metrics: StepMetrics) -> list[RaisedAlarm]:
        """Take note of a step's figures, and return the alarms that they raise. A rule that goes on to hold is told
        once."""
        self.history.append(metrics)
        now = len(self.history)
        raised = []
        for rule in self._rules:
            message = rule.check(self.history, self.facts)
            if message is None:
                continue
            if now - self._held_at.get(rule.name, -CLEAR_STEPS) >= CLEAR_STEPS:
                raised.append(RaisedAlarm(metrics.step, rule.name, rule.level, message, rule.advice, rule.insights))
            self._held_at[rule.name] = now
        self.alarms += raised
        return raised

    @property
    def own_band(self) -> tuple[float, float] | None:
        """The diversities that this run has converged to: mean and two deviations of the last ``TREND_STEPS`` steps, if
        they have no trend. Rules keep the facts' band, since a run that has collapsed is steady too."""
        values = trends.last(self.history, lambda step: step.diversity, TREND_STEPS)
        if values is None or abs(trends.slope(values)[1]) > STEADY_T:
            return None
        spread = 2 * stdev(values)
        return max(fmean(values) - spread, 0.0), min(fmean(values) + spread, 1.0)
