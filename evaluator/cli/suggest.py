"""``microcoder suggest-checker``: the strictest comparison that accepts every reference solution.

A relaxation is admitted for a whole suite and beforehand, never per sample: the references must need it, known wrong
programs must still be refused, and it is shown which mutants of the expected outputs it lets through.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from evaluator.checking import compare_output, compare_value
from evaluator.checking.mutation import of_output, of_value
from evaluator.cli.grade import BadInput, stream_reports
from evaluator.harness.values import encode
from evaluator.local import local_service
from evaluator.schema import OneChecker, Submission, Suite, Verdict

_OF_TEXT: tuple[dict[str, Any], ...] = (
    {"kind": "exact"},
    {"kind": "lines"},
    {"kind": "tokens"},
    {"kind": "float", "abs": 1e-9, "rel": 1e-9},
    {"kind": "float", "abs": 1e-6, "rel": 1e-6},
    {"kind": "float", "abs": 1e-4, "rel": 1e-4},
    {"kind": "unordered", "of": "lines"},
    {"kind": "unordered", "of": "tokens"},
)
_OF_VALUES: tuple[dict[str, Any], ...] = (
    {"kind": "json"},
    {"kind": "float", "abs": 1e-9, "rel": 1e-9},
    {"kind": "float", "abs": 1e-6, "rel": 1e-6},
    {"kind": "unordered"},
    {"kind": "unordered", "nested": True},
)
_ADAPTER: TypeAdapter[OneChecker] = TypeAdapter(OneChecker)


@dataclass(frozen=True, slots=True)
class Trial:
    """One checker: how many references it accepts, wrong programs it refuses, and mutants it lets through by name."""

    checker: dict[str, Any]
    references: int
    refused: int
    mutants: int
    survivors: tuple[str, ...]


def suggest(references: Sequence[Submission], wrong: Sequence[Submission], suite: Suite, *, as_json: bool) -> bool:
    """Try every checker, strictest first; show all, and the first that fits. Returns whether one does.

    Raises:
        BadInput: the suite's mode has no such checker.
        Refused, ServiceFailed, httpx.HTTPError: as ``grade``.
    """
    if suite.mode not in ("stdio", "function"):
        raise BadInput(f'mode "{suite.mode}" has no checker to suggest: only "stdio" and "function" compare outputs')
    specs = _OF_TEXT if suite.mode == "stdio" else _OF_VALUES
    with local_service() as service:
        trials = [_try(service.url, spec, references, wrong, suite) for spec in specs]
    fitting = [trial for trial in trials if trial.references == len(references) and trial.refused == len(wrong)]
    chosen = fitting[0] if fitting else None
    if as_json:
        told = [trial.checker | {"survivors": trial.survivors} for trial in trials]
        print(json.dumps({"checker": chosen.checker if chosen else None, "tried": told}))
    else:
        _show(trials, len(references), len(wrong), chosen)
    return chosen is not None


def _try(
    url: str, spec: dict[str, Any], references: Sequence[Submission], wrong: Sequence[Submission], suite: Suite
) -> Trial:
    checker = _ADAPTER.validate_python(spec)
    checked = suite.model_copy(update={"checker": checker})
    asked = [submission.model_copy(update={"suite": checked, "suite_id": None}) for submission in (*references, *wrong)]
    accepted = {report.index for report in stream_reports(url, asked) if report.verdict is Verdict.ACCEPTED}
    among_references = sum(index < len(references) for index in accepted if index is not None)
    survivors, mutants = _survivors(checker, checked)
    return Trial(
        spec, among_references, len(wrong) - (len(accepted) - among_references), mutants, tuple(sorted(survivors))
    )


def _survivors(checker: OneChecker, suite: Suite) -> tuple[set[str], int]:
    """Which mutations of any test's expected output the checker accepts, and how many mutants there were."""
    survivors, count = set(), 0
    for test in suite.tests:
        if suite.mode == "stdio":
            matches = [(name, compare_output(checker, made, test.expected)) for name, made in of_output(test.expected)]
        else:
            matches = [(name, compare_value(checker, encode(v), test.output)) for name, v in of_value(test.output)]
        count += len(matches)
        survivors |= {name for name, match in matches if match.accepted}
    return survivors, count


def _show(trials: Sequence[Trial], references: int, wrong: int, chosen: Trial | None) -> None:
    table = Table("checker", "references accepted", "wrong refused", "mutants let through")
    for trial in trials:
        table.add_row(
            json.dumps(trial.checker),
            f"{trial.references}/{references}",
            f"{trial.refused}/{wrong}" if wrong else "-",
            ", ".join(trial.survivors) or "none",
        )
    console = Console()
    console.print(table)
    if chosen is None:
        console.print("None fits: where several answers are right, the suite needs a checker program or any_of.")
        return
    console.print(f'"checker": {json.dumps(chosen.checker)}', highlight=False)
    if chosen.survivors:
        console.print("It lets mutants through: see that the statement allows what they do.")
