"""The whole experiment by one command: service, warm-up, gates, every arm with every seed, report.

    python -m examples.grpo                         # from the project's root
    python -m examples.grpo --arms dapo microcoder_05 --seeds 11 --set trainer.max_steps=40
    python -m examples.grpo --size gpu --jobs 9 --arms grpo dapo microcoder_02 --seeds 11 12 13

Each run is `microcoder train` with the configuration of its size and the arm's overrides. Runs that are there already
are not done again. Needs the extra `trl`, and matplotlib for the plots.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import torch

from evaluator.local import local_service
from examples.grpo import report
from examples.grpo.arms import ARMS
from examples.grpo.launch import HERE, SIZES, command, environment, prepare

SEEDS = (11, 12, 13, 14, 15)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="cpu", help="the configuration, SIZE.yaml beside this file")
    parser.add_argument(
        "--arms", nargs="+", choices=ARMS, default=[arm.name for arm in ARMS.values() if arm.registered]
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--set", nargs="+", default=[], metavar="KEY=VALUE", help="over the configuration, for all arms")
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time")
    parser.add_argument("--device", help="where the base model is trained; by default the size's")
    parser.add_argument("--prepare", action="store_true", help="make the model and the data, and stop")
    parser.add_argument("--report", type=Path, help="where the report goes; by default beside the runs")
    options = parser.parse_args()
    runs = HERE / "runs" / options.size
    runs.mkdir(parents=True, exist_ok=True)
    with local_service() as service:
        prepare(runs, SIZES[options.size], options.device, service.url)
        if options.prepare:
            return
        # Seed by seed, so that whenever it is stopped all arms have been run equally often.
        jobs = [(arm, seed) for seed in options.seeds for arm in options.arms]
        threads = max(1, len(os.sched_getaffinity(0)) // options.jobs)
        one = partial(run, runs, options.size, options.set, service.url, threads)
        with ThreadPoolExecutor(options.jobs) as pool:
            done = list(pool.map(lambda job: one(*job), jobs))
    report.write(runs, options.report or runs)
    if not all(done):
        sys.exit(f"{done.count(False)} of {len(done)} runs failed; their logs in {runs} say why")


def run(runs: Path, size: str, settings: list[str], url: str, threads: int, arm: str, seed: int) -> bool:
    """One run in a process of its own; what it says goes to a file. Whether it came to its end."""
    folder = runs / f"{arm}-{seed}"
    if (folder / report.STATE).exists():
        return True
    with (runs / f"{arm}-{seed}.log").open("w") as log:
        # Runs beside each other have a share of the cores each, and do not get in each other's way.
        train = command(size, arm, seed, settings, folder, url)
        done = subprocess.run(train, stdout=log, stderr=subprocess.STDOUT, env=environment(threads), check=False)
    print(f"{arm}, seed {seed}: {'done' if done.returncode == 0 else f'FAILED, see {log.name}'}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
