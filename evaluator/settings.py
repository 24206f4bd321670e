"""Configuration: read once at the edge, from ``MICROCODER_*`` variables, and passed down."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, get_args
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, IPvAnyNetwork
from pydantic_settings import BaseSettings, SettingsConfigDict

from sandbox.kernel.cpus import usable
from sandbox.toolchain import canonical


def _cache_directory() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "microcoder-evaluator"


def _redis(url: str) -> str:
    """Return the URL of a Redis, if it is one. The messages leave it out, since it may hold a password."""
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("it must begin with redis://, rediss:// (with TLS) or unix://")
    try:
        _ = urlsplit(url).port
    except ValueError:
        raise ValueError("its port must be a number up to 65535") from None
    return url


def _by_language(factors: dict[str, float]) -> dict[str, float]:
    names = {name: canonical(name) for name in factors}
    if unknown := [name for name, known in names.items() if known is None]:
        raise ValueError(f"no such language: {', '.join(unknown)}")
    return {str(names[name]): factor for name, factor in factors.items()}


System = Literal["execeval", "judge0", "nemo_gym", "open_instruct", "piston", "reward_urls", "sandbox_fusion"]
SYSTEMS: tuple[System, ...] = get_args(System)


class Settings(BaseSettings):
    """All settings. The tables in the documentation are generated from the descriptions."""

    model_config = SettingsConfigDict(env_prefix="MICROCODER_", env_ignore_empty=True, extra="forbid", frozen=True)

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port to listen on.")
    workers: Annotated[int, Field(ge=1, le=1024)] = Field(
        default_factory=usable,
        description="Worker processes. Each runs one program at a time; the default is one for each usable CPU.",
    )
    api_processes: Annotated[int, Field(ge=1, le=64)] = Field(
        1, description="Processes that answer requests, all on the same port. One is enough for about 16 workers."
    )
    queue_limit: Annotated[int, Field(ge=1)] = Field(
        8192, description="Submissions that may wait or run; beyond them the service answers 429."
    )
    max_body_mb: Annotated[int, Field(ge=1)] = Field(256, description="Largest request body, in MiB.")
    max_tests: Annotated[int, Field(ge=1)] = Field(50_000, description="Most tests of a suite.")
    max_values: Annotated[int, Field(ge=1)] = Field(
        2_000_000,
        description="Most values (strings, numbers, lists, objects) in a body, since each takes up to 300 bytes of "
        "memory. The endpoints of other systems accept a quarter.",
    )
    head_s: Annotated[float, Field(gt=0)] = Field(
        20.0, description="Seconds within which the line and headers of a request must arrive."
    )
    body_s: Annotated[float, Field(gt=0)] = Field(
        20.0, description="Seconds within which a request's body must arrive, and one more for each 64 KiB of it."
    )
    stall_s: Annotated[float, Field(gt=0)] = Field(
        60.0, description="Seconds that an answer waits for a client that reads less than 64 KiB of it."
    )
    client_connections: Annotated[int, Field(ge=1)] = Field(
        4096,
        description="Most connections of one address (IPv6: of a /64 network), and most requests under way of one key; "
        "never more than half of the descriptors that the process may open. Raise it behind a proxy, whose address "
        "all clients have.",
    )
    max_code_mb: Annotated[int, Field(ge=1)] = Field(16, description="Largest program or response, in MiB.")
    data_dir: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        default_factory=_cache_directory, description="Directory of suites, compiled programs, results and jobs."
    )
    suites_mb: Annotated[int, Field(ge=1)] = Field(
        4096, description="Disk for suites, in MiB; the least used make room."
    )
    compiled_mb: Annotated[int, Field(ge=1)] = Field(2048, description="Disk for compiled programs, in MiB.")
    results_mb: Annotated[int, Field(ge=0)] = Field(
        512, description="Disk for reports that are kept for equal programs, in MiB; 0 keeps none."
    )
    prepared_mb: Annotated[int, Field(ge=1)] = Field(
        1024, description="Disk for prepared suites of mode `program`, in MiB; the least used make room."
    )
    python: str | None = Field(
        None,
        examples=["/usr/bin/python3.12"],
        description="Interpreter of Python submissions. Unset: the one that `microcoder runtime` made, else the one "
        "that the service's environment is based on.",
    )
    min_isolation: Literal["namespaces", "landlock", "process"] = Field(
        "landlock", description="Weakest isolation tier to accept; below it the service refuses to start."
    )
    refresh_s: Annotated[float, Field(ge=0)] = Field(
        60.0,
        description="Seconds between two looks for languages and Python packages that were installed or removed; the "
        "workers are then replaced, each after its task. 0 never looks.",
    )
    compile_cpu_s: Annotated[float, Field(gt=0)] = Field(10.0, description="CPU seconds that a compiler may use.")
    compile_wall_s: Annotated[float, Field(gt=0)] = Field(
        30.0, description="Seconds by the clock that a compiler may take. Waiting for a busy machine is not counted."
    )
    compile_factors: Annotated[dict[str, Annotated[float, Field(gt=0)]], AfterValidator(_by_language)] = Field(
        {},
        examples=[{"rust": 2}],
        description='Factors of both limits by language, as JSON: `{"rust": 2}`. By default as '
        "`sandbox/languages.toml` says, mostly 1.",
    )
    artefact_mb: Annotated[int, Field(ge=1)] = Field(
        256, description="Largest program that a compiler may make, in MiB. A larger one is a `compile_error`."
    )
    compile_memory_mb: Annotated[int, Field(ge=64)] = Field(2048, description="Memory that a compiler may use, in MiB.")
    compat: tuple[System, ...] = Field(
        SYSTEMS,
        examples=[["piston", "judge0"]],
        description="Other judges whose endpoints are served too (docs/compat.md), as a JSON list; `[]` serves none.",
    )
    hold_s: Annotated[float, Field(ge=0)] = Field(
        25.0, description="Seconds that a request of their clients waits for room in a full queue before it is refused."
    )
    redis_url: Annotated[str, AfterValidator(_redis)] | None = Field(
        None,
        examples=["redis://127.0.0.1:6379/0"],
        description="Redis for many machines, such as `redis://host:6379/0`; the workers are then `microcoder worker`, "
        "wherever they run. Unset: the service has its own workers.",
    )
    lease_s: Annotated[float, Field(ge=0.5)] = Field(
        15.0, description="Seconds without a sign of life after which a worker of another machine counts as gone."
    )
    keys_file: Path | None = Field(
        None,
        examples=["/etc/microcoder/keys.toml"],
        description="File of API keys (`microcoder keys new`); every request then needs a key. Unset: none does.",
    )
    allow_open: bool = Field(
        False,
        examples=["true"],
        description="Serve without keys on an address that other machines can reach, which is refused otherwise.",
    )
    cors_origins: tuple[str, ...] = Field(
        (),
        examples=[["https://studio.example"]],
        description='Origins of web pages whose scripts may send requests, as a JSON list; `["*"]` allows all.',
    )
    console: bool = Field(True, examples=["false"], description="Serve the console at `/`.")
    explorer_reports: Annotated[int, Field(ge=0, le=10_000)] = Field(
        0,
        description="Most reports that each API process keeps in memory, with their programs, for the console's page "
        "of verdicts; 0 keeps none.",
    )
    jobs_kept_h: Annotated[float, Field(gt=0)] = Field(
        24.0, description="Hours that a job and its reports stay after its end."
    )
    jobs_limit: Annotated[int, Field(ge=1)] = Field(
        1000, description="Most jobs that are not over; beyond them the service answers 429."
    )
    jobs_mb: Annotated[int, Field(ge=1)] = Field(
        8192, description="Room for all jobs, in MiB; those over longest make room for new ones."
    )
    key_share: Annotated[float, Field(gt=0, le=1)] = Field(
        0.5, description="Share of `MICROCODER_JOBS_LIMIT` and `MICROCODER_JOBS_MB` for the unfinished jobs of one key."
    )
    job_submissions: Annotated[int, Field(ge=1)] = Field(100_000, description="Most submissions of a job.")
    webhook_networks: tuple[IPvAnyNetwork, ...] = Field(
        (),
        examples=[["10.1.0.0/16"]],
        description='Networks that webhooks may reach although they are not public, as a JSON list: `["10.1.0.0/16"]`.',
    )
    webhook_attempts: Annotated[int, Field(ge=1)] = Field(
        12, description="Attempts to deliver a webhook, at longer and longer intervals, before it is given up."
    )
    testlib: Path | None = Field(
        None,
        examples=["/usr/local/include/testlib.h"],
        description="Path of testlib.h, for C++ checkers that include it and do not bring it.",
    )
    drain_s: Annotated[float, Field(ge=0)] = Field(
        30.0, description="Seconds that running submissions get to finish when the service is told to stop."
    )
    leave_s: Annotated[float, Field(ge=0)] = Field(
        0.0,
        description="Seconds from the order to stop, during which `/readyz` says 503 and the service still listens, "
        "so that load balancers notice.",
    )
    traces: bool = Field(
        False,
        examples=["true"],
        description="Send OpenTelemetry traces by OTLP over HTTP to `OTEL_EXPORTER_OTLP_ENDPOINT`; "
        "needs the extra `traces`.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level of what is logged: `debug`, `info`, `warning` or `error`."
    )
