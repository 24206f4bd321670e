"""``microcoder diagnose``: shows a run's figures and alarms, from any trainer's logs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from rich.table import Table
from rich.text import Text

from evaluator.cli.errors import OK, WRONG_INPUT, BadInput
from evaluator.cli.terminal import Terminal, styled
from trainer_client.diagnosis.alarms import Level
from trainer_client.diagnosis.formats import TextLength
from trainer_client.diagnosis.metrics import BAND, RunFacts, StepMetrics
from trainer_client.diagnosis.monitor import RaisedAlarm, TrainingMonitor
from trainer_client.diagnosis.page import page
from trainer_client.diagnosis.rollouts import BadRollouts, RolloutStep
from trainer_client.diagnosis.sources import LogFiles, follow_steps, read_steps
from trainer_client.diagnosis.table import as_json
from trainer_client.grpo.mask import Eligible, TruncationMask

_ROWS = 20
"""Steps that the table shows, spread over the run."""
_PIPE_COLUMNS = 160
_COLUMNS = {
    "reward": "reward",
    "held_out": "held out",
    "length": "length",
    "truncated": "cut",
    "pressure_base": "pressure",
    "pressure_zero": "rho*",
    "eligible": "eligible",
    "diversity": "D",
    "entropy": "entropy",
    "equal_groups": "equal",
    "relaxed": "relaxed",
    "not_judged": "not judged",
}


@dataclass(frozen=True, slots=True)
class DiagnoseOptions:
    """Options of the command. ``probability`` is the mask's, None where the run has none; lengths are tokens."""

    probability: float | None = None
    eligible: str = "not_judged_wrong"
    max_length: int | None = None
    target_length: int | None = None
    band: tuple[float, float] | None = None
    tokenizer: Path | None = None
    html: Path | None = None
    follow: bool = False
    idle_s: float = 3600.0
    as_json: bool = False

    def facts(self) -> RunFacts:
        """Make the facts of the run.

        Raises:
            ValueError: a value has no meaning.
        """
        mask = TruncationMask(self.probability, Eligible(self.eligible)) if self.probability is not None else None
        return RunFacts(self.max_length, self.target_length, mask, self.band or BAND)


def diagnose(paths: Sequence[Path], options: DiagnoseOptions) -> int:
    """Read the logs, show the run, and return the exit code.

    Raises:
        BadInput: they are no logs, or an option has no meaning.
    """
    try:
        monitor = TrainingMonitor(options.facts())
        files = LogFiles(paths, TextLength(options.tokenizer), is_growing=options.follow)
        for step in _steps(files, options):
            if step is not None:
                _show_alarms(monitor.observe(step), options)
            if options.follow and options.html is not None:
                _write_page(monitor, options.html, paths)
    except (BadRollouts, ValueError) as error:
        raise BadInput(str(error)) from error
    if not monitor.history:
        raise BadInput("the logs have no steps")
    if options.html is not None:
        _write_page(monitor, options.html, paths)
    _show(monitor, options)
    return WRONG_INPUT if any(alarm.level is Level.ALARM for alarm in monitor.alarms) else OK


def _steps(files: LogFiles, options: DiagnoseOptions) -> Iterator[RolloutStep | None]:
    """Yield steps until the logs end, or until Control-C where they are followed."""
    if not options.follow:
        yield from read_steps(files)
        return
    try:
        yield from follow_steps(files, idle_s=options.idle_s)
    except KeyboardInterrupt:
        return


def _show_alarms(alarms: Sequence[RaisedAlarm], options: DiagnoseOptions) -> None:
    """Tell alarms as they are raised, where the run is followed."""
    for alarm in alarms if options.follow else ():
        if options.as_json:
            sys.stdout.write(json.dumps(asdict(alarm)) + "\n")
            sys.stdout.flush()
        else:
            _terminal().print(_sentence(alarm))


def _terminal() -> Terminal:
    # A pipe has no width; the table has.
    return Terminal(width=None if sys.stdout.isatty() else _PIPE_COLUMNS)


def _sentence(alarm: RaisedAlarm) -> Text:
    colour = "red" if alarm.level is Level.ALARM else "yellow"
    return styled(f"step {alarm.step}, ", (alarm.rule, colour), f": {alarm.message}; {alarm.advice}")


def _write_page(monitor: TrainingMonitor, file: Path, paths: Sequence[Path]) -> None:
    unfinished = file.with_name(f"{file.name}.part")
    unfinished.write_text(page(monitor, f"Run of {', '.join(path.name for path in paths)}"), encoding="utf-8")
    unfinished.replace(file)


def _show(monitor: TrainingMonitor, options: DiagnoseOptions) -> None:
    if options.as_json:
        if not options.follow:
            print(as_json(monitor))
        return
    terminal = _terminal()
    terminal.print_table(_table(monitor.history))
    if monitor.own_band is not None:
        terminal.print("diversity has settled between {:.2f} and {:.2f}".format(*monitor.own_band))
    if options.follow:
        return
    for alarm in monitor.alarms:
        terminal.print(_sentence(alarm))
    if not monitor.alarms:
        terminal.print("no alarms")


def _table(history: Sequence[StepMetrics]) -> Table:
    """Make a table of the steps that spread over the run, with the figures that any of them has."""
    known = {name: title for name, title in _COLUMNS.items() if any(getattr(s, name) is not None for s in history)}
    table = Table("step", *known.values())
    stride = -(-len(history) // _ROWS)
    shown = [*islice(history, 0, len(history) - 1, stride), history[-1]]
    for step in shown:
        table.add_row(str(step.step), *(_cell(getattr(step, name)) for name in known))
    return table


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"
