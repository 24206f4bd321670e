"""ExecEval's wire models (execution_engine/job.py, unittest.py)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from evaluator.api.compat.shared import Foreign

Outcome = Literal[
    "PASSED",
    "WRONG_ANSWER",
    "TIME_LIMIT_EXCEEDED",
    "RUNTIME_ERROR",
    "COMPILATION_ERROR",
    "MEMORY_LIMIT_EXCEEDED",
]


class ExecEvalTest(Foreign):
    """A test, and how it went where it was run. Time is CPU seconds, memory is text such as ``8192 kB``."""

    input: str = ""
    output: tuple[str, ...] = ()
    result: str | None = None
    exec_outcome: Outcome | None = None
    time_consumed: float | None = None
    peak_memory_consumed: str | None = None


class ExecEvalLimits(Foreign):
    """Of ``setrlimit``'s, those that mean something here: seconds and bytes; -1 is none."""

    cpu: float = 2
    address_space: Annotated[int, Field(alias="_as")] = 2 << 30


class ExecEvalJob(Foreign):
    language: str
    source_code: str
    unittests: Annotated[tuple[ExecEvalTest, ...], Field(min_length=1)]
    limits: ExecEvalLimits | None = None
    compile_cmd: str | None = None
    compile_flags: str | None = None
    execute_cmd: str | None = None
    execute_flags: str | None = None
    block_network: bool = True
    stop_on_first_fail: bool = True
    use_sanitizer: bool = False
