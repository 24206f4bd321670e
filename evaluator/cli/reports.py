"""Reports on the terminal: a table of all, and of a single program why it failed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from evaluator.cli.difference import difference, excerpt
from evaluator.cli.terminal import Terminal, styled, visible
from evaluator.schema import Blob, FirstFailure, Report, Submission, Verdict, to_bytes
from sandbox.toolchain import Language, canonical, languages

_COLOURS = {Verdict.ACCEPTED: "green", Verdict.JUDGE_ERROR: "magenta", Verdict.CANCELLED: "magenta"}
_PYTHON_LINE = re.compile(r'^  File ".*", line (\d+)$', re.MULTILINE)


def show(reports: Sequence[Report], submissions: Sequence[Submission]) -> None:
    """Print a table of the reports, in the order of the submissions, and why a single program failed."""
    terminal = Terminal()
    table = Table(box=None, pad_edge=False)
    for column in ("submission", "verdict", "tests", "CPU s", "why"):
        table.add_column(column, justify="right" if column in ("tests", "CPU s") else "left", overflow="fold")
    for report in sorted(reports, key=lambda report: report.index or 0):
        submission = submissions[report.index or 0]
        table.add_row(
            visible(report.id or str(report.index)),
            styled((report.verdict, _COLOURS.get(report.verdict, "red"))),
            f"{report.passed}/{report.total}",
            f"{sum(test.cpu_s or 0.0 for test in report.tests):.3f}",
            _why(report, submission),
        )
    terminal.print_table(table)
    if len(reports) == 1:
        for line in _details(reports[0], submissions[0]):
            terminal.print(line)


def _why(report: Report, submission: Submission) -> str:
    failure = report.first_failure
    if failure is not None:
        return f"test {failure.index}: {failure.reason or ''}{_limit_of(report.verdict, submission)}"
    if report.compile is not None and not report.compile.ok:
        error = _compiler_error(own_names(report.compile.log, submission))
        return f"{report.reason}: {error}" if error else report.reason or ""
    return report.reason or ""


def _compiler_error(log: str) -> str:
    """Return the first line of a compiler's message that names an error, of Python's parser with the line's number."""
    lines = log.splitlines()
    error = next((line.strip() for line in lines if "error" in line.lower()), next(iter(lines), ""))
    place = _PYTHON_LINE.search(log)
    return f"line {place[1]}: {error}" if place is not None else error


def _limit_of(verdict: Verdict, submission: Submission) -> str:
    """Say which limit was reached, if the suite is at hand."""
    language = _language_of(submission)
    if submission.suite is None or language is None:
        return ""
    limits = submission.suite.limits
    return {
        Verdict.TIME_LIMIT_EXCEEDED: f"; the limit is {limits.cpu_s * language.cpu_factor:g} s",
        Verdict.MEMORY_LIMIT_EXCEEDED: f"; it is {limits.memory_mb + language.memory_overhead_mb} MiB",
        Verdict.OUTPUT_LIMIT_EXCEEDED: f"; it is {limits.output_mb} MiB",
    }.get(verdict, "")


def _details(report: Report, submission: Submission) -> Iterator[Text]:
    if report.compile is not None and report.compile.log:
        yield from _section("compiler", excerpt(own_names(report.compile.log, submission)))
    if (failure := report.first_failure) is not None:
        if failure.input not in (None, ""):
            yield from _section("input", excerpt(_text(failure.input)))
        yield from _outputs(failure, report, submission)
        if failure.stderr not in (None, ""):
            yield from _section("stderr", excerpt(own_names(_text(failure.stderr), submission), from_end=True))


def _outputs(failure: FirstFailure, report: Report, submission: Submission) -> Iterator[Text]:
    if failure.verdict is not Verdict.WRONG_ANSWER or not isinstance(failure.expected, str):
        for name in ("expected", "output"):
            value = getattr(failure, name)
            if value not in (None, ""):
                yield from _section(name, excerpt(_text(value)))
        return
    expected, output = _whole(failure, report, submission)
    lines = list(difference(expected, output))
    yield from _section("difference", lines or [styled("none in what the report carries of the two texts")])


def _whole(failure: FirstFailure, report: Report, submission: Submission) -> tuple[str, str]:
    """Return the expected output and the program's: as the suite and the test's report have them, which is more than
    the failure shows."""
    expected, output = _text(failure.expected), _text(failure.output)
    suite = submission.suite
    test = next((test for test in report.tests if test.index == failure.index), None)
    if suite is not None and suite.mode == "stdio" and failure.index < len(suite.tests):
        case = suite.tests[failure.index].output
        expected = to_bytes(case).decode(errors="replace") if isinstance(case, str) else expected
    if test is not None and isinstance(test.stdout, str) and len(test.stdout) > len(output):
        output = test.stdout
    return expected, output


def _section(title: str, lines: Iterator[Text] | Sequence[Text]) -> Iterator[Text]:
    yield styled((title, "bold"))
    yield from lines


def _text(value: Any) -> str:
    if isinstance(value, Blob):
        return to_bytes(value).decode(errors="backslashreplace")
    if isinstance(value, Mapping) and set(value) == {"base64"}:
        return _text(Blob.model_validate(value))
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def own_names(text: str, submission: Submission) -> str:
    """Return a compiler's or interpreter's message with the submission's own name in the place of that of its file in
    the jail, such as ``/run/box/work/main.py``."""
    language = _language_of(submission)
    if language is None or not submission.id:
        return text
    name = submission.id
    return re.sub(rf"(?<![\w/.])(?:/[\w.-]+)*/?{re.escape(language.source)}(?=[\s:\",(]|$)", lambda _: name, text)


def _language_of(submission: Submission) -> Language | None:
    name = canonical(submission.language)
    return languages()[name] if name is not None else None
