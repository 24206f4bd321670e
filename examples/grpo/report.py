"""From the records of runs to a table with intervals, plots, and the numbers behind them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from examples.grpo.arms import ARMS, BASELINE

RESAMPLES, BOOTSTRAP_SEED, SMOOTH = 2000, 5, 4
CURVES = ("reward", "length", "plans", "truncated", "masked", "masked_advantage", "pair_diversity", "entropy")

Run = dict[str, Any]


def write(runs: Path, folder: Path) -> None:
    """``results.md``, ``results.json`` and, where matplotlib is installed, ``curves.png`` and ``probe.png``."""
    base = json.loads((runs / "base.json").read_text())
    by_arm: dict[str, list[Run]] = {arm: [] for arm in ARMS}
    for file in sorted(runs.glob("*-*-*.json")):
        run = json.loads(file.read_text())
        if run["evaluations"]:
            by_arm[run["arm"]].append(run)
    by_arm = {arm: found for arm, found in by_arm.items() if found}
    (folder / "results.md").write_text("\n".join([*_gates(base), *_probes(base), *_table(base, by_arm)]) + "\n")
    (folder / "results.json").write_text(json.dumps({"base": base, "runs": _compact(by_arm)}, separators=(",", ":")))
    try:
        from examples.grpo import plots
    except ImportError:
        print("no plots: matplotlib is not installed")
    else:
        plots.draw(base, by_arm, folder)


def paired_difference(ours: Sequence[Run], theirs: Sequence[Run], score: str) -> tuple[float, float, float]:
    """Mean difference at the last evaluation, and its 95 % interval: seeds are drawn again, and problems within them,
    the same for both arms.

    Raises:
        ValueError: the arms have no seed in common.
    """
    of = {run["seed"]: run["evaluations"][-1][score] for run in theirs}
    pairs = [
        [a - b for a, b in zip(run["evaluations"][-1][score], of[run["seed"]], strict=True)]
        for run in ours
        if run["seed"] in of
    ]
    if not pairs:
        raise ValueError("the arms have no seed in common")
    rng, problems, means = random.Random(BOOTSTRAP_SEED), range(len(pairs[0])), []
    for _ in range(RESAMPLES):
        seeds, chosen = rng.choices(pairs, k=len(pairs)), rng.choices(problems, k=len(problems))
        means.append(sum(pair[problem] for pair in seeds for problem in chosen) / (len(seeds) * len(chosen)))
    means.sort()
    centre = sum(map(sum, pairs)) / (len(pairs) * len(pairs[0]))
    return centre, means[int(0.025 * RESAMPLES)], means[int(0.975 * RESAMPLES) - 1]


def _gates(base: Run) -> list[str]:
    rows = [f"| {gate['name']} | {gate['value']:.3f} | {gate['least']} to {gate['most']} |" for gate in base["gates"]]
    return ["## Base model at the gates", "", "| gate | value | open |", "|---|---|---|", *rows, ""]


def _probes(base: Run) -> list[str]:
    rows = [
        f"| {each['temperature']} | {each['diversity']:.3f} | {each['accuracy']:.3f} | {each['no_code']:.3f} |"
        f" {each['truncated']:.3f} |"
        for each in base["probes"]
    ]
    head = ["| temperature | diversity | accuracy at L | no code | truncated |", "|---|---|---|---|---|"]
    return ["## Probe of the base model's temperatures", "", *head, *rows, ""]


def _table(base: Run, by_arm: dict[str, list[Run]]) -> list[str]:
    lines = [
        "## Arms, at the last step",
        "",
        f"Differences to `{BASELINE}` with 95 % intervals: seeds and problems drawn again, in pairs.",
        "",
        "| arm | seeds | T | acc. L | acc. 2L | difference at L | difference at 2L | length at 2L | plans | on long "
        "| masked | their advantage | D | entropy | clipped high | reward time |",
        "|" + "---|" * 16,
    ]
    start = base["evaluation"]
    lines.append(
        f"| base model | | 1.0 | {_mean(start['short']):.3f} | {_mean(start['double']):.3f} | | "
        f"| {start['length']:.1f} "
        f"| {start['plans']:.2f} | {start['plans_on_long']:.2f} | | | | | | |"
    )
    for arm, runs in by_arm.items():
        last = [run["evaluations"][-1] for run in runs]
        differences = [
            _interval(paired_difference(runs, by_arm[BASELINE], score))
            if arm != BASELINE and BASELINE in by_arm
            else ""
            for score in ("short", "double")
        ]
        masked = [(step["masked"], step["masked_advantage"]) for run in runs for step in run["steps"]]
        share = _mean([each for each, _ in masked])
        taken = sum(s * a for s, a in masked) / sum(s for s, _ in masked) if share else 0.0
        temperatures = "/".join(
            str(each) for each in sorted({step["temperature"] for run in runs for step in run["steps"]})
        )
        cells = [
            *(arm if ARMS[arm].registered else f"{arm} (afterthought)", len(runs), temperatures),
            f"{_mean([_mean(each['short']) for each in last]):.3f}",
            f"{_mean([_mean(each['double']) for each in last]):.3f}",
            *differences,
            *(f"{_mean([each['length'] for each in last]):.1f}", f"{_mean([each['plans'] for each in last]):.2f}"),
            f"{_mean([each['plans_on_long'] for each in last]):.2f}",
            *(f"{share:.3f}", f"{taken:+.2f}"),
            *(f"{_late(runs, name):.3f}" for name in ("pair_diversity", "entropy")),
            f"{_over(runs, lambda step: step['clipped_high']):.4f}",
            f"{_reward_share(runs):.0%}",
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    not_judged = _mean([step["not_judged"] for runs in by_arm.values() for run in runs for step in run["steps"]])
    return [*lines, "", f"Not judged: {not_judged:.2%} of the completions of training."]


def _compact(by_arm: dict[str, list[Run]]) -> list[Run]:
    """Curves as means over every ``SMOOTH`` steps; scores of problems for the last evaluation alone."""
    kept = []
    for run in (run for runs in by_arm.values() for run in runs):
        curves = {name: smooth([step[name] for step in run["steps"]]) for name in CURVES}
        evaluations = [
            {name: value for name, value in each.items() if name not in ("short", "double")}
            | {"accuracy_short": round(_mean(each["short"]), 4), "accuracy_double": round(_mean(each["double"]), 4)}
            for each in run["evaluations"]
        ]
        last = {name: run["evaluations"][-1][name] for name in ("short", "double")}
        kept.append(
            {"arm": run["arm"], "seed": run["seed"], "curves": curves, "evaluations": evaluations, "last": last}
        )
    return kept


def smooth(values: Sequence[float]) -> list[float]:
    """Means over every ``SMOOTH`` values."""
    return [round(_mean(values[start : start + SMOOTH]), 4) for start in range(0, len(values), SMOOTH)]


def _interval(difference: tuple[float, float, float]) -> str:
    return "{:+.3f} [{:+.3f}, {:+.3f}]".format(*difference)


def _late(runs: Sequence[Run], name: str) -> float:
    """Over the last ten steps."""
    return _mean([step[name] for run in runs for step in run["steps"][-10:]])


def _over(runs: Sequence[Run], value: Callable[[Run], float]) -> float:
    return _mean([value(step) for run in runs for step in run["steps"]])


def _reward_share(runs: Sequence[Run]) -> float:
    return _over(runs, lambda step: step["reward_s"]) / _over(runs, lambda step: step["step_s"])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
