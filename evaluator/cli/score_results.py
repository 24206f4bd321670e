"""The results of ``microcoder score``: shown, kept as files, compared."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any, NoReturn

import typer
from rich.table import Table

from evaluator.cli import run_report
from evaluator.cli.errors import bad_input
from evaluator.cli.score_options import ScoreOutput
from evaluator.cli.scoring import SampleSet, reports_file, stem_of
from evaluator.cli.terminal import Terminal, styled
from evaluator.schema import Report, Verdict
from trainer_client.benchmarks import evalplus_files, export, report, run_record, tracking
from trainer_client.benchmarks.pass_at_k import mean_interval, paired_difference, unpaired_difference
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.scoring import Score
from trainer_client.benchmarks.task import BadFile

_NAMED = 10
"""Failed problems that are named on the screen; the score's file has all."""
ShowMore = Callable[[Terminal, Run], None]
"""Shows further scores of a run."""
OfficialFiles = Callable[[Sequence[Run], Path], Sequence[Path]]
"""Writes a benchmark's own files of the runs of a file of samples beside it, and returns their names."""


def check_output(output: ScoreOutput) -> Mapping[str, float] | None:
    """See before hours of grading that what is asked for can be made, and return the scores of --compare.

    Raises:
        BadInput: it cannot.
    """
    with bad_input():
        if output.report is not None:
            run_report.check(output.report)
        for file in output.export or ():
            export.check(file)
        for name in ("tensorboard", "wandb"):
            if getattr(output, name) is not None:
                tracking.check(f"--{name}", name)
        return None if output.compare is None else pass_at_1(output.compare)


def finish(
    sets: Sequence[SampleSet],
    runs: Sequence[Sequence[Run]],
    output: ScoreOutput,
    theirs: Mapping[str, float] | None = None,
    show_more: ShowMore = lambda terminal, run: None,
    official: OfficialFiles = lambda runs, samples: (),
) -> NoReturn:
    """Show the runs, keep them, compare them, write what was asked for, and end the command."""
    terminal = Terminal(quiet=output.as_json)
    records: list[dict[str, Any]] = []
    for each, own in zip(sets, runs, strict=True):
        records += _finish_set(terminal, each, own, output, show_more, official)
    flat = [run for own in runs for run in own]
    _compare(terminal, runs, output, theirs)
    _write(terminal, sets, runs, records, output)
    raise typer.Exit(3 if any(run.score.unjudged for run in flat) else 0)


def _write(
    terminal: Terminal,
    sets: Sequence[SampleSet],
    runs: Sequence[Sequence[Run]],
    records: Sequence[Mapping[str, Any]],
    output: ScoreOutput,
) -> None:
    """Write what was asked for of all runs together."""
    flat = [run for own in runs for run in own]
    if output.report is not None:
        terminal.print(f"Report: {run_report.write(records, output.report)}")
    for file in output.export or ():
        terminal.print(f"Samples: {export.write(flat, file)}")
    if output.tensorboard is not None:
        tracking.write_tensorboard(flat, output.tensorboard, output.step)
        terminal.print(f"TensorBoard: {output.tensorboard}")
    if output.wandb is not None:
        for each, own in zip(sets, runs, strict=True):
            facts = {"model": each.origin.model, "benchmark": each.origin.benchmark, **(each.origin.sampling or {})}
            tracking.write_wandb(own, output.wandb, output.step, facts)
        terminal.print(f"Weights & Biases: project {output.wandb}")


def _finish_set(
    terminal: Terminal,
    samples: SampleSet,
    runs: Sequence[Run],
    output: ScoreOutput,
    show_more: ShowMore,
    official: OfficialFiles,
) -> list[dict[str, Any]]:
    """Show and keep the runs of one set of samples; return their records."""
    file = samples.origin.samples
    records = [run_record.record(run, samples.origin, run_report.explained) for run in runs]
    written: list[Path] = []
    for run, record in zip(runs, records, strict=True):
        _show(terminal, run, named=file is not None)
        show_more(terminal, run)
        if file is not None:
            written += _keep(run, record, file)
    if file is not None:
        written += [*official(runs, file), reports_file(file)]
        terminal.print(f"Written: {', '.join(map(str, written))}")
    for run in runs if output.as_json else ():
        print(json.dumps(report.as_json(run) | {"files": list(map(str, written))}))
    return records


def _keep(run: Run, record: Mapping[str, Any], samples: Path) -> list[Path]:
    ending = "".join(f".{part}" for part in (run.tokens, "base" if run.base else None) if part)
    score, whole = (samples.with_name(f"{stem_of(samples)}{ending}.{kind}") for kind in ("score.json", "run.jsonl"))
    score.write_text(json.dumps(report.as_json(run), indent=1))
    run_record.write(record, whole)
    return [score, whole]


def _show(terminal: Terminal, run: Run, *, named: bool) -> None:
    terminal.print(styled((run.label, "bold")))
    kinds = report.by_kind(run)
    if len(kinds) > 1:
        table = Table("", "problems", "pass@1")
        for kind, part in kinds.items():
            table.add_row(kind, str(len(part.by_problem)), f"{part.pass_at[1]:.4f}" if part.pass_at else "—")
        terminal.print_table(table)
    if run.left_out:
        terminal.print(f"Partial: {len(run.tasks)} of {len(run.tasks) + run.left_out} problems have samples.")
    say(terminal, run.score)
    if named and run.score.failed:
        terminal.print(f"Never right: {_names(run.score.failed)}.")


def _names(names: Sequence[str]) -> str:
    """Count names, and list as many as one reads."""
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} {'problem' if len(names) == 1 else 'problems'}: {', '.join(names[:_NAMED])}{more}"


def _compare(
    terminal: Terminal, runs: Sequence[Sequence[Run]], output: ScoreOutput, theirs: Mapping[str, float] | None
) -> None:
    """Compare runs with another file's, of several lengths with each other, and of several files with the first."""
    if theirs is not None:
        for own in runs:
            compared(terminal, own[0].score.by_problem, theirs, str(output.compare), _label(own, runs))
    for own in runs:
        paired = [run for run in own if run.tokens and not run.base]
        for shorter, longer in itertools.pairwise(paired):
            name = f"{shorter.tokens} tokens, with {longer.tokens}"
            compared(terminal, longer.score.by_problem, shorter.score.by_problem, name, _label(own, runs))
    for own in runs[1:]:
        compared(terminal, own[0].score.by_problem, runs[0][0].score.by_problem, runs[0][0].label, own[0].label)


def _label(own: Sequence[Run], runs: Sequence[Sequence[Run]]) -> str:
    return own[0].label if len(runs) > 1 else ""


def say(terminal: Terminal, total: Score) -> None:
    figures = ", ".join(f"pass@{k} {value:.4f}" for k, value in total.pass_at.items()) or "no score"
    verdicts = ", ".join(f"{name} {count}" for name, count in sorted(total.verdicts.items()))
    terminal.print(f"{figures} over {len(total.by_problem)} problems ({verdicts}).")
    interval = mean_interval(list(total.by_problem.values()))
    if interval is not None:
        terminal.print(f"pass@1: 95 % between {interval.low:.4f} and {interval.high:.4f}.")
    if len(total.by_sample) > 1:
        low, high = min(total.by_sample), max(total.by_sample)
        terminal.print(f"avg@{len(total.by_sample)} {total.pass_at[1]:.4f}: single samples {low:.4f} to {high:.4f}.")
    if total.otherwise:
        terminal.print(report.otherwise_line(total))
    if total.unjudged:
        terminal.print(f"Not judged, and not counted: {_names(total.unjudged)}.", style="magenta")


def say_months(terminal: Terminal, run: Run) -> None:
    """Show pass@1 by the month of the contest: a fall behind the end of a model's training data hints that it has seen
    what came before."""
    table = Table("month", "problems", "pass@1", title=run.label)
    for month, part in report.by_month(run).items():
        table.add_row(month, str(len(part.by_problem)), f"{part.pass_at[1]:.4f}" if part.pass_at else "—")
    terminal.print_table(table)


def say_cutoff(terminal: Terminal, run: Run, day: str) -> None:
    """Show pass@1 up to a day and after it, and the difference."""
    before, after = report.by_cutoff(run, day)
    if not before or not after:
        side = "after" if before else "up to"
        terminal.print(f"{run.label}: no problem {side} {day}, so there is nothing to compare.")
        return
    change = unpaired_difference(after, before)
    terminal.print(
        f"{run.label}: pass@1 {fmean(before):.4f} over {len(before)} problems up to {day}, {fmean(after):.4f} over "
        f"{len(after)} after it: {change.mean:+.4f}, 95 % between {change.low:+.4f} and {change.high:+.4f}."
    )


def say_unlike(reports: Mapping[str, Sequence[Report]], *, accepted: bool) -> None:
    """Name the authors' solutions that are not judged as they should be."""
    for name, [each] in reports.items():
        if (each.verdict is Verdict.ACCEPTED) is not accepted or not each.verdict.is_score:
            why = each.reason or (each.first_failure.reason if each.first_failure else "") or ""
            Terminal(stderr=True).print(f"{name}: {each.verdict}: {why}")


def compared(
    terminal: Terminal, ours: Mapping[str, float], theirs: Mapping[str, float], name: str, label: str = ""
) -> None:
    try:
        difference = paired_difference(ours, theirs)
    except ValueError as error:
        raise BadFile(str(error)) from error
    common = len(ours.keys() & theirs.keys())
    terminal.print(
        f"{f'{label} against' if label else 'Against'} {name}: {difference.mean:+.4f} pass@1 over {common} problems, "
        f"95 % between {difference.low:+.4f} and {difference.high:+.4f}."
    )


def pass_at_1(file: Path) -> dict[str, float]:
    try:
        content = json.loads(file.read_text())
        if isinstance(content, dict) and "eval" in content:
            return evalplus_files.pass_at_1(content)
        if isinstance(content, dict):
            return {str(name): float(value) for name, value in content["by_problem"].items()}
        return {str(row["question_id"]): float(row["pass@1"]) for row in content}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadFile(f"{file} is no .score.json, _eval_all.json or _eval_results.json: {error!r}") from error
