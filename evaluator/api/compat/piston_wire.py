"""Piston's wire models, version 2 (api/src/api/v2.js, api/src/job.js)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictFloat, StrictInt, StrictStr

from evaluator.api.compat.shared import Foreign

Number = StrictInt | Annotated[StrictFloat, Field(allow_inf_nan=False)]
Status = Literal["RE", "SG", "TO", "OL", "EL", "XX"]


class PistonFile(Foreign):
    name: StrictStr | None = None
    content: StrictStr
    encoding: Literal["utf8", "base64", "hex"] = "utf8"


class PistonJob(Foreign):
    """Times are milliseconds, memory bytes; 0, -1 and null stand for the default."""

    language: Annotated[StrictStr, Field(min_length=1)]
    version: Annotated[StrictStr, Field(min_length=1)]
    files: Annotated[tuple[PistonFile, ...], Field(min_length=1, max_length=4096)]
    stdin: str | None = ""
    args: tuple[str, ...] | None = ()
    run_timeout: Number | None = None
    compile_timeout: Number | None = None
    run_cpu_time: Number | None = None
    compile_cpu_time: Number | None = None
    run_memory_limit: Number | None = None
    compile_memory_limit: Number | None = None


class PistonStage(Foreign):
    """One run of a compiler or a program. Times are milliseconds, memory bytes."""

    signal: str | None = None
    stdout: str = ""
    stderr: str = ""
    output: str = ""
    code: int | None = None
    memory: int | None = None
    message: str | None = None
    status: Status | None = None
    cpu_time: int | None = None
    wall_time: int | None = None


class PistonResult(Foreign):
    """``compile`` is left out of the answer where nothing was compiled."""

    language: str
    version: str
    compile: PistonStage | None = None
    run: PistonStage


class PistonRuntime(Foreign):
    language: str
    version: str
    aliases: tuple[str, ...] = ()
