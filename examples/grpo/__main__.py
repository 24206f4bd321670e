"""The whole experiment by one command: service, warm-up, gates, probe, every arm with every seed, report.

    python -m examples.grpo                         # from the project's root
    python -m examples.grpo --arms dapo microcoder_05 --seeds 11 --steps 20

Runs that are there already (``runs/``) are not done again. Needs torch, and matplotlib for the plots.
"""

from __future__ import annotations

import argparse
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import torch

from evaluator.local import local_service
from examples.grpo import report
from examples.grpo.arms import ARMS
from examples.grpo.experiment import Job, prepare, run

HERE = Path(__file__).parent
SEEDS, STEPS = (11, 12, 13, 14, 15), 80


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--arms", nargs="+", choices=ARMS, default=[arm.name for arm in ARMS.values() if arm.registered]
    )
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--jobs", type=int, default=2, help="runs at a time, one core each")
    parser.add_argument("--runs", type=Path, default=HERE / "runs", help="where records are kept")
    parser.add_argument("--report", type=Path, default=HERE, help="where the report goes")
    options = parser.parse_args()
    options.runs.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    with local_service() as service:
        prepare(service.url, options.runs)
        # Seed by seed, so that whenever it is stopped all arms have been run equally often.
        jobs = [
            Job(arm, seed, options.steps, service.url, options.runs) for seed in options.seeds for arm in options.arms
        ]
        waiting = [job for job in jobs if not job.file.exists()]
        with ProcessPoolExecutor(options.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
            for done in as_completed([pool.submit(run, job) for job in waiting]):
                print(f"done: {done.result().file.name}", flush=True)
    report.write(options.runs, options.report)


if __name__ == "__main__":
    main()
