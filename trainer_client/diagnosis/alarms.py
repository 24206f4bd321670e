"""The rules that warn of a run. Each looks at the steps so far and says a sentence, or nothing.

Findings are numbered as in docs/diagnose.md, whose table says where each comes from. Windows are in steps.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from statistics import fmean

from trainer_client.diagnosis import trends
from trainer_client.diagnosis.metrics import RunFacts, StepMetrics

History = Sequence[StepMetrics]
Check = Callable[[History, RunFacts], str | None]

WINDOW = 10
"""Steps that a figure has to be out of bounds."""
SHORT_WINDOW = 5
EARLY_STEPS = 100
"""In the first steps errors of the evaluator count most (finding 4)."""
MAX_TRUNCATED = 0.10
MAX_TRUNCATED_AT_TARGET = 0.25
"""The length has reached its target, or none is named: then some truncation is a choice."""
TRUNCATED_RISE = 0.05
MAX_LENGTH_SHARE = 0.9
COLLAPSE = 0.75
"""Of the band's lower end: diversity below it has collapsed."""
MIN_ENTROPY_SHARE = 0.2
"""Of the entropy of the first steps."""
RELAXED_RISE, RELAXED_RISE_EARLY = 0.02, 0.01
RELAXED_ERRORS = 4.0
"""Standard errors that the share rises by at least."""
EASY = 0.6
MAX_EQUAL = 0.8
MAX_NOT_JUDGED = 0.05
MIN_WEIGHT_RATIO = 0.8
"""Importance weight of the longest quarter over that of the shortest."""
TREND_STEPS, TREND_T = 40, 4.0
TEMPERATURE_CHANGES = 2
"""Within ``TREND_STEPS``: stages change once."""
CUSTOMARY_TEMPERATURE = 0.6
PROMPTS = (48, 96)
"""Of a rollout: 64 was the best of 32, 64 and 128."""


class Level(StrEnum):
    """An alarm is a reason to look at the run now; a note one to look at its configuration."""

    ALARM = "alarm"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """A rule: its name, the numbers of the findings behind it, the check, and what to do."""

    name: str
    level: Level
    insights: tuple[int, ...]
    check: Check
    advice: str


def _truncation(history: History, facts: RunFacts) -> str | None:
    growing = facts.target_length is not None and (history[-1].max_length or 0) < facts.target_length
    limit = MAX_TRUNCATED if growing else MAX_TRUNCATED_AT_TARGET
    mean = trends.last_mean(history, lambda step: step.truncated, WINDOW)
    start = trends.first(history, lambda step: step.truncated, WINDOW)
    if mean is None or start is None:
        return None
    if trends.all_above(history, lambda step: step.truncated, limit, WINDOW):
        return f"{mean:.0%} of completions were cut in the last {WINDOW} steps, more than {limit:.0%} in each"
    if mean > MAX_TRUNCATED and mean > fmean(start) + TRUNCATED_RISE and _rises(history, lambda step: step.truncated):
        return f"{mean:.0%} of completions were cut in the last {WINDOW} steps, {fmean(start):.0%} at first"
    return None


def _rises(history: History, figure: trends.Figure) -> bool:
    values = trends.last(history, figure, 2 * WINDOW)
    return values is not None and trends.slope(values)[1] > TREND_T


def _length_at_limit(history: History, facts: RunFacts) -> str | None:
    if not trends.all_above(history, lambda step: step.length_share, MAX_LENGTH_SHARE, WINDOW):
        return None
    return f"the mean length is above {MAX_LENGTH_SHARE:.0%} of the maximum"


def _mask_starved(history: History, facts: RunFacts) -> str | None:
    if facts.mask is None or not facts.mask.probability:
        return None
    recent = [step for step in history if step.truncated is not None and _mask_share(step) is not None][-SHORT_WINDOW:]
    if len(recent) < SHORT_WINDOW or any(
        (step.truncated or 0) <= MAX_TRUNCATED or _mask_share(step) for step in recent
    ):
        return None
    cut = fmean(step.truncated or 0 for step in recent)
    return f"{cut:.0%} of completions were cut, and the mask could take none of them for {SHORT_WINDOW} steps"


def _mask_share(step: StepMetrics) -> float | None:
    return step.eligible if step.eligible is not None else step.masked


def _relaxation(history: History, facts: RunFacts) -> str | None:
    known = [step for step in history if step.relaxed is not None and step.accepted]
    if len(known) < 2 * WINDOW:
        return None
    before, after = _relaxed_counts(known[:WINDOW]), _relaxed_counts(known[-WINDOW:])
    rise, errors = trends.difference_of_shares(before, after)
    least = RELAXED_RISE_EARLY if known[-1].step <= EARLY_STEPS else RELAXED_RISE
    if rise < least or errors < RELAXED_ERRORS:
        return None
    return (
        f"{after[0] / after[1]:.1%} of rewards rest on what a checker forgives, {before[0] / before[1]:.1%} at first "
        f"({errors:.1f} standard errors)"
    )


def _relaxed_counts(steps: History) -> tuple[float, float]:
    return sum((step.relaxed or 0) * step.accepted for step in steps), sum(step.accepted for step in steps)


def _diversity_start(history: History, facts: RunFacts) -> str | None:
    early = [step for step in history[:WINDOW] if step.diversity is not None]
    if len(history) < WINDOW or len(early) < SHORT_WINDOW:
        return None
    high = fmean(step.diversity_high if step.diversity_high is not None else step.diversity or 0 for step in early)
    if high >= facts.band[0]:
        return None
    return f"diversity starts at {fmean(step.diversity or 0 for step in early):.2f}, surely below {facts.band[0]:.2f}"


def _collapse(history: History, facts: RunFacts) -> str | None:
    mean = trends.last_mean(history, lambda step: step.diversity, SHORT_WINDOW)
    floor = COLLAPSE * facts.band[0]
    if mean is None or mean >= floor:
        return None
    return f"diversity is {mean:.2f} over the last {SHORT_WINDOW} steps, below {floor:.2f}"


def _entropy(history: History, facts: RunFacts) -> str | None:
    start = trends.first(history, lambda step: step.entropy, WINDOW)
    mean = trends.last_mean(history, lambda step: step.entropy, SHORT_WINDOW)
    if start is None or mean is None or mean >= MIN_ENTROPY_SHARE * fmean(start):
        return None
    return f"entropy is {mean:.3f} over the last {SHORT_WINDOW} steps, {fmean(start):.3f} at first"


def _diversity_declines(history: History, facts: RunFacts) -> str | None:
    values = trends.last(history, lambda step: step.diversity, TREND_STEPS)
    rewards = trends.last(history, lambda step: step.reward, TREND_STEPS)
    if values is None or rewards is None or fmean(values[-WINDOW:]) >= facts.band[0]:
        return None
    change, t = trends.slope(values)
    rise, reward_t = trends.slope(rewards)
    if t > -TREND_T or reward_t < TREND_T:
        return None
    return (
        f"diversity falls by {-100 * change:.2f} in 100 steps to {fmean(values[-WINDOW:]):.2f}, below the band, while "
        f"the reward rises by {100 * rise:.2f}"
    )


def _held_out(history: History) -> list[tuple[float, float]]:
    return [(step.held_out, step.held_out_error or 0.0) for step in history if step.held_out is not None]


def _held_out_fell(history: History, facts: RunFacts) -> str | None:
    scores = _held_out(history)
    if len(scores) < 3:
        return None
    peak, peak_error = max(scores)
    value, error = scores[-1]
    allowed = 1.96 * (peak_error**2 + error**2) ** 0.5 or 0.05
    if peak - value <= allowed or peak - scores[-2][0] <= allowed:
        return None
    return f"the held-out score is {value:.3f}, twice more than {allowed:.3f} below its peak of {peak:.3f}"


def _train_and_held_out_part(history: History, facts: RunFacts) -> str | None:
    scores = _held_out(history)
    rewards = trends.last(history, lambda step: step.reward, TREND_STEPS)
    if len(scores) < 3 or rewards is None or trends.slope(rewards)[1] < TREND_T:
        return None
    gain = fmean(rewards[-WINDOW:]) - fmean(rewards[:WINDOW])
    best = max(score for score, _ in scores[1:])
    if gain < 0.05 or best > scores[0][0]:
        return None
    return f"the reward rose by {gain:.2f} in {TREND_STEPS} steps, the held-out score never above its first"


def _too_easy(history: History, facts: RunFacts) -> str | None:
    rewards = trends.first(history, lambda step: step.reward, SHORT_WINDOW)
    if rewards is None or len(history) > WINDOW or fmean(rewards) <= EASY:
        return None
    return f"the reward starts at {fmean(rewards):.2f}: the problems are easy for this model"


def _equal_groups(history: History, facts: RunFacts) -> str | None:
    if not trends.all_above(history, lambda step: step.equal_groups, MAX_EQUAL, WINDOW):
        return None
    return f"more than {MAX_EQUAL:.0%} of groups have equal rewards and teach nothing"


def _not_judged(history: History, facts: RunFacts) -> str | None:
    if not trends.all_above(history, lambda step: step.not_judged, MAX_NOT_JUDGED, 3):
        return None
    return f"{trends.last_mean(history, lambda step: step.not_judged, 3):.0%} of completions were not judged"


def _weight_by_length(history: History, facts: RunFacts) -> str | None:
    ratio = trends.last(history, _weight_ratio, SHORT_WINDOW)
    if ratio is None or max(ratio) >= MIN_WEIGHT_RATIO:
        return None
    return f"long completions have {fmean(ratio):.2f} of the weight of short ones: a second pressure on length"


def _weight_ratio(step: StepMetrics) -> float | None:
    if not step.weight_short or step.weight_long is None:
        return None
    return step.weight_long / step.weight_short


def _temperature_ramp(history: History, facts: RunFacts) -> str | None:
    values = [step.temperature for step in history[-TREND_STEPS:] if step.temperature is not None]
    changes = sum(before != after for before, after in pairwise(values))
    if changes < TEMPERATURE_CHANGES:
        return None
    return f"the temperature changed {changes} times in {len(values)} steps, from {values[0]:g} to {values[-1]:g}"


def _temperature_low(history: History, facts: RunFacts) -> str | None:
    start = trends.first(history, lambda step: step.temperature, 1)
    if start is None or start[0] > CUSTOMARY_TEMPERATURE:
        return None
    return f"the run starts at temperature {start[0]:g}; the customary {CUSTOMARY_TEMPERATURE} can fail"


def _short_start(history: History, facts: RunFacts) -> str | None:
    start = history[0].max_length
    if not start or facts.target_length is None or start >= facts.target_length / 2:
        return None
    return f"the run starts at {start:.0f} tokens for a target of {facts.target_length}"


def _batch(history: History, facts: RunFacts) -> str | None:
    sizes = [step.prompts for step in history[:SHORT_WINDOW] if step.prompts]
    if not sizes or PROMPTS[0] <= fmean(sizes) <= PROMPTS[1]:
        return None
    return f"a rollout has {fmean(sizes):.0f} prompts; of 32, 64 and 128 the paper found 64 the best"


ALARM, NOTE = Level.ALARM, Level.NOTE
RULES = (
    AlarmRule("truncation", ALARM, (22, 24), _truncation, "raise the maximum length now"),
    AlarmRule("length_at_limit", ALARM, (26, 29), _length_at_limit, "raise the maximum length, or lower rho"),
    AlarmRule("mask_starved", ALARM, (26,), _mask_starved, "look at what is cut: loops, or programs judged wrong"),
    AlarmRule("relaxation", ALARM, (1, 2, 3, 4), _relaxation, "read such programs; reward lcb_strict, or mend suites"),
    AlarmRule("diversity_start", ALARM, (8, 9, 12), _diversity_start, "start at a higher temperature (probe)"),
    AlarmRule("collapse", ALARM, (7, 8, 29, 34), _collapse, "stop; go back to a checkpoint with a higher temperature"),
    AlarmRule("entropy", ALARM, (33, 34), _entropy, "stop; look at clip_high, the KL term and the learning rate"),
    AlarmRule("diversity_declines", ALARM, (29, 34), _diversity_declines, "raise the temperature by a stage"),
    AlarmRule("held_out_fell", ALARM, (25, 27), _held_out_fell, "go back to the checkpoint of the peak"),
    AlarmRule("train_and_held_out_part", ALARM, (17,), _train_and_held_out_part, "train on harder problems"),
    AlarmRule("too_easy", ALARM, (15, 16), _too_easy, "leave easy problems out (data.train.pass_rates)"),
    AlarmRule("equal_groups", ALARM, (15,), _equal_groups, "choose problems that the model solves now and then"),
    AlarmRule("not_judged", ALARM, (3,), _not_judged, "look at the service (microcoder doctor)"),
    AlarmRule("weight_by_length", ALARM, (31,), _weight_by_length, "correct by token, not by sequence"),
    AlarmRule("temperature_ramp", ALARM, (14,), _temperature_ramp, "change the temperature in stages"),
    AlarmRule("temperature_low", NOTE, (9,), _temperature_low, "probe the model (temperature: probe)"),
    AlarmRule("short_start", NOTE, (22, 23), _short_start, "start at half of the target at least"),
    AlarmRule("batch", NOTE, (32,), _batch, "64 prompts are the default"),
)
"""All rules, in the order in which they are asked."""
