"""From the folders of runs to a table with intervals, plots, and the numbers behind them."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from examples.grpo.arms import ARMS, BASELINE
from examples.grpo.task import planned

STATE = "trainer_state.json"
RESAMPLES, BOOTSTRAP_SEED, LATE = 2000, 5, 10
CURVES = {
    "reward": "reward",
    "length": "completions/mean_length",
    "truncated": "completions/clipped_ratio",
    "masked": "mask/share",
    "masked_advantage": "mask/advantage",
    "pair_diversity": "diversity/pair",
    "entropy": "entropy",
    "temperature": "temperature",
    "clipped_high": "clip_ratio/high_mean",
    "equal_groups": "frac_reward_zero_std",
    "not_judged": "not_judged",
    "reward_share": "reward/time_share",
    "step_s": "step_time",
}
"""The names of a run's curves, here and in TRL's log."""

Run = dict[str, Any]


def write(runs: Path, folder: Path) -> None:
    """``results.md``, ``results.json`` and, where matplotlib is installed, ``curves.png``."""
    gates = json.loads((runs / "gates.json").read_text())
    by_arm = {arm: [read(f) for f in sorted(runs.glob(f"{arm}-[0-9]*")) if (f / STATE).exists()] for arm in ARMS}
    by_arm = {arm: found for arm, found in by_arm.items() if found}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text("\n".join([*_gates(gates), *_table(by_arm)]) + "\n")
    results = {"gates": gates, "runs": [run for found in by_arm.values() for run in found]}
    (folder / "results.json").write_text(json.dumps(_rounded(results), separators=(",", ":")))
    try:
        from examples.grpo import plots
    except ImportError:
        print("no plots: matplotlib is not installed")
    else:
        plots.draw(by_arm, folder)


def read(folder: Path) -> Run:
    """A run's curves, evaluations, and the last one's score of each problem at L and at 2L."""
    arm, _, seed = folder.name.rpartition("-")
    history = json.loads((folder / STATE).read_text())["log_history"]
    steps = [entry for entry in history if "reward" in entry]
    records = [json.loads(file.read_text()) for file in sorted(folder.glob("evaluation-*.json"))]
    last = records[-1]["verdicts"]
    probe = folder / "probe.json"
    return {
        "arm": arm,
        "seed": int(seed),
        "steps": [entry["step"] for entry in steps],
        "curves": {name: [entry.get(key) for entry in steps] for name, key in CURVES.items()},
        "evaluations": [_evaluation(record) for record in records],
        "last": {
            name: [each.count("accepted") / len(each) for each in last[length].values()]
            for name, length in zip(("short", "double"), sorted(last, key=int), strict=True)
        },
        "probe": json.loads(probe.read_text()) if probe.exists() else None,
    }


def _evaluation(record: dict[str, Any]) -> dict[str, float]:
    short, double = sorted(record["verdicts"], key=int)
    figures, texts = record["figures"], [text for each in record["texts"].values() for text in each]
    return {
        "step": record["step"],
        "short": figures[f"eval_pass@1@{short}"],
        "double": figures[f"eval_pass@1@{double}"],
        "length": figures[f"eval_length@{double}"],
        "truncated": figures[f"eval_truncated@{short}"],
        "plans": fmean(map(planned, texts)),
    }


def paired_difference(ours: Sequence[Run], theirs: Sequence[Run], score: str) -> tuple[float, float, float]:
    """Mean difference at the last evaluation, and its 95 % interval: seeds are drawn again, and problems within them,
    the same for both arms.

    Raises:
        ValueError: the arms have no seed in common.
    """
    of = {run["seed"]: run["last"][score] for run in theirs}
    pairs = [
        [a - b for a, b in zip(run["last"][score], of[run["seed"]], strict=True)] for run in ours if run["seed"] in of
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


def _gates(gates: Sequence[dict[str, Any]]) -> list[str]:
    rows = [f"| {gate['name']} | {gate['value']:.3f} | {gate['least']} to {gate['most']} |" for gate in gates]
    return ["## Base model at the gates", "", "| gate | value | open |", "|---|---|---|", *rows, ""]


def _table(by_arm: dict[str, list[Run]]) -> list[str]:
    lines = [
        "## Arms, at the last step",
        "",
        f"Differences to `{BASELINE}` with 95 % intervals: seeds and problems drawn again, in pairs.",
        "",
        "| arm | seeds | T | acc. L | acc. 2L | difference at L | difference at 2L | length at 2L | plans "
        "| masked | their advantage | D | entropy | clipped high | reward time | step |",
        "|" + "---|" * 16,
    ]
    start = next(iter(by_arm.values()))[0]["evaluations"][0]
    lines.append(
        f"| base model | | 1.0 | {start['short']:.3f} | {start['double']:.3f} | | | {start['length']:.1f} "
        f"| {start['plans']:.2f} | | | | | | | |"
    )
    lines += [_row(arm, runs, by_arm.get(BASELINE)) for arm, runs in by_arm.items()]
    not_judged = _over([run for runs in by_arm.values() for run in runs], "not_judged")
    return [*lines, "", f"Not judged: {not_judged:.2%} of the completions of training."]


def _row(arm: str, runs: list[Run], baseline: list[Run] | None) -> str:
    last = [run["evaluations"][-1] for run in runs]
    differences = [
        "{:+.3f} [{:+.3f}, {:+.3f}]".format(*paired_difference(runs, baseline, score))
        if arm != BASELINE and baseline
        else ""
        for score in ("short", "double")
    ]
    masked = [
        (share, advantage)
        for run in runs
        for share, advantage in zip(run["curves"]["masked"], run["curves"]["masked_advantage"], strict=True)
        if share
    ]
    taken = sum(s * a for s, a in masked) / sum(s for s, _ in masked) if masked else 0.0
    temperatures = "/".join(str(t) for t in sorted({t for run in runs for t in run["curves"]["temperature"]}))
    cells = [
        *(arm, len(runs), temperatures),
        *(f"{fmean(each[name] for each in last):.3f}" for name in ("short", "double")),
        *differences,
        *(f"{fmean(each['length'] for each in last):.1f}", f"{fmean(each['plans'] for each in last):.2f}"),
        *(f"{_over(runs, 'masked'):.3f}", f"{taken:+.2f}"),
        *(f"{_over(runs, name, late=True):.3f}" for name in ("pair_diversity", "entropy")),
        f"{_over(runs, 'clipped_high'):.4f}",
        *(f"{_reward_share(runs):.1%}", f"{_over(runs, 'step_s'):.2f} s"),
    ]
    return "| " + " | ".join(map(str, cells)) + " |"


def _reward_share(runs: Sequence[Run]) -> float:
    """Of the time of all steps together: a mean of shares would count short steps for more than they are."""
    steps = [step for run in runs for step in zip(run["curves"]["reward_share"], run["curves"]["step_s"], strict=True)]
    return sum(share * seconds for share, seconds in steps) / sum(seconds for _, seconds in steps)


def _over(runs: Sequence[Run], name: str, *, late: bool = False) -> float:
    """The mean over the steps that have it, or over the last ones."""
    values = [v for run in runs for v in run["curves"][name][-LATE if late else 0 :] if v is not None]
    return fmean(values) if values else 0.0


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, 4)
        case dict():
            return {name: _rounded(each) for name, each in value.items()}
        case list():
            return [_rounded(each) for each in value]
        case _:
            return value
