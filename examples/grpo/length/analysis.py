"""The answer to REGISTRATION.md from the records that are there, and how many are missing.

python -m examples.grpo.length.analysis [FOLDER]
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, linear_regression

from examples.grpo.length import records
from examples.grpo.length.design import ARMS, CONTROL, REFERENCE, RHO, SEEDS
from trainer_client.benchmarks.pass_at_k import Interval, paired_difference
from trainer_client.dataset.files import write_whole

Lengths = Mapping[str, float]
"""The mean length over the run, by arm."""


def write(folder: Path) -> str:
    """Write ``results.md`` of the records in ``runs/``, and return it."""
    text = report(records.read(folder / "runs"))
    write_whole(folder / "results.md", text.encode())
    return text


def report(runs: Sequence[records.Record]) -> str:
    """Return the table, the slope, and what is missing.

    Raises:
        ValueError: the arms of a seed were not made of the same, or a run is not of the design.
    """
    seeds = complete_seeds(runs)
    lines = ["# Length over the run, by ρ", "", *_state(runs, seeds), ""]
    if len(seeds) > 1:
        lines += [*_table(seeds), "", *_slope(seeds), ""]
    return "\n".join([*lines, *_provenance(runs)]) + "\n"


def complete_seeds(runs: Sequence[records.Record]) -> dict[int, dict[str, float]]:
    """Return the lengths of the seeds that have all arms.

    Raises:
        ValueError: as for ``report``.
    """
    by_seed: dict[int, dict[str, records.Record]] = defaultdict(dict)
    for run in runs:
        if run["arm"] not in ARMS or run["seed"] not in SEEDS:
            raise ValueError(f"{run['arm']}, seed {run['seed']}, is not of the design")
        by_seed[run["seed"]][run["arm"]] = run
    for seed, found in by_seed.items():
        if any(run["provenance"] != next(iter(found.values()))["provenance"] for run in found.values()):
            raise ValueError(f"the arms of seed {seed} are of different versions or machines; remove its records")
    return {
        seed: {arm: fmean(run["curves"]["length"]) for arm, run in found.items()}
        for seed, found in sorted(by_seed.items())
        if len(found) == len(ARMS)
    }


def difference(seeds: Mapping[int, Lengths], arm: str) -> Interval:
    """Estimate how much longer an arm's completions are than those at ρ = 0; seeds are drawn again, in pairs."""
    ours, theirs = ({str(seed): each[name] for seed, each in seeds.items()} for name in (arm, REFERENCE))
    return paired_difference(ours, theirs)


def slopes(seeds: Mapping[int, Lengths]) -> dict[str, float]:
    """Return each seed's slope of length over ρ, by least squares."""
    return {
        str(seed): linear_regression(list(RHO.values()), [each[arm] for arm in RHO]).slope
        for seed, each in seeds.items()
    }


def slope(seeds: Mapping[int, Lengths]) -> Interval:
    """Estimate the mean slope; seeds are drawn again."""
    each = slopes(seeds)
    return paired_difference(each, dict.fromkeys(each, 0.0))


def _state(runs: Sequence[records.Record], seeds: Mapping[int, Lengths]) -> list[str]:
    total = len(ARMS) * len(SEEDS)
    of_seeds = f"{len(seeds)} of {len(SEEDS)} seeds have all arms"
    count = f"{len(runs)} of {total} runs; {of_seeds}; {total - len(runs)} runs are missing."
    if len(runs) == total:
        return [f"Complete: {count}"]
    return [f"**Partial**: {count} The registered answer waits for all of them: what follows is none."]


def _table(seeds: Mapping[int, Lengths]) -> list[str]:
    head = "| arm | ρ | mean length | difference to ρ = 0 | seeds above ρ = 0 |"
    return [head, "|---|---|---|---|---|", *(_row(seeds, arm) for arm in ARMS)]


def _row(seeds: Mapping[int, Lengths], arm: str) -> str:
    rho = "control" if arm == CONTROL else f"{RHO[arm]:g}"
    mean = fmean(each[arm] for each in seeds.values())
    above = sum(each[arm] > each[REFERENCE] for each in seeds.values())
    compared = f" {_interval(difference(seeds, arm))} | {above} of {len(seeds)}" if arm != REFERENCE else " | "
    return f"| `{arm}` | {rho} | {mean:.3f} |{compared} |"


def _slope(seeds: Mapping[int, Lengths]) -> list[str]:
    positive = sum(each > 0 for each in slopes(seeds).values())
    return [
        f"Slope over ρ: **{_interval(slope(seeds))}** tokens from ρ = 0 to ρ = 1;",
        f"positive in {positive} of {len(seeds)} seeds.",
        "Intervals are of 95 %, by a bootstrap over seeds.",
    ]


def _interval(found: Interval) -> str:
    return f"{found.mean:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def _provenance(runs: Sequence[records.Record]) -> list[str]:
    """Say what the runs were made of. Where that is not the same for all, say so first."""
    groups: dict[str, list[int]] = defaultdict(list)
    for run in runs:
        groups["; ".join(f"{name} {value}" for name, value in run["provenance"].items())].append(run["seed"])
    head = [f"**Runs of {len(groups)} versions or machines**, never within a seed:", ""] if len(groups) > 1 else []
    not_judged = [share for run in runs for share in run["curves"]["not_judged"]]
    judged = [f"Not judged: {fmean(not_judged):.2%} of the completions.", ""] if runs else []
    return [
        *judged,
        *head,
        *(f"- {len(of)} runs of seeds {min(of)} to {max(of)}: {text}" for text, of in groups.items()),
    ]


if __name__ == "__main__":
    print(write(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent))
