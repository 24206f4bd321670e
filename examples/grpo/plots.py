"""Curves of the arms, and the probe; with matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

from examples.grpo.report import SMOOTH, smooth


def draw(base: dict[str, Any], by_arm: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    """``curves.png`` and ``probe.png``: a line is a mean over seeds, a band reaches from the least to the most."""
    figure, axes = pyplot.subplots(2, 4, figsize=(20, 9))
    colours = {arm: pyplot.get_cmap("tab20")(number) for number, arm in enumerate(by_arm)}
    for axis, score in zip(axes[0, :2], ("short", "double"), strict=True):
        axis.set_title("accuracy at L" if score == "short" else "accuracy at 2L")
        start = _mean(base["evaluation"][score])
        for arm, runs in by_arm.items():
            curves = [[start, *(_mean(each[score]) for each in run["evaluations"])] for run in runs]
            every = len(runs[0]["steps"]) // len(runs[0]["evaluations"])
            _line(axis, range(0, every * len(curves[0]), every), curves, arm, colours[arm])
    rest = [*axes[0, 2:], *axes[1]]
    names = ("length", "pair_diversity", "plans", "masked", "entropy", "reward")
    for axis, name in zip(rest, names, strict=True):
        axis.set_title(f"{name.replace('_', ' ')} in training")
        for arm, runs in by_arm.items():
            curves = [smooth([step[name] for step in run["steps"]]) for run in runs]
            _line(axis, range(SMOOTH, SMOOTH * len(curves[0]) + 1, SMOOTH), curves, arm, colours[arm])
    axes[0, 0].legend(fontsize=8)
    _save(figure, folder / "curves.png")
    figure, axis = pyplot.subplots(figsize=(6, 4))
    for name in ("diversity", "accuracy", "truncated", "no_code"):
        axis.plot(
            [each["temperature"] for each in base["probes"]], [each[name] for each in base["probes"]], "o-", label=name
        )
    axis.set_xlabel("temperature")
    axis.legend()
    _save(figure, folder / "probe.png")


def _line(axis: Any, steps: range, curves: list[list[float]], label: str, colour: Any) -> None:
    columns = list(zip(*curves, strict=True))
    axis.plot(steps, [_mean(column) for column in columns], label=label, color=colour)
    axis.fill_between(steps, [min(c) for c in columns], [max(c) for c in columns], color=colour, alpha=0.08)


def _save(figure: Any, file: Path) -> None:
    figure.tight_layout()
    figure.savefig(file, dpi=70, metadata={"Software": None})
    pyplot.close(figure)


def _mean(values: Any) -> float:
    return sum(values) / len(values)
