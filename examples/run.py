"""Grade every example through a running service and compare the verdicts with the expected ones.

``make run``, or ``python examples/run.py [--server URL]``. A submission's file name states the verdict expected of it:
``<verdict>.<note>.<extension>``.
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from evaluator.cli.grade import GradeOptions, read_targets, stream_reports
from evaluator.local import local_service
from evaluator.schema import Report, Submission, Verdict

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Example:
    """One submission of one problem."""

    problem: str
    file: str
    submission: Submission

    @property
    def expected(self) -> Verdict:
        return Verdict(self.file.split(".")[0])


def examples() -> Iterator[Example]:
    """Every submission beneath this directory."""
    for suite in sorted(HERE.glob("*/suite.json")):
        for file in sorted(suite.parent.iterdir()):
            if file.name.split(".")[0] in set(Verdict):
                options = GradeOptions(suite, language=None, policy="first_failure", detail="tests")
                [submission] = read_targets([file], options)
                yield Example(suite.parent.name, file.name, submission)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--server", help="URL of a running service; else one is started and stopped")
    options = parser.parse_args()
    chosen = list(examples())
    with contextlib.ExitStack() as stack:
        url = options.server or stack.enter_context(local_service()).url
        started = time.perf_counter()
        reports = {r.index: r for r in stream_reports(url, [example.submission for example in chosen])}
        seconds = time.perf_counter() - started
    judged = [(example, reports[number]) for number, example in enumerate(chosen)]
    _show(judged)
    wrong = [example for example, report in judged if report.verdict is not example.expected]
    problems = len({example.problem for example in chosen})
    print(f"\n{len(judged)} submissions to {problems} problems in {seconds:.1f} s, {len(wrong)} unexpected verdicts")
    sys.exit(1 if wrong or not judged else 0)


def _show(judged: list[tuple[Example, Report]]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in ("problem", "submission", "verdict", "tests", "CPU s", ""):
        table.add_column(column, no_wrap=column != "", justify="right" if column in ("tests", "CPU s") else "left")
    before = None
    for example, report in judged:
        met = report.verdict is example.expected
        table.add_row(
            "" if example.problem == before else example.problem,
            escape(example.file.partition(".")[2]),
            f"[{'green' if met else 'bold red'}]{report.verdict}[/]",
            f"{report.passed}/{report.total}",
            f"{sum(test.cpu_s or 0.0 for test in report.tests):.2f}",
            "" if met else f"[bold red]expected {example.expected}[/]",
        )
        before = example.problem
    # Not cut to a width that nobody sees: pipes and CI logs have none.
    Console(width=None if sys.stdout.isatty() else 140).print(table)


if __name__ == "__main__":
    main()
