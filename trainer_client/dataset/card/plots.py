"""The card's pictures, drawn without a display. Equal facts give equal bytes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from trainer_client.dataset.card.facts import Facts, by_size
from trainer_client.dataset.stage import RunView

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_KEEP_COLOUR, _LOST, _MARK, _QUIET = "#2f6f9f", "#c9663d", "#b03030", "#9aa4ad"
_LOSSES = ("#d55e00", "#e69f00", "#8a5a9c", "#5b9b6b", "#cc79a7", "#8c6239", "#56b4e9")
_WIDTH_IN, _HEIGHT_IN, _DPI = 7.0, 3.6, 120
_MAX_QUARTERS_LABELLED = 9
_MOST_STEPS = 20
CAPTIONS = {
    "funnel": "What each stage let through, and what it rejected",
    "difficulty": "Difficulty of the problems that were scored, and of those kept",
    "reliability": "Predicted pass rates and attempts, out of fold",
    "pass_rates": "Pass rates",
    "kill_rates": "Wrong programs and corrupted outputs that the suites refuse",
    "checkers": "How answers are compared, and how that is known",
    "dates": "When the problems were published, and the benchmarks'",
    "similarity": "How near the problems are to the benchmarks",
    "suites": "Sizes of the suites",
}


def draw(facts: Facts, run: RunView, folder: Path) -> list[str]:
    """Write the plots that have anything to show. Return their names, in the card's order."""
    drawn = []
    for name, draw_one in _plots(facts, run):
        _save(folder / f"{name}.png", draw_one)
        drawn.append(name)
    return drawn


def _plots(facts: Facts, run: RunView) -> Iterator[tuple[str, Callable[[Axes], None]]]:
    yield "funnel", lambda axes: _funnel(axes, run)
    if facts.scores_before:
        yield "difficulty", lambda axes: _difficulty(axes, facts)
    if facts.reliability is not None:
        yield "reliability", lambda axes: _reliability(axes, facts)
    if facts.pass_rates:
        yield "pass_rates", lambda axes: _pass_rates(axes, facts)
    if facts.program_kill or facts.output_kill:
        yield "kill_rates", lambda axes: _kill_rates(axes, facts)
    if facts.checkers:
        yield "checkers", lambda axes: _checkers(axes, facts)
    if facts.dates:
        yield "dates", lambda axes: _dates(axes, facts)
    if facts.max16:
        yield "similarity", lambda axes: _similarity(axes, facts, run.config.decontaminate.share)
    if facts.suite_bytes:
        yield "suites", lambda axes: _suites(axes, facts, run.config.export.inline_kb)


def _save(path: Path, draw_one: Callable[[Axes], None]) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(_WIDTH_IN, _HEIGHT_IN), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_title(CAPTIONS[path.stem], fontsize=10, loc="left")
    draw_one(axes)
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})


def _funnel(axes: Axes, run: RunView) -> None:
    """Draw a bar for each stage: the problems that go on, and the rejected ones by reason."""
    names = [count.name for count in run.funnel]
    axes.barh(names, [count.problems_out for count in run.funnel], color=_KEEP_COLOUR, label="go on")
    left = [float(count.problems_out) for count in run.funnel]
    for row, count in enumerate(run.funnel):
        axes.text(count.problems_in, row, f" {count.problems_out}", va="center", fontsize=8)
    for label, colour, widths in _losses(run):
        axes.barh(names, widths, left=left, color=colour, label=label)
        left = [before + width for before, width in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("problems; the figure is how many go on")
    axes.set_xlim(0, 1.1 * max([1, *(count.problems_in for count in run.funnel)]))
    axes.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5))


def _losses(run: RunView) -> Iterator[tuple[str, str, list[int]]]:
    """Yield the most frequent reasons, each with a colour and its problems by stage; then all others together."""
    totals: Counter[str] = Counter()
    for count in run.funnel:
        totals.update(count.rejections)
    named = [reason for reason, _ in by_size(totals)[: len(_LOSSES)]]
    for reason, colour in zip(named, _LOSSES, strict=False):
        yield reason, colour, [count.rejections.get(reason, 0) for count in run.funnel]
    rest = [sum(n for reason, n in count.rejections.items() if reason not in named) for count in run.funnel]
    if any(rest):
        yield "other reasons", _QUIET, rest


def _difficulty(axes: Axes, facts: Facts) -> None:
    bins = [1 + step * 0.2 for step in range(21)]
    axes.hist(facts.scores_before, bins=bins, color=_QUIET, label=f"scored ({len(facts.scores_before)})")
    axes.hist(facts.scores, bins=bins, color=_KEEP_COLOUR, label=f"kept ({len(facts.scores)})")
    _count_by_whole(axes)
    axes.set(xlabel="difficulty score, from 1 (easy) to 5 (hard)", ylabel="problems", xlim=(1, 5))
    axes.legend(fontsize=8, frameon=False)


def _reliability(axes: Axes, facts: Facts) -> None:
    reliability = facts.reliability
    assert reliability is not None
    axes.plot([0, 1], [0, 1], color=_QUIET, linewidth=1, linestyle="--", label="as predicted")
    attempts = sum(each[2] for each in reliability.bins)
    base = sum(rate * weight for _, rate, weight in reliability.bins) / attempts
    axes.axhline(base, color=_MARK, linewidth=1, linestyle=":", label=f"rate of all ({base:.2f})")
    xs, ys = [each[0] for each in reliability.bins], [each[1] for each in reliability.bins]
    bars = [1.96 * math.sqrt(max(rate * (1 - rate), 1 / (4 * weight)) / weight) for _, rate, weight in reliability.bins]
    axes.errorbar(
        xs,
        ys,
        yerr=bars,
        color=_KEEP_COLOUR,
        marker="o",
        markersize=4,
        linewidth=1,
        capsize=2,
        label="tenths of the attempts",
    )
    verdict = "beats" if reliability.beats_base_rate else "does not beat"
    axes.set_title(
        f"{CAPTIONS['reliability']}\n{reliability.problems} problems: {verdict} the base rate; calibration error "
        f"{reliability.ece:.3f}",
        fontsize=10,
        loc="left",
    )
    axes.set(xlabel="predicted pass rate", ylabel="pass rate", xlim=(0, 1), ylim=(0, 1))
    axes.legend(fontsize=8, frameon=False, loc="upper left")


def _pass_rates(axes: Axes, facts: Facts) -> None:
    """Draw a bar for each rate that the number of attempts allows: other bins would show gaps that are not real."""
    steps = min(Counter(facts.attempts).most_common(1)[0][0], _MOST_STEPS)
    bins = [(step - 0.5) / steps for step in range(steps + 2)]
    axes.hist(facts.pass_rates, bins=bins, color=_KEEP_COLOUR, rwidth=0.92)
    axes.set(xlabel=f"pass rate of {facts.model}", ylabel="problems")
    _count_by_whole(axes)


def _kill_rates(axes: Axes, facts: Facts) -> None:
    bins = [step / 20 for step in range(21)]
    series = (("wrong programs", facts.program_kill, _KEEP_COLOUR), ("corrupted outputs", facts.output_kill, _LOST))
    shown = [each for each in series if each[1]]
    axes.hist(
        [rates for _, rates, _ in shown],
        bins=bins,
        color=[colour for _, _, colour in shown],
        label=[f"{name} ({len(rates)} suites)" for name, rates, _ in shown],
    )
    axes.set(xlabel="share that the suite refuses", ylabel="suites", xlim=(0, 1))
    _count_by_whole(axes)
    axes.legend(fontsize=8, frameon=False, loc="upper left")


def _checkers(axes: Axes, facts: Facts) -> None:
    totals: Counter[str] = Counter()
    for (kind, _), count in facts.checkers.items():
        totals[kind] += count
    kinds = [kind for kind, _ in by_size(totals)]
    colours = {"proven": _KEEP_COLOUR, "inferred": "#7fb0d3", "cue_only": "#e3b583", "unproven": _LOST}
    left = [0.0] * len(kinds)
    for status, colour in colours.items():
        counts = [float(facts.checkers[kind, status]) for kind in kinds]
        if any(counts):
            axes.barh(kinds, counts, left=left, color=colour, label=status)
            left = [before + count for before, count in zip(left, counts, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("problems, by checker")
    axes.legend(fontsize=8, frameon=False)


def _dates(axes: Axes, facts: Facts) -> None:
    """Draw problems by quarter, and the time in which benchmarks' problems were published."""
    quarters = Counter(_quarter(date) for date in facts.dates)
    axes.bar([place / 4 for place in quarters], list(quarters.values()), width=0.22, align="edge", color=_KEEP_COLOUR)
    top = max(quarters.values())
    for row, (name, dates) in enumerate(sorted(facts.benchmark_dates.items())):
        height = top * (1.08 + 0.1 * row)
        first, last = _quarter(min(dates)) / 4, _quarter(max(dates)) / 4 + 0.25
        axes.plot([first, last], [height, height], color=_LOSSES[row % len(_LOSSES)], linewidth=4)
        axes.text(first, height, f"{name}  ", ha="right", va="center", fontsize=8)
    axes.set(xlabel="date of publication, by quarter", ylabel="problems")
    _count_by_whole(axes)
    _label_quarters(axes, min(quarters), max(quarters))


def _label_quarters(axes: Axes, first: int, last: int) -> None:
    """Label the axis of time: every quarter where there are few, else years."""
    if last - first < _MAX_QUARTERS_LABELLED:
        places = range(first, last + 1)
        axes.set_xticks(
            [(place + 0.44) / 4 for place in places], [f"{place // 4} Q{place % 4 + 1}" for place in places]
        )
    else:
        axes.xaxis.set_major_locator(_whole_numbers())


def _count_by_whole(axes: Axes) -> None:
    """Label the axis of problems with whole numbers only."""
    axes.yaxis.set_major_locator(_whole_numbers())


def _quarter(date: str) -> int:
    month = int(date[5:7]) if len(date) >= 7 else 1
    return int(date[:4]) * 4 + (month - 1) // 3


def _whole_numbers() -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(integer=True)


def _similarity(axes: Axes, facts: Facts, threshold: float) -> None:
    axes.hist(facts.max16, bins=[step / 50 for step in range(51)], color=_KEEP_COLOUR)
    axes.axvline(threshold, color=_MARK, linewidth=1.2, label=f"threshold {threshold:g}")
    axes.set(xlabel="largest share of 16-grams with a benchmark's problem", ylabel="problems (log scale)", xlim=(0, 1))
    axes.set_yscale("log")
    axes.legend(fontsize=8, frameon=False)


def _suites(axes: Axes, facts: Facts, inline_kb: int) -> None:
    sizes = [size for size in facts.suite_bytes if size]
    low, high = _decades(sizes)
    bins = [10 ** (low + step * (high - low) / 30) for step in range(31)]
    axes.hist(sizes, bins=bins, color=_KEEP_COLOUR)
    axes.axvline(inline_kb * 1024, color=_MARK, linewidth=1.2, label=f"{inline_kb} KiB: larger ones go by id")
    axes.set_xscale("log")
    axes.set(xlabel="bytes of a suite", ylabel="suites")
    _count_by_whole(axes)
    axes.legend(fontsize=8, frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0))


def _decades(sizes: Sequence[int]) -> tuple[float, float]:
    low, high = math.floor(math.log10(min(sizes, default=1))), math.ceil(math.log10(max(sizes, default=10)))
    return low, max(high, low + 1)
