"""Judge0's wire models (app/controllers/submissions_controller.rb, app/models/submission.rb; its client is judge0
0.0.8)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, field_validator, model_validator
from pydantic_core import PydanticKnownError

from evaluator.api.compat.shared import LEAST_MEMORY_MB, Foreign
from evaluator.schema.base import MAX_CPU_S, MAX_MEMORY_MB, MAX_OUTPUT_MB, MAX_PROCESSES, MAX_WALL_S

KB_OF_MB = 1024
MAX_RUNS, MAX_BATCH = 20, 20


class Status(Enum):
    """A submission's status: number and description."""

    IN_QUEUE = 1, "In Queue"
    PROCESSING = 2, "Processing"
    ACCEPTED = 3, "Accepted"
    WRONG_ANSWER = 4, "Wrong Answer"
    TIME_LIMIT = 5, "Time Limit Exceeded"
    COMPILATION = 6, "Compilation Error"
    SIGSEGV = 7, "Runtime Error (SIGSEGV)"
    SIGXFSZ = 8, "Runtime Error (SIGXFSZ)"
    SIGFPE = 9, "Runtime Error (SIGFPE)"
    SIGABRT = 10, "Runtime Error (SIGABRT)"
    NZEC = 11, "Runtime Error (NZEC)"
    OTHER = 12, "Runtime Error (Other)"
    INTERNAL = 13, "Internal Error"
    EXEC_FORMAT = 14, "Exec Format Error"

    @property
    def json(self) -> dict[str, int | str]:
        return {"id": self.value[0], "description": self.value[1]}


def _present(text: str) -> str:
    # Not a constraint of pydantic's: that takes no text with half of a surrogate pair.
    if not text:
        raise PydanticKnownError("string_too_short", {"min_length": 1})
    return text


class Judge0Submission(Foreign):
    """Times are seconds, sizes kilobytes. What would silently be done otherwise than asked is refused."""

    source_code: Annotated[str, AfterValidator(_present)]
    language_id: int
    stdin: str | None = None
    expected_output: str | None = None
    additional_files: str | None = None
    """A zip archive in base64, whether or not the other texts are."""
    command_line_arguments: Annotated[str, Field(max_length=512)] | None = None
    compiler_options: str | None = None
    number_of_runs: Annotated[int, Field(gt=0, le=MAX_RUNS)] = 1
    cpu_time_limit: Annotated[float, Field(gt=0, le=MAX_CPU_S)] = 5.0
    cpu_extra_time: Annotated[float, Field(ge=0, le=MAX_CPU_S)] = 1.0
    wall_time_limit: Annotated[float, Field(ge=1, le=MAX_WALL_S)] = 10.0
    memory_limit: Annotated[float, Field(ge=2048, le=MAX_MEMORY_MB * KB_OF_MB)] = 128000
    stack_limit: Annotated[int, Field(ge=0, le=MAX_MEMORY_MB * KB_OF_MB)] = 64000
    max_processes_and_or_threads: Annotated[int, Field(gt=0, le=MAX_PROCESSES)] = 60
    enable_per_process_and_thread_time_limit: bool = False
    enable_per_process_and_thread_memory_limit: bool = False
    max_file_size: Annotated[int, Field(ge=0, le=MAX_OUTPUT_MB * KB_OF_MB)] = 1024
    redirect_stderr_to_stdout: bool = False
    enable_network: bool = False
    callback_url: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _null_is_the_default(cls, fields: object) -> object:
        return (
            {name: value for name, value in fields.items() if value is not None} if isinstance(fields, dict) else fields
        )

    @field_validator("compiler_options", "callback_url")
    @classmethod
    def _absent(cls, value: str | None) -> str | None:
        if value:
            raise ValueError("is not offered here: leave it out")
        return None

    @field_validator(
        "enable_network", "enable_per_process_and_thread_time_limit", "enable_per_process_and_thread_memory_limit"
    )
    @classmethod
    def _off(cls, value: bool) -> bool:
        if value:
            raise ValueError("this option cannot be enabled")
        return value

    @property
    def memory_mb(self) -> int:
        return max(LEAST_MEMORY_MB, -(-int(self.memory_limit) // KB_OF_MB))

    @property
    def output_mb(self) -> int:
        return max(1, -(-self.max_file_size // KB_OF_MB))


class Result(Foreign):
    """A submission as Judge0 shows it."""

    status: Status = Status.IN_QUEUE
    stdout: bytes | None = None
    stderr: bytes | None = None
    compile_output: bytes | None = None
    message: bytes | None = None
    exit_code: int | None = None
    exit_signal: int | None = None
    time: float | None = None
    wall_time: float | None = None
    memory: int | None = None
    """Kilobytes."""
    finished_at: datetime | None = None

    def ended(self, **fields: object) -> Self:
        return self.model_copy(update=fields)
