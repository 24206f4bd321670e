"""Files for trainers: one format each, with the columns that its reward module reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from trainer_client.dataset.config import ExportConfig
from trainer_client.dataset.export.files import Writers
from trainer_client.dataset.export.formats import FORMATS, TestColumn
from trainer_client.dataset.export.livecodebench import NotExpressible
from trainer_client.dataset.row import Problem
from trainer_client.dataset.stage import Output, RunView, SuiteArchive

TRAIN, EVALUATION = "train", "evaluation"
FOLDER, SUITES, LEFT_OUT = "export", "suites", "left_out.jsonl"


class ExportOutput(Output):
    """Writes ``export/FORMAT/SPLIT.{jsonl,parquet}``, the suites that rows name by id to ``suites/``, and the problems
    that a format cannot express to ``export/left_out.jsonl``."""

    name = "export"
    version = "2"

    def write(self, run: RunView, folder: Path) -> None:
        config = run.config.export
        (folder / FOLDER).mkdir(exist_ok=True)
        with Writers(folder / FOLDER) as writers, (folder / FOLDER / LEFT_OUT).open("w", encoding="utf-8") as left_out:
            for problem in run.problems:
                for name, reason in _write(problem, config, run.suites, writers):
                    left_out.write(json.dumps({"id": problem.id, "format": name, "reason": reason}) + "\n")
                if problem.suite_id and config.admits(problem.license):
                    _copy_suite(problem, run.suites, folder / SUITES)


def split_of(problem: Problem, config: ExportConfig) -> str:
    """Return a problem's split. A group of variants is never divided."""
    group = f"{config.seed} {problem.group_id or problem.id}"
    share = int.from_bytes(blake2b(group.encode(), digest_size=8).digest()) / 2**64
    return EVALUATION if share < config.evaluation_share else TRAIN


def _write(problem: Problem, config: ExportConfig, suites: SuiteArchive, writers: Writers) -> Iterator[tuple[str, str]]:
    """Add a problem to the files of all formats. Yield the formats that cannot express it, each with the reason."""
    if not config.admits(problem.license):
        yield "all", "license"
        return
    if not problem.suite_id:
        yield "all", "no_suite"
        return
    tests = _tests(problem, suites, config.inline_kb * 1024)
    for name in config.formats:
        try:
            writers.write(name, split_of(problem, config), FORMATS[name](problem, tests))
        except NotExpressible as error:
            yield name, str(error)


def _tests(problem: Problem, suites: SuiteArchive, inline_bytes: int) -> TestColumn:
    suite = suites.get(problem.suite_id)
    text = suite.canonical().decode() if problem.suite_bytes <= inline_bytes else None
    return TestColumn(suite, problem.suite_id, text if text and len(text) <= inline_bytes else None)


def _copy_suite(problem: Problem, suites: SuiteArchive, folder: Path) -> None:
    """Copy a problem's suite: tables have only its id."""
    source = suites.path(problem.suite_id)
    target = folder / source.parent.name / source.name
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        shutil.copyfile(source, target)
