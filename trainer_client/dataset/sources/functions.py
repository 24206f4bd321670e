"""Sets of functions: LeetCodeDataset, KodCode, HumanEval and MBPP with their + versions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from evaluator.schema.shapes import RawTests, UnknownTests
from trainer_client.benchmarks import functions
from trainer_client.benchmarks.task import BadFile
from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import KnownWrong, PassRate, Problem, Reference
from trainer_client.dataset.sources.contests import checked_suite
from trainer_client.dataset.sources.source import Collected, RowFault, TableSource, text, texts

_STARTER = re.compile(r"```python\n(.*?)```", re.DOTALL)
_FENCED = re.compile(r"```(?:python)?\n(.*?)```", re.DOTALL)
_IMPORT = re.compile(r"^from (\w+) import (\w+(?:, \w+)*)$", re.MULTILINE)
_PRECISELY = "Please complete the following python code precisely"


class LeetCodeDataset(TableSource):
    """Reads newfacade/LeetCodeDataset, v0.2 and v0.3. The reference is ``completion``; a different program in
    ``response`` is a second solution."""

    columns = ("task_id", "completion", "entry_point", "input_output")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        facts = row.get("meta") or {}
        statement, starter = _statement(row)
        tests = row["input_output"] or []
        function = text(row, "entry_point").removeprefix("Solution().")
        raw = RawTests("named", [each["input"] for each in tests], [each["output"] for each in tests], function)
        return Collected(
            Problem(
                "",
                source_id=text(row, "task_id"),
                url=f"https://leetcode.com/problems/{row['task_id']}",
                title=text(row, "task_id"),
                statement=statement,
                platform="leetcode",
                date=(text(row, "estimated_date") or text(facts, "estimated_date"))[:10],
                tags=texts(row.get("tags") or facts.get("tags")),
                source_difficulty=(text(row, "difficulty") or text(facts, "difficulty")).lower(),
                starter_code=starter,
                io_mode="function",
                references=_references(row),
            ),
            raw if tests else None,
        )


def _statement(row: Mapping[str, Any]) -> tuple[str, str]:
    """Return the statement and the starter code. In v0.2 the column of the title has the whole statement, and the query
    lacks its end."""
    facts = row.get("meta") or {}
    head, _, rest = text(row, "query").partition(_PRECISELY)
    code = _STARTER.search(rest)
    statement = text(row, "problem_description") or max(text(facts, "question_title"), head, key=len)
    return statement, text(row, "starter_code") or text(facts, "lang_code") or (code[1] if code else "")


def _references(row: Mapping[str, Any]) -> tuple[Reference, ...]:
    programs = {text(row, "completion").strip(): "completion"}
    if blocks := _FENCED.findall(text(row, "response")):
        programs.setdefault(blocks[-1].strip(), "response")
    prompt = text(row, "prompt")
    return tuple(Reference(_with_imports(code, prompt), origin=origin) for code, origin in programs.items() if code)


def _with_imports(code: str, prompt: str) -> str:
    """The program after the imports that its tests have it begin with, of names that it uses and does not import. What
    the prompt imports as a whole (``from math import *``) function problems take for granted."""
    lines = [
        match[0]
        for match in _IMPORT.finditer(prompt)
        if f"from {match[1]} import *" not in prompt and match[1] not in code and _uses(code, match[2])
    ]
    return "\n".join([*lines, code])


def _uses(code: str, names: str) -> bool:
    return any(re.search(rf"\b{name}\b", code) for name in names.split(", "))


class KodCode(TableSource):
    """Reads KodCode-V1, and its Light and SFT editions, which name two columns differently. Its tests are pytest files
    that import from ``solution``. ``gpt_pass_sequence`` has the result of each trial, ``gpt_pass_trial_num`` the number
    of those that passed."""

    columns = ("question", "solution", "gpt_pass_sequence")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        trials = row.get("gpt_pass_sequence") or ()
        rates = (PassRate("gpt-4o", len(trials), sum(map(bool, trials))),) if trials else ()
        test_code = text(row, "test") or text(row, "test_code")
        solution = text(row, "solution")
        program = {"test_code": test_code} | ({"reference": solution} if solution else {})
        suite = checked_suite({"mode": "program", "program": program}) if test_code.strip() else None
        return Collected(
            Problem(
                "",
                source_id=text(row, "question_id") or text(row, "conversation_id"),
                statement=text(row, "question"),
                platform=text(row, "subset"),
                source_difficulty=text(row, "gpt_difficulty"),
                io_mode="program",
                references=(Reference(solution),) if solution else (),
                passes=rates,
            ),
            suite,
        )


class Functions(TableSource):
    """Reads HumanEval, MBPP, their + versions and HumanEvalPack, as their authors publish them; ``buggy_solution`` is a
    known wrong program."""

    columns = ("task_id",)

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        try:
            task = functions.task_of(row)
        except (BadFile, UnknownTests, ValidationError) as error:
            raise RowFault("bad_tests", str(error)) from error
        question = task.question
        return Collected(
            Problem(
                "",
                source_id=task.id,
                statement=(question.prompt or question.user) if question else "",
                starter_code=task.before,
                io_mode="program",
                references=(Reference(task.whole(task.reference).text, task.language),) if task.reference else (),
                known_wrong=(KnownWrong(task.whole(task.buggy).text, task.language),) if task.buggy else (),
            ),
            task.suite,
        )
