"""Your own problems: JSON lines, or folders with ``problem.md``, ``suite.json`` and programs named by verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Suite, TestCase, Verdict, write_json
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.records import BadSource, Record
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Sample, write_canonical
from trainer_client.dataset.sources.contests import checked_suite
from trainer_client.dataset.sources.source import Collected, RowFault, TableSource, existing, text
from trainer_client.suites import UnknownTests, suite_of

_LANGUAGES = {".py": "python", ".cpp": "cpp", ".c": "c", ".js": "javascript", ".java": "java", ".sh": "bash"}
_FIELDS = {each.name for each in fields(Problem)}


class OwnProblems(TableSource):
    """Reads JSON lines of ``{"id", "suite", "statement", …}``. ``suite`` is a suite or anything that ``suite_of``
    converts; ``reference`` and ``buggy`` are one program each; ``prompt`` is the statement; other fields are a
    problem's."""

    columns = ("id", "suite")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        values = {name: value for name, value in row.items() if name in _FIELDS and name != "id"}
        if unknown := row.keys() - _FIELDS - {"suite", "reference", "buggy", "prompt", "system", "kind", "language"}:
            raise RowFault("unknown_column", f"unknown columns {sorted(unknown)}")
        language = text(row, "language") or "python"
        try:
            problem = Problem.from_json({**values, "id": "", "source_id": str(row["id"])})
        except TypeError as error:
            raise RowFault("bad_row", str(error)) from error
        if row.get("reference"):
            problem = problem.evolve(references=(*problem.references, Reference(row["reference"], language)))
        if row.get("buggy"):
            problem = problem.evolve(known_wrong=(*problem.known_wrong, KnownWrong(row["buggy"], language)))
        statement = problem.statement or text(row, "prompt")
        return Collected(problem.evolve(statement=statement), _suite(row["suite"]))


class Folders:
    """Reads folders, each a problem: ``problem.md``, ``suite.json``, and programs whose names start with the expected
    verdict, such as ``accepted.sweep.py`` and ``wrong_answer.off_by_one.py``."""

    columns = ("suite",)

    def records(self, config: SourceConfig, row_bytes: int) -> Iterator[Record]:
        existing(config.files)
        problems = [folder for path in config.files for folder in _problems(path)]
        if not problems:
            raise BadSource(f"{config.files[0]}: there is no folder with a suite.json in it")
        for folder in problems:
            content = _read(folder)
            data = write_canonical(content)
            yield Record(str(folder), sha256(data).hexdigest(), len(data), lambda content=content: content)  # type: ignore[misc]

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        programs = [(Verdict(file.split(".")[0]), *each) for file, each in row["programs"].items()]
        suite = checked_suite(row["suite"])
        stated = "limits" in row["suite"] and "cpu_s" in row["suite"]["limits"]
        return Collected(
            Problem(
                "",
                source_id=row["name"],
                title=row["name"],
                statement=row["statement"],
                io_mode=suite.mode,
                samples=tuple(_sample(test) for test in suite.tests if (test.name or "").startswith("sample")),
                references=tuple(Reference(code, kind) for verdict, kind, code in programs if verdict == "accepted"),
                known_wrong=tuple(
                    KnownWrong(code, kind, label=verdict) for verdict, kind, code in programs if verdict != "accepted"
                ),
                limits_json=row["suite"].get("limits"),
                limit_origin="stated" if stated else "",
            ),
            suite,
        )


def _sample(test: TestCase) -> Sample:
    """Return a test that is a sample of the statement, by its name, as a ``Sample``."""
    sides = (each if isinstance(each, str) else write_json(each).decode() for each in (test.input, test.output))
    return Sample(*sides)


def _problems(path: Path) -> list[Path]:
    if (path / "suite.json").exists():
        return [path]
    return sorted(suite.parent for suite in path.glob("*/suite.json"))


def _read(folder: Path) -> dict[str, Any]:
    statement = folder / "problem.md"
    known = set(Verdict) - {Verdict.NO_CODE, Verdict.JUDGE_ERROR, Verdict.CANCELLED}
    programs = {
        file.name: (_LANGUAGES[file.suffix], file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir())
        if file.name.split(".")[0] in known and file.suffix in _LANGUAGES
    }
    try:
        suite = json.loads((folder / "suite.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadSource(f"{folder / 'suite.json'}: not JSON: {error}") from error
    text_of = statement.read_text(encoding="utf-8") if statement.exists() else ""
    return {"name": folder.name, "statement": text_of, "suite": suite, "programs": programs}


def _suite(value: Any) -> Suite | None:
    if not value:
        return None
    try:
        return suite_of(value)
    except (UnknownTests, ValidationError) as error:
        raise RowFault("bad_tests", str(error)) from error
