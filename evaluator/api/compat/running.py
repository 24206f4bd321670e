"""What the systems have in common: lenient bodies, one run, one grading."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError

from evaluator.errors import InvalidRequest
from evaluator.schema import Limits, RunReport, RunRequest
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB

LEAST_MEMORY_MB = 8


class Lenient(BaseModel):
    """A body of another system: what it says beside what we know is of no matter, as it is there."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def asked(**fields: object) -> RunRequest:
    """A run as our own contract has it.

    Raises:
        InvalidRequest: a name, a limit or a file that it does not allow.
    """
    try:
        return RunRequest.model_validate(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        raise InvalidRequest(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def limits(seconds: float, memory_mb: float | None, default_memory_mb: int = 1024) -> Limits:
    """Those systems count wall seconds: a program gets as much CPU time, and no more time to sleep. Waiting for a busy
    machine is not counted, here as ever."""
    seconds = min(max(seconds, 0.01), MAX_CPU_S)
    memory = default_memory_mb if memory_mb is None or memory_mb <= 0 else memory_mb
    return Limits(
        cpu_s=seconds, wall_s=seconds, memory_mb=round(min(max(memory, LEAST_MEMORY_MB), MAX_MEMORY_MB)), processes=256
    )


def timed_out(report: RunReport) -> bool:
    """Whether the program was stopped for want of time."""
    return report.stopped_by in ("cpu", "wall")


def return_code(report: RunReport) -> int:
    """As ``subprocess`` has it: a signal is negative. Who was stopped by another limit was killed."""
    if report.exit_code is not None and report.stopped_by is None:
        return report.exit_code
    return -(report.signal or 9)


def refused(report: RunReport) -> str | None:
    """What the compiler said of a program that it refused."""
    return report.compile.log if report.compile is not None and not report.compile.ok else None
