"""Result of a scoring: as JSON for comparisons, and as a report in Markdown and in HTML, with plots.

Plots take matplotlib (``pip install 'microcoder-evaluator[report]'``).
"""

from __future__ import annotations

import html
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evaluator.schema import Report, Verdict
from trainer_client.benchmarks.scoring import Graded, Score, score
from trainer_client.benchmarks.task import BenchmarkProgram, BenchmarkTask

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = {
    Verdict.ACCEPTED: "#3a8f4b",
    Verdict.WRONG_ANSWER: "#c8433f",
    Verdict.TIME_LIMIT_EXCEEDED: "#e09b3d",
    Verdict.MEMORY_LIMIT_EXCEEDED: "#b98a2f",
    Verdict.OUTPUT_LIMIT_EXCEEDED: "#8d6e3a",
    Verdict.RUNTIME_ERROR: "#7d5ba6",
    Verdict.COMPILE_ERROR: "#4f6d9c",
    Verdict.NO_CODE: "#8a8a8a",
    Verdict.JUDGE_ERROR: "#e83e8c",
    Verdict.CANCELLED: "#d0d0d0",
}
_ORDER = ("easy", "medium", "hard")


class NoPlots(RuntimeError):
    """matplotlib is not installed; the message says how to."""


@dataclass(frozen=True, slots=True)
class Run:
    """One set of programs with its reports. ``tokens`` is the length that answers were cut at, if they were; ``base``:
    judged by the original tests of tasks that have more; ``answers`` are the texts that programs were found in."""

    label: str
    tokens: int | None
    base: bool
    tasks: Sequence[BenchmarkTask]
    programs: Mapping[str, Sequence[BenchmarkProgram]]
    answers: Mapping[str, Sequence[str]]
    reports: Graded
    score: Score


def by_kind(run: Run) -> dict[str, Score]:
    """Scores of the tasks of each kind: easy before hard, else by name. Empty where tasks have no kinds."""
    kinds: dict[str, dict[str, Sequence[Report]]] = {}
    for task in run.tasks:
        if task.kind:
            kinds.setdefault(task.kind, {})[task.id] = run.reports[task.id]
    ranks = {kind: rank for rank, kind in enumerate(_ORDER)}
    ordered = sorted(kinds, key=lambda kind: (ranks.get(kind, len(ranks)), kind))
    return {kind: score(kinds[kind], tuple(run.score.pass_at)) for kind in ordered}


def as_json(run: Run) -> dict[str, Any]:
    """Return the score as ``microcoder score compare`` reads it."""
    return {
        "label": run.label,
        "problems": len(run.reports),
        "samples": sum(map(len, run.reports.values())),
        **{f"pass@{k}": value for k, value in run.score.pass_at.items()},
        "by_kind": {kind: dict(part.pass_at) for kind, part in by_kind(run).items()},
        "verdicts": dict(run.score.verdicts),
        "unjudged": list(run.score.unjudged),
        "weak": list(run.score.weak),
        "judged_otherwise_there": dict(run.score.otherwise),
        "by_problem": dict(run.score.by_problem),
    }


def otherwise_line(total: Score) -> str:
    """Say how many programs would be judged otherwise by the evaluator whose rules hold."""
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(total.otherwise.items()))
    return f"Would be judged otherwise there (docs/scoring.md): {sum(total.otherwise.values())} programs ({reasons})."


def write(runs: Sequence[Run], folder: Path) -> Path:
    """Write ``report.md`` with its plots beside it, and ``report.html``, which holds all of it; where the latter lies.

    Raises:
        NoPlots: matplotlib is not installed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    markdown, page = ["# Scores", ""], ["<h1>Scores</h1>"]
    for number, run in enumerate(runs):
        header, rows = _table(run)
        markdown += [f"## {run.label}", "", _markdown_row(header), _markdown_row(["---"] * len(header))]
        markdown += [*map(_markdown_row, rows), "", *_remarks(run), ""]
        page += [f"<h2>{html.escape(run.label)}</h2>", _html_table(header, rows)]
        page += [f"<p>{html.escape(line)}</p>" for line in _remarks(run)]
        for name, drawing in _drawings(run).items():
            file = folder / f"{name}_{number}.svg"
            file.write_text(drawing)
            markdown += [f"![{name.replace('_', ' ')}]({file.name})", ""]
            page.append(drawing[drawing.index("<svg") :])
    (folder / "report.md").write_text("\n".join(markdown))
    target = folder / "report.html"
    target.write_text(_PAGE.format(body="\n".join(page)))
    return target


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Scores</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #222; }}
table {{ border-collapse: collapse; }}
th, td {{ border-bottom: 1px solid #ddd; padding: .3rem .8rem; text-align: right; }}
th:first-child, td:first-child {{ text-align: left; }} svg {{ max-width: 100%; height: auto; }}
</style></head><body>
{body}
</body></html>
"""


def _table(run: Run) -> tuple[list[str], list[list[str]]]:
    header = ["", "problems", *(f"pass@{k}" for k in run.score.pass_at)]
    parts = {**by_kind(run), "all": run.score}
    return header, [
        [
            kind,
            str(len(part.by_problem)),
            *(f"{part.pass_at[k]:.4f}" if k in part.pass_at else "—" for k in run.score.pass_at),
        ]
        for kind, part in parts.items()
    ]


def _remarks(run: Run) -> list[str]:
    verdicts = ", ".join(f"{name} {count}" for name, count in sorted(run.score.verdicts.items()))
    remarks = [f"Verdicts: {verdicts}."]
    engines = sorted({report.engine for each in run.reports.values() for report in each})
    remarks.append(f"Judged by engine {', '.join(engines)}.")
    if run.score.otherwise:
        remarks.append(otherwise_line(run.score))
    if run.score.weak:
        remarks.append(
            f"{len(run.score.weak)} problems have weak tests (docs/grading.md): few values, or easily guessed."
        )
    if run.score.unjudged:
        remarks.append(f"Not judged, and not counted: {', '.join(run.score.unjudged)}.")
    return remarks


def _markdown_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _html_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
    body = "".join(f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _drawings(run: Run) -> dict[str, str]:
    """SVG texts by name."""
    return {
        "pass_at_k": _drawn(lambda axes: _pass_at_k(axes, run)),
        "verdicts": _drawn(lambda axes: _verdicts(axes, run)),
        "time": _drawn(lambda axes: _time(axes, run)),
    }


def _drawn(draw: Any) -> str:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise NoPlots("--report needs matplotlib: pip install 'microcoder-evaluator[report]'") from error
    figure: Figure = Figure(figsize=(7, 3.2), layout="constrained")
    axes = figure.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    draw(axes)
    target = io.StringIO()
    figure.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()


def _pass_at_k(axes: Axes, run: Run) -> None:
    """pass@k for every k up to the number of samples that each problem has."""
    fewest = min(map(len, run.reports.values()), default=1)
    ks = [k for k in range(1, fewest + 1) if k <= 10 or k % 10 == 0]
    values = score(run.reports, ks).pass_at
    axes.plot(list(values), list(values.values()), marker="o", color="#2b5c8a")
    axes.set(xlabel="k", ylabel="pass@k", ylim=(0, 1.02), xticks=ks if len(ks) <= 10 else ks[::5])


def _verdicts(axes: Axes, run: Run) -> None:
    """Count the verdicts by kind of problem."""
    groups: dict[str, Counter[Verdict]] = {kind: Counter() for kind in [*by_kind(run), "all"]}
    for task in run.tasks:
        for report in run.reports[task.id]:
            groups["all"][report.verdict] += 1
            if task.kind:
                groups[task.kind][report.verdict] += 1
    names, left = list(groups), [0.0] * len(groups)
    for verdict, colour in _COLOURS.items():
        shares = [count[verdict] / max(count.total(), 1) for count in groups.values()]
        if any(shares):
            axes.barh(names, shares, left=left, color=colour, label=verdict.value.replace("_", " "))
            left = [before + share for before, share in zip(left, shares, strict=True)]
    axes.invert_yaxis()
    axes.set(xlabel="share of samples", xlim=(0, 1))
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, fontsize="small")


def _time(axes: Axes, run: Run) -> None:
    """CPU seconds of the slowest test of each sample."""
    slowest = [
        max(test.cpu_s or 0.0 for test in report.tests)
        for each in run.reports.values()
        for report in each
        if report.tests
    ]
    if slowest:
        axes.hist(slowest, bins=40, color="#2b5c8a")
    axes.set(xlabel="CPU seconds of a sample's slowest test", ylabel="samples")
