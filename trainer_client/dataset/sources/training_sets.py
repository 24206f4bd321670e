"""Sets that are made for reinforcement learning: PRIME's Eurus-2-RL-Data, SYNTHETIC-1 and -2, DeepCoder."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from typing import Any

from trainer_client.dataset.config import SourceConfig
from trainer_client.dataset.row import Problem, Reference
from trainer_client.dataset.sources.contests import stdio_or_function
from trainer_client.dataset.sources.source import Collected, RawTests, RowFault, TableSource, json_column, text, texts


class Prime(TableSource):
    """Reads PRIME's Eurus-2-RL-Data (``prompt``, ``reward_model``), and SYNTHETIC-1 and -2 (``prompt``,
    ``verification_info``). Both have problems of other kinds too."""

    columns = ("prompt",)

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        kind = text(row, "ability") or text(row, "task_type")
        if kind and ("code" not in kind or "prediction" in kind):
            raise RowFault("not_code", f"the problem is of the kind {kind!r}")
        reward = row.get("reward_model") or {}
        solution = text(row, "gold_standard_solution")
        if "verification_info" in row:
            tests = _synthetic_tests(_written(row["verification_info"]) or {})
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


class DeepCoder(TableSource):
    """Reads DeepCoder-Preview. ``tests`` is JSON in the form of the set that the row comes from."""

    columns = ("problem", "solutions", "tests")

    def problem(self, row: Mapping[str, Any], config: SourceConfig) -> Collected:
        """As of ``Source``."""
        tests = json_column(row, "tests")
        return Collected(
            Problem(
                "",
                source_id=text(row, "uid") or text(row, "index"),
                statement=text(row, "problem"),
                starter_code=text(row, "starter_code"),
                references=tuple(Reference(_unfenced(code)) for code in texts(row["solutions"])),
            ),
            _of_cases(tests) if isinstance(tests, list) else stdio_or_function(tests),
        )


def _synthetic_tests(info: Mapping[str, Any]) -> RawTests | None:
    """Read the tests of SYNTHETIC-1, which has ``test_cases``, or of SYNTHETIC-2, which has them as JSON text."""
    return _of_cases(info.get("test_cases") or _written(info.get("ground_truth")) or ())


def _of_cases(cases: Sequence[Mapping[str, Any]]) -> RawTests | None:
    """Read a list of tests as PRIME writes them (``fn_name``), or LiveCodeBench (``metadata``, ``func_name``).

    Raises:
        RowFault: they do not call the same function.
    """
    names = {_function(each) for each in cases}
    if len(names) > 1:
        raise RowFault("bad_tests", f"tests call several functions: {sorted(names)}")
    columns = {"inputs": [each["input"] for each in cases], "outputs": [each["output"] for each in cases]}
    return stdio_or_function({**columns, "fn_name": names.pop() if names else ""})


def _function(case: Mapping[str, Any]) -> str:
    return str(case.get("fn_name") or (case.get("metadata") or {}).get("func_name") or "")


def _written(value: Any) -> Any:
    """Parse a value that is written as JSON or as Python.

    Raises:
        RowFault: it is neither.
    """
    try:
        return json_column({"value": value}, "value")
    except RowFault:
        try:
            return ast.literal_eval(value)
        except (ValueError, SyntaxError, RecursionError, MemoryError) as error:
            raise RowFault("bad_tests", f"neither JSON nor Python: {str(value)[:80]!r}") from error


def _last_message(prompt: Any) -> str:
    return str(prompt[-1]["content"]) if isinstance(prompt, list) and prompt else str(prompt)


def _unfenced(program: str) -> str:
    fenced = re.search(r"```[\w+]*\n(.*?)```", program, re.DOTALL)
    return fenced[1] if fenced else program
