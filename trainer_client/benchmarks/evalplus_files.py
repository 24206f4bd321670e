"""EvalPlus's own files: its folders of samples, and the results that it writes beside them.

By evalplus/evalplus (data/utils.py, evaluate.py; version 0.3.1).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from evaluator.schema import Report, Verdict, write_json
from trainer_client.benchmarks.report import Run
from trainer_client.benchmarks.task import BadFile

_OURS = "microcoder-evaluator"
"""The beginning of ``hash`` in files that we wrote."""
_STATUS = {Verdict.ACCEPTED: "pass", Verdict.TIME_LIMIT_EXCEEDED: "timeout"}


def samples(folder: Path, task_ids: Sequence[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The whole programs of a folder, ``HumanEval_0/0.py`` and so on, as rows of ``task_id`` and ``solution``, each
    with its file.

    Raises:
        BadFile: there is none.
    """
    names = {task_id.replace("/", "_"): task_id for task_id in task_ids}
    folders = sorted(each for each in folder.iterdir() if each.is_dir())
    files = [file for each in folders for file in sorted(each.glob("*.py"), key=_number)]
    if not files:
        raise BadFile(
            f"{folder} has no samples: a folder for each task, such as {next(iter(names), 'HumanEval_0')}/0.py"
        )
    for file in files:
        name = file.parent.name
        yield str(file), {"task_id": names.get(name, name), "solution": file.read_text(encoding="utf-8")}


def _number(file: Path) -> tuple[int, str]:
    """Order 10.py behind 9.py."""
    return (int(file.stem) if file.stem.isdecimal() else 0, file.stem)


def results_file(samples_file: Path) -> Path:
    """The file that EvalPlus writes the results of samples to."""
    if samples_file.is_dir():
        return samples_file / "eval_results.json"
    return samples_file.with_name(f"{samples_file.stem}_eval_results.json")


def may_be_written(file: Path) -> bool:
    """Tell if a results file is absent or ours: EvalPlus's own are never overwritten."""
    try:
        return str(json.loads(file.read_text(encoding="utf-8")).get("hash", "")).startswith(_OURS)
    except FileNotFoundError:
        return True
    except (ValueError, AttributeError):
        return False


def write_results(extended: Run, base: Run, identity: str, file: Path) -> None:
    """Write the results of runs by all tests and by the original ones. Inputs that failed are not among them:
    ``.run.jsonl`` has the first."""
    content = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M"),
        "hash": f"{_OURS}:{identity}",
        "eval": {task.id: _rows(task.id, extended, base) for task in extended.tasks},
    }
    file.write_bytes(write_json(content))


def _rows(name: str, extended: Run, base: Run) -> list[dict[str, Any]]:
    reports = zip(extended.programs[name], base.reports[name], extended.reports[name], strict=True)
    return [
        {
            "task_id": name,
            "solution": program.text,
            "base_status": _status(original),
            "plus_status": _status(whole),
            "base_fail_tests": [],
            "plus_fail_tests": [],
        }
        for program, original, whole in reports
    ]


def _status(report: Report) -> str:
    return _STATUS.get(report.verdict, "fail")


def pass_at_1(content: Mapping[str, Any]) -> dict[str, float]:
    """The scores of the problems of a results file, by all tests where it has them.

    Raises:
        KeyError, TypeError, AttributeError, ValueError: it is none.
    """
    return {
        str(name): fmean({each["base_status"], each.get("plus_status") or "pass"} == {"pass"} for each in samples_of)
        for name, samples_of in content["eval"].items()
    }
