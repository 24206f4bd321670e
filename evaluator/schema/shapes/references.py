"""The programs that a row has as its data set's own solutions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_CODECONTESTS_LANGUAGES = {2: "cpp", 3: "python", 4: "java"}
"""CodeContests' numbers of languages. 1 is Python 2, which the service does not judge."""
_FENCED = re.compile(r"```[\w+]*\n(.*?)```", re.DOTALL)


def program_reference(row: Mapping[str, Any]) -> str | None:
    """Return the data set's own solution of a row whose tests are code: a whole Python program. None if it has none."""
    match row:
        case {"code_prompt": str(prompt), "canonical_solution": str(rest)}:  # BigCodeBench
            return prompt + rest
        case {"prompt": str(prompt), "canonical_solution": str(rest)}:  # HumanEval
            return prompt + rest
        case {"prompt": str(prompt), "completion": str(solution), "entry_point": str()}:  # LeetCodeDataset
            return f"{prompt}\n{solution}"
        case {"solution_code": str(solution)}:  # ClassEval
            imports = row.get("import_statement")
            imports = [] if imports is None else [imports] if isinstance(imports, str) else list(imports)
            return "\n".join([*map(str, imports), solution])
        case {"unit_tests": _, "output": str(solution)}:  # OpenCodeInstruct: some solutions fail its own tests
            return unfenced(solution) if _all_passed(row) else None
        case {"test_list": _, "code": str(solution)} | {"solution": str(solution)}:  # MBPP; KodCode
            return solution
    return None


def references_of(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the programs that a row says are right, each with its language; "" where the row names none."""
    return [(language, code) for language, code in _references(row) if code.strip()]


def _references(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(reference := row.get("reference"), str):
        yield "", reference
    for name in ("solutions", "solution"):
        value = _parsed(row.get(name))
        if isinstance(value, Mapping):
            yield from codecontests_programs(value)
        elif isinstance(value, list | tuple):
            yield from (("", unfenced(each)) for each in value if isinstance(each, str))
    if isinstance(gold := row.get("gold_standard_solution"), str):
        yield "", unfenced(gold)
    extra = row.get("extra_info")
    if isinstance(extra, Mapping) and isinstance(extra.get("reference"), str):  # Code-R1
        yield "", extra["reference"]
    inferences = row.get("inferences")
    for each in inferences if isinstance(inferences, list | tuple) else ():  # AceCode
        if isinstance(each, Mapping) and each.get("pass_rate") == 1 and isinstance(each.get("completion"), str):
            yield "", unfenced(each["completion"])
    if (program := program_reference(row)) is not None:
        yield "python", program


def codecontests_programs(column: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the programs of a column of CodeContests in languages that are judged."""
    pairs = zip(column.get("language", ()), column.get("solution", ()), strict=True)
    return [(_CODECONTESTS_LANGUAGES[int(kind)], code) for kind, code in pairs if int(kind) in _CODECONTESTS_LANGUAGES]


def unfenced(program: str) -> str:
    """Return the first fenced block of a text, or the text if it has none."""
    fenced = _FENCED.search(program)
    return fenced[1] if fenced else program


def _all_passed(row: Mapping[str, Any]) -> bool:
    statuses = _parsed(row.get("tests_execution_status"))
    return isinstance(statuses, list) and bool(statuses) and set(statuses) == {"pass"}


def _parsed(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if not (isinstance(value, str) and value.lstrip()[:1] == "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
