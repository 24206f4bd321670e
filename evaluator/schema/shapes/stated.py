"""Facts about the judging that rows state beside their tests: language, limits, a checker."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB, Limits

_LANGUAGE_COLUMNS = ("language", "lang", "programming_language")
_PLACES = ("verification_info", "extra_info", "metadata", "info", "reward_model")
"""Columns that hold the row's language among other facts."""
_NATURAL = frozenset(
    [
        *("ar", "bn", "de", "en", "es", "fr", "hi", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "uk"),
        *("vi", "zh", "arabic", "bengali", "chinese", "code", "dutch", "english", "french", "german", "hindi"),
        *("indonesian", "italian", "japanese", "korean", "multilingual", "polish", "portuguese", "russian", "spanish"),
        *("thai", "turkish", "ukrainian", "und", "vietnamese"),
    ]
)
"""Words of a column ``language`` that say in which language a statement is written."""
_NUMBER = re.compile(r"[\d.]+")
_ADAPTER = """import contextlib, io, sys
CHECKER = {checker!r}
# The checker takes input, right answer and output, and prints 1 where the output is right. What makes it fail is wrong.
sys.argv = ["checker.py", sys.argv[1], sys.argv[3], sys.argv[2]]
said, fault = io.StringIO(), ""
with contextlib.redirect_stdout(said):
    try:
        exec(compile(CHECKER, "checker.py", "exec"), {{"__name__": "__main__"}})
    except SystemExit as end:
        fault = f"it ended with {{end.code}}" if end.code else ""
    except Exception as error:
        fault = f"it failed: {{error!r}}"
is_right = not fault and said.getvalue().split()[-1:] == ["1"]
if not is_right:
    print(f"the checker refused the output. {{fault}}", file=sys.stderr)
sys.exit(not is_right)
"""


def language_of(row: Mapping[str, Any]) -> str | None:
    """Return the programming language that a row names, None if it names none. A natural language does not count."""
    places = (row, *(row.get(name) for name in _PLACES))
    words = (place.get(name) for place in places if isinstance(place, Mapping) for name in _LANGUAGE_COLUMNS)
    return next((each for word in words if (each := _word(word))), None)


def _word(value: Any) -> str:
    word = "".join(value.lower().split()) if isinstance(value, str) else ""
    return "" if re.split("[-_]", word)[0] in _NATURAL else word


def is_python(language: str | None) -> bool:
    """Tell whether a language is Python, which it is where none is named."""
    return language is None or language.startswith(("python", "py3")) or language == "py"


def limits(cpu_s: float | None, memory_mb: float | None = None) -> dict[str, Any] | None:
    """Return stated limits in a suite's form, None if none is stated."""
    fields: dict[str, Any] = {}
    if cpu_s and cpu_s > 0:
        fields["cpu_s"] = min(float(cpu_s), MAX_CPU_S)
    if memory_mb and memory_mb >= 1:
        fields["memory_mb"] = max(8, min(int(memory_mb), MAX_MEMORY_MB))
    return fields or None


def stated_limits(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the limits that CodeContests, open-r1's Codeforces or TACO state in a row, None if it states none."""
    time, memory = row.get("time_limit"), row.get("memory_limit")
    if row.get("memory_limit_bytes"):
        memory = float(row["memory_limit_bytes"]) / 2**20
    if isinstance(time, Mapping):
        time = float(time.get("seconds") or 0) + float(time.get("nanos") or 0) / 1e9
    if isinstance(memory, str) and "megabytes" not in memory:  # TACO's bytes limit a program's length
        memory = None
    return limits(_number(time), _number(memory))


def looser_limits(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stated limits that are above the default. Lower ones were stated for another machine, and often for
    faster languages: they would refuse right programs."""
    default = Limits()
    return {name: value for name, value in (stated_limits(row) or {}).items() if value > getattr(default, name)}


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        match = _NUMBER.match(value)
        value = match[0] if match else None
    try:
        return float(value or 0)
    except (TypeError, ValueError):
        return None


def open_r1_checker(program: str) -> dict[str, Any]:
    """Wrap a checker with open-r1's protocol into one with testlib's."""
    return {"kind": "program", "language": "python", "code": _ADAPTER.format(checker=program)}
