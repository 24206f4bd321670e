"""``microcoder calibrate``: suites whose CPU limits are what right programs need, and what that may flip."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

from evaluator.cli.errors import BadInput
from evaluator.cli.grade import GradeOptions, read_suite, read_targets
from evaluator.cli.service import service
from evaluator.cli.terminal import Terminal
from evaluator.schema import MAX_CPU_S, Report, Submission, Suite, Verdict
from trainer_client.blocking import EvaluatorClient
from trainer_client.dataset.verify.table import submission
from trainer_client.limits import LimitRule, needed_s, slowest_s, with_limit

_RUN_ALL = {"MICROCODER_RESULTS_MB": "0"}
"""A report that was kept of an earlier run is no measurement."""
_GENEROUS_FACTOR = 4.0
"""References and too slow programs are run under this many times the suite's own limit: it is what is in question."""
_KNOWN_FLIPS = "measured before, with one program calibrating for others on 45 real problems: 2 of 684 verdicts"
_SUFFIX = ".calibrated.json"


@dataclass(frozen=True, slots=True)
class LimitCalibration:
    """A suite's limit before and after. ``flips`` of the references would fail a limit that the others had set;
    ``too_slow_passing`` are programs that should be too slow and are accepted under the new one."""

    suite: Path
    old_s: float
    new_s: float
    slowest_s: float
    references: int
    refused: tuple[str, ...]
    flips: int
    too_slow: int
    too_slow_passing: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {name: getattr(self, name) for name in self.__slots__} | {"suite": str(self.suite)}


@dataclass(frozen=True, slots=True)
class Programs:
    """Programs for one suite."""

    references: list[Submission]
    too_slow: list[Submission]


def calibrate(
    suites: Sequence[Path],
    references: Sequence[Path],
    too_slow: Sequence[Path],
    *,
    rule: LimitRule,
    repeats: int,
    folder: Path | None,
    server: str | None,
    as_json: bool,
) -> bool:
    """Measure, write the suites, and show what changed. Returns whether every suite has a limit that holds.

    Raises:
        BadInput: a file is not what it should be, a suite has no reference, or none of them is accepted.
        EvaluatorError, ServiceFailed: the service could not be started, or reached.
    """
    planned = [(path, read_suite(path), _of_suite(path, suites, references, too_slow)) for path in suites]
    calibrations: list[LimitCalibration] = []
    with service(server, settings=_RUN_ALL) as url, EvaluatorClient(url) as client:
        for path, suite, programs in planned:
            calibration = _calibration(client, path, suite, programs, rule, repeats)
            _write(path, with_limit(suite, calibration.new_s), folder)
            calibrations.append(calibration)
            if as_json:
                print(json.dumps(calibration.to_json()), flush=True)
    if not as_json:
        _show(calibrations)
    return not any(each.refused or each.too_slow_passing for each in calibrations)


def _of_suite(path: Path, suites: Sequence[Path], references: Sequence[Path], too_slow: Sequence[Path]) -> Programs:
    """All programs where there is one suite, else those that are named as it is: two-sum.json, two-sum.fast.py."""
    right, slow = (_named_as(path, suites, programs) for programs in (references, too_slow))
    if not right:
        raise BadInput(
            f"{path}: no reference is named {path.stem}.*; with several suites, name each program after its suite"
        )
    options = GradeOptions(path, None, "all", "tests")
    return Programs(read_targets(right, options), read_targets(slow, options) if slow else [])


def _named_as(path: Path, suites: Sequence[Path], programs: Sequence[Path]) -> list[Path]:
    if len(suites) == 1:
        return list(programs)
    return [each for each in programs if each.name.startswith(f"{path.stem}.")]


def _calibration(
    client: EvaluatorClient, path: Path, suite: Suite, programs: Programs, rule: LimitRule, repeats: int
) -> LimitCalibration:
    generous = with_limit(suite, min(MAX_CPU_S, _GENEROUS_FACTOR * suite.limits.cpu_s))
    runs = [_grade(client, programs.references, generous) for _ in range(repeats)]
    slowest = [_slowest_of(each) for each in zip(*runs, strict=True)]
    accepted = [each for each in slowest if each is not None]
    if not accepted:
        raise BadInput(f"{path}: no reference is accepted: {_why(runs[0])}")
    slow = _grade(client, programs.too_slow, generous)
    limit_s = rule.limit_below_s(max(accepted), [needed_s(each) for each in slow if _is_accepted(each)])
    passing = _grade(client, programs.too_slow, with_limit(suite, limit_s))
    return LimitCalibration(
        path,
        suite.limits.cpu_s,
        limit_s,
        max(accepted),
        len(accepted),
        tuple(str(each.id) for each, seconds in zip(programs.references, slowest, strict=True) if seconds is None),
        rule.flips(accepted),
        len(programs.too_slow),
        tuple(str(report.id) for report in passing if _is_accepted(report)),
    )


def _grade(client: EvaluatorClient, programs: Sequence[Submission], suite: Suite) -> list[Report]:
    if not programs:
        return []
    reports = client.grade_many([submission(each, suite) for each in programs], timeout_s=None)
    for report in reports:
        if not report.verdict.is_score:
            raise BadInput(f"{report.id} could not be judged: {report.reason}")
    return reports


def _slowest_of(reports: Sequence[Report]) -> float | None:
    """Return what a reference needed in its slowest run; None where it was not accepted in each."""
    seconds = [slowest_s(report) for report in reports]
    known = [each for each in seconds if each is not None]
    return max(known) if len(known) == len(seconds) else None


def _is_accepted(report: Report) -> bool:
    return report.verdict is Verdict.ACCEPTED


def _why(reports: Sequence[Report]) -> str:
    report = reports[0]
    failure = report.first_failure
    return f"{report.id}: {report.verdict}, {(failure.reason if failure else report.reason) or 'no reason'}"


def _write(path: Path, suite: Suite, folder: Path | None) -> None:
    target = path.with_name(path.stem + _SUFFIX) if folder is None else folder / path.name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(suite.model_dump_json(exclude_defaults=True) + "\n", encoding="utf-8")


def _show(calibrations: Sequence[LimitCalibration]) -> None:
    table = Table("suite", "references", "slowest", "limit was", "limit is", "too slow, still refused")
    for each in calibrations:
        refused = each.too_slow - len(each.too_slow_passing)
        table.add_row(
            each.suite.name,
            f"{each.references}/{each.references + len(each.refused)}",
            f"{each.slowest_s:.3f} s",
            f"{each.old_s:g} s",
            f"{each.new_s:g} s",
            f"{refused}/{each.too_slow}" if each.too_slow else "-",
        )
    terminal = Terminal()
    terminal.print_table(table)
    terminal.print(_expected_flips(calibrations))
    for each in calibrations:
        for name in each.refused:
            terminal.print(f"{each.suite}: {name} is not accepted in each run, and was left out")
        for name in each.too_slow_passing:
            terminal.print(f"{each.suite}: {name} should be too slow, and is accepted")


def _expected_flips(calibrations: Sequence[LimitCalibration]) -> str:
    """Say how many verdicts of right programs the new limits may change, from the references themselves."""
    tried = sum(each.references for each in calibrations if each.references > 1)
    if tried == 0:
        return f"Expected flips: unknown, since no suite has two references ({_KNOWN_FLIPS})."
    flips = sum(each.flips for each in calibrations)
    return f"Expected flips: {flips} of {tried} references fail a limit set by the others ({_KNOWN_FLIPS})."
