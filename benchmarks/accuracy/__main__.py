"""Grade labelled programs through the service and write the confusion matrix per source, mode and language.

``python -m benchmarks.accuracy FILE.jsonl ... [--record]``; a directory stands for its files. The format is in
``labelled``. With ``--results FILE``, reports are added to FILE as they come, and a run that was stopped goes on there.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import httpx

from benchmarks.accuracy.labelled import Labelled, load
from benchmarks.machine import RUN_ALL, facts, record
from evaluator.cli.grade import stream_reports
from evaluator.local import local_service
from evaluator.schema import Report, Submission

RESULTS = Path(__file__).with_name("RESULTS.md")
Judged = tuple[Labelled, Report]
_REASON = 160


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, help="files of labelled programs, or directories of them")
    parser.add_argument("--results", type=Path, help="reports as they come; run it again with this file to go on")
    parser.add_argument("--record", action="store_true", help="add the result to benchmarks/accuracy/RESULTS.md")
    options = parser.parse_args()
    files = [file for path in options.files for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    before = facts()
    started = time.perf_counter()
    judged, left_out = _grade([item for file in files for item in load(file)], options.results)
    lines = [
        f"{len(judged)} programs of {len(files)} files in {time.perf_counter() - started:.0f} s.",
        "",
        *_table(judged),
        "",
        *_misses(judged),
        *(f"- left out, no {language} here: {count} programs" for language, count in left_out.items()),
    ]
    print(before, *lines, sep="\n")
    if options.record:
        title = f"Accuracy: {', '.join(file.stem for file in files)}"
        command = f"python -m benchmarks.accuracy {' '.join(path.name for path in options.files)}"
        record(title, command, before, lines, RESULTS)


def _grade(items: list[Labelled], results: Path | None) -> tuple[list[Judged], Counter[str]]:
    """Every program in a language that the service offers here, with its report; and how many it does not."""
    reports = _read(results) if results else {}
    with local_service(settings=RUN_ALL) as service:
        answer = httpx.get(f"{service.url}/v1/languages", trust_env=False).json()
        offered = {name for entry in answer["languages"] for name in (entry["name"], *entry["aliases"])}
        asked = [item for item in items if item.language in offered]
        missing = [item for item in asked if item.id not in reports]
        started = time.perf_counter()
        for report in stream_reports(service.url, [Submission.model_validate(item.submission) for item in missing]):
            item = missing[report.index or 0]
            reports[item.id] = report
            if results:
                _add(results, item, report)
            spent = time.perf_counter() - started
            print(f"{len(reports)}/{len(asked)} {spent:.0f} s: {item.id} {report.verdict}", file=sys.stderr)
    return [(item, reports[item.id]) for item in asked], Counter(
        item.language for item in items if item.language not in offered
    )


def _read(results: Path) -> dict[str, Report]:
    lines = results.read_text().splitlines() if results.exists() else []
    return {row["id"]: Report.model_validate(row["report"]) for row in map(json.loads, lines)}


def _add(results: Path, item: Labelled, report: Report) -> None:
    with results.open("a") as file:
        file.write(json.dumps({"id": item.id, "report": report.model_dump(mode="json")}) + "\n")


_COLUMNS = (
    "source", "mode", "language", "programs", "agreed", "accepted", "rejected", "false accepts", "false rejects",
    "ours", "disputed",
)  # fmt: skip


def _table(judged: list[Judged]) -> Iterable[str]:
    """Of the undisputed alone: a false accept was labelled otherwise; a false reject was labelled accepted."""
    yield f"| {' | '.join(_COLUMNS)} |"
    yield "|---" * len(_COLUMNS) + "|"
    groups: dict[tuple[str, str, str], list[Judged]] = {}
    for item, report in judged:
        groups.setdefault((item.source, item.mode, item.language), []).append((item, report))
    for key, members in sorted(groups.items()):
        yield _row(key, members)
    yield _row(("all", "", ""), judged)


def _row(key: tuple[str, str, str], judged: list[Judged]) -> str:
    settled = [(item, report.verdict.value) for item, report in judged if not item.disputed]
    agreed = [(item, verdict) for item, verdict in settled if item.met_by(verdict)]
    accepted = sum(verdict == "accepted" for _, verdict in agreed)
    ours = sum(verdict == "judge_error" for _, verdict in settled)
    false_accepts = sum(verdict == "accepted" and not item.met_by(verdict) for item, verdict in settled)
    false_rejects = len(settled) - len(agreed) - ours - false_accepts
    share = f"{len(agreed) / len(settled):.2%}" if settled else "-"
    counts = (accepted, len(agreed) - accepted, false_accepts, false_rejects, ours, len(judged) - len(settled))
    return "| " + " | ".join([*key, str(len(settled)), share, *map(str, counts)]) + " |"


def _misses(judged: list[Judged]) -> Iterable[str]:
    for item, report in judged:
        if not item.met_by(report.verdict.value):
            failure = report.first_failure
            reason = " ".join(((failure.reason if failure else report.reason) or "").split())[:_REASON]
            yield f"- {item.id}: {item.label} became {report.verdict}{' (disputed)' * item.disputed}; {reason}"


if __name__ == "__main__":
    main()
