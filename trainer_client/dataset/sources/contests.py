"""Sets of contest problems: LiveCodeBench, APPS, TACO, CodeContests and open-r1's Codeforces."""

from __future__ import annotations

import pickle
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from evaluator.schema import MAX_CPU_S, MAX_MEMORY_MB, Suite
from trainer_client.benchmarks import livecodebench
from trainer_client.benchmarks.task import BadFile
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import KnownWrong, Problem, Reference, Sample
from trainer_client.dataset.sources.source import Collected, RawTests, RowFault, TableSource, json_column, text, texts

_CODECONTESTS_LANGUAGES = {2: "cpp", 3: "python", 4: "java"}
"""1 is Python 2, which is not judged."""
_CODECONTESTS_PLATFORMS = {1: "codechef", 2: "codeforces", 3: "hackerearth", 4: "codejam", 5: "atcoder", 6: "aizu"}
_NUMBER = re.compile(r"[\d.]+")


def limits(cpu_s: float | None, memory_mb: float | None = None) -> dict[str, Any] | None:
    """Stated limits as a suite has them; null where none is stated."""
    given: dict[str, Any] = {}
    if cpu_s and cpu_s > 0:
        given["cpu_s"] = min(float(cpu_s), MAX_CPU_S)
    if memory_mb and memory_mb >= 1:
        given["memory_mb"] = max(8, min(int(memory_mb), MAX_MEMORY_MB))
    return given or None


def stdio_or_function(tests: Mapping[str, Any] | None) -> RawTests | None:
    """``{"inputs", "outputs", "fn_name"?}``.

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
    """code_generation_lite. Comparison is the service's own, not LiveCodeBench's: the set is for training."""

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
    """APPS (``codeparrot/apps``) and TACO (``BAAI/TACO``), which has the same columns and more."""

    columns = ("question", "solutions", "input_output")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        solutions = texts(json_column(row, "solutions"))
        cpu_s = _NUMBER.match(text(row, "time_limit"))
        memory = _NUMBER.match(text(row, "memory_limit"))
        stated = limits(float(cpu_s[0]) if cpu_s else None, float(memory[0]) if memory else None)
        tags = json_column({"tags": text(row, "tags").replace("'", '"')}, "tags")
        return Collected(
            Problem(
                "",
                source_id=text(row, "problem_id") or text(row, "id") or text(row, "url") or text(row, "name"),
                url=text(row, "url"),
                title=text(row, "name"),
                statement=text(row, "question"),
                platform=text(row, "source"),
                date=text(row, "date")[:10],
                tags=texts(tags),
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
    """``deepmind/code_contests``: solutions and incorrect solutions in several languages."""

    columns = ("name", "description", "public_tests", "private_tests", "solutions")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        parts = [row.get(name) or {} for name in ("public_tests", "private_tests", "generated_tests")]
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


class OpenR1(TableSource):
    """``open-r1/codeforces``: official tests, some cut, and checkers as Python programs."""

    columns = ("id", "description", "official_tests")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        tests = row["official_tests"] or []
        stated = limits(row.get("time_limit"), row.get("memory_limit"))
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
                date=text(row, "contest_start_year"),
                tags=texts(row.get("tags")),
                source_difficulty=str(row.get("rating") or ""),
                samples=tuple(Sample(each["input"], each["output"]) for each in row.get("examples") or ()),
                io_mode="interactive" if row.get("interaction_format") else "stdio",
                tests_complete=bool(row.get("official_tests_complete", True)),
                checker_json={"kind": "program", "language": "python", "code": checker} if checker else None,
                limits_json=stated,
                limit_origin="stated" if stated and "cpu_s" in stated else "",
            ),
            RawTests("text", [each["input"] for each in tests], [each["output"] for each in tests]) if tests else None,
        )


class Prime(TableSource):
    """PRIME's Eurus-2-RL-Data and DeepCoder (``prompt``, ``reward_model``), and SYNTHETIC-1 and -2
    (``prompt``, ``verification_info``)."""

    columns = ("prompt",)

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        reward = row.get("reward_model") or {}
        solution = text(row, "gold_standard_solution")
        if "verification_info" in row:
            tests = _synthetic_tests(json_column(row, "verification_info") or {})
        else:
            tests = stdio_or_function(json_column(reward, "ground_truth"))
        extra = row.get("extra_info") or {}
        return Collected(
            Problem(
                "",
                source_id=text(row, "problem_id")
                or "-".join(filter(None, (text(extra, "split"), text(extra, "index")))),
                statement=_last_message(row["prompt"]),
                platform=text(row, "data_source") or text(row, "source"),
                references=(Reference(_unfenced(solution)),) if solution else (),
                split=text(extra, "split"),
            ),
            tests,
        )


def _synthetic_tests(info: Mapping[str, Any]) -> RawTests | None:
    cases: Sequence[Mapping[str, Any]] = info.get("test_cases") or ()
    names = {each.get("fn_name") or "" for each in cases}
    if len(names) > 1:
        raise RowFault("bad_tests", f"tests call several functions: {sorted(names)}")
    columns = {"inputs": [each["input"] for each in cases], "outputs": [each["output"] for each in cases]}
    return stdio_or_function({**columns, "fn_name": names.pop() if names else ""})


def _last_message(prompt: Any) -> str:
    return str(prompt[-1]["content"]) if isinstance(prompt, list) and prompt else str(prompt)


def _unfenced(program: str) -> str:
    fenced = re.search(r"```[\w+]*\n(.*?)```", program, re.DOTALL)
    return fenced[1] if fenced else program


def _solutions(row: Mapping[str, Any], name: str) -> list[tuple[str, str]]:
    column = row.get(name) or {}
    pairs = zip(column.get("language", ()), column.get("solution", ()), strict=True)
    return [(_CODECONTESTS_LANGUAGES[int(kind)], code) for kind, code in pairs if int(kind) in _CODECONTESTS_LANGUAGES]


def _number(value: Any) -> float:
    try:
        return float(value or 0)
    except ValueError:
        return 0.0


def checked_suite(value: Mapping[str, Any]) -> Suite:
    """A suite of its JSON.

    Raises:
        RowFault: it is none.
    """
    try:
        return Suite.model_validate(value)
    except ValidationError as error:
        raise RowFault("bad_tests", str(error)) from error
