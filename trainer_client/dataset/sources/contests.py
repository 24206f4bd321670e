"""Sets of contest problems: LiveCodeBench, APPS, TACO, CodeContests and open-r1's Codeforces."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from evaluator.schema import Suite
from evaluator.schema.shapes import codecontests_programs, open_r1_checker, stated_limits
from trainer_client.benchmarks.livecodebench import TIMEOUT_S
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Sample
from trainer_client.dataset.sources.source import Collected, RowFault, TableSource, json_column, tests_in, text, texts

_CODECONTESTS_PLATFORMS = {1: "codechef", 2: "codeforces", 3: "hackerearth", 4: "codejam", 5: "atcoder", 6: "aizu"}


class LiveCodeBench(TableSource):
    """Reads code_generation_lite. Outputs are compared by the service's rule, not by LiveCodeBench's, since the data
    set is for training."""

    columns = ("question_id", "question_content", "public_test_cases", "private_test_cases")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        return Collected(
            Problem(
                "",
                source_id=text(row, "question_id"),
                title=text(row, "question_title"),
                statement=text(row, "question_content"),
                platform=text(row, "platform"),
                contest=text(row, "contest_id"),
                date=text(row, "contest_date")[:10],
                source_difficulty=text(row, "difficulty"),
                starter_code=text(row, "starter_code"),
                limits_json={"cpu_s": TIMEOUT_S},
                limit_origin="stated",
            ),
            tests_in({name: row.get(name) for name in ("public_test_cases", "private_test_cases", "metadata")}),
        )


class Apps(TableSource):
    """Reads APPS (``codeparrot/apps``) and TACO (``BAAI/TACO``), which has the same columns and more."""

    columns = ("question", "solutions", "input_output")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        solutions = texts(json_column(row, "solutions"))
        stated = stated_limits(row)
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
            tests_in({"input_output": row["input_output"]}),
        )


class CodeContests(TableSource):
    """Reads ``deepmind/code_contests``, with correct and incorrect solutions in several languages."""

    columns = ("name", "description", "public_tests", "private_tests", "solutions")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        files = [text(row, name) for name in ("input_file", "output_file") if row.get(name)]
        if files:
            raise RowFault("file_input", f"programs read or write {', '.join(files)}, not standard input and output")
        stated = stated_limits(row)
        tests = tests_in({name: row.get(name) for name in ("public_tests", "private_tests", "generated_tests")})
        public = row["public_tests"] or {}
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
            tests,
        )


def _solutions(row: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    return codecontests_programs(row.get(name) or {})


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


class OpenR1(TableSource):
    """Reads ``open-r1/codeforces``. ``official_tests_complete`` is true if Codeforces showed all tests completely."""

    columns = ("id", "description", "official_tests")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        if row.get("interaction_format"):
            raise RowFault("no_interactor", "the set has no interactor for an interactive problem")
        if text(row, "input_mode") == "file":
            raise RowFault("file_input", "programs read and write files, not standard input and output")
        stated = stated_limits(row)
        checker = text(row, "generated_checker")
        sections = (("", "description"), ("Input", "input_format"), ("Output", "output_format"), ("Note", "note"))
        return Collected(
            Problem(
                "",
                source_id=text(row, "id"),
                url=f"https://codeforces.com/contest/{row['contest_id']}/problem/{row['index']}"
                if row.get("contest_id") and row.get("index")
                else "",
                title=text(row, "title"),
                statement="\n\n".join(f"{head}\n{text(row, name)}".strip() for head, name in sections if row.get(name)),
                input_format=text(row, "input_format"),
                output_format=text(row, "output_format"),
                platform="codeforces",
                contest=text(row, "contest_id"),
                date=_date(row.get("contest_start")) or text(row, "contest_start_year"),
                tags=texts(row.get("tags")),
                source_difficulty=str(row.get("rating") or ""),
                samples=tuple(Sample(each["input"], each["output"]) for each in row.get("examples") or ()),
                io_mode="stdio",
                tests_complete=bool(row.get("official_tests_complete", True)),
                checker_json=open_r1_checker(checker) if checker else None,
                limits_json=stated,
                limit_origin="stated" if stated and "cpu_s" in stated else "",
            ),
            tests_in({"official_tests": row["official_tests"]}),
        )


def _date(seconds: Any) -> str:
    return datetime.fromtimestamp(int(seconds), UTC).date().isoformat() if seconds else ""
