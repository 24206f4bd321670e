"""Sets of contest problems: LiveCodeBench, APPS, TACO and CodeContests."""

from __future__ import annotations

import ast
import pickle
import re
import zlib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from evaluator.schema import MAX_CPU_S, MAX_MEMORY_MB, Suite
from trainer_client.benchmarks import livecodebench
from trainer_client.benchmarks.task import BadFile
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Sample
from trainer_client.dataset.sources.source import Collected, RawTests, RowFault, TableSource, json_column, text, texts

_CODECONTESTS_LANGUAGES = {2: "cpp", 3: "python", 4: "java"}
"""CodeContests' numbers of languages. 1 is Python 2, which the service does not judge."""
_CODECONTESTS_PLATFORMS = {1: "codechef", 2: "codeforces", 3: "hackerearth", 4: "codejam", 5: "atcoder", 6: "aizu"}
_NUMBER = re.compile(r"[\d.]+")


def limits(cpu_s: float | None, memory_mb: float | None = None) -> dict[str, Any] | None:
    """Return stated limits in a suite's form, None if none is stated."""
    fields: dict[str, Any] = {}
    if cpu_s and cpu_s > 0:
        fields["cpu_s"] = min(float(cpu_s), MAX_CPU_S)
    if memory_mb and memory_mb >= 1:
        fields["memory_mb"] = max(8, min(int(memory_mb), MAX_MEMORY_MB))
    return fields or None


def stdio_or_function(tests: Mapping[str, Any] | None) -> RawTests | None:
    """Read tests in the form ``{"inputs", "outputs", "fn_name"?}``.

    Raises:
        RowFault: there are not as many outputs as inputs.
    """
    if not tests or not tests.get("inputs"):
        return None
    inputs, outputs = tests["inputs"], tests.get("outputs") or []
    if len(inputs) != len(outputs):
        raise RowFault("bad_tests", f"{len(inputs)} inputs and {len(outputs)} outputs")
    function = tests.get("fn_name") or ""
    if not function:
        return RawTests("text", inputs, outputs)
    return RawTests("lines" if all(isinstance(each, str) for each in inputs) else "values", inputs, outputs, function)


class LiveCodeBench(TableSource):
    """Reads code_generation_lite. Outputs are compared by the service's rule, not by LiveCodeBench's, since the data
    set is for training."""

    columns = ("question_id", "question_content", "public_test_cases", "private_test_cases")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        try:
            problem = livecodebench.problem_of(row)
        except (ValueError, KeyError, TypeError, zlib.error, pickle.UnpicklingError, BadFile) as error:
            raise RowFault("bad_tests", f"its tests cannot be read: {error!r}") from error
        inputs = [test["input"] for test in problem.tests]
        outputs = [test["output"] for test in problem.tests]
        tests = RawTests("lines" if problem.function else "text", inputs, outputs, problem.function or "")
        return Collected(
            Problem(
                "",
                source_id=problem.id,
                title=text(row, "question_title"),
                statement=text(row, "question_content"),
                platform=problem.platform,
                contest=text(row, "contest_id"),
                date=text(row, "contest_date")[:10],
                source_difficulty=text(row, "difficulty"),
                starter_code=text(row, "starter_code"),
                limits_json={"cpu_s": livecodebench.TIMEOUT_S},
                limit_origin="stated",
            ),
            tests if inputs else None,
        )


class Apps(TableSource):
    """Reads APPS (``codeparrot/apps``) and TACO (``BAAI/TACO``), which has the same columns and more."""

    columns = ("question", "solutions", "input_output")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        solutions = texts(json_column(row, "solutions"))
        cpu_s = _NUMBER.match(text(row, "time_limit"))
        stated = limits(float(cpu_s[0]) if cpu_s else None, _megabytes(text(row, "memory_limit")))
        return Collected(
            Problem(
                "",
                source_id=text(row, "problem_id") or text(row, "id") or text(row, "url") or text(row, "name"),
                url=text(row, "url"),
                title=text(row, "name"),
                statement=text(row, "question"),
                platform=text(row, "source"),
                date=text(row, "date")[:10],
                tags=_tags(row.get("tags")),
                source_difficulty=text(row, "difficulty"),
                starter_code=text(row, "starter_code"),
                images_missing=int(_number(row.get("picture_num"))),
                references=tuple(Reference(code) for code in solutions),
                limits_json=stated,
                limit_origin="stated" if stated and "cpu_s" in stated else "",
            ),
            stdio_or_function(json_column(row, "input_output")),
        )


class CodeContests(TableSource):
    """Reads ``deepmind/code_contests``, with correct and incorrect solutions in several languages."""

    columns = ("name", "description", "public_tests", "private_tests", "solutions")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        parts = [row.get(name) or {} for name in ("public_tests", "private_tests", "generated_tests")]
        files = [text(row, name) for name in ("input_file", "output_file") if row.get(name)]
        if files:
            raise RowFault("file_input", f"programs read or write {', '.join(files)}, not standard input and output")
        inputs = [each for part in parts for each in part.get("input", ())]
        outputs = [each for part in parts for each in part.get("output", ())]
        if len(inputs) != len(outputs):
            raise RowFault("bad_tests", f"{len(inputs)} inputs and {len(outputs)} outputs")
        time = row.get("time_limit") or {}
        stated = limits(
            float(time.get("seconds") or 0) + float(time.get("nanos") or 0) / 1e9,
            float(row.get("memory_limit_bytes") or 0) / 2**20,
        )
        public = parts[0]
        return Collected(
            Problem(
                "",
                source_id=text(row, "name"),
                title=text(row, "name"),
                statement=text(row, "description"),
                platform=_CODECONTESTS_PLATFORMS.get(int(row.get("source") or 0), ""),
                contest=str(row.get("cf_contest_id") or ""),
                tags=texts(row.get("cf_tags")),
                source_difficulty=str(row.get("cf_rating") or ""),
                samples=tuple(map(Sample, public.get("input", ()), public.get("output", ()))),
                references=tuple(Reference(code, language) for language, code in _solutions(row, "solutions")),
                known_wrong=tuple(KnownWrong(c, language) for language, c in _solutions(row, "incorrect_solutions")),
                limits_json=stated,
                limit_origin="stated" if stated and "cpu_s" in stated else "",
            ),
            RawTests("text", inputs, outputs) if inputs else None,
        )


def _solutions(row: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    column = row.get(name) or {}
    pairs = zip(column.get("language", ()), column.get("solution", ()), strict=True)
    return [(_CODECONTESTS_LANGUAGES[int(kind)], code) for kind, code in pairs if int(kind) in _CODECONTESTS_LANGUAGES]


def _megabytes(stated: str) -> float | None:
    """Parse TACO's memory limit in megabytes. A number of bytes, as some rows have it, limits a program's length."""
    number = _NUMBER.match(stated)
    return float(number[0]) if number and "megabytes" in stated else None


def _tags(value: Any) -> tuple[str, ...]:
    """Parse a list of tags, which TACO writes as Python does. One that cannot be parsed counts as empty."""
    try:
        return texts(ast.literal_eval(value) if isinstance(value, str) else value)
    except (ValueError, SyntaxError):
        return ()


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return 0.0


def checked_suite(value: Mapping[str, Any]) -> Suite:
    """Make a suite of its JSON.

    Raises:
        RowFault: it is no valid suite.
    """
    try:
        return Suite.model_validate(value)
    except ValidationError as error:
        raise RowFault("bad_tests", str(error)) from error
