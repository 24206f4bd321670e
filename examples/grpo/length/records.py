"""The records of runs: a file for each arm and seed, written whole or not at all, with what the run was made of."""

from __future__ import annotations

import hashlib
import json
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import trainer_client
from benchmarks.machine import cpu_model
from evaluator.engine import ENGINE
from examples.grpo import arms, task
from examples.grpo.length.design import ARMS, SIZE
from sandbox.identity import digest
from trainer_client.dataset.files import write_whole

CURVES = ("length", "truncated", "masked", "reward", "not_judged")
LIBRARIES = ("torch", "transformers", "trl")

Record = dict[str, Any]
Provenance = dict[str, str]


def provenance(base: Path, settings: Sequence[str]) -> Provenance:
    """Return what decides a run's numbers, arm and seed apart. ``base`` is the folder of the model to start from."""
    return {
        "trainer": _trainer_digest(),
        "engine": ENGINE,
        "base model": hashlib.sha256((base / "model.safetensors").read_bytes()).hexdigest()[:12],
        "settings": " ".join(settings),
        "CPU": cpu_model(),
        "Python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _trainer_digest() -> str:
    package, example = Path(trainer_client.__file__).parent, Path(arms.__file__).parent
    files = [Path(arms.__file__), Path(task.__file__), example / f"{SIZE}.yaml"]
    sources = [digest(package / part) for part in ("grpo", "rewards")] + [file.read_text() for file in files]
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:12]


def path_of(folder: Path, arm: str, seed: int) -> Path:
    """The file of a run, which is there when the run is done."""
    return folder / f"{arm}-{seed}.json"


def write(folder: Path, run: Record, made_of: Provenance) -> None:
    """Keep what the analysis needs of a run that ``report.read`` returned."""
    record = {
        "arm": run["arm"],
        "seed": run["seed"],
        "provenance": made_of,
        "steps": run["steps"],
        "curves": {name: run["curves"][name] for name in CURVES},
        "evaluation": run["evaluations"][-1],
    }
    write_whole(path_of(folder, run["arm"], run["seed"]), (json.dumps(record, separators=(",", ":")) + "\n").encode())


def read(folder: Path) -> list[Record]:
    """Return all records of a folder, by seed and arm."""
    records = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    return sorted(records, key=lambda record: (record["seed"], record["arm"]))


def differences(theirs: Provenance, ours: Provenance) -> list[str]:
    """One line for each fact in which two runs differ."""
    names = [name for name in {**theirs, **ours} if theirs.get(name) != ours.get(name)]
    return [f"{name}: {theirs.get(name)} there, {ours.get(name)} here" for name in names]


def open_jobs(folder: Path, seeds: Sequence[int], made_of: Provenance, *, mixed: bool) -> list[tuple[str, int]]:
    """Return the runs that are not done, seed by seed, so that all arms have been run equally often at any time.

    With ``mixed``, a seed that was begun on another version or machine, and lacks arms, begins anew; its records are
    removed.

    Raises:
        SystemExit: there are records of another version or machine, and ``mixed`` is not set.
    """
    there = read(folder)
    others = [each for each in there if each["provenance"] != made_of]
    if others and not mixed:
        lines = "\n  ".join(differences(others[0]["provenance"], made_of))
        sys.exit(
            f"{len(others)} of {len(there)} records are of another version or machine:\n  {lines}\n"
            "Go on where they were made, or begin anew with --folder, or add whole seeds to them with --mixed"
        )
    for seed in {record["seed"] for record in others}.intersection(seeds):
        of_seed = [record["arm"] for record in there if record["seed"] == seed]
        if len(of_seed) < len(ARMS):
            print(
                f"seed {seed} begins anew: its {len(of_seed)} runs are not all of this version and machine", flush=True
            )
            for arm in of_seed:
                path_of(folder, arm, seed).unlink()
    return [(arm, seed) for seed in seeds for arm in ARMS if not path_of(folder, arm, seed).exists()]
