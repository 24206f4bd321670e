"""Problem packages: written as suites, and their submissions graded beside what their authors expect."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table

from evaluator.cli.errors import BadInput, package_needed
from evaluator.cli.grade import progress
from evaluator.cli.service import client_of, service
from evaluator.cli.terminal import Terminal, styled
from evaluator.schema import MAX_CPU_S, Report, Submission, Suite, Verdict

if TYPE_CHECKING:
    from trainer_client.packages import Package, PackageSubmission

_CALIBRATION_CPU_S = 60.0
"""CPU limit of right submissions while their package's limit is looked for."""


@dataclass(frozen=True, slots=True)
class PackageOptions:
    """Options of grading a package's submissions."""

    time_limit_s: float | None
    policy: str
    server: str | None
    workers: int | None
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """A submission, its report (None: it could not be graded), and how that differs from what is expected."""

    submission: PackageSubmission
    report: Report | None
    objection: str

    @property
    def outcome(self) -> str:
        """The state of the row in a word or two."""
        if self.report is None:
            return "not graded"
        if not self.report.verdict.is_score and not self.submission.awaits(self.report.verdict):
            return "not judged"
        if not self.submission.demands:
            return "nothing expected"
        return "differs" if self.objection else "as expected"

    def to_json(self) -> dict[str, Any]:
        report = self.report
        judged = {} if report is None else {"verdict": report.verdict, "score": report.score, "passed": report.passed}
        why = self.objection or (report.reason if report is not None else None)
        expected = self.submission.label
        return {"submission": self.submission.name, "expected": expected, **judged, "outcome": self.outcome, "why": why}


def read(path: Path) -> Package:
    """Read a package.

    Raises:
        BadInput: it cannot become a suite; the message names the file and the feature.
    """
    with package_needed("yaml", "pip install pyyaml"):
        from trainer_client.packages import PackageFault, read_package
    try:
        return read_package(path)
    except PackageFault as fault:
        raise BadInput(str(fault)) from fault


def generated(package: Package, url: str | None) -> Package:
    """Return a package whose tests are all there: its generators run in the jail of a service, one that is started here
    where ``url`` is None.

    Raises:
        BadInput: a generator does not compile, or failed.
        ServiceFailed: the service could not be started, or does not answer.
    """
    if not package.generated:
        return package
    from trainer_client.packages import PackageFault

    with service(url) as address, client_of(address) as client:
        try:
            return package.with_generated_tests(client.run)
        except PackageFault as fault:
            raise BadInput(str(fault)) from fault


def suite_of(package: Package, time_limit_s: float | None, submission: PackageSubmission | None = None) -> Suite:
    """Return a package's suite, with the limits that it states for one submission, if any.

    Raises:
        BadInput: no valid suite comes of it.
    """
    from trainer_client.packages import PackageFault

    limits = {} if time_limit_s is None else {"cpu_s": time_limit_s}
    try:
        return package.suite(**{**limits, **(submission.limits if submission is not None else {})})
    except PackageFault as fault:
        raise BadInput(str(fault)) from fault


def suite_of_package(path: Path, time_limit_s: float | None, server: str | None) -> Suite:
    """Read a package and return its suite. Its generator, if it has one, runs in the jail of the service at ``server``,
    or of one that is started here.

    Raises:
        BadInput, ServiceFailed: as ``read``, ``generated`` and ``suite_of``.
    """
    return suite_of(generated(read(path), server), time_limit_s)


def write_suite(path: Path, out: Path | None, time_limit_s: float | None) -> None:
    """Write a package's suite as JSON, and tell on stderr what it is.

    Raises:
        BadInput: it cannot become a suite.
    """
    package = generated(read(path), None)
    suite = suite_of(package, time_limit_s)
    text = json.dumps(suite.model_dump(exclude_defaults=True), ensure_ascii=False, indent=1) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")
    _tell(package, suite, stated=time_limit_s is not None or "cpu_s" in package.limits)


def grade_package(path: Path, options: PackageOptions) -> tuple[bool, bool]:
    """Grade a package's submissions and show them. Returns whether all were judged, and whether all are as expected.

    Raises:
        BadInput: it cannot become a suite, or has no submission that can be graded.
        ServiceFailed, EvaluatorError: the service could not be started, does not answer, or failed.
    """
    package = read(path)
    with service(options.server, options.workers) as url:
        package = without_unoffered(generated(package, url), _offered_languages(url))
        gradable = [each for each in package.submissions if not each.obstacle]
        if not gradable:
            raise BadInput(f"{path}: the package has no submission that can be graded")
        time_limit_s = options.time_limit_s
        if time_limit_s is None and package.time_rule is not None:
            time_limit_s = _calibrated(url, package, gradable)
        reports = iter(_graded(url, package, gradable, time_limit_s, options))
    rows = [_row(each, None if each.obstacle else next(reports), package.points) for each in package.submissions]
    if options.as_json:
        sys.stdout.writelines(json.dumps(row.to_json()) + "\n" for row in rows)
    else:
        _tell_calibrated(package, time_limit_s if options.time_limit_s is None else None)
        suite = suite_of(package, time_limit_s)
        _tell(package, suite, stated=time_limit_s is not None or "cpu_s" in package.limits)
        _show(rows, package.points)
    judged = not any(row.outcome == "not judged" for row in rows)
    return judged, not any(row.outcome == "differs" for row in rows)


def without_unoffered(package: Package, offered: Set[str]) -> Package:
    """Return a package whose submissions in languages that a service does not offer cannot be graded."""
    return replace(package, submissions=[_offered(each, offered) for each in package.submissions])


def _offered(submission: PackageSubmission, offered: Set[str]) -> PackageSubmission:
    if submission.obstacle or submission.language in offered:
        return submission
    return replace(submission, obstacle=f"the service does not offer its language ({submission.language})")


def _offered_languages(url: str) -> Set[str]:
    with client_of(url) as client:
        return {name for each in client.languages() for name in (each.name, *each.aliases)}


def _row(submission: PackageSubmission, report: Report | None, points: float) -> _Row:
    if report is None:
        return _Row(submission, None, submission.obstacle)
    judged = report.verdict.is_score or submission.awaits(report.verdict)
    return _Row(submission, report, submission.objection(report, points) if judged else "")


def _calibrated(url: str, package: Package, submissions: Sequence[PackageSubmission]) -> float | None:
    """Return the time limit by the package's rule, from the slowest right submission; None if there is none."""
    right = [each for each in submissions if each.is_right]
    options = PackageOptions(None, "all", None, None, as_json=True)
    reports = _graded(url, package, right, _CALIBRATION_CPU_S, options)
    times = [test.cpu_s or 0.0 for each in reports if each.verdict is Verdict.ACCEPTED for test in each.tests]
    if not times or package.time_rule is None:
        return None
    return min(package.time_rule.limit_s(max(times)), MAX_CPU_S)


def _graded(
    url: str,
    package: Package,
    submissions: Sequence[PackageSubmission],
    time_limit_s: float | None,
    options: PackageOptions,
) -> list[Report]:
    """Return the reports of submissions, in their order."""
    suites: dict[str, Suite] = {}
    requests = []
    for each in submissions:
        key = json.dumps(dict(each.limits), sort_keys=True)
        suite = suites.setdefault(key, suite_of(package, time_limit_s, each))
        fields = {"id": each.name, **each.program, "policy": options.policy}
        requests.append(Submission.model_validate({**fields, "suite": suite}))
    reports: dict[int, Report] = {}
    with client_of(url) as client, progress(len(requests), hidden=options.as_json) as advance:
        for report in client.stream(requests):
            reports[report.index or 0] = report
            advance()
    return [reports[place] for place in range(len(requests))]


def _tell(package: Package, suite: Suite, *, stated: bool) -> None:
    """Say on stderr what a package is, and what a suite says differently."""
    terminal = Terminal(stderr=True)
    terminal.print(
        f"{package.name}: {package.format}, mode {suite.mode}, {len(suite.tests)} tests, "
        f"{suite.limits.cpu_s:g} s of CPU time, {suite.limits.memory_mb} MiB"
    )
    if not stated:
        terminal.print("no time limit is stated; this is the service's default: give --time-limit")
    for note in package.notes:
        terminal.print(note)


def _tell_calibrated(package: Package, time_limit_s: float | None) -> None:
    if package.time_rule is not None and time_limit_s is not None:
        rule = f"{package.time_rule.factor:g} times the slowest right submission, rounded up"
        Terminal(stderr=True).print(f"no time limit is stated; {time_limit_s:g} s is {rule}")


def _show(rows: Sequence[_Row], points: float) -> None:
    table = Table(box=None, pad_edge=False)
    has_points = points != 1
    figures = ("verdict", "tests", "points", "CPU s") if has_points else ("verdict", "tests", "CPU s")
    for column in ("submission", "expected", *figures, "result", "why"):
        right = column in ("tests", "points", "CPU s")
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    for row in rows:
        colour = {"as expected": "green", "differs": "red", "not judged": "magenta"}.get(row.outcome, "yellow")
        report = row.report
        cells: list[str] = [""] * len(figures) if report is None else _cells(report, points if has_points else None)
        why = row.objection or (report.reason if report is not None and row.outcome == "not judged" else "")
        outcome = styled((row.outcome, colour))
        table.add_row(row.submission.name, row.submission.label, *cells, outcome, why or "")
    Terminal().print_table(table)


def _cells(report: Report, points: float | None) -> list[str]:
    slowest = max((test.cpu_s or 0.0 for test in report.tests), default=0.0)
    score = [] if points is None else ["" if report.score is None else f"{report.score * points:g}"]
    return [str(report.verdict), f"{report.passed}/{report.total}", *score, f"{slowest:.3f}"]
