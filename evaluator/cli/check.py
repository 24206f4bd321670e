"""``microcoder check``: looks a data set over before hours of training."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from rich.table import Table

from evaluator.cli.errors import FAULT, OK, WRONG_INPUT, BadInput, missing_package
from evaluator.cli.grade import stream_reports
from evaluator.cli.service import service
from evaluator.cli.terminal import Terminal, styled
from evaluator.schema import Verdict
from trainer_client.dataset.look import CheckedRow, RowFinding, look_over
from trainer_client.dataset.records import BadSource

_CHUNK_ROWS = 64
_UNJUDGED = (Verdict.JUDGE_ERROR, Verdict.CANCELLED)


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """Options of the command. ``shown`` is how many bad rows are named, at most."""

    column: str | None
    limit: int | None
    grade: bool
    shown: int
    as_json: bool


def check(files: Sequence[Path], options: CheckOptions, *, server: str | None, workers: int | None) -> int:
    """Look the rows over, show the findings, and return the exit code.

    Raises:
        BadInput: a file cannot be read.
        ServiceFailed, EvaluatorError: references cannot be graded.
    """
    findings: list[RowFinding] = []
    with service(server, workers) if options.grade else nullcontext() as url:
        try:
            for finding in _findings(look_over(files, column=options.column, limit=options.limit), url):
                findings.append(finding)
                if options.as_json:
                    sys.stdout.write(json.dumps(asdict(finding)) + "\n")
        except BadSource as error:
            raise BadInput(str(error)) from error
        except ModuleNotFoundError as error:
            raise missing_package("data sets need", error.name, "server,dataset") from error
    if not findings:
        raise BadInput("the files have no rows")
    if not options.as_json:
        _show(findings, options)
    if any(finding.verdict in _UNJUDGED for finding in findings):
        return FAULT
    return WRONG_INPUT if any(map(_is_bad, findings)) else OK


def _findings(rows: Iterable[CheckedRow], url: str | None) -> Iterator[RowFinding]:
    """Yield the findings, with the verdicts on references if there is a service to ask."""
    if url is None:
        yield from (row.finding for row in rows)
        return
    waiting = iter(rows)
    while chunk := list(islice(waiting, _CHUNK_ROWS)):
        graded = [(row, row.reference) for row in chunk if row.reference is not None]
        reports = stream_reports(url, [reference for _, reference in graded])
        verdicts = {row.finding.number: row.with_report(r) for r in reports for row in [graded[r.index or 0][0]]}
        yield from (verdicts.get(row.finding.number, row.finding) for row in chunk)


def _is_bad(finding: RowFinding) -> bool:
    return bool(finding.refusal) or finding.verdict not in ("", Verdict.ACCEPTED)


def _show(findings: Sequence[RowFinding], options: CheckOptions) -> None:
    terminal = Terminal()
    refused = [finding for finding in findings if finding.refusal]
    if len(refused) < len(findings):
        terminal.print_table(_shapes(findings, options))
    terminal.print(f"{len(findings)} rows; {len(refused)} cannot be used")
    if len(refused) == len(findings):
        terminal.print(_advice(refused, options))
    if options.grade:
        _show_references(terminal, findings)
    bad = [finding for finding in findings if _is_bad(finding)]
    for finding in bad[: options.shown]:
        sentence = finding.refusal or f"its reference gets {finding.verdict}: {finding.reason}"
        terminal.print(styled((finding.name, "red"), f": {sentence}"))
    if len(bad) > options.shown:
        terminal.print(f"… and {len(bad) - options.shown} more: --shown {len(bad)} names them, --json writes every row")


def _advice(refused: Sequence[RowFinding], options: CheckOptions) -> str:
    """Say what to do if there is no row that can be used."""
    if options.column is not None:
        return f"No row has tests in the column {options.column}: name another one by --column, or none."
    alike = "for the same reason" if len({finding.refusal for finding in refused}) == 1 else "for the reasons below"
    return f"No row can be used, {alike}. If a column of another name holds the tests, name it: --column NAME."


def _shapes(findings: Sequence[RowFinding], options: CheckOptions) -> Table:
    table = Table("shape", "mode", "language", "rows", "tests in a row")
    groups: dict[tuple[str, str, str], list[int]] = {}
    for finding in findings:
        if not finding.refusal:
            groups.setdefault((finding.shape, finding.mode or "stored", finding.language), []).append(finding.tests)
    for kind, tests in sorted(groups.items(), key=lambda each: -len(each[1])):
        table.add_row(*kind, str(len(tests)), _spread(tests))
    return table


def _spread(tests: Sequence[int]) -> str:
    low, high = min(tests), max(tests)
    return str(low) if low == high else f"{low} to {high}, median {median(tests):g}"


def _show_references(terminal: Terminal, findings: Sequence[RowFinding]) -> None:
    verdicts = Counter(finding.verdict for finding in findings if finding.verdict)
    total = verdicts.total()
    others = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common() if verdict != Verdict.ACCEPTED)
    terminal.print(
        f"{total} rows have a reference; {verdicts[Verdict.ACCEPTED]} are accepted" + (f"; {others}" if others else "")
    )
