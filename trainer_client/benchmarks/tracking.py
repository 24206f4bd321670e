"""Scores as curves: in TensorBoard and in Weights & Biases, beside a training's own."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from trainer_client.benchmarks.pass_at_k import mean_interval
from trainer_client.benchmarks.report import Run, by_kind
from trainer_client.benchmarks.task import BadFile


def check(option: str, package: str) -> None:
    """See that a tracker's package is there, before hours of grading.

    Raises:
        BadFile: it is not installed.
    """
    if importlib.util.find_spec(package) is None:
        raise BadFile(f"{option} needs {package}, which is not installed: pip install {package}")


def scalars(run: Run) -> dict[str, float]:
    """The figures of a run: pass@k, of each kind too, the bounds of pass@1 (95 %), and the share of each verdict."""
    interval = mean_interval(list(run.score.by_problem.values()))
    samples = sum(run.score.verdicts.values())
    return {
        **{f"pass@{k}": value for k, value in run.score.pass_at.items()},
        **({} if interval is None else {"pass@1_low": interval.low, "pass@1_high": interval.high}),
        **{f"pass@1/{kind}": part.pass_at[1] for kind, part in by_kind(run).items() if part.pass_at},
        **{f"verdicts/{name}": count / samples for name, count in run.score.verdicts.items()},
        "unjudged": float(len(run.score.unjudged)),
    }


def write_tensorboard(runs: Sequence[Run], folder: Path, step: int) -> None:
    """Add a point to the curves of each run, in a folder of its own, as TensorBoard tells runs apart."""
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    for run in runs:
        writer = EventFileWriter(str(folder / run.label.replace("/", "_")))
        values = [Summary.Value(tag=f"eval/{name}", simple_value=value) for name, value in scalars(run).items()]
        writer.add_event(Event(wall_time=time.time(), step=step, summary=Summary(value=values)))
        writer.close()


def write_wandb(runs: Sequence[Run], project: str, step: int, config: Mapping[str, Any]) -> None:
    """Log each run to a project, by ``WANDB_API_KEY`` and the library's other settings."""
    import wandb

    for run in runs:
        tracked = wandb.init(project=project, name=run.label, config=dict(config), job_type="eval", reinit="create_new")
        tracked.log({f"eval/{name}": value for name, value in scalars(run).items()}, step=step)
        tracked.finish()
