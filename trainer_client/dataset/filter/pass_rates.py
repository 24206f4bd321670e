"""Pass rates from files: JSON lines of ``{"id", "model", "k", "c"}``."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from trainer_client.configuration import BadConfig
from trainer_client.dataset.row import PassRate, Problem

_FIELDS = {"id", "model", "k", "c", "revision", "sampling", "verifier"}


def read_pass_rates(files: Sequence[Path]) -> dict[str, list[PassRate]]:
    """Read the pass rates of each problem.

    Raises:
        BadConfig: a file cannot be read, or a line is not a pass rate.
    """
    rates: dict[str, list[PassRate]] = defaultdict(list)
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise BadConfig(f"filter.pass_rates: {file}: {error}") from error
        for number, line in enumerate(lines, 1):
            if line.strip():
                name, rate = _pass_rate(line, f"filter.pass_rates: {file}:{number}")
                rates[name].append(rate)
    return rates


def with_pass_rates(problem: Problem, rates: Sequence[PassRate]) -> Problem:
    """Return the problem with more pass rates. Of one model and way of sampling, the last one is kept."""
    merged = {(each.model, each.revision, each.sampling, each.verifier): each for each in (*problem.passes, *rates)}
    return problem.evolve(passes=tuple(merged[key] for key in sorted(merged)))


def attempts(problem: Problem, model: str, least: int) -> tuple[int, int] | None:
    """Return the successes and attempts of a model, None if it made fewer than ``least`` attempts."""
    rates = [each for each in problem.passes if each.model == model]
    c, k = sum(each.c for each in rates), sum(each.k for each in rates)
    return (c, k) if k >= least else None


def model_of(problems: Sequence[Problem], least: int) -> str:
    """Return the model that tried most problems at least ``least`` times; "" if none did."""
    counts: dict[str, int] = defaultdict(int)
    for problem in problems:
        for model in {each.model for each in problem.passes}:
            counts[model] += attempts(problem, model, least) is not None
    best = max(sorted(counts), key=lambda model: counts[model], default="")
    return best if counts.get(best) else ""


def _pass_rate(line: str, where: str) -> tuple[str, PassRate]:
    try:
        row = json.loads(line)
        if unknown := row.keys() - _FIELDS:
            raise ValueError(f"unknown fields {sorted(unknown)}")
        rate = PassRate(str(row["model"]), int(row["k"]), int(row["c"]), *(str(row.get(n, "")) for n in _OPTIONAL))
        if not 0 <= rate.c <= rate.k:
            raise ValueError(f"c is {rate.c} and k is {rate.k}")
        return str(row["id"]), rate
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadConfig(f"{where}: no pass rate: {error!r}") from error


_OPTIONAL = ("revision", "sampling", "verifier")
