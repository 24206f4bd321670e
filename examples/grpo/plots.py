"""Curves of the arms; with matplotlib."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot


def draw(by_arm: dict[str, list[dict[str, Any]]], folder: Path) -> None:
    """``curves.png``: a line is a mean over seeds, a band reaches from the least to the most."""
    figure, axes = pyplot.subplots(2, 4, figsize=(20, 9))
    colours = {arm: pyplot.get_cmap("tab20")(number) for number, arm in enumerate(by_arm)}
    titles = {"short": "accuracy at L", "double": "accuracy at 2L", "plans": "begin with a plan"}
    for axis, (name, title) in zip(axes[0, :3], titles.items(), strict=True):
        axis.set_title(title)
        for arm, runs in by_arm.items():
            steps = [each["step"] for each in runs[0]["evaluations"]]
            _line(axis, steps, [[each[name] for each in run["evaluations"]] for run in runs], arm, colours[arm])
    rest = [axes[0, 3], *axes[1]]
    for axis, name in zip(rest, ("length", "pair_diversity", "masked", "entropy", "reward"), strict=True):
        axis.set_title(f"{name.replace('_', ' ')} in training")
        for arm, runs in by_arm.items():
            curves = [run["curves"][name] for run in runs]
            if None not in curves[0]:
                _line(axis, runs[0]["steps"], curves, arm, colours[arm])
    axes[0, 0].legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(folder / "curves.png", dpi=70, metadata={"Software": None})
    pyplot.close(figure)


def _line(axis: Any, steps: list[int], curves: list[list[float]], label: str, colour: Any) -> None:
    columns = list(zip(*curves, strict=True))
    axis.plot(steps, [sum(column) / len(column) for column in columns], label=label, color=colour)
    axis.fill_between(steps, [min(c) for c in columns], [max(c) for c in columns], color=colour, alpha=0.08)
